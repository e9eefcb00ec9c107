# The project's verbs. `make` alone lists them; each sets up what it needs.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := schema resolvers gateway tests benchmarks examples

# Bytecode is kept also where the environment says not to: a server starts in 0.7 s of CPU with it and 1.1 s without, and tests start many.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run serve test check fmt record fuzz conformance bench bench-realtime torture assets dist lock clean

help: ## list the verbs
	@awk -F':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Two environments in one folder: what the server needs, and what developers need besides.
$(VENV)/.runtime: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@# What is imported only when a server starts must be there as well, before developers' packages hide that it is not.
	$(BIN)/python -c "from portico.gateway.serving import uvicorn_config; from portico.gateway.settings import Settings; uvicorn_config(print, Settings()).load()"
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.dev ## set up everything a developer needs, GraphiQL's files included
	$(BIN)/python -m portico.gateway.assets --optional

run: $(VENV)/.runtime ## serve examples/hello on SQLite at http://localhost:8000
	cd examples/hello && ../../$(BIN)/portico dev

serve: $(VENV)/.runtime ## serve an example as in production: make serve EXAMPLE=blog
	cd examples/$(or $(EXAMPLE),hello) && ../../$(BIN)/portico serve

# One process more than there are cores, for tests wait for servers of their own, too; whoever is done first takes over tests of another.
# What is about texts alone is part of `make check`.
PROCESSES = $(shell $(PYTHON) -c "import os; print(min(4, 1 + (os.cpu_count() or 1)))")
ALL = -n $(PROCESSES) --dist worksteal --ignore tests/docs --ignore tests/architecture

test: $(VENV)/.dev ## run every test on SQLite and on Postgres, or: make test ARGS=tests/unit
	$(BIN)/python -m portico.gateway.assets --optional
	$(BIN)/python -m pytest $(or $(ARGS),$(ALL))

check: $(VENV)/.dev ## format, lint, types, docs
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	@# Side by side: types take a minute of one core.
	$(BIN)/pyright & types=$$!; $(BIN)/python -m pytest tests/docs tests/architecture; told=$$?; wait $$types && exit $$told

fmt: $(VENV)/.dev ## format and mend what can be mended
	$(BIN)/ruff format $(SOURCES)
	$(BIN)/ruff check --fix $(SOURCES)

record: $(VENV)/.dev ## record the expected answers and SQL of tests/cases again: make record KIND=sql
	PORTICO_TEST_RECORD=$(or $(KIND),all) $(BIN)/python -m pytest tests/cases -p no:cacheprovider
	git --no-pager diff --stat -- tests/cases

fuzz: $(VENV)/.dev ## run the property tests for long, from a new seed: make fuzz N=100000
	PORTICO_TEST_SEED=$${PORTICO_TEST_SEED:-$$(date +%s)} PORTICO_TEST_OPERATIONS=$(or $(N),100000) \
		$(BIN)/python -m pytest tests/properties/test_nothing_leaks.py tests/properties/test_subscribers_see_the_truth.py -s

conformance: $(VENV)/.dev ## ask Hasura's own cases, with a table of passes per kind
	$(BIN)/python -m pytest tests/conformance/test_hasura.py -s

bench: $(VENV)/.dev ## measure against the floor and the peers: make bench ARGS="--workloads by_key"
	$(BIN)/python -m benchmarks $(ARGS)

bench-realtime: $(VENV)/.dev ## measure subscriptions against their bars and the peers: make bench-realtime ARGS="--quick"
	$(BIN)/python -m benchmarks.realtime $(ARGS)

torture: $(VENV)/.dev ## look for lost events at length: make torture N=100000 KILLS=20
	PORTICO_TEST_SEED=$${PORTICO_TEST_SEED:-$$(date +%s)} PORTICO_TEST_COMMITS=$(or $(N),100000) PORTICO_TEST_KILLS=$(or $(KILLS),20) \
		$(BIN)/python -m pytest tests/process/test_lost_events.py -s

assets: $(VENV)/.dev ## build GraphiQL's files from npm
	$(BIN)/python -m portico.gateway.assets

dist: $(VENV)/.dev assets ## build the wheel and the source distribution
	$(BIN)/python -m build

lock: ## write the lock files anew
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --group dev -c requirements.lock -o requirements-dev.lock

clean: ## remove everything that was made
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis gateway/static
