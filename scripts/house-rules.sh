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
# The content security policy forbids inline script and style; so do we, before the browser has to.
if grep -rnE 'style=\(|style="|onclick|hx-on' crates/*/src --include=*.rs | grep -v 'rel=' ; then complain "inline style or script in markup"; fi
# Calls go down: a crate may depend only on lines above its own.
line() { case $1 in embedded|kernel|ui|documents|walls) echo 0;; tenancy) echo 1;; customers|catalog|insights) echo 2;; scheduling) echo 3;; work) echo 4;; billing) echo 5;; harness) echo 6;; tradewind) echo 7;; *) echo 99;; esac; }
for manifest in crates/*/Cargo.toml; do
  me=$(basename "$(dirname "$manifest")")
  for other in $(sed -n '/^\[dependencies\]/,/^\[/p' "$manifest" | grep -oE '^[a-z]+' ); do
    theirs=$(line "$other"); mine=$(line "$me")
    if [ "$theirs" != 99 ] && [ "$theirs" -ge "$mine" ] && [ "$mine" != 0 ]; then complain "$me may not depend on $other"; fi
  done
done
exit $bad
