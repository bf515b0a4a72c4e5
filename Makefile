# Everything a newcomer types. `make` alone prints this list.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Named after this folder: a moved or copied checkout has scripts that name the old one, and makes .venv anew.
STAMP := $(VENV)/.stamp-$(shell pwd -P | cksum | cut -d' ' -f1)
UV := $(shell command -v uv 2>/dev/null)
# One more than the two cores of the smallest machine that we develop on: half of the tests' time is waiting.
WORKERS ?= 3
# uv brings its own certificates; a company's proxy is known to the system's store only.
export UV_SYSTEM_CERTS ?= 1

.PHONY: help setup demo test check bench faults soak protos clean

help: ## print this list
	@echo "Heard: kitchen screens that prove they painted the order."; echo
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo; echo "  ARGS='…' is handed to demo, test, bench, faults and soak: make demo ARGS='--seconds 60'"

setup: $(STAMP) ## make .venv with the command `heard` in it (uses uv when present)

$(STAMP): pyproject.toml
	@"$(PYTHON)" -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info[:2] < (3, 15)))' 2>/dev/null || \
	  { echo "make setup: needs Python 3.11 to 3.14 as $(PYTHON); name another: make setup PYTHON=python3.12" >&2; exit 1; }
	@test -e $@ || rm -rf $(VENV)
ifneq ($(UV),)
	@test -x $(BIN)/python || $(UV) venv --quiet --python "$(PYTHON)" $(VENV)
	@$(UV) pip install --quiet --python $(BIN)/python -e '.[dev]'
else
	@test -x $(BIN)/pip || { \
	  "$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || \
	    { echo "make setup: $(PYTHON) has no venv module; install it: apt-get install python3-venv" >&2; exit 1; }; \
	  "$(PYTHON)" -m venv $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
endif
	@touch $@
	@echo "ready: $(BIN)/heard --help"

demo: $(STAMP) ## a lunch rush on kitchen screens: hub, cloud, tills, cooks and every kind of screen
	@$(BIN)/heard demo $(ARGS)

test: $(STAMP) ## all tests (under 4 minutes on two cores)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check: $(STAMP) ## lint, format, types, layers, generated code
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python protos/generate.py --check

bench: $(STAMP) ## measure against our goals and the installed peers (25 minutes; QUICK=1: 5)
	@$(BIN)/python -m tests.benchmarks $(ARGS)

faults: $(STAMP) ## kills, partitions, power cuts (some need root)
	@$(BIN)/python -m pytest -m faults tests/faults $(ARGS)

soak: $(STAMP) ## hours of load, watching memory and files
	@$(BIN)/python -m pytest -m soak tests $(ARGS)

protos: $(STAMP) ## generate shared/heard/v1 from protos/heard/v1
	@$(BIN)/python protos/generate.py

clean: ## remove .venv, caches and build results
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
