"""The book is built from outputs that were compared: what that comparison notices."""

import base64
import io
import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

ROOT = Path(__file__).parents[1]
PARTS = ("check.py", "conftest.py", "_ext/checked.py")
PICTURE = """\
from chainrule.figures import picture

@picture
def line(figure, shift):
    figure.subplots().plot([0, 1], [shift, 1 + shift])
    figure.axes[0].set_ylim(0, 2)

line({shift})"""
CONFIG = """\
only_build_toc_files: true
execute: { execute_notebooks: "off" }
sphinx:
  local_extensions: { checked: book/_ext }
  config: { extensions: [myst_nb, jupyter_book, sphinx_external_toc, sphinx_book_theme, checked] }
"""


def executed(*sources):
    """Give a notebook with its outputs: some prose, and the sources as cells."""
    cells = [new_markdown_cell("# A page"), *map(new_code_cell, sources)]
    notebook = new_notebook(cells=cells)
    NotebookClient(notebook, kernel_name="python3").execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return notebook


SOURCES = {
    "claim": 'from chainrule.ledger import confirm\nconfirm("1.1")',
    "picture": PICTURE.format(shift=0),
}


@pytest.fixture(scope="module")
def pages():
    """Run the pages of the small book once."""
    return {name: executed(source) for name, source in SOURCES.items()}


def lay(folder, pages):
    """Lay a book of these pages into a folder, and the package."""
    idle = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", folder / "src", ignore=idle)
    (folder / "book" / "_ext").mkdir(parents=True)
    for part in PARTS:
        shutil.copy(ROOT / "book" / part, folder / "book" / part)
    shutil.copy(ROOT / "requirements.txt", folder)
    for name, page in pages.items():
        nbformat.write(page, folder / "book" / f"{name}.ipynb")
    return folder


