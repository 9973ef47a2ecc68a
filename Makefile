# One short word for each thing to do; CI uses the same words.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test check app bench desktop screenshots faults lock clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.server ## start a demo district with the field app on http://127.0.0.1:8080 (PORT, HOST, BEATBOOK_DATA)
	@exec $(BIN)/beatbook demo

