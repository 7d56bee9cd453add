# `make book` and `make test` are all a newcomer needs; `make help` lists the rest.
# Only relative paths: the folder may have spaces and any letters in its name.

EDITION ?= default
VENV := .venv
PYTHON := $(VENV)/bin/python
INSTALLED := $(VENV)/installed.stamp
WORKERS ?= 2

.PHONY: help book serve editions test test-long check notebooks simulate lint format browser bench clean
.DEFAULT_GOAL := help

help: ## List all targets
	@grep -E '^[a-z-]+:.*## ' Makefile | sed 's/:.*## /\t/' | expand -t 14

book: $(INSTALLED) ## Make the environment and the site, and say how to open it (EDITION=name for another edition)
	@$(PYTHON) -m surveybook build --edition "$(EDITION)"

serve: $(INSTALLED) ## Show the book on this machine, and each edit as soon as it is saved
	@$(PYTHON) -m surveybook serve --edition "$(EDITION)"

editions: $(INSTALLED) ## Make the sites of all editions; what they share is run once
	@$(PYTHON) -m surveybook editions

# Kernels are forked from a process that has all loaded.
test: export JUPYTER_DEFAULT_PROVISIONER_NAME := surveybook-warm
test: $(INSTALLED) ## Run every check: style, units, data, notebooks, the built site (at most ten minutes)
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m surveybook build
	@$(PYTHON) tests/browser.py
	$(PYTHON) -m pytest --nbval chapters -n $(WORKERS) --dist loadfile -q
	$(PYTHON) -m pytest tests -m "not long" -n $(WORKERS) --dist loadfile -q

test-long: $(INSTALLED) ## Run the slow checks too: whole builds of other data, a fresh clone in an odd folder
	@$(PYTHON) tests/browser.py
	$(PYTHON) -m pytest tests -m long -n $(WORKERS) --dist loadfile -q

check: $(INSTALLED) ## Check data and parameters in seconds; run nothing
	@$(PYTHON) -m surveybook check --edition "$(EDITION)"

notebooks: $(INSTALLED) ## Run the committed chapters again and save them with their outputs
	@$(PYTHON) -m surveybook notebooks

simulate: $(INSTALLED) ## Draw the committed simulated answers again (the same bytes every time)
	@$(PYTHON) -m surveybook simulate

lint: $(INSTALLED) ## Look for faults of style
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

format: $(INSTALLED) ## Mend the style where that can be done by machine
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

browser: $(INSTALLED) ## Install a browser for the site's tests, with the system's package manager if need be
	@$(PYTHON) tests/browser.py --system

bench: $(INSTALLED) ## Weigh each page of the built site beside a plain Jupyter Book of the same chapters
	@$(PYTHON) tests/bench/page_weight.py

clean: ## Remove all that was generated; keep the environment
	rm -rf _build .pytest_cache .ruff_cache .hypothesis

# Bytecode is compiled here, once, so that no kernel compiles it again.
$(INSTALLED): requirements.txt pyproject.toml
	@python=; for name in python3 python3.13 python3.12 python3.11 python; do \
	  if command -v $$name >/dev/null 2>&1 && \
	     $$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; \
	  then python=$$name; break; fi; done; \
	if [ -z "$$python" ]; then \
	  echo "error: no Python 3.11, 3.12 or 3.13 was found; install one and run make again" >&2; exit 1; fi; \
	echo "Making the environment in $(VENV) (once, some minutes) ..." >&2; \
	if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python "$$(command -v $$python)" $(VENV) && \
	  uv pip install --quiet --compile-bytecode --python $(PYTHON) -r requirements.txt; \
	else \
	  $$python -m venv $(VENV) && \
	  $(PYTHON) -m pip install --quiet --disable-pip-version-check --compile -r requirements.txt; \
	fi && \
	$(PYTHON) -m compileall -q scripts && touch $(INSTALLED)
