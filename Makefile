# `make` alone lists what there is.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= $(shell getconf _NPROCESSORS_ONLN)
SNAKEMAKE := $(BIN)/snakemake --cores $(CORES)

.DEFAULT_GOAL := help

.PHONY: help
help: ## list what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# The stamp is newer than the pins once they are installed, so a second call installs nothing.
$(VENV)/.installed: envs/uv.txt envs/requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) is not there; name one with make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "error: Python 3.11 or newer is needed, $$($(PYTHON) --version) was found; name one with make PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement envs/uv.txt
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --compile-bytecode --require-hashes envs/requirements.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: setup
setup: $(VENV)/.installed ## install the pinned environment into .venv

.PHONY: slurm
slurm: setup ## add what --profile profiles/slurm needs
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes --requirement envs/slurm.txt

# Whether a report is newer than all that it shows.
newer = test -e $(1) && test -z "$$(find $(dir $(1)){report,tables,figures,records} report workflow config.yaml Snakefile -type f ! -name '*.pyc' -newer $(1) -print -quit)"

.PHONY: demo
demo: setup ## the whole report in miniature: synthetic data, CPU, minutes
	$(SNAKEMAKE) --config preset=demo
	@$(call newer,results/demo/report.html) || $(SNAKEMAKE) --config preset=demo --report results/demo/report.html
	@echo "The report in miniature is results/demo/report.html (and results/demo/report.md)."

.PHONY: test
test: setup ## linters and all tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/snakefmt --check Snakefile workflow/rules
	$(BIN)/python -m pytest -n 2 --dist loadfile

PRESET ?= paper
# As many as can be seen.
GPUS ?= $(shell PYTHONPATH=workflow $(BIN)/python -m ablate.building.devices)
.PHONY: report
report: setup ## rebuild what is stale, then results/.../report.html (PRESET=demo for the demo's)
	$(SNAKEMAKE) --resources gpu=$(GPUS) --config preset=$(PRESET)
	$(SNAKEMAKE) --config preset=$(PRESET) --report $(if $(filter paper,$(PRESET)),results,results/$(PRESET))/report.html

.PHONY: reproduce
reproduce: setup ## train two published runs anew and compare, ten minutes on a CPU (CONFIGFILE=mine.yaml)
	$(BIN)/ablate reproduce --preset laptop $(if $(CONFIGFILE),--configfile $(CONFIGFILE))

.PHONY: tensorboard
tensorboard: setup ## serve the event files of all runs, unfinished ones too
	$(BIN)/tensorboard --logdir results --bind_all

BENCHMARKS := PYTHONPATH=workflow:tests:tests/workflow $(BIN)/python -m

.PHONY: check-gpu
check-gpu: setup ## what to run first on a new card: is every kind of training right, and how fast
	PYTHONPATH=workflow:tests $(BIN)/python -m check_gpu $(CHECK)

.PHONY: bench
bench: setup ## measure speed against three peers, and the workflow (QUICK=1: 5 minutes; BENCH=options)
	$(BENCHMARKS) benchmarks $(if $(QUICK),--quick) --cores $(CORES) $(BENCH)

.PHONY: bench-tables
bench-tables: setup ## put results/bench/*.csv into docs/benchmarks.md
	$(BENCHMARKS) benchmarks.render

.PHONY: generate
generate: setup ## write what is generated anew: vocabulary, JSON schemas, the tables of published results
	PYTHONPATH=workflow $(BIN)/python -m ablate.generate

.PHONY: format
format: setup ## format the code
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	$(BIN)/snakefmt Snakefile workflow/rules

COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade
.PHONY: lock
lock: setup ## pin envs/*.in anew, with hashes
	$(COMPILE) envs/requirements.in -o envs/requirements.txt
	$(COMPILE) envs/slurm.in -o envs/slurm.txt
