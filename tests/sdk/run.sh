#!/bin/sh
# Starts the sandbox alone on a free port and lets clients that others wrote use it. The first run
# fetches them from PyPI into .venv. SDK_PYTHON names another Python that has them already.
set -eu
cd "$(dirname "$0")"

if [ -z "${SDK_PYTHON:-}" ]; then
  [ -d .venv ] || python3 -m venv .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --requirement requirements.txt
  SDK_PYTHON=.venv/bin/python
fi
cargo build --quiet --package sandbox --example sandbox
exec "$SDK_PYTHON" proof.py "${CARGO_TARGET_DIR:-../../target}/debug/examples/sandbox"
