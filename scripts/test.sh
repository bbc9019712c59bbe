#!/bin/sh
# Every test of the house. The browser journeys need Chromium; everything else needs only what `make run` needs.
set -eu
cd "$(dirname "$0")/.."
for candidate in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
  if [ -n "$candidate" ] && [ -x "$candidate" ]; then CHROMIUM=$candidate; break; fi
  CHROMIUM=
done
if [ -z "$CHROMIUM" ]; then
  echo "missing: Chromium for the browser journeys. Debian: 'apt-get install chromium'; or set CHROMIUM to the path of Chrome." >&2
  exit 1
fi
export CHROMIUM
scratch=$(mktemp -d "${TMPDIR:-/tmp}/tradewind-test.XXXXXX")
server=
leave() { [ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$scratch"; }
trap leave EXIT
trap 'exit 1' INT TERM

# The islands, in a browser over the pages of the gallery.
cargo run --quiet -p ui --example gallery -- "$scratch/gallery"
(cd web && GALLERY="$scratch/gallery" node --test)

# One PostgreSQL for all programs of the suite, so that at the end every table and log can be searched for every secret
# that a test saw: passwords, cookies, tokens, keys, codes.
cargo build --workspace --bins --examples
mkdir "$scratch/canary"
target/debug/front-door "$scratch/server" --temp --npm "$PWD/web/node_modules" >"$scratch/said" 2>&1 &
server=$!
tries=0
until grep -q '^dsn=' "$scratch/said"; do
  tries=$((tries + 1))
  if [ $tries -gt 60 ] || ! kill -0 $server 2>/dev/null; then cat "$scratch/said" >&2; exit 1; fi
  sleep 1
done
TRADEWIND_TEST_DATABASE=$(sed -n 's/^dsn=//p' "$scratch/said")
TRADEWIND_CANARY=$scratch/canary
export TRADEWIND_TEST_DATABASE TRADEWIND_CANARY
outcome=0
cargo test --workspace --no-fail-fast || outcome=$?
target/debug/find-secrets "$TRADEWIND_CANARY" "$TRADEWIND_TEST_DATABASE" || outcome=1

# Other people's tools and a browser, for some minutes; at length in `make attack`.
node scripts/attack.mjs --short --only=xss,schemathesis,sqlmap,secrets || outcome=1

# What ends in the middle, and many at once, for some minutes; at length in `make faults` and `make load`.
node scripts/faults.mjs --short || outcome=1
node scripts/load.mjs --short || outcome=1
exit $outcome
