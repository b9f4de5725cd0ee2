# make run         environment + demo data if data/ has none + server on http://localhost:5006
# make test        environment + test tools + a browser + every test
# make test-long   the tests that take minutes as well
# make faults      every test of a row of docs/faults.md, and the figures into it and README
# make soak        30 sessions for 30 minutes over data that keeps coming; SOAK="--minutes 2"
# make played-day  a day of the market at 60x against the real processes; PLAY="--speed 120 --hours 2"
# make audit       known holes of the installed versions; needs a network
# make bench       speed and memory beside baselines, written into README; BENCH="--quick", BENCH="--parts api large", BENCH="--without ingest crowd"
# make lint        style and types only
# make format      rewrite the code in the project's style
# make clean       remove the environment and caches; data/ stays
# make run PORT=8080 PYTHON=/usr/bin/python3.12 DEMO="--days 30 --units 120"

PORT ?=
DEMO ?=
PYTEST ?=
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	command -v $$p >/dev/null && $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore

.PHONY: run test test-long faults soak played-day audit bench lint format clean
.DELETE_ON_ERROR:

run: $(VENV)/.installed
	@$(BIN)/aemo-dashboard demo --if-empty $(DEMO)
	@exec $(BIN)/aemo-dashboard serve $(if $(PORT),--port $(PORT))

test: lint $(VENV)/.browser
	$(BIN)/python -m pytest -m "not long" $(PYTEST)

soak: $(VENV)/.installed-tests
	PYTHONPATH=tests:tests/benchmarks $(BIN)/python tests/soak/run.py $(SOAK)

played-day: $(VENV)/.installed-tests
	PYTHONPATH=tests:tests/ingest:tests/benchmarks $(BIN)/python tests/soak/played_day.py $(PLAY)

# Without --strict it returns 0 when it could audit nothing.
audit: $(VENV)/.installed-tests
	@$(BIN)/python -m pip install --quiet pip-audit || { echo "pip-audit could not be installed: no network? Nothing was audited." >&2; exit 1; }
	@$(BIN)/pip-audit --strict --progress-spinner off -r constraints.txt --no-deps --disable-pip \
		|| { echo "holes were found, or there is no network and nothing was audited: see above" >&2; exit 1; }

test-long: lint $(VENV)/.browser
	$(BIN)/python -m pytest $(PYTEST)

faults: $(VENV)/.browser
	$(BIN)/python tests/faults/try_faults.py $(FAULTS)

bench: $(VENV)/.installed-bench $(VENV)/.browser
	$(BIN)/python tests/benchmarks/run.py $(BENCH)

lint: $(VENV)/.installed-tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.created:
	@test -n "$(PYTHON)" || { \
		echo "Python 3.11 or newer with venv and pip is needed and was not found." >&2; \
		echo "On Debian or Ubuntu: apt-get install python3 python3-venv python3-pip; or say make PYTHON=/path/to/python" >&2; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: $(VENV)/.created pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-tests: $(VENV)/.created pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[test,dev]"
	@touch $(VENV)/.installed $@

$(VENV)/.installed-bench: $(VENV)/.installed-tests
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[bench]"
	@touch $@

$(VENV)/.browser: $(VENV)/.installed-tests
	$(BIN)/python tests/find_browser.py
	@touch $@
