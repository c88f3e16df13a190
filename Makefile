# Two commands are enough: `make run` and `make test`. Nothing needs to be installed or exported before.
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
WORKERS ?= 2
ARGS ?=

.PHONY: help run stop reset token test check format screens drill bench-pipeline bench-web bench-search bench-procurement ready-run ready-test

help: ## these lines
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: ready-run ## the whole product on this machine, Ctrl-C stops it (PORT=8000, BIND=127.0.0.1)
	@exec $(PYTHON) -m marketplace.devtools.run

stop: ready-run ## stop a `make run` from another terminal
	@$(PYTHON) -m marketplace.devtools.run stop

reset: ready-run ## delete the database and the files: the next `make run` starts afresh
	@$(PYTHON) -m marketplace.devtools.run reset

token: ready-run ## an API token of the demonstration account of ROLE=requester (`make -s token ROLE=…`)
	@test -n "$(ROLE)" || { echo "ROLE is missing: make -s token ROLE=requester" >&2; exit 2; }
	@$(PYTHON) -m marketplace.devtools.run running && $(PYTHON) manage.py demo_token "$(ROLE)"

# Compiled files are kept, whatever the environment says: every process of a test would compile them again.
test: ready-test ## all tests, in parallel, on a PostgreSQL of their own (ARGS="-k order")
	@PYTHONDONTWRITEBYTECODE= PYTHONHASHSEED=0 $(PYTHON) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: ready-test ## style, types, templates, migrations, API description, layers, sizes (ARGS="ruff types")
	@$(PYTHON) bin/check.py $(ARGS)

format: ready-test ## rewrite the code the way `make check` wants it
	@$(PYTHON) -m ruff check --fix --quiet . ; $(PYTHON) -m ruff format --quiet .

screens: ready-test ## the pictures of docs/screens.md, from a `make run` of this checkout
	@bin/screens

drill: ready-test ## workers, broker, database killed -9 while 200 dossiers are checked (ARGS="--dossiers 50")
	@$(PYTHON) -m bench.drill $(ARGS)

bench-pipeline: ready-test ## steps a second beside bare Celery, cost with history (ARGS="--short --recheck 500")
	@$(PYTHON) -m bench.pipeline $(ARGS)

bench-web: ready-test ## CPU time of the main pages on 10,000 offers, against the kept figures
	@$(PYTHON) -m bench.web $(ARGS)

bench-search: ready-test ## the search against brute force, tantivy and a C floor (ARGS="--offers 40000")
	@$(PYTHON) -m bench.search $(ARGS)

bench-procurement: ready-test ## the public export of 100,000 contracts against its oracle (ARGS="--contracts 20000")
	@$(PYTHON) -m bench.procurement $(ARGS)

ready-run:
	@bin/bootstrap local

ready-test:
	@bin/bootstrap dev
