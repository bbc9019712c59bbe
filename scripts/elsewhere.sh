#!/bin/sh
# Programs that are none of ours, to hold ours against: Stripe's own library, and an emulator of its API. Development and tests only.
set -eu
cd "$(dirname "$0")/.."
python3 -m venv target/elsewhere
target/elsewhere/bin/pip install --quiet 'stripe==16.1.0' 'localstripe==1.15.10' || {
  echo "missing: the Python packages stripe and localstripe could not be fetched from PyPI; without them the tests that hold card payments against Stripe's own library are left out" >&2
  exit 1
}
