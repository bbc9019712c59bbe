#!/bin/sh
# Other people's tools that `make attack` lets loose on us: sqlmap and schemathesis, from PyPI. Development and tests only.
set -eu
cd "$(dirname "$0")/.."
python3 -m venv target/attack-env
target/attack-env/bin/pip install --quiet 'sqlmap==1.10.10' 'schemathesis==4.32.5' || {
  echo "missing: the Python packages sqlmap and schemathesis could not be fetched from PyPI; without them \`make attack\` leaves their parts out and says so" >&2
  exit 1
}
