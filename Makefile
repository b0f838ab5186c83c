# Everything a contributor runs. PYTHON is the interpreter of the environment to use.
PYTHON ?= .venv/bin/python
BIN = $(dir $(PYTHON))

.PHONY: setup check format lint types imports test torture bench docs

setup:
	test -x $(PYTHON) || python3 -m venv .venv
	$(PYTHON) -m pip install --quiet --editable '.[check]'

check: format lint types imports test

format:
	$(BIN)ruff format --check .

lint:
	$(BIN)ruff check .

types:
	$(BIN)mypy

imports:
	$(BIN)lint-imports

test:
	$(PYTHON) -m pytest -n 2 -m "not torture"

torture:
	$(PYTHON) -m pytest -n 2 -m torture

bench:
	$(PYTHON) -m bench all --size full

docs:
	$(PYTHON) -m docs.generate
