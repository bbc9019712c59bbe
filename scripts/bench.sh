#!/bin/sh
# Every figure that is promised, on this machine: some forty minutes on two cores, most of them an import and filling the database.
# PARTS says which: requests, size, board, pace, walls, week, import.
set -eu
cd "$(dirname "$0")/.."
PARTS=${PARTS:-requests size board pace walls week import}
wants() { case " $PARTS " in *" $1 "*) return 0 ;; *) return 1 ;; esac; }
# What a measuring test says, kept where the others are; all of what it said where it failed.
measure() { # name of the result, what its lines begin with, the test
  name=$1 lines=$2
  shift 2
  cargo test --release "$@" --ignored --nocapture >"target/$name.log" 2>&1 || { cat "target/$name.log"; exit 1; }
  sed -n "s/^\(.*\($lines\).*\)\$/\1/p" "target/$name.log" | tee "bench/results/$name.txt"
}
failed=0
if wants requests || wants size || wants board; then cargo build --release -p tradewind; fi
if wants requests; then node bench/requests.mjs "$@" || failed=1; fi
if wants size; then node bench/size.mjs; fi
if wants board; then node bench/board.mjs; fi
# How quickly a company is made and found, and many schemas are migrated; a week's free times; an import beside COPY of the same file.
if wants pace; then measure pace 'company is made\|^a host' -p tradewind --test pace --; fi
if wants walls; then SCHEMAS=${SCHEMAS:-500} measure walls '^PostgreSQL [0-9]*:' -p walls --test walls -- measure; fi
if wants week; then measure week 'free times of' -p scheduling --test week --; fi
if wants import; then LINES=${LINES:-750000} measure import 'lines.*[:;]\|^memory of' -p customers --test large -- an_import_is_quick; fi
exit $failed
