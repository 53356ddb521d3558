"""Writes the settings of schemathesis: what reads a thing reads one that there is, where `real` is
said, as hardly any id that is made up names one."""

import json
import sys

seeded = json.load(sys.stdin)
REAL = {
    "/api/users/{id}": {"id": "user"},
    "/api/avatars/{id}": {"id": "avatar"},
    "/api/trainings/{id}": {"id": "training"},
    "/api/generations/{id}": {"id": "generation"},
    "/api/generations/{id}/pictures": {"id": "generation"},
    "/api/gallery/{id}": {"id": "picture"},
    "/api/webhooks/{id}": {"id": "endpoint"},
    "/api/webhooks/{id}/deliveries": {"id": "endpoint"},
}
# 400 says that a request is not as it is described, so nothing that fits the description may get it.
# 402 and 422 say that a rule is against it.
print("[checks.positive_data_acceptance]")
print('expected-statuses = ["2xx", "401", "402", "403", "404", "409", "422", "429", "503"]\n')
for path, names in REAL.items():
    words = ", ".join(f'"{name}" = "{seeded[what]}"' for name, what in names.items())
    if "real" in sys.argv:
        print(f'[[operations]]\ninclude-name = "GET {path}"\nparameters = {{ {words} }}\n')
