# Tradewind. `make help` says what each word does.
SHELL := /bin/sh
.DEFAULT_GOAL := help
CARGO ?= cargo
# One place for running data: the database, uploads, keys.
TRADEWIND_DATA_DIR ?= $(CURDIR)/data
TRADEWIND_LISTEN ?= 127.0.0.1:8080
export TRADEWIND_DATA_DIR TRADEWIND_LISTEN

.PHONY: help run build test check bench attack faults load coverage golden fmt web tools clean

help: ## Show this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# After an edit, styles and program are built side by side, and the program is started from where cargo says it lies; should the
# styles have changed, it is built once more with them.
run: tools ## Build, start PostgreSQL, migrate, seed a demo company, print address and log-ins
	@if [ -e web/dist/.built ]; then \
	  $(MAKE) --silent web & styles=$$!; \
	  made=$$($(CARGO) build --quiet -p tradewind --message-format=json-render-diagnostics) && built=0 || built=1; \
	  wait $$styles && [ $$built = 0 ] || exit 1; \
	  program=$$(printf '%s\n' "$$made" | sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1); \
	  if [ -n "$$program" ] && [ "$$program" -nt web/dist/built.txt ]; then exec "$$program" demo --serve; fi; \
	else $(MAKE) --silent web || exit 1; fi; \
	exec $(CARGO) run --quiet -p tradewind -- demo --serve

build: tools web ## Build the release binary target/release/tradewind
	$(CARGO) build --release -p tradewind

test: tools web ## Everything: unit, database walls, front door, browser journeys
	sh scripts/test.sh

check: tools web ## Formatting, lints, licences, dead dependencies, unused goldens
	sh scripts/check.sh

golden: tools web ## Rewrite golden/ (routes, roles, events, schema, plans, openapi); read the difference before you commit it
	TRADEWIND_GOLDEN=write $(CARGO) test -p tradewind --test house -- golden

bench: tools web ## CPU per request beside pgbench on the same statements; a large import beside COPY
	sh scripts/bench.sh

attack: tools web ## Everything we know of to get at another company's data, for an hour or two; a report in target/attack
	@[ -x target/attack-env/bin/sqlmap ] || sh scripts/attack-env.sh || true
	node scripts/attack.mjs $(if $(SHORT),--short)

faults: tools web ## Kill server, worker and PostgreSQL under load, cut wires, fill the disk, move the clock: nothing lost, doubled or half done
	$(CARGO) build --workspace --bins --examples
	node scripts/faults.mjs $(if $(SHORT),--short)

load: tools web ## 1,000 clients in 100 companies for ten minutes, a flood beside others, 100,000 jobs; figures in bench/results/load.json
	$(CARGO) build $(if $(SHORT),,--release) --workspace --bins --examples
	node scripts/load.mjs $(if $(SHORT),--short)

coverage: tools web ## Which lines the suite runs, by crate, into bench/results/coverage.txt
	sh scripts/coverage.sh

fmt: ## Format the code
	$(CARGO) fmt --all

web: web/dist/.built ## Styles, scripts, fonts and icons into web/dist

WEB_SOURCES := $(shell find web -path web/node_modules -prune -o -path web/dist -prune -o -type f -print 2>/dev/null) $(shell find crates -name '*.rs' -path '*/src/*' 2>/dev/null)
web/dist/.built: web/node_modules/.package-lock.json $(WEB_SOURCES)
	cd web && npm run --silent build
	@touch web/dist/.built

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

tools: ## Say what is missing on this machine
	@sh scripts/tools.sh

clean: ## Remove what was built (not the data)
	rm -rf target web/dist web/node_modules
