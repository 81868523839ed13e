# Redress: everything that is done with it by hand, from a machine with Python and make.
.DEFAULT_GOAL := help
.PHONY: help demo stop test check bench chaos clean

UV := $(or $(shell command -v uv 2>/dev/null),.redress/uv/bin/uv)
ENVIRONMENT := .venv/synced
RUN := .venv/bin

help: ## say what can be done
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(ENVIRONMENT) ## start the whole stack with sample cases; Ctrl-C stops it
	@$(RUN)/redress up

stop: ## stop a running stack
	@if [ -x $(RUN)/redress ]; then $(RUN)/redress stop; else echo "Redress is not running."; fi

test: $(ENVIRONMENT) ## run every test, on real parts
	@$(RUN)/python -m pytest --ignore=tests/bench --ignore=tests/chaos/test_mutations.py

check: $(ENVIRONMENT) ## format, lint, types and walls, in seconds
	@$(RUN)/ruff format --check .
	@$(RUN)/ruff check .
	@$(RUN)/mypy
	@$(RUN)/python -m pytest --quiet tests/house

bench: $(ENVIRONMENT) ## measure
	@$(RUN)/python -m tests.bench

chaos: $(ENVIRONMENT) ## break parts while work goes on, and count afterwards; CHAOS_SEED=7 CHAOS_ROUNDS=200
	@$(RUN)/python -m tests.chaos; broken=$$?; \
	$(RUN)/python -m pytest tests/chaos/test_mutations.py && exit $$broken

clean: stop ## remove the environment, the data of the demo, everything fetched
	@rm -rf .venv .redress .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(ENVIRONMENT): pyproject.toml uv.lock | $(UV)
	@$(UV) sync --frozen
	@touch $@

.redress/uv/bin/uv:
	@sh deploy/dev/get-uv .redress/uv
