# Copydesk: everything that a fresh clone needs is Python 3.11+ and make.
#
#   make demo                                              crawl the bundled news web
#   make test PYTHON=python3.13 VENV=.venv-3.13 EXTRAS=    the suite with another Python, without the optional packages
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
            $$p -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV   ?= .venv
EXTRAS ?= parquet,web,checks
BIN    := $(VENV)/bin

# Optional packages that are not installed take the tests that need them along.
UNMARKED := not slow$(if $(EXTRAS),, and not extras)
comma := ,
INSTALLED := $(if $(EXTRAS),dev$(comma)$(EXTRAS),dev)
# The build's own requirements keep to the pinned versions, too (pip up to 25.2 reads the first name, later ones the second).
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help install demo test test-slow lint clean

help:            ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/:/'

$(VENV)/.installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Copydesk needs Python 3.11 or newer with its venv module, and found none. Name one: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' || { echo "Copydesk needs Python 3.11 or newer with its venv module; $(PYTHON) is not that. Name another: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --quiet -e '.[$(INSTALLED)]'
	@touch $@

install: $(VENV)/.installed  ## create .venv with the pinned versions

demo: install    ## crawl the bundled news web into demo.db
	$(BIN)/python -m fixtures.site.demo

test: install    ## the suite
	$(BIN)/python -m pytest -m '$(UNMARKED)' -n auto --dist worksteal

test-slow: install  ## the long tests
	@$(BIN)/python -m pytest -m slow -n auto --dist loadfile || { code=$$?; test $$code -eq 5 && echo "There is no slow test."; }

lint: install    ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/mypy

clean:           ## remove what make, the demo and the tests made
	rm -rf .venv .venv-* demo.db* demo.raw.db* build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
