# `make run` starts the desk, `make test` checks everything; `make help` lists the rest.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
# Tests that stand on nothing but Python.
PLAIN := not browser and not atproto and not kill and not encoder
KILLS ?= 200
EXAMPLES ?= 500
PROCESSES ?= 2
# Compiled once, not by each of some hundred processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run
run: ## Start the desk with the demo network, and print the address and a sign-in link
	@scripts/setup run
	@exec $(BIN)/amends run $(ARGS)

.PHONY: test
test: dev ## Install what the tests need (as root), then run every check and every test
	@$(MAKE) --no-print-directory lint types contracts
	@scripts/test-setup
	@scripts/beside "test-kill KILLS=20 PROCESSES=0" test-databases
	@$(MAKE) --no-print-directory test-cluster test-browser test-atproto

.PHONY: check
check: lint types contracts test-fast ## Formatting, linting, types, contracts and the fast tests

.PHONY: format
format: dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix --exit-zero --quiet .

.PHONY: lint
lint: dev ## Formatting and linting
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet --output-format concise .

.PHONY: types
types: dev ## Strict types
	$(BIN)/mypy --strict src tests

.PHONY: contracts
contracts: dev ## Who may import whom
	$(BIN)/lint-imports --no-logo

.PHONY: test-fast
test-fast: dev ## Every test without browser, test network and kills, on SQLite
	$(PYTEST) -q --processes 3 -m "$(PLAIN)"

.PHONY: test-postgres
test-postgres: dev ## The database tests again, on PostgreSQL
	AMENDS_TEST_DATABASE=postgres $(PYTEST) -q --processes 2 -m "database and $(PLAIN)"

.PHONY: test-databases
test-databases: dev ## Both of these in one go, which collects the tests but once
	AMENDS_TEST_DATABASE=both $(PYTEST) -q --processes 3 -m "$(PLAIN)"

.PHONY: test-examples
test-examples: dev ## The tests that draw their examples, with EXAMPLES of each (500) instead of 25
	AMENDS_EXAMPLES=$(EXAMPLES) $(PYTEST) -q --processes $(PROCESSES) -m "hypothesis and $(PLAIN)"

.PHONY: test-kill
test-kill: dev ## Kill listening and sending at random moments, KILLS times each (200)
	AMENDS_KILLS=$(KILLS) $(PYTEST) -q --processes $(PROCESSES) -m "kill and not nats" \
	  $$(grep -rl --include='test_*.py' mark.kill tests)

.PHONY: test-cluster
test-cluster: dev ## Kill each part of a cluster of three brokers while posts pass
	@scripts/twice $(PYTEST) -q -m "nats and kill" tests/cluster

.PHONY: test-browser
test-browser: dev ## The journeys in headless Chromium
	@scripts/twice $(PYTEST) -q -m "browser and not kill"

.PHONY: test-atproto
test-atproto: dev ## The journey on a real AT Protocol network on loopback
	$(PYTEST) -q -m "atproto and not kill and not browser"

.PHONY: test-encoder
test-encoder: dev ## Tuning an encoder; needs PyTorch, which nothing else here does
	AMENDS_REQUIRE=encoder $(PYTEST) -q -m encoder

.PHONY: lock
lock: dev ## Lock the dependencies of pyproject.toml anew (ARGS=--upgrade for the newest)
	scripts/lock $(ARGS)

.PHONY: dev
dev:
	@scripts/setup dev

.PHONY: clean
clean: ## Remove what was built; what the desk keeps in var/ stays
	rm -rf .venv tools/testnet/node_modules test-artefacts .mypy_cache .ruff_cache .pytest_cache \
	  .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile
