#!/bin/sh
# Runs the browser tests of the whole product: `atelier` with its sandbox, on free ports and in a
# fresh folder, and at the end proves its books.
# Needs node, cargo and a Chromium (CHROMIUM names another than /usr/bin/chromium). ATELIER_SHOTS
# may name a folder for screenshots. ATELIER_PROGRAM and ATELIER_WORLD may name the program and the
# sandbox alone, built already. Arguments are the test files to run.
set -eu
cd "$(dirname "$0")"

[ -d node_modules/playwright-core ] || npm ci --no-audit --no-fund
target=${CARGO_TARGET_DIR:-../../target}
if [ -z "${ATELIER_PROGRAM:-}" ]; then
  cargo build --quiet --package server
  ATELIER_PROGRAM="$(cd "$target" && pwd)/debug/atelier"
fi
if [ -z "${ATELIER_WORLD:-}" ]; then
  cargo build --quiet --package sandbox --example sandbox
  ATELIER_WORLD="$(cd "$target" && pwd)/debug/examples/sandbox"
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/atelier-product.XXXXXX")
ATELIER_LOG=$folder/log
export ATELIER_PROGRAM ATELIER_WORLD ATELIER_LOG
atelier=
finish() {
  code=$?
  trap - EXIT
  [ -z "$atelier" ] || kill "$atelier" 2>/dev/null || true
  [ $code -eq 0 ] || tail -n 40 "$ATELIER_LOG" >&2 || true
  rm -rf "$folder"
  exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

mkfifo "$folder/said"
FAL_MOCK_TRAINING_DURATION=12 "$ATELIER_PROGRAM" --data "$folder/data" --port 0 \
  >"$folder/said" 2>"$ATELIER_LOG" &
atelier=$!
exec 3<"$folder/said"
# It says one line, "Atelier is ready: " and its address, once it listens.
read -r ready <&3
ATELIER_URL=${ready##* }
export ATELIER_URL

[ $# -gt 0 ] || set -- journey*.test.mjs
# Trainings are waited for, so that two files at once take half the time.
node --test --test-concurrency=2 --test-reporter=spec "$@"

kill "$atelier"
wait "$atelier"
atelier=
"$ATELIER_PROGRAM" check --data "$folder/data"
