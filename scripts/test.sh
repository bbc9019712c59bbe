#!/bin/sh
# Every test of the house. The browser journeys need Chromium; everything else needs only what `make run` needs.
set -eu
cd "$(dirname "$0")/.."
for candidate in "${CHROMIUM:-}" /usr/bin/chromium-headless-shell /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
  if [ -n "$candidate" ] && [ -x "$candidate" ]; then CHROMIUM=$candidate; break; fi
  CHROMIUM=
done
if [ -z "$CHROMIUM" ]; then
  echo "missing: Chromium for the browser journeys. Debian: 'apt-get install chromium-headless-shell'; or set CHROMIUM to the path of Chrome." >&2
  exit 1
fi
export CHROMIUM
exec node scripts/suite.mjs "$@"
