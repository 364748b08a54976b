# Copydesk: everything a fresh clone needs is Python 3.11+ and make.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: help install demo test test-slow lint bench clean

help:            ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/'

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Copydesk needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version). Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,parquet,web]'
	@touch $@

install: $(VENV)/.installed  ## create .venv with pinned versions

demo: install    ## crawl the bundled news web into demo.db
	$(BIN)/python -m fixtures.site.demo

test: install    ## the suite
	$(BIN)/python -m pytest -m 'not slow' -n auto

test-slow: install  ## the long tests
	$(BIN)/python -m pytest -m slow

lint: install    ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:           ## remove what the build made
	rm -rf $(VENV) demo.db* demo.raw.db* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
