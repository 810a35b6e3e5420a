# Every target works on a machine with only Python 3.11+, pip and make: the first call makes
# .venv and installs the pinned requirements; later calls reinstall nothing.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.installed

.PHONY: book test test-browser lighthouse lint bench notebooks serve clean

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check -q -r requirements.txt
	touch $@

book: $(READY)
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo "Open $(CURDIR)/_build/html/index.html"

test: $(READY)
	$(BIN)/pytest -n 2
	$(BIN)/pytest --nbval --nbval-current-env -n 2 --dist loadfile book

test-browser: book
	$(BIN)/pytest -n 2 tests/browser

# not a test of every day: it measures times, which other work on the machine spoils
lighthouse: book
	$(BIN)/pytest -s -m performance tests/browser

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)
	for script in benchmarks/[!_]*.py; do $(BIN)/python $$script || exit 1; done

# run every notebook from a fresh kernel and keep its outputs
notebooks: $(READY)
	$(BIN)/python book/run.py

serve: book
	$(BIN)/python -m http.server --directory _build/html --bind 127.0.0.1 8000

clean:
	rm -rf _build .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
