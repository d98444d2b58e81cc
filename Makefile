# The two commands a newcomer needs are `make demo` and `make test`; both set themselves up.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test check lint audit sbom lock assets clean

setup: .venv/.ready web/static/vendor/.ready

.venv/.ready: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Palpate needs Python 3.11 or newer; $$($(PYTHON) --version) was found. Set PYTHON=/path/to/python3.11."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing what Palpate needs into .venv …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-setup.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirement requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

# The map comes from npm, pinned; without npm the site is complete but for it.
web/static/vendor/.ready: package.json package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --ignore-scripts && node web/copy-vendor.mjs; \
	else echo "npm was not found: the site will work without its map."; fi
	@mkdir -p $(@D) && touch $@

demo: setup
	@$(BIN)/palpate demo

# `make test WORKERS=2` runs the files of tests in two processes, each with servers of its own.
test: setup
	@$(BIN)/python -m pytest $(if $(WORKERS),-n $(WORKERS) --dist loadfile --no-loadscope-reorder)

lint: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

check: lint test

audit: setup
	@$(BIN)/python .ci/audit.py

# What is installed, as CycloneDX: sbom.json
sbom: setup
	@$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON --output-file sbom.json $(BIN)/python
	@echo "sbom.json lists what is installed."

lock:
	@$(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate \
	  --universal --python-version 3.11 --all-extras pyproject.toml requirements-build.in --output-file requirements.txt
	@echo uv | $(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --no-annotate \
	  --universal --python-version 3.11 - --output-file requirements-setup.txt

clean:
	rm -rf .venv web/static/vendor node_modules .mypy_cache .ruff_cache .pytest_cache
