#!/bin/sh
# What must hold before a change lands, beside the tests.
set -eu
cd "$(dirname "$0")/.."
cargo fmt --all --check
cargo clippy --workspace --all-targets -- -D warnings
if command -v cargo-deny >/dev/null 2>&1; then cargo deny check licenses bans sources; else echo "left out: cargo deny (cargo install cargo-deny)"; fi
if command -v cargo-machete >/dev/null 2>&1; then cargo machete; else echo "left out: cargo machete (cargo install cargo-machete)"; fi
sh scripts/house-rules.sh
