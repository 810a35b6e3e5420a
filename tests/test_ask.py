"""What the build writes for pages that answer: forms, cells, verdicts, Python in parts."""

import ast
import base64
import hashlib
import io
import json
import re
import runpy
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from chainrule.exercises import EXERCISES, SECTIONS

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))
ASK = runpy.run_path(str(ROOT / "book" / "_ext" / "ask.py"))
sys.path.pop(0)
PAGES = {section.page: section for section in SECTIONS}


def notebook(page):
    return json.loads((ROOT / f"book/{page}.ipynb").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES)
def test_every_exercise_of_a_page_becomes_a_form(page):
    notes = [*ASK["cells_of"](notebook(page))]
    asked = [note["exercise"] for note in notes if "exercise" in note]
    assert [one["name"] for one in asked] == [*PAGES[page].exercises]
    for one in asked:
        form = ASK["form"](one)
        exercise = EXERCISES[one["name"]]
        assert form.count("<form") == form.count("</form>") == form.count("<output>") == 1
        assert ("<textarea" in form) == (exercise.kind in ("function", "array"))
        assert ("<input" in form) == (exercise.kind == "number")
        assert form.count("<button") == (
            1 + len({letter for letter, _ in exercise.mistakes}) if exercise.kind == "choice" else 1
        )
        if exercise.kind == "number" and exercise.unit:
            assert f"Your answer, {exercise.unit}" in form
        if exercise.kind == "function":
            last = ast.parse(one["head"]).body[-1]
            assert isinstance(last, ast.FunctionDef)
            assert last.name == one["answer"]
            assert re.search(r":\n    (return )?\.\.\.$", one["head"])


CELLS = [
    ("import numpy as np\nfrom torch import nn", True, ["PyTorch"]),
    ("x = np.ones(3)", True, []),
    ("y = x\nz = nn.ReLU()(x)", False, ["PyTorch"]),
    ("y + 1", False, ["PyTorch"]),
    ("def f():\n    return z", False, ["PyTorch"]),
    ("y = 2", True, []),
    ("y + 1", True, []),
    ("from chainrule import proofs", True, ["SymPy"]),
    ("proofs.rules()", False, ["SymPy"]),
    ("import sympy\nz = 1\nf = len", False, ["SymPy"]),
    ("nn = 3\nnn", True, []),
    ("import torch\nx = 1", False, ["PyTorch"]),
    ("def g():\n    x = 1\n    return x", True, []),
    ("x", False, ["PyTorch"]),
    ("from concurrent.futures import ThreadPoolExecutor as Pool", True, ["threads"]),
    ("Pool(2)", False, ["threads"]),
]


def test_a_cell_runs_unless_a_name_in_it_comes_from_a_missing_library():
    cells = [{"cell_type": "code", "source": [code]} for code, _, _ in CELLS]
    notes = ASK["cells_of"]({"cells": cells})
    assert [(n["code"], n["runs"], n["needs"]) for n in notes] == CELLS


def test_the_first_cell_of_a_page_is_its_imports():
    for page in PAGES:
        _, imports, *_ = ASK["cells_of"](notebook(page))
        assert imports["imports"]
        assert "from chainrule.exercises import check" in imports["code"]


def test_the_package_travels_with_what_a_page_needs_and_no_more():
    with zipfile.ZipFile(io.BytesIO(ASK["package"]())) as zipped:
        names = zipped.namelist()
        assert zipped.testzip() is None
    assert {"chainrule/session/core.py", "chainrule/datasets/digits.npz"} <= {*names}
    assert "array_api_compat/numpy/__init__.py" in names
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name]
    assert ASK["package"]() == ASK["package"]()


def test_python_is_written_in_parts_that_give_it_back(tmp_path, monkeypatch):
    write = ASK["write_python"]
    contents = [("one.bin", b"1" * 2_000_000, True), ("two.zip", bytes(range(256)) * 5000, False)]
    monkeypatch.setitem(write.__globals__, "files", lambda: iter(contents))
    write(tmp_path)
    listed = json.loads(
        (tmp_path / "parts.js").read_text(encoding="utf-8").removeprefix("chainruleParts=")
    )
    whole = b""
    for index, name in enumerate(listed["parts"]):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.startswith(f'chainrulePart({index},"')
        whole += base64.b64decode(text.partition('"')[2][:-2])
    assert len(listed["parts"]) >= 2
    sizes = [file["size"] for file in listed["files"]]
    assert len(whole) == sum(sizes)
    assert whole[sizes[0] :] == contents[1][1]


def test_verdicts_do_not_stand_in_plain_sight(tmp_path):
    ASK["write_verdicts"](tmp_path)
    text = (tmp_path / "verdicts.js").read_text(encoding="utf-8")
    assert "right" not in text
    assert "steps-order" not in text


def test_numpy_is_the_file_whose_hash_is_known(monkeypatch, tmp_path):
    numpy = ASK["NUMPY"]
    known, name = numpy.with_suffix(".zip.sha256").read_text(encoding="utf-8").split()
    assert name == "numpy.zip"
    assert hashlib.sha256(numpy.read_bytes()).hexdigest() == known
    with zipfile.ZipFile(numpy) as zipped:
        assert any(entry.endswith("licenses/LICENSE.txt") for entry in zipped.namelist())
    other = tmp_path / "numpy.zip"
    other.write_bytes(b"other")
    other.with_suffix(".zip.sha256").write_text(f"{known}  numpy.zip\n", encoding="utf-8")
    monkeypatch.setitem(ASK["files"].__globals__, "NUMPY", other)
    monkeypatch.setitem(ASK["files"].__globals__, "NPM", tmp_path)
    (tmp_path / "pyodide").mkdir()
    for file in ("pyodide.asm.wasm", "pyodide.asm.js", "pyodide.js", "python_stdlib.zip"):
        (tmp_path / "pyodide" / file).write_bytes(b"")
    (tmp_path / "pyodide/pyodide-lock.json").write_text("{}", encoding="utf-8")
    with pytest.raises(Exception, match="is not the file whose hash is known"):
        [*ASK["files"]()]


FOR_PYODIDE = "--only-binary=:all: --python-version=313 --platform=pyemscripten_2025_0_wasm32"


def download(folder, name):
    """Say whether PyPI has a wheel of this name that Pyodide could take."""
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--retries=0"]
    command += ["-d", str(folder), *FOR_PYODIDE.split(), name]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.seldom
def test_pypi_has_no_numpy_for_pyodide_yet(tmp_path):
    """Once it has, numpy.zip and the script that builds it can go."""
    if not download(tmp_path, "array-api-compat"):
        pytest.skip("PyPI cannot be reached")
    assert not download(tmp_path, "numpy"), "take NumPy's own wheel now"
