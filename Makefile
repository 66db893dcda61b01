# `make demo` runs the main job on a pretend business, `make test` the whole test suite; both set up what they need.
SEED ?= 7
PEOPLE ?= 2000
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2

export PATH := $(CURDIR)/$(BIN):$(PATH)
# Meltano starts three times faster from compiled bytecode, whatever the shell says of writing it.
export UV_COMPILE_BYTECODE := 1
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
# Every target that has help is a command, not a file.
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*## .*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## these lines
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' Makefile

setup: $(READY) ## the environment in .venv, exactly as uv.lock says

# A new platform is a new executable: its manifest belongs to what the environment is made from.
$(READY): pyproject.toml uv.lock hatch_build.py $(wildcard taps/platforms/*/manifest.yaml)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "setup: $(PYTHON) is older than Python 3.11; name a newer one: make setup PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "setup: $(PYTHON) cannot make environments; on Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then \
	   uv sync --locked --inexact --quiet; \
	 else \
	   $(BIN)/python -m pip install --quiet --disable-pip-version-check uv && $(BIN)/uv sync --locked --inexact --quiet; \
	 fi || { echo "setup: the packages could not be installed; the lines above say why"; exit 1; }
	@$(BIN)/python -m compileall -q taps targets transform plugins orchestrate sandbox demo
	@mkdir -p output
	@touch $(READY)

demo: $(READY) ## the main job on a pretend business: SEED=7 PEOPLE=2000
	@$(BIN)/python -m demo --seed $(SEED) --people $(PEOPLE)

sandbox: $(READY) ## the pretend vendors on port 8765, for `meltano --environment=sandbox`
	@$(BIN)/python -m sandbox --port 8765 --seed $(SEED) --people $(PEOPLE) --state output/sandbox-8765.json

test: $(READY) ## the whole test suite
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --ignore=tests/conformance
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/conformance

conformance: $(READY) ## every check (or CHECK=y) on every platform (or on PLATFORM=x)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/conformance

requests: $(READY) ## writes fixtures/requests.txt of every platform, or of PLATFORM=x; read the diff
	@$(BIN)/python -m tests.conformance.requests $(PLATFORM)

real-servers: $(READY) ## servers for tests/real: MariaDB and WordPress of Debian (as root), S3, Snowflake and BigQuery look-alikes
	@apt-get install --yes --no-install-recommends mariadb-server wordpress php-cli php-mysql
	@for file in tests/real/servers/*.txt; do \
	   place=.servers/$$(basename $$file .txt); \
	   test -x $$place/bin/python || $(PYTHON) -m venv $$place; \
	   $(BIN)/uv pip install --quiet --python $$place/bin/python --requirement $$file || exit 1; \
	 done

lint: $(READY) ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

format: $(READY) ## writes the format and what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

types: $(READY) ## mypy --strict
	@$(BIN)/mypy

ci: ## what the server runs
	@.ci/run

platform: $(READY) ## drafts a new platform: NAME=acme SPEC=path/to/openapi.json
	@test -n "$(NAME)" || { echo "platform: NAME=acme is missing, and SPEC=path/to/openapi.json helps"; exit 1; }
	@$(BIN)/engarde scaffold $(NAME) $(if $(SPEC),--spec $(SPEC))

generate: $(READY) ## everything that is written from the manifests
	@$(BIN)/engarde reference
	@$(BIN)/python -m plugins.generate
	@$(BIN)/python -m transform.generate
	@$(BIN)/python -m taps.listing_page
	@$(BIN)/python -m tests.conformance.page

check-generated: $(READY) ## fails where `make generate` would change something
	@$(BIN)/python -m plugins.generate --check
	@$(BIN)/python -m transform.generate --check
	@$(BIN)/python -m taps.listing_page --check
	@$(BIN)/python -m tests.conformance.page --check

startup: $(READY) ## how long taps take to start, against the bare frame
	@$(BIN)/engarde startup

docs: $(READY) ## dbt's pages on every table and column of the connected platforms
	@DBT_TARGET_PATH=target engarde dbt docs generate --quiet --static
	@echo "transform/target/static_index.html"

bench-dbt: $(READY) ## what 220 platforms cost a dbt build of six
	@$(BIN)/python -m tests.benchmarks.dbt_platforms

bench-meltano: $(READY) ## what 220 taps cost whoever runs one of them
	@$(BIN)/python -m tests.benchmarks.meltano_plugins

orchestrate: $(READY) ## Dagster on http://127.0.0.1:3000 with Meltano's jobs and schedules
	@$(BIN)/python -m orchestrate

clean: ## what demo, tests and tools leave, but the environment and what Meltano knows of your accounts
	@rm -rf transform/target .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
	@rm -f output/warehouse.duckdb output/warehouse.duckdb.* output/sandbox*.json output/meltano.db output/truth.parquet output/report.html output/dbt.log output/connected-*.txt
