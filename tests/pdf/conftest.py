"""TeX's log of the book on paper; `make pdf` runs these tests, and nothing else does."""

from pathlib import Path

import pytest

BUILT = Path(__file__).parents[2] / "_build/paper/_build/latex"


@pytest.fixture(scope="session")
def built():
    """Give the path of the PDF, and of its log with another suffix."""
    path = BUILT / "deep-learning-checked.pdf"
    if not path.is_file():
        pytest.exit("The PDF has not been built: run `make pdf`.", returncode=1)
    return path


@pytest.fixture(scope="session")
def log(built):
    """Give TeX's log of its last run; make pdf keeps TeX from breaking its lines."""
    return built.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
