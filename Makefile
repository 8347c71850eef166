# Everything here sets itself up: it needs python3 (3.11 or newer) and make.
PYTHON ?= python3
BIN := .venv/bin
# Tests wait for each other's sockets and clocks: one process more than there are cores keeps them all at work.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# Many processes of the tests start the same code: it is compiled once.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: demo story install test tests check audit chaos bench format migration pictures browser lock clean help

## Try it

demo: install ## The bot, with stand-ins for Slack, Clearstream and Clarity, in your browser
	@$(BIN)/python -m bot demo $(ARGS)

story: install ## The same in the terminal: one text comes in, one answer goes out
	@$(BIN)/python -m bot demo --story

## Set it up

install: .venv/.installed ## Make .venv from the lock file of development

.venv/.installed: requirements-dev.lock pyproject.toml .ci/install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Switchboard needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv …"
	@sh .ci/install "$(PYTHON)"
	@touch $@

## Prove it

test: install ## Everything that must hold: check, and all tests on SQLite and PostgreSQL beside it
	@$(MAKE) --no-print-directory -j2 check tests

tests: install browser ## The tests alone, or some: make tests ARGS="-k approve"
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

check: install ## Format, lint, types, the layers of the house, and how its container is made
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --configfile pyproject.toml --recursive bot
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml

audit: install ## Look for known weaknesses in what runs; where nothing could be looked up, it fails
	@$(BIN)/python .ci/audit.py

chaos: install ## Kill, freeze and cut off the bot at random: make chaos ARGS="--seconds 600"
	@$(BIN)/python -m tests.chaos $(ARGS)

bench: install ## Measure what is promised in figures: make bench ARGS="start demo acks"
	@$(BIN)/python -m tests.bench $(ARGS)

## Work on it

format: install ## Put the code in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

migration: install ## Write a revision of the schema from the tables: make migration NAME="What it does" REV=0002
	@$(BIN)/python -m bot.store.revise "$(REV)" "$(NAME)"

pictures: install browser ## Make the pictures in README anew, from the sandbox
	@$(BIN)/python -m tests.browser.pictures $(ARGS)

browser: install ## Find a Chromium for the tests, or install one: Debian's, else the one Playwright downloads
	@$(BIN)/python -m tests.browser.chromium

COMPILE = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --quiet

lock: install ## Take newer dependencies into the lock files, with their hashes
	@$(COMPILE) --extra dev --upgrade -o requirements-dev.lock
	@$(COMPILE) -c requirements-dev.lock -o requirements.lock

clean: ## Remove what was made here (not ./data)
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

help: ## Say what there is
	@awk -F ':.*## ' '/^## / {print "\n" substr($$0, 4)} /^[a-z]+:.*## / {printf "  %-11s%s\n", $$1, $$2}' $(MAKEFILE_LIST)
