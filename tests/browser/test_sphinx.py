"""Without Jupyter Book, too: plain Sphinx makes the same book of the settings written out."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = (
    "book",
    "src",
    "CITATION.cff",
    "_config.yml",
    "_toc.yml",
    "requirements.txt",
    "_build/checked.json",
)
PDF = "deep-learning-checked.pdf"


def run(folder, *words):
    command = [Path(sys.executable).with_name(words[0]), *words[1:]]
    # Jupyter Book leaves out where the book's own extensions lie
    settings = os.environ | {"PYTHONPATH": "book/_ext"}
    subprocess.run(command, cwd=folder, env=settings, check=True)


def test_plain_sphinx_builds_the_same_book(book, tmp_path):
    idle = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for source in SOURCES:
        target = tmp_path / source
        target.parent.mkdir(exist_ok=True)
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, target, ignore=idle)
        else:
            shutil.copy(ROOT / source, target)
    built = tmp_path / "html"
    if (book / PDF).exists():  # then the preface links to it
        built.mkdir()
        shutil.copy(book / PDF, built)
    run(tmp_path, "jupyter-book", "config", "sphinx", ".")
    doctrees = tmp_path / "doctrees"
    run(tmp_path, "sphinx-build", "-q", "-W", "-n", "--keep-going", "-d", doctrees, ".", built)
    files = {path.relative_to(built) for path in built.rglob("*") if path.is_file()}
    assert {path.relative_to(book) for path in book.rglob("*.html")} <= files
    left = {Path(".buildinfo")}  # a digest of the settings, paths among them
    differ = [p for p in files - left if (book / p).read_bytes() != (built / p).read_bytes()]
    assert not differ, "\n".join(map(str, differ))
