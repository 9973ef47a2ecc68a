# One short word for each thing to do; CI uses the same words.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PART   ?=
SHARE  ?= 1

# Packages are pinned and checked against their hashes; the project itself is installed as a link to this folder.
install = $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/$(1).txt \
	&& $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .

.DEFAULT_GOAL := help
.PHONY: help run test check app screenshots faults bench desktop lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.server ## start a demo district and the field app on http://127.0.0.1:8080 (PORT, HOST, BEATBOOK_DATA)
	@exec $(BIN)/beatbook demo

test: $(VENV)/.dev ## set up what the tests need (Chromium too) and run every test
	@$(BIN)/python -m tests.setup
	@$(BIN)/python -m pytest -n 2 --dist loadfile --ignore tests/browser --ignore tests/journeys
	@$(BIN)/python -m pytest -n 2 --dist worksteal tests/browser tests/journeys

check: $(VENV)/.dev ## style, types and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

app: $(VENV)/.server ## build the web app into .build/webapp
	@$(BIN)/beatbook app

screenshots: $(VENV)/.dev ## take the README's pictures again (docs/pictures)
	@$(BIN)/python -m tests.setup
	@$(BIN)/python -m tests.screenshots

faults: $(VENV)/.dev ## power cuts, kills, flipped bits, full disks: hundreds of thousands (SHARE=0.01 for a quick look)
	@$(BIN)/python -m tests.faults --share $(SHARE) $(PART)

bench: $(VENV)/.dev ## measure, side by side with baselines (one part: make bench PART=store)
	@$(BIN)/python -m tests.bench $(PART)

bench-%: ## the same, one part: make bench-forms
	@$(MAKE) --no-print-directory bench PART=$*

desktop: $(VENV)/.desktop ## run the field app in a window (flet run), with its files on disk
	@$(BIN)/flet run main.py

lock: ## pin the newest allowed versions again, with hashes (needs uv)
	uv pip compile $(LOCK) pyproject.toml -o requirements/phone.txt
	uv pip compile $(LOCK) pyproject.toml requirements/build.in --extra server -o requirements/server.txt
	uv pip compile $(LOCK) pyproject.toml requirements/build.in --extra server --extra dev -o requirements/dev.txt
	uv pip compile $(LOCK) pyproject.toml requirements/build.in --extra server --extra desktop -o requirements/desktop.txt
	uv pip compile $(LOCK) requirements/node.in -o requirements/node.txt
LOCK := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## remove the environment and everything built (never var/, a district's data)
	rm -rf $(VENV) .build

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Beatbook needs Python 3.11 or later; say which with: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo "Making the virtual environment"
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is missing; on Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.server: $(VENV)/.python requirements/server.txt pyproject.toml
	@echo "Installing the server's packages (pinned, hash-checked)"
	@$(call install,server)
	@touch $@

$(VENV)/.dev: $(VENV)/.python requirements/dev.txt pyproject.toml
	@echo "Installing the packages for tests and checks (pinned, hash-checked)"
	@$(call install,dev)
	@touch $@ $(VENV)/.server

$(VENV)/.desktop: $(VENV)/.python requirements/desktop.txt pyproject.toml
	@echo "Installing the packages for the desktop window (pinned, hash-checked)"
	@$(call install,desktop)
	@touch $@
