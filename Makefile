.DEFAULT_GOAL := help
RUN := uv run
PYTEST := $(RUN) pytest

.PHONY: help setup check format lint types layers test test-all bench soak figures eval generate lock demo clean

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

setup: ## Install everything for development
	uv sync --all-extras
	$(RUN) pre-commit install

check: format lint types layers test ## Format, lint, types, layers, fast tests: before every commit

format: ## Format the code
	$(RUN) ruff format .
	$(RUN) ruff check --fix-only --quiet .

lint: ## Lint the code
	$(RUN) ruff format --check .
	$(RUN) ruff check .

types: ## Check types (pyright, strict)
	$(RUN) pyright

layers: ## Check that imports point down
	$(RUN) lint-imports

test: ## Run the tests that need no server
	$(PYTEST) -q -m "not vllm"

test-all: ## Run every test; a missing service is a failure
	LOOMWRIGHT_TEST_ALL=1 $(PYTEST)

bench: ## Run all benchmarks that need no server
	$(RUN) python -m benchmarks overhead memory rules telemetry cache

soak: ## Play five minutes over two tiny vLLMs that break all the time (needs vLLM); MINUTES=60 for an hour
	$(RUN) python -m benchmarks soak --minutes $(or $(MINUTES),5)

figures: ## Write docs/figures.md from a full run (needs vLLM: tests/support/tiny_vllm.py install)
	$(RUN) python -m benchmarks overhead memory rules batching inference cache --page docs/figures.md

eval: ## Run the evaluation suites
	$(RUN) loomwright eval

generate: ## Write what is generated: the graphs' JSON Schema, the tables in docs/
	$(RUN) loomwright graph schema
	$(RUN) python -m tests.support.doc_blocks

lock: ## Write requirements.lock, with hashes and no addresses, for images
	uv lock
	uv export --quiet --no-dev --no-group evals --all-extras --no-emit-project --no-header --format requirements-txt --output-file requirements.lock

demo: ## Play the example world
	$(RUN) loomwright demo

clean: ## Forget what was played and cached here
	rm -rf .loomwright .pytest_cache .ruff_cache .hypothesis .import_linter_cache .deepeval
