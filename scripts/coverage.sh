#!/bin/sh
# Which lines of the program the suite runs: every test of Rust with counters built in (cargo-tarpaulin reads them itself, so no tools of LLVM's
# are needed), then a line for each crate into bench/results/coverage.txt. `make check` holds these against the floors without measuring again.
# Takes as long as building and testing everything anew, and more; WHAT="-p kernel" measures a part and keeps the other lines.
set -eu
cd "$(dirname "$0")/.."
PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin
command -v cargo-tarpaulin >/dev/null 2>&1 || { echo "missing: cargo-tarpaulin (cargo install --locked cargo-tarpaulin)" >&2; exit 1; }
out=target/coverage
mkdir -p "$out"
# shellcheck disable=SC2086 # Several words are meant.
cargo tarpaulin --engine llvm --skip-clean --target-dir "$out/build" --out Json --output-dir "$out" --exclude-files 'crates/*/tests/*' --exclude-files 'crates/*/examples/*' --exclude-files 'target/*' --timeout 1800 --no-fail-fast ${WHAT:---workspace}
node scripts/coverage.mjs record "$out/tarpaulin-report.json"
node scripts/coverage.mjs check
