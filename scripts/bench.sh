#!/bin/sh
# CPU per request beside pgbench on the same statements. Bounded: a few minutes on two cores.
set -eu
cd "$(dirname "$0")/.."
cargo build --release -p tradewind
node bench/bench.mjs "$@"
