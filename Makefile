# `make demo` and `make test` need Python 3.11 or newer, git and make, and nothing else.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DEMO ?= skmi-demo

.PHONY: help demo dev test bench bench-scale perf lint types docs dist release-check clean

help:
	@echo "make demo    mutual information on real data, with a picture, in $(DEMO)/"
	@echo "make dev     set up to work on skmi: every tool, and hooks for git"
	@echo "make test    the tests"
	@echo "make bench   our functions beside those of other libraries, as ratios"
	@echo "make bench-scale   how cost grows with samples and columns; ENNEMI=python with ennemi"
	@echo "make perf    the timings that pytest-benchmark takes"
	@echo "make lint | types | docs"
	@echo "make dist    build the wheel and the source distribution, and look into them"
	@echo "make release-check   all that a release must pass, but for the tests"
	@echo "make clean   remove $(VENV), caches and what was built"

# An installation is remembered by a stamp, made anew when pyproject.toml changes. Byte code of what
# is never imported would take two thirds of pip's time.
$(VENV)/installed-%: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "skmi needs Python 3.11 or newer; say which: make PYTHON=python3.12 ..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check \
	  --constraint constraints.txt --editable ".[$*]"
	@touch $@

demo: $(VENV)/installed-plot
	$(BIN)/skmi demo --out $(DEMO)

dev: $(VENV)/installed-dev
	test ! -e .git || $(BIN)/pre-commit install

test: $(VENV)/installed-test
	$(BIN)/python -m pytest -q -n auto

bench: $(VENV)/installed-bench
	@$(BIN)/python -m benchmarks.compare

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

dist: $(VENV)/installed-release
	rm -rf build dist
	$(BIN)/python -m build --outdir dist .
	$(BIN)/twine check --strict dist/*
	$(BIN)/python tools/check_release.py contents

release-check: lint types docs dist
	$(BIN)/python tools/check_release.py version
	$(BIN)/python tools/check_release.py install

clean:
	rm -rf $(VENV) build dist docs/_build docs/api docs/auto_examples docs/notebooks .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find skmi tests -name __pycache__ -prune -exec rm -rf {} +
