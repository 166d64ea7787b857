# Everything sets up what it needs by itself; nothing has to be installed before but git, make and (on other systems
# than Debian and its relatives) the programs that `make up` will name.

PROCESSORS ?= 1
STORE ?=
EMAIL ?=
TIER ?=
ROLE ?=
SERVICE ?=
BATCH ?=
MODEL ?= small
ONLY ?=
SCALE ?=
FAULTS ?= 100
SEED ?=
SIZE ?= 1000
# Each has servers of its own; more of them than processors make tests of time fail.
TEST_PROCESSES ?= 2

ifneq ($(STORE),)
export DAILIES_STORE := $(STORE)
endif
SHELL := /bin/sh
PYTHON := .venv/bin/python
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n)
.DEFAULT_GOAL := help

.PHONY: help demo up model down ps logs account test test-unit test-servers test-journey matrix check format docs screenshots lock bench chaos chaos-upload \
	python setup setup-dev

##@ Use it

demo: setup ## Run the main job on sample videos; the results are left in demo-output/ [STORE=s3]
	@$(PYTHON) -m demo

up: setup ## Start everything and wait for Ctrl-C [PROCESSORS=2] [STORE=s3]
	@python3 -m stack up --processors $(PROCESSORS)

model: setup ## Fetch a speech model for transcripts [MODEL=small]
	@$(PYTHON) -m services.processor.transcription.models $(MODEL) --to $(or $(DAILIES_WHISPER_FOLDER),.run/models)

down: python ## Stop what `make up` started in another shell
	@python3 -m stack down

ps: python ## Show what runs: processes, memory, restarts, ports
	@python3 -m stack ps

logs: python ## Show and follow the logs of a service or server, or tell a batch's story: make logs SERVICE=processor [BATCH=id]
	@[ -n "$(SERVICE)$(BATCH)" ] || { echo 'Say whose logs: make logs SERVICE=processor, or make logs BATCH=...'; exit 2; }
	@if [ -n "$(BATCH)" ]; then python3 -m stack story "$(BATCH)"; else python3 -m stack logs $(SERVICE); fi

account: python ## Change an account: make account EMAIL=ada@example.com TIER=creator [ROLE=operator]
	@[ -n "$(EMAIL)" ] && [ -n "$(TIER)$(ROLE)" ] || { echo 'Say whose, and what: make account EMAIL=ada@example.com TIER=creator'; exit 2; }
	@[ -z "$(TIER)" ] || python3 -m stack account set-tier $(EMAIL) $(TIER)
	@[ -z "$(ROLE)" ] || python3 -m stack account set-role $(EMAIL) $(ROLE)

##@ Change it

test: setup-dev ## Run every test on real servers, and measure what they cover [TEST_PROCESSES=2]
	@$(PYTHON) -m pytest -n $(TEST_PROCESSES) --dist loadfile --cov --cov-report=term --cov-fail-under=90 || { \
		echo 'What failed is run once more, alone: a busy machine fails tests of time, a bug fails twice.'; \
		$(PYTHON) -m pytest --last-failed --last-failed-no-failures=none; }

test-unit: setup-dev ## Run the tests that need no servers
	@$(PYTHON) -m pytest -m "not servers and not journey"

test-servers: setup-dev ## Run the tests on real servers
	@$(PYTHON) -m pytest -m servers

test-journey: setup-dev ## Run the whole system from end to end
	@$(PYTHON) -m pytest -m journey

matrix: setup-dev ## Render every combination of format, quality, shape, frame rate and sound, and check it (15 minutes)
	@$(PYTHON) -m pytest tests/processor/every_format.py -q --no-cov

check: setup-dev ## Check format, lint, types, architecture and the length of files
	@$(PYTHON) -m checks

format: setup-dev ## Bring the source into the agreed format
	@$(PYTHON) -m ruff format --quiet .
	@$(PYTHON) -m ruff check --quiet --fix-only .

docs: setup-dev ## Write the pages that follow from the code: docs/messages.md, .env.example, the page's types
	@$(PYTHON) -m tools.message_docs
	@$(PYTHON) -m tools.env_example
	@$(PYTHON) -m tools.page_types

screenshots: setup-dev ## Take the pictures of every page in docs/images/
	@$(PYTHON) -m tools.screenshots

bench: setup-dev ## Measure on the local stack, as tables and in bench-results/ [ONLY=progress] [SCALE=0.1 for shorter clips]
	@$(PYTHON) -m bench $(if $(SCALE),--scale $(SCALE)) $(ONLY)

chaos: setup-dev ## Kill and freeze everything under load, and see what becomes of the videos [FAULTS=100] [SEED=7]
	@$(PYTHON) -m chaos --faults $(FAULTS) $(if $(SEED),--seed $(SEED))

chaos-upload: setup-dev ## Interrupt one upload of 1 GB again and again, and see that it completes [SIZE=1000] [SEED=7]
	@$(PYTHON) -m chaos.uploads --size $(SIZE) $(if $(SEED),--seed $(SEED))

lock: setup-dev ## Pin every Python package with its hashes, after a change of requirements*.in
	@for name in requirements-uv requirements requirements-s3 requirements-dev requirements-bench; do \
		.venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-emit-find-links --no-annotate --no-header \
			-o $$name.txt $$name.in || exit 1; \
	done

##@ Look after it

setup: python ## Install the programs and Python packages that running needs
	@python3 -m stack setup

setup-dev: python ## Install also what tests and checks need
	@python3 -m stack setup --dev

help: ## Show these targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

python:
	@command -v python3 >/dev/null || { \
		echo 'Installing python3 ...'; \
		{ $(SUDO) apt-get -qq update && $(SUDO) apt-get -qq -y install --no-install-recommends python3 python3-venv; } \
			>/dev/null 2>&1 || { echo 'Install Python 3.11 or newer, then try again.'; exit 1; }; }
