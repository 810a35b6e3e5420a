# Every target works on a machine with only Python 3.11+, pip and make: the first call makes
# .venv and installs the pinned requirements; later calls reinstall nothing.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.installed

PAPER := _build/paper/_build/latex

.PHONY: book book-student pdf test test-browser lighthouse lint bench mutants notebooks serve clean

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check -q -r requirements.txt
	touch $@

book: $(READY)
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo "Open $(CURDIR)/_build/html/index.html"

# the book without its solutions; what `make book` executes is not executed again
book-student: $(READY)
	rm -rf _build/student
	$(BIN)/python book/student.py _build/student/source
	$(BIN)/jupyter-book build _build/student/source -W -n --keep-going
	mv _build/student/source/_build/html _build/student/html
	@echo "Open $(CURDIR)/_build/student/html/index.html"

# the book on paper, from the notebooks' own outputs; log lines are kept whole for the tests
pdf: $(READY)
	@for tool in xelatex latexmk rsvg-convert; do \
	  command -v $$tool >/dev/null || { echo "No $$tool found: README.md names the packages"; exit 1; }; done
	$(BIN)/jupyter-book build . --builder latex --path-output _build/paper -W -n --keep-going
	cd $(PAPER) && max_print_line=1000 latexmk -xelatex -interaction=nonstopmode -halt-on-error -silent deep-learning-checked.tex
	$(BIN)/pytest tests/pdf
	mkdir -p _build/html && cp $(PAPER)/deep-learning-checked.pdf _build/html
	@echo "Open $(CURDIR)/_build/html/deep-learning-checked.pdf; the next make book links to it"

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
	for script in $(filter-out %/mutants.py,$(wildcard benchmarks/[!_]*.py)); do $(BIN)/python $$script || exit 1; done

# what the tests notice of mistakes put into a copy of the package; up to an hour
mutants: $(READY)
	$(BIN)/python benchmarks/mutants.py

# run every notebook from a fresh kernel and keep its outputs
notebooks: $(READY)
	$(BIN)/python book/run.py

serve: book
	$(BIN)/python -m http.server --directory _build/html --bind 127.0.0.1 8000

clean:
	rm -rf _build .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
