#!/bin/sh
# Rules of the house that no linter knows.
set -eu
cd "$(dirname "$0")/.."
bad=0
complain() { echo "$1" >&2; bad=1; }
# A golden that no test reads is a lie waiting to be believed.
for file in golden/*; do
  [ -e "$file" ] || continue
  grep -rqF "$(basename "$file")" crates/*/tests crates/*/src || complain "$file is read by no test"
done
# The content security policy forbids inline script and style; so do we, before the browser has to. Letters are no pages:
# mail programs know no style sheet, and what we show of a letter stands in a sandboxed frame with a policy of its own.
if grep -rnE 'style=\(|style="|style=\{|onclick|hx-on' crates/*/src --include=*.rs | grep -v 'rel=' | grep -v '^crates/mail/src/letter/' ; then complain "inline style or script in markup"; fi
# Calls go down: a crate may depend only on lines above its own.
line() { case $1 in embedded|kernel|ui|documents|outbound|pictures|sheets|walls) echo 0;; mail) echo 1;; tenancy) echo 2;; exports) echo 3;; customers|catalog|insights) echo 4;; scheduling|taxes) echo 5;; work|maintenance) echo 6;; billing|calendars) echo 7;; estimates|payments) echo 8;; portal) echo 9;; harness) echo 10;; tradewind) echo 11;; *) echo 99;; esac; }
for manifest in crates/*/Cargo.toml; do
  me=$(basename "$(dirname "$manifest")")
  for other in $(sed -n '/^\[dependencies\]/,/^\[/p' "$manifest" | grep -oE '^[a-z]+' ); do
    theirs=$(line "$other"); mine=$(line "$me")
    if [ "$theirs" != 99 ] && [ "$theirs" -ge "$mine" ] && [ "$mine" != 0 ]; then complain "$me may not depend on $other"; fi
  done
done
exit $bad
