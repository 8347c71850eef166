# Everything here sets itself up: it needs python3 (3.11 or newer) and make.
PYTHON ?= python3
BIN := .venv/bin
# Tests wait for each other's sockets and clocks: one process more than there are cores keeps them all at work.
JOBS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

# Many processes of the tests start the same code: it is compiled once.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help install demo story test tests browser check format bench pictures lock migration clean

help: ## Say what there is
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: .venv/.installed ## Make .venv from the lock file of development

.venv/.installed: requirements-dev.lock pyproject.toml .ci/install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Switchboard needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv …"
	@sh .ci/install "$(PYTHON)"
	@touch $@

demo: install ## Try it: the bot, with stand-ins for Slack, Clearstream and Clarity, in your browser
	@$(BIN)/python -m bot demo $(ARGS)

story: install ## The same in the terminal: one text comes in, one answer goes out
	@$(BIN)/python -m bot demo --story

test: install ## Everything that must hold: check, and all tests on SQLite and PostgreSQL beside it
	@$(MAKE) --no-print-directory -j2 check tests

tests: install browser
	@$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

browser: install ## Find a Chromium for the tests, or install one: Debian's, else the one Playwright downloads
	@$(BIN)/python -m tests.browser.chromium

check: install ## Format, lint, types, the layers of the house, and how its container is made
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml

bench: install ## Measure what is promised in figures: make bench ARGS="start demo acks"
	@$(BIN)/python -m tests.bench $(ARGS)

pictures: install browser ## Make the pictures in README anew, from the sandbox
	@$(BIN)/python -m tests.browser.pictures $(ARGS)

format: install ## Put the code in order
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

COMPILE = $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --quiet

lock: install ## Take newer dependencies into the lock files, with their hashes
	@$(COMPILE) --extra dev --upgrade -o requirements-dev.lock
	@$(COMPILE) -c requirements-dev.lock -o requirements.lock

migration: install ## Write a revision of the schema from the tables: make migration NAME="What it does" REV=0002
	@$(BIN)/python -m bot.store.revise "$(REV)" "$(NAME)"

clean: ## Remove what was made here (not ./data)
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
