#!/usr/bin/env bash
# Asks the API everything that its description allows, and much that it doesn't (schemathesis).
# EXAMPLES: how many cases each route gets in the random part, 50 unless it is said.
set -euo pipefail
cd "$(dirname "$0")/../.."

EXAMPLES=${EXAMPLES:-50}
PORT=${PORT:-18490}
VERSION=4.32.5
ATELIER=${ATELIER:-${CARGO_TARGET_DIR:-target}/debug/atelier}
VENV=$(realpath -m "${VENV:-${CARGO_TARGET_DIR:-target}/schemathesis-$VERSION}")

[ -x "$ATELIER" ] || cargo build -p server --bin atelier
if [ ! -x "$VENV/bin/schemathesis" ]; then
    python3 -m venv "$VENV"
    "$VENV/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$VERSION"
fi

work=$(mktemp -d)
program=
finish() {
    [ -z "$program" ] || kill "$program" 2>/dev/null || true
    [ -z "$program" ] || wait "$program" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

export ATELIER__API__REQUESTS_PER_MINUTE=1000000
export ATELIER__SANDBOX__TRAINING_SECONDS=1 ATELIER__SANDBOX__PICTURE_SECONDS=1
export ATELIER__PICTURES__OPEN_PER_USER=1000 ATELIER__TRAINING__AVATARS_PER_USER=10000
export ATELIER__LOG__LEVEL=warn
"$ATELIER" --data "$work/data" --port "$PORT" >"$work/out" 2>"$work/log" &
program=$!
for _ in $(seq 100); do
    curl -sf "http://127.0.0.1:$PORT/ready" >/dev/null && break
    kill -0 "$program" || { cat "$work/log"; exit 1; }
    sleep 0.2
done

python3 tests/api/seed.py "http://127.0.0.1:$PORT" "$ATELIER" "$work/data" >"$work/seeded.json"
seeded() { python3 -c 'import json,sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$work/seeded.json" "$1"; }

settings() {
    echo "hooks = \"$PWD/tests/api/hooks.py\""
    python3 tests/api/config.py "$@" <"$work/seeded.json"
}
settings real >"$work/real.toml"
settings >"$work/found.toml"

verdict=0
try() {
    local config=$1 phases=$2 key=$3
    shift 3
    # It leaves a folder of what it found where it stands.
    (cd "$work" && "$VENV/bin/schemathesis" --config-file "$work/$config.toml" run \
        "http://127.0.0.1:$PORT/api/openapi.json" \
        --header "Authorization: Bearer $key" \
        --phases "$phases" --max-examples "$EXAMPLES" --seed "${SEED:-1}" \
        --checks all --continue-on-failure --request-timeout 60 --warnings off "$@") || verdict=1
}
begun=$(date +%s)
try real examples,coverage,fuzzing "$(seeded key)" "$@"
# Chains of requests: what one answers, the next asks about.
try found stateful "$(seeded key)" "$@"
# What a key of one user may not: bringing users, and looking at all of them.
if [ $# -eq 0 ]; then
    try real examples,coverage,fuzzing "$(seeded key_of_all)" --include-path-regex '^/api/(users|jobs)'
fi
echo "It took $(($(date +%s) - begun)) s with $EXAMPLES cases a route."

if grep -q ERROR "$work/log"; then
    echo "The program's log has errors:"
    grep ERROR "$work/log" | head -20
    verdict=1
fi
"$ATELIER" --data "$work/data" check || verdict=1
exit "$verdict"
