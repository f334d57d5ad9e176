# `make demo` and `make test` need Python 3.11 or newer, git and make, and nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DEMO ?= skmi-demo

.PHONY: help demo test perf bench-scale lint types docs clean

help:
	@echo "make demo    mutual information on real data, with a picture, in $(DEMO)/"
	@echo "make test    the tests"
	@echo "make perf    the benchmarks against scikit-learn's trees"
	@echo "make bench-scale   how cost grows with samples and columns; ENNEMI=python with ennemi"
	@echo "make lint | types | docs"
	@echo "make clean   remove $(VENV), caches and built pages"

# An installation is remembered by a stamp, made anew when pyproject.toml changes.
$(VENV)/installed-%: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "skmi needs Python 3.11 or newer; say which: make PYTHON=python3.12 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable ".[$*]"
	@touch $@

demo: $(VENV)/installed-plot
	$(BIN)/skmi demo --out $(DEMO)

test: $(VENV)/installed-test
	$(BIN)/python -m pytest -q -n auto

perf: $(VENV)/installed-test
	$(BIN)/python -m pytest -q tests/perf --override-ini addopts= --benchmark-sort=name

bench-scale: $(VENV)/installed-test
	$(BIN)/python docs/studies/scale.py --ennemi $(or $(ENNEMI),$(BIN)/python)

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell

types: $(VENV)/installed-dev
	$(BIN)/mypy

docs: $(VENV)/installed-dev
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html

clean:
	rm -rf $(VENV) docs/_build docs/api .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find skmi tests -name __pycache__ -prune -exec rm -rf {} +
