#!/bin/sh
# Runs the browser tests. With ATELIER_URL set they try the page that is there; without it they
# start the sandbox alone, on a free port, and stop it at the end.
# Needs node, cargo and a Chromium (CHROMIUM names another than /usr/bin/chromium). ATELIER_SHOTS
# may name a folder for screenshots. Arguments are the test files to run.
set -eu
cd "$(dirname "$0")"

[ -d node_modules/playwright-core ] || npm ci --no-audit --no-fund

if [ -z "${ATELIER_URL:-}" ]; then
  cargo build --quiet --package sandbox --example sandbox
  pipe=$(mktemp -u)
  mkfifo "$pipe"
  "${CARGO_TARGET_DIR:-../../target}/debug/examples/sandbox" --port 0 >"$pipe" &
  sandbox=$!
  trap 'kill "$sandbox" 2>/dev/null; rm -f "$pipe"' EXIT
  exec 3<"$pipe"
  # It says its address, its bot's token and its shop's key, a line each, once it listens.
  read -r ATELIER_URL <&3
  read -r SANDBOX_BOT_TOKEN <&3
  read -r SANDBOX_SHOP <&3
  export ATELIER_URL SANDBOX_BOT_TOKEN SANDBOX_SHOP
fi

node --test --test-concurrency=1 --test-reporter=spec "$@"
