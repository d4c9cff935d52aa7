# Two commands: `make build` and `make test`. Their variables are in README.md, "Your own data".
PYTHON ?= python3.11
SHELL := /bin/bash

# Given on the command line or in the environment, they reach every command below.
export RAW_DATA AS_OF WAREHOUSE_PATH MARTS_PATH PII_KEY ALLOW_MISSING DBT_ARGS

.PHONY: build test lint setup peers deep demo bench lock clean

build: setup
	@.venv/bin/personalization build

test: setup
	@echo "== 1/3 lint"
	@$(MAKE) --no-print-directory lint
	@echo "== 2/3 the demo: dbt build with its unit and data tests"
	@rm -rf var/test
	@env -u RAW_DATA -u AS_OF -u MARTS_PATH -u DBT_ARGS WAREHOUSE_PATH=var/test/warehouse.duckdb \
		.venv/bin/personalization build
	@env -u RAW_DATA WAREHOUSE_PATH=var/test/warehouse.duckdb \
		.venv/bin/dbt --quiet test --profiles-dir profiles --select test_type:unit
	@echo "== 3/3 pytest: mathematics, architecture, faults, provers, real data"
	@DEMO_BUILD=var/test .venv/bin/pytest --durations=15 --numprocesses 2 --dist loadgroup \
		--no-loadscope-reorder
	@echo "All checks passed. What each of them protects: CONTRIBUTING.md"

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@env -u RAW_DATA WAREHOUSE_PATH=:memory: DBT_PROFILES_DIR=profiles .venv/bin/sqlfluff lint \
		--processes 2 --disable-progress-bar models analyses tests/singular

# The world in seeds/demo, written anew; its truth goes to var/demo-truth.
demo: setup
	@rm -rf seeds/demo var/demo-truth
	@.venv/bin/personalization simulate --customers 3000 --seed 1 --out seeds/demo
	@mkdir -p var && mv seeds/demo/truth var/demo-truth

# What each model takes as a shop grows, measured into docs/scale.md.
CUSTOMERS ?= 1000 3000 10000
bench: setup
	@.venv/bin/personalization bench --customers $(CUSTOMERS) --day --out docs/scale.md

setup: .venv/.installed

# uv comes from the same hashed lock as everything else. Where Python may write no bytecode, as in many
# containers, each start would compile all that it imports: 1.5 CPU s of dbt's, so it is done here.
.venv/.installed: requirements.lock pyproject.toml
	@echo "== setting up .venv"
	@$(PYTHON) -m venv .venv
	@awk '/^[a-z]/ {keep = /^uv==/} keep' requirements.lock > .venv/uv.lock
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/uv.lock
	@VIRTUAL_ENV=.venv .venv/bin/uv pip sync --quiet --require-hashes --compile-bytecode \
		requirements.lock
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
	@echo 'export DBT_PROFILES_DIR="$(CURDIR)/profiles"' >> .venv/bin/activate
	@touch .venv/.installed

# Models of other packages for `personalization compare --peers`; LightFM is compiled (gcc).
peers: setup
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --require-hashes -r requirements-peers.lock

# Torch, for the var sequence_model: a CPU build, where pip is told of an index that has it.
deep: setup
	@.venv/bin/pip install --quiet --disable-pip-version-check --no-build-isolation -e '.[deep]'

LOCK = .venv/bin/uv pip compile --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-strip-extras --quiet

lock:
	@$(LOCK) requirements.in -o requirements.lock
	@$(LOCK) requirements-peers.in -o requirements-peers.lock --constraint requirements.lock

# What dbt leaves behind; warehouses, state and publications in var/ stay.
clean:
	@rm -rf target logs var/*/*.dbt
