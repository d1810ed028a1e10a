# Everything here needs only Python >= 3.11, make and a package index.
# PYTHON=python3.12 chooses the interpreter, VENV=path the environment's folder.

PYTHON ?= python3
VENV ?= .venv
PYTEST_ARGS ?=
DEMO_ARGS ?=
LOCK_ARGS ?=
BENCH_ARGS ?=
DIR ?=

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# Hashes for everything and wheels only: building a source archive would fetch tools that no lock pins.
INSTALL := $(PIP) install --quiet --require-hashes --only-binary :all:

# Stamps: each says that the environment holds what the files on its right ask for.
CREATED := $(VENV)/.stamp-created
RUNTIME := $(VENV)/.stamp-runtime
PACKAGE := $(VENV)/.stamp-package
DEV := $(VENV)/.stamp-dev
BENCH := $(VENV)/.stamp-bench

.DEFAULT_GOAL := help
.PHONY: help install dev demo test test-slow lint format types lock bench bench-instances dir-given wheel hooks clean
.DELETE_ON_ERROR:

help:  ## this list
	@echo "make TARGET [PYTHON=python3.12] [VENV=.venv]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

$(CREATED):
	@command -v $(PYTHON) >/dev/null || \
	  { echo "'$(PYTHON)' is not found. Install Python 3.11 or newer, or name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; '$(PYTHON)' is $$($(PYTHON) -V 2>&1). Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "'$(PYTHON)' cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUNTIME): locks/runtime.txt locks/build.txt | $(CREATED)
	@echo "installing what locks/runtime.txt pins into $(VENV) (a minute or two the first time)"
	@$(INSTALL) -r locks/runtime.txt
	@$(INSTALL) -r locks/build.txt
	@touch $@

$(PACKAGE): pyproject.toml territory_geo/_version.py $(RUNTIME)
	@$(PIP) install --quiet --no-index --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): locks/dev.txt $(PACKAGE)
	@echo "installing what locks/dev.txt pins into $(VENV)"
	@$(INSTALL) -r locks/dev.txt
	@touch $@

# A peer that cannot be installed here must not stop the others: it becomes a row that says so.
BENCH_PEERS := matplotlib k-means-constrained pymetis gerrychain spopt
$(BENCH): locks/bench.txt $(PACKAGE)
	@echo "installing what locks/bench.txt pins into $(VENV)"
	@$(INSTALL) -r locks/bench.txt || for peer in $(BENCH_PEERS); do \
	  $(PIP) install --quiet $$peer || echo "$$peer cannot be installed here" >&2; done
	@touch $@

install: $(PACKAGE)  ## the package and what it needs, nothing more
	@:

dev: $(DEV)  ## the same, with the tools for tests, lint and types
	@:

demo: $(PACKAGE)  ## design the two shipped examples; maps/ holds the result
	$(BIN)/territory-geo demo $(DEMO_ARGS)

test: $(DEV)  ## fast tests and doctests
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

test-slow: $(DEV)  ## notebooks, browser, long properties
	$(BIN)/python -m pytest -m slow $(PYTEST_ARGS)

lint: $(DEV)  ## ruff, formatting, import direction
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache  # its cache misses modules that appear or vanish

format: $(DEV)  ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(DEV)  ## mypy --strict on the package and the benchmarks
	$(BIN)/mypy --strict territory_geo benchmarks

bench: $(BENCH)  ## us and others on the data that ships (BENCH_ARGS="--seeds 3 --budgets 5,30"); about half an hour
	$(BIN)/python -m benchmarks compare $(BENCH_ARGS)

# Asked first: nobody wants to wait for an installation to hear it.
dir-given:
	@test -n "$(DIR)" || { echo "Name the folder with the instances: make bench-instances DIR=folder" >&2; exit 1; }

bench-instances: dir-given $(BENCH)  ## known instances: DIR=folder (BENCH_ARGS="--scale 0.1 --only cpmp")
	$(BIN)/python -m benchmarks instances "$(DIR)" $(BENCH_ARGS)

# LOCK_ARGS=--upgrade moves to the newest versions; without it only what pyproject.toml forces changes.
# dev.txt first: the others are held to its versions. No index address is written.
UV := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links $(LOCK_ARGS)
lock: | $(DEV)  ## rewrite locks/ from pyproject.toml (LOCK_ARGS=--upgrade for newer versions)
	$(UV) --extra dev pyproject.toml --output-file locks/dev.txt
	$(UV) pyproject.toml --constraint locks/dev.txt --output-file locks/runtime.txt
	$(UV) --extra bench pyproject.toml --constraint locks/dev.txt --output-file locks/bench.txt
	printf 'hatchling\neditables\n' | $(UV) - --constraint locks/dev.txt --output-file locks/build.txt

wheel: $(DEV)  ## dist/: source archive, and the wheel built from it
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .

hooks: $(DEV)  ## run the checks at every commit
	$(BIN)/pre-commit install

clean:  ## remove the environment and every cache
	rm -rf $(VENV) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find territory_geo tests data benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