@pytest.fixture
def small(tmp_path, pages):
    """Give a folder with a book of two pages, and the package."""
    return lay(tmp_path, pages)


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def run(folder, *command):
    """Run Python in the folder, with the package that is in it."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src"), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def check(folder, *options):
    return run(folder, "book/check.py", *options)


def unchecked(folder):
    """Give the names of the pages that the build would refuse."""
    pages = runpy.run_path(str(folder / "book" / "check.py"))["unchecked"]()
    return sorted(page.stem for page in pages)


def build(folder):
    (folder / "_config.yml").write_text(CONFIG, encoding="utf-8")
    toc = "format: jb-book\nroot: book/claim\nchapters:\n- file: book/picture\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    return run(folder, "-c", "from jupyter_book.cli.main import main; main(['build', '.'])")


@pytest.mark.slow
def test_the_book_is_built_after_its_pages_agreed_and_not_before(small):
    refused = build(small)
    assert refused.returncode != 0
    assert "The outputs of claim, picture were not compared" in refused.stdout + refused.stderr
    assert not (small / "_build" / "html" / "book" / "claim.html").exists()
    assert check(small).returncode == 0
    assert unchecked(small) == []
    built = build(small)
    assert built.returncode == 0, built.stderr
    assert (small / "_build" / "html" / "book" / "claim.html").is_file()
    assert "compared as it is now" in check(small).stdout


@pytest.mark.slow
def test_a_broken_claim_stops_the_book(small):
    rule = small / "src" / "chainrule" / "layers.py"
    change(rule, "@ self.weight.T + self.bias", "@ self.weight.T - self.bias")
    result = check(small)
    assert result.returncode == 1
    assert "✗ claim disagrees" in result.stdout + result.stderr
    assert unchecked(small) == ["claim"]
    assert "The outputs of claim were not compared" in build(small).stderr


@pytest.mark.slow
def test_a_shifted_curve_disagrees(small):
    page = small / "book" / "picture.ipynb"
    change(page, "line(0)", "line(0.02)")
    result = check(small, str(page))
    assert result.returncode == 1
    said = result.stdout + result.stderr
    assert "a line lies" in said
    assert "from the stored one" in said
    assert unchecked(small) == ["claim", "picture"]


@pytest.fixture
def noted(tmp_path):
    """Give the small book, not run, with the notes of a comparison in which all agreed."""
    printed = new_output("display_data", {"text/plain": "✓"})
    cells = {n: new_code_cell(source, outputs=[printed]) for n, source in SOURCES.items()}
    prose = new_markdown_cell("# A page")
    lay(tmp_path, {n: new_notebook(cells=[prose, cell]) for n, cell in cells.items()})
    check = runpy.run_path(str(tmp_path / "book" / "check.py"))
    shared = check["shared_digest"]()
    seen = {check["name"](p): check["fingerprint"](p, shared) for p in check["notebooks"]()}
    check["NOTES"].parent.mkdir()
    check["NOTES"].write_text(json.dumps(seen), encoding="utf-8")
    assert unchecked(tmp_path) == []
    return tmp_path


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("src/chainrule/oracles.py", "def relative_error", "def  relative_error"),
        ("src/chainrule/records/cnn.json", "{", "{ "),
        ("src/chainrule/figures/kit/live.css", "{", "{ "),
        ("requirements.txt", "numpy==", "numpy=="[:-1]),
        ("book/conftest.py", "APART = 4, 32", "APART = 4, 33"),
    ],
)
def test_a_change_of_what_all_pages_depend_on_makes_all_stale(noted, path, old, new):
    change(noted / path, old, new)
    assert unchecked(noted) == ["claim", "picture"]


def test_a_new_module_makes_all_stale(noted):
    (noted / "src" / "chainrule" / "new.py").touch()
    assert unchecked(noted) == ["claim", "picture"]


@pytest.mark.parametrize(
    "edit",
    [
        lambda cell: cell.update(source=cell.source + " "),
        lambda cell: cell.outputs.clear(),
        lambda cell: cell.metadata.update(tags=["nbval-ignore-output"]),
    ],
    ids=["code", "outputs", "tags"],
)
def test_a_change_of_a_cell_makes_its_page_stale(noted, edit):
    page = noted / "book" / "claim.ipynb"
    notebook = nbformat.read(page, as_version=4)
    edit(notebook.cells[1])
    nbformat.write(notebook, page)
    assert unchecked(noted) == ["claim"]


def test_a_change_of_prose_or_of_a_caption_makes_nothing_stale(noted):
    page = noted / "book" / "claim.ipynb"
    notebook = nbformat.read(page, as_version=4)
    notebook.cells[0].source = "# Another title"
    notebook.cells[1].metadata["mystnb"] = {"figure": {"caption": "a caption"}}
    nbformat.write(notebook, page)
    assert unchecked(noted) == []


def test_a_notebook_that_is_not_the_books_is_refused(noted):
    result = check(noted, "elsewhere.ipynb")
    assert result.returncode == 2
    assert "no notebook of the book" in result.stderr


def test_pictures_agree_up_to_a_fraction_of_a_pixel():
    compare = runpy.run_path(str(ROOT / "book" / "conftest.py"))
    line = np.full((40, 40, 3), 255.0)
    line[:, 10:16] = 0
    quarter = 0.75 * line + 0.25 * np.roll(line, 1, axis=1)  # drawn a quarter of a pixel further
    whole = np.roll(line, 1, axis=1)
    assert compare["difference"](line, line) == 0
    assert 0 < compare["difference"](line, quarter) <= compare["APART"]
    assert compare["difference"](line, whole) > compare["APART"]
    assert compare["difference"](line, line[:36]) == float("inf")


def drawing(*, down=0.0, word="loss", points="", image="", size=100):
    """An SVG of a line, a word and a small image."""
    line = f'<path d="M0 {10 + down}L{points}90 {10 + down}" style="stroke: #0072b2"/>'
    text = f'<text x="5" y="{20 + down}">{word}</text>'
    href = "data:image/png;base64," + base64.b64encode(image or png(0)).decode()
    return f'<svg viewBox="0 0 {size} 50">{line}{text}<image href="{href}"/></svg>'


def png(shade):
    """A grey image of two by two pixels."""
    file = io.BytesIO()
    Image.new("L", (2, 2), shade).save(file, "png")
    return file.getvalue()


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (drawing(), ""),
        (drawing(down=0.3), ""),  # a third of a unit
        (drawing(points="40 10L"), ""),  # one more point on the same line
        (drawing(image=png(9)), ""),
        (drawing(down=0.4), "a line lies 0.40 from"),
        (drawing(points="40 11L"), "a line lies 1.00 from"),
        (drawing(word="losses"), "loss: stored is losses"),
        (drawing(size=101), "viewBox"),
        (drawing().replace("0072b2", "d55e00"), "stroke"),
        (drawing(image=png(90)), "an image"),
        (drawing().replace("<text", "<g/><text"), "4 parts, the stored has 5"),
    ],
)
def test_drawings_agree_up_to_a_fraction_of_a_pixel(other, said):
    unlike = runpy.run_path(str(ROOT / "book" / "conftest.py"))["unlike"]
    found = unlike(drawing(), other)
    assert said in found
    assert bool(said) == bool(found)


def test_a_picture_that_rounding_decides_must_still_be_there():
    rough = runpy.run_path(str(ROOT / "book" / "conftest.py"))["roughly_unlike"]
    many, moved = (drawing(down=down).replace("</svg>", "<g/>" * 20 + "</svg>") for down in (0, 9))
    assert rough(many, moved) == ""
    assert rough(many, drawing())
    assert rough(many, many.replace("loss", "gain"))
    assert rough(many, many.replace("0072b2", "ffffff"))  # a line that nobody sees
    assert rough(many, many.replace('100 50"', '100 60"'))
