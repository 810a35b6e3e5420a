# Every target works on a machine with only Python 3.11+, pip and make: the first call makes
# .venv and installs the pinned requirements; later calls reinstall nothing.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.installed

PARALLEL := -n auto --maxprocesses 8 --dist worksteal
PAPER := _build/paper/_build/latex
SPEEDS := training functions optimizers cnn convolution bounds growth data_parallel gpu
FINDINGS := activations drawing imbalance races seeds sweeps

.PHONY: book book-student slides pdf check test quick seldom test-browser matrix lighthouse lint bench \
  records mutants rocq notebooks serve dist clean

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --disable-pip-version-check -q -r requirements.txt
	touch $@

# every notebook is run once and compared with its outputs; the pages are built from those
book: check
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo "Open $(CURDIR)/_build/html/index.html"

# what was compared as it is now is not run again
check: $(READY)
	$(BIN)/python book/check.py

# the book without its solutions, and its package with the exercises sealed; with other numbers:
# make book-student VARIANT=7
STUDENT := _build/student
book-student: check
	rm -rf $(STUDENT)
	$(BIN)/python book/student.py $(STUDENT)/source $(if $(VARIANT),--variant $(VARIANT))
	PYTHONPATH=$(CURDIR)/$(STUDENT)/source/src $(BIN)/jupyter-book build $(STUDENT)/source -W -n --keep-going
	mv $(STUDENT)/source/_build/html $(STUDENT)/html
	$(BIN)/pip wheel -q --no-deps --no-build-isolation --no-index -w $(STUDENT)/package $(STUDENT)/source
	rm -rf $(STUDENT)/source/build $(STUDENT)/source/src/*.egg-info
	@echo "Open $(CURDIR)/$(STUDENT)/html/index.html; students install $(STUDENT)/package/*.whl"

# the slides of each section as PDF; NOTES=1 puts the speaker's notes below them
slides: book
	$(BIN)/python book/slides.py $(if $(NOTES),--notes)
	@echo "Open $(CURDIR)/_build/html/slides"

# the book on paper; log lines are kept whole for the tests
pdf: check
	@for tool in xelatex latexmk rsvg-convert; do \
	  command -v $$tool >/dev/null || { echo "No $$tool found: README.md names the packages"; exit 1; }; done
	$(BIN)/jupyter-book build . --builder latex --path-output _build/paper -W -n --keep-going
	cd $(PAPER) && max_print_line=1000 latexmk -xelatex -interaction=nonstopmode -halt-on-error -silent deep-learning-checked.tex
	$(BIN)/pytest tests/pdf
	mkdir -p _build/html && cp $(PAPER)/deep-learning-checked.pdf _build/html
	@echo "Open $(CURDIR)/_build/html/deep-learning-checked.pdf; the next make book links to it"

test: $(READY)
	$(BIN)/pytest $(PARALLEL)
	$(BIN)/python book/check.py

# between two changes: what takes long is left out, and of the claims those that files touch are asked
quick: lint
	$(BIN)/pytest $(PARALLEL) -m 'not (slow or seldom or performance)'
	$(BIN)/python tests/touched.py

# what takes minutes and hardly ever changes: records made again, pages without a library
seldom: $(READY)
	$(BIN)/pytest -m seldom

test-browser: book
	$(BIN)/pytest $(PARALLEL) tests/browser

# the package's tests with the lowest versions that pyproject.toml allows and with the newest, each in
# an environment of its own; on another Python: make matrix PYTHON=python3.13 VERSIONS=newest
VERSIONS ?= lowest newest
matrix:
	for versions in $(VERSIONS); do $(PYTHON) tests/versions.py $$versions || exit 1; done

# not a test of every day: it measures times, which other work on the machine spoils
lighthouse: book
	$(BIN)/pytest -s -m performance tests/browser

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo

# speeds, in about ten minutes, best where nothing else runs
bench: $(READY)
	for name in $(SPEEDS); do $(BIN)/python benchmarks/$$name.py || exit 1; done

# what the pages say of seeds, rates and races, made again
records: $(READY)
	for name in $(FINDINGS); do $(BIN)/python benchmarks/$$name.py || exit 1; done

# what the tests notice of mistakes put into a copy of the package; up to an hour
mutants: $(READY)
	$(BIN)/python benchmarks/mutants.py

# the proofs for every width, by the kernel of Rocq, which has to be there; minutes
rocq: $(READY)
	$(BIN)/python benchmarks/rocq.py

# run every notebook from a fresh kernel and keep its outputs
notebooks: $(READY)
	$(BIN)/python book/run.py

serve: book
	$(BIN)/python -m http.server --directory _build/html --bind 127.0.0.1 8000

# the sdist and the wheel, in _build/dist, tried in an environment that has nothing else
dist:
	$(PYTHON) tests/dist.py

clean:
	rm -rf _build .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
