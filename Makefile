# The commands people and CI use. Needs Python 3.11 or newer, make and gcc; everything else comes by the locks.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
ENGINE ?= docker
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input install --quiet --require-hashes

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check format cover contract bench lock upgrade image clean

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile

run: .venv/run ## serve on HOST:PORT, with an embedded Postgres unless DATABASE_URL names another
	@exec $(BIN)/python -m service.main

test: check ## everything: the checks, then all tests on a real Postgres
	$(BIN)/python -m pytest

check: .venv/dev ## lint, formatting, types, layers
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

format: .venv/dev ## rewrite the code in the one format
	$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

cover: .venv/dev ## tests with branch coverage
	$(BIN)/python -m pytest --cov --cov-report=term

contract: .venv/dev ## write openapi/v1.json again
	$(BIN)/python -m service.api.openapi

bench: .venv/dev ## the repeatable benchmarks
	$(BIN)/python -m bench

lock: .venv/dev ## write both locks again, keeping the versions they have
	$(BIN)/uv pip compile pyproject.toml $(LOCK) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.lock $(LOCK) -o requirements-dev.lock
LOCK = --quiet --generate-hashes --no-emit-index-url --universal --no-header $(UPGRADE)

upgrade: UPGRADE = --upgrade
upgrade: lock ## the same with the newest versions that pyproject.toml allows

image: ## build the container image with ENGINE (docker, podman, buildah)
	$(ENGINE) build --tag yibao-balance:$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml) .

clean: ## remove what the commands above have made
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

# A stamp file says which lock the environment holds, so that a second call costs nothing.
# The development lock contains the runtime one; installing over it never pulls files from under a running service.
.venv/run: requirements.lock | .venv/bin/python
	$(PIP) -r requirements.lock && touch $@

.venv/dev: requirements-dev.lock | .venv/bin/python
	$(PIP) -r requirements-dev.lock && touch .venv/run $@

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	"$(PYTHON)" -m venv --clear .venv
