"""Fills a fresh data folder through the API, so that whoever asks finds something: a user, an avatar
from an archive of drawn photos, pictures, an endpoint. Prints what the test of the API needs."""

import io
import json
import random
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
import zlib

BASE, ATELIER, DATA = sys.argv[1:4]
PATIENCE_S = 180


def atelier(*words):
    done = subprocess.run([ATELIER, "--data", DATA, *words], check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


def png(seed, side=1024, cells=16):
    """A pattern that is sharp, neither dark nor bright, and unlike the others."""
    chance = random.Random(seed)
    rows = []
    for _ in range(cells):
        tones = [chance.randrange(40, 216) for _ in range(cells)]
        line = b"".join(bytes([it, (it * 3 + seed * 7) % 256, 255 - it]) * (side // cells) for it in tones)
        rows.extend([b"\x00" + line] * (side // cells))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"".join(rows), 1))
    return b"\x89PNG\r\n\x1a\n" + head + pixels + chunk(b"IEND", b"")


def archive(count):
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as files:
        for number in range(count):
            files.writestr(f"set/{number}.png", png(number))
    return into.getvalue()


def ask(key, method, path, body=None, kind="application/json"):
    headers = {"Authorization": f"Bearer {key}"}
    if body is not None:
        headers["Content-Type"] = kind
        body = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data=body, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        sys.exit(f"{method} {path}: {refused.code} {refused.read().decode()}")


def form(fields, file):
    edge = "edge-of-a-part"
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields.items()]
    parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="set.zip"\r\n\r\n'.encode())
    return b"".join([*parts, file, f"\r\n--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"


def until_ended(key, path):
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        found = ask(key, "GET", path)
        if found["state"] not in ("PENDING", "PROCESSING"):
            return found
        time.sleep(0.5)
    sys.exit(f"{path} did not end in {PATIENCE_S} s")


def main():
    of_bot = atelier("keys", "create", "--bot", "main", "--name", "seed", "--scopes", "all")[1]
    user = ask(of_bot, "POST", "/api/users",
               {"external_id": "seed-1", "name": "Anna", "language": "en", "consent": True})["id"]
    atelier("grant", user, "1000000000", "for the test")
    key = atelier("keys", "create", "--bot", "main", "--user", user, "--name", "test", "--scopes", "all")[1]
    body, kind = form({"gender": "other", "training_type": "style", "name": "Seed"}, archive(12))
    made = ask(key, "POST", "/api/generate/create-model-training", body, kind)
    training = until_ended(key, f"/api/trainings/{made['training']['id']}")
    assert training["state"] == "SUCCEEDED", training
    avatar = made["avatar"]["id"]
    ordered = ask(key, "POST", "/api/generations", {"avatar": avatar, "words": "a red house", "count": 2})
    generation = until_ended(key, f"/api/generations/{ordered['id']}")
    assert generation["made"] == 2, generation
    endpoint = ask(key, "POST", "/api/webhooks", {"url": "http://localhost:9/hook"})["id"]
    delivery = ask(key, "POST", f"/api/webhooks/{endpoint}/ping")["id"]
    print(json.dumps({"key": key, "key_of_all": of_bot, "user": user, "avatar": avatar,
                      "training": training["id"], "generation": generation["id"],
                      "picture": generation["pictures"][0], "endpoint": endpoint,
                      "delivery": delivery}))


main()
