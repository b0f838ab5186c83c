# Everything a contributor runs. PYTHON is the interpreter of the environment to use.
PYTHON ?= .venv/bin/python
BIN = $(dir $(PYTHON))

.PHONY: setup check format lint types imports test torture bench docs screenshot screenshots

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
	$(PYTHON) -m pytest -n 2 -m "not torture" --hypothesis-profile=default
	for name in eyes wat store day fetch pagerank harmonic whatif dashboard; do $(PYTHON) -m bench $$name --size small || [ $$? -eq 4 ] || exit 1; done

bench:
	$(PYTHON) -m bench all --size full

docs:
	$(PYTHON) -m docs.generate

# The picture in the README: the report of the demo, drawn by Debian's Chromium.
screenshot:
	rm -rf build/demo && mkdir -p build docs/images
	$(BIN)backref demo --folder build/demo --no-serve >/dev/null
	chromium --headless --no-sandbox --disable-gpu --disable-background-networking --hide-scrollbars \
	  --user-data-dir=$$(mktemp -d) --window-size=1440,2000 \
	  --screenshot=docs/images/report.png file://$(CURDIR)/build/demo/report.html

# The pictures of the dashboard in the docs.
screenshots:
	$(PYTHON) -m docs.screenshots
