#!/bin/sh
# Names what is missing to build Tradewind, with the way to get it.
missing=0
say() { echo "missing: $1" >&2; missing=1; }
command -v cargo >/dev/null 2>&1 || say "Rust 1.95 or newer: https://rustup.rs"
command -v cc >/dev/null 2>&1 || say "a C compiler: Debian 'apt-get install build-essential', macOS 'xcode-select --install'"
if command -v node >/dev/null 2>&1; then
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || say "Node 20 or newer (this is $(node --version)): https://nodejs.org"
else
  say "Node 20 or newer: https://nodejs.org"
fi
command -v npm >/dev/null 2>&1 || say "npm, which comes with Node: https://nodejs.org"
exit $missing
