#!/bin/sh
# CPU per request beside pgbench on the same statements, then an import of 750,000 customers (LINES says otherwise) beside COPY of
# the same file. Bounded: some twenty minutes on two cores, most of them the import's.
set -eu
cd "$(dirname "$0")/.."
cargo build --release -p tradewind
node bench/bench.mjs "$@"
# Free times of a week, asked through the front door.
cargo test --release -p scheduling --test week -- --ignored --nocapture >target/week.log 2>&1 || { cat target/week.log; exit 1; }
sed -n 's/^\(free times of .*\)$/\1/p' target/week.log | tee bench/results/week.txt
LINES=${LINES:-750000} cargo test --release -p customers --test large an_import_is_quick -- --ignored --nocapture >target/import.log 2>&1 || { cat target/import.log; exit 1; }
sed -n 's/^\(.*lines.*[:;].*\|memory of .*\)$/\1/p' target/import.log | tee bench/results/import.txt
