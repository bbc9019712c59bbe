#!/bin/sh
# What must hold before a change lands, beside the tests.
set -eu
cd "$(dirname "$0")/.."
cargo fmt --all --check
cargo clippy --workspace --all-targets -- -D warnings
# Left out where it is not installed; in CI nothing is (TRADEWIND_NOTHING_LEFT_OUT).
missing() {
  echo "left out: $1 (cargo install $1)"
  [ -z "${TRADEWIND_NOTHING_LEFT_OUT:-}" ]
}
if command -v cargo-deny >/dev/null 2>&1; then cargo deny check licenses bans sources; else missing cargo-deny; fi
if command -v cargo-machete >/dev/null 2>&1; then cargo machete; else missing cargo-machete; fi
sh scripts/house-rules.sh
# What `make coverage` measured last, against the floors.
node scripts/coverage.mjs check
