"""The book as a book: its equations, exercises, errata and notebooks against the package."""

import ast
import json
import re
import runpy
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from chainrule.exercises import EXERCISES
from chainrule.ledger import claims

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "book"
NOTEBOOKS = sorted(BOOK.rglob("*.ipynb"))
PAGES = sorted([*NOTEBOOKS, *BOOK.rglob("*.md")])


def cells(notebook, kind=None):
    found = json.loads(notebook.read_text())["cells"]
    return [cell for cell in found if kind in (None, cell["cell_type"])]


def name(page):
    return str(page.relative_to(BOOK).with_suffix(""))


def text(page):
    """Give the Markdown of a page."""
    if page.suffix == ".md":
        return page.read_text()
    return "\n\n".join("".join(cell["source"]) for cell in cells(page, "markdown"))


TEXTS = {name(page): text(page) for page in PAGES}
NUMBERED = re.compile(r"\((eq-[\w-]+)\)=\n\$\$\n(.*?)\\tag\{([^}]+)\}\n\$\$", re.DOTALL)
EQUATIONS = {
    tag: (page, label, equation)
    for page, source in TEXTS.items()
    for label, equation, tag in NUMBERED.findall(source)
}


def without_spacing(latex):
    """Give the formula without what only sets it apart: spaces, sizes, final punctuation."""
    bare = re.sub(r"\\[,;!]|\\q?quad|\\big|\\Big|\s", "", latex)
    return bare.rstrip(".,")


def test_every_tag_follows_the_recipe():
    """A tag without a target before its block could be neither linked to nor found here."""
    tags = [tag for source in TEXTS.values() for tag in re.findall(r"\\tag\{([^}]+)\}", source)]
    assert sorted(tags) == sorted(EQUATIONS)


def test_every_numbered_equation_has_a_claim_and_every_claim_an_equation():
    assert sorted(EQUATIONS) == sorted(claim.label for claim in claims())


@pytest.mark.parametrize("claim", claims(), ids=lambda claim: claim.label)
def test_a_claim_says_what_its_page_says(claim):
    page, label, equation = EQUATIONS[claim.label]
    assert page == claim.page
    assert label == "eq-" + claim.label.replace(".", "-")
    assert without_spacing(claim.equation) in without_spacing(equation)


def test_every_claim_is_confirmed_on_its_page():
    for claim in claims():
        page = BOOK / f"{claim.page}.ipynb"
        code = "".join("".join(cell["source"]) for cell in cells(page, "code"))
        confirmed = re.findall(r"confirm\((.*?)\)", code, re.DOTALL)
        assert f'"{claim.label}"' in "".join(confirmed), claim.label


def test_every_exercise_stands_in_the_book_with_hint_check_and_solution():
    book = "\n".join("".join(cell["source"]) for notebook in NOTEBOOKS for cell in cells(notebook))
    asked = re.findall(r":::\{exercise\}[^\n]*\n:label: ([\w-]+)", book)
    assert sorted(asked) == sorted(EXERCISES)
    for exercise in asked:
        _, after = book.split(f":label: {exercise}\n")
        own = after.split(":::{exercise}")[0]
        assert ":::{dropdown} Hint" in own, exercise
        assert f'check("{exercise}"' in own, exercise
        assert f":::{{solution}} {exercise}\n:class: dropdown" in own, exercise


def test_every_erratum_that_is_mentioned_has_its_entry():
    errata = TEXTS["reference/errata"]
    mathematics = set(re.findall(r"\(erratum-(e\d+)\)=\n### E", errata))
    rows = {row.lower() for row in re.findall(r"^\| (E\d+) \|", errata, re.MULTILINE)}
    for page, source in TEXTS.items():
        assert set(re.findall(r"\(erratum-(e\d+)\)(?!=)", source)) <= mathematics, page
        in_table = re.findall(r"\[erratum (E\d+)\]\(errata-text\)", source)
        assert {number.lower() for number in in_table} <= rows, page
    marked = "".join(source for page, source in TEXTS.items() if page != "reference/errata")
    assert all(f"erratum-{number}" in marked for number in mathematics)


def test_an_erratum_in_mathematics_has_a_cell_that_shows_it():
    sections = 0
    kinds = [
        "code" if cell["cell_type"] == "code" else "".join(cell["source"])
        for cell in cells(BOOK / "reference/errata.ipynb")
    ]
    for cell, following in pairwise(kinds):
        if "\n### E" in cell:
            sections += 1
            assert following == "code", cell[:60]
    assert sections == TEXTS["reference/errata"].count("\n### E")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_a_notebook_was_run_from_top_to_bottom(notebook):
    """What nbval would compare with nothing: a cell that never ran."""
    code = cells(notebook, "code")
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    for cell in code:
        assert not any(output["output_type"] == "error" for output in cell["outputs"])
        tags = cell["metadata"].get("tags", [])
        assert "nbval-skip" not in tags
        assert "execution" not in cell["metadata"], "a time stamp changes on every run"


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_a_picture_has_a_description_and_a_caption(notebook):
    for cell in cells(notebook, "code"):
        if any("image/png" in output.get("data", {}) for output in cell["outputs"]):
            page = cell["metadata"]["mystnb"]
            assert len(page["image"]["alt"]) > 40
            assert len(page["figure"]["caption"]) > 20


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_a_moving_figure_is_small_and_named_once(notebook):
    found = [
        "".join(output["data"]["text/html"])
        for cell in cells(notebook, "code")
        for output in cell["outputs"]
        if "slider" in "".join(output.get("data", {}).get("text/html", ""))
    ]
    names = [re.search(r'<figure class="checked slider" id="([\w-]+)">', html)[1] for html in found]
    assert len(set(names)) == len(names)
    for figure, html in zip(names, found, strict=True):
        assert len(html.encode()) < 60_000, figure


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_what_is_printed_is_printed_in_one_piece(notebook):
    """Of several arguments the page may make several lines: they can arrive one by one."""
    for cell in cells(notebook, "code"):
        for node in ast.walk(ast.parse("".join(cell["source"]))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print":
                assert len(node.args) == 1, ast.unparse(node)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=name)
def test_only_a_progress_bar_is_left_uncompared(notebook):
    for cell in cells(notebook, "code"):
        if "nbval-ignore-output" in cell["metadata"].get("tags", []):
            assert all(output.get("name") == "stderr" for output in cell["outputs"])


def test_every_page_is_in_the_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text())

    def files(entry):
        if isinstance(entry, list):
            return [file for part in entry for file in files(part)]
        below = [entry.get(key, []) for key in ("parts", "chapters", "sections")]
        return [
            *([entry["file"]] if "file" in entry else []),
            *files(below[0] + below[1] + below[2]),
        ]

    assert sorted([toc["root"], *files(toc)]) == sorted(f"book/{page}" for page in TEXTS)


def test_the_reference_has_every_public_module():
    source = ROOT / "src" / "chainrule"
    modules = {
        ".".join(("chainrule", *path.relative_to(source).with_suffix("").parts))
        for path in [*source.glob("*.py"), *(source / "figures").glob("*.py")]
        if not path.name.startswith("__")
    }
    # what figures and ledger are made of, they show themselves
    inner = {"chainrule.figures.picture", "chainrule.figures.source"}
    packages = {f"chainrule.{path.parent.name}" for path in source.glob("*/__init__.py")}
    listed = re.findall(r"automodule:: ([\w.]+)", TEXTS["reference/api"])
    assert set(listed) == modules - inner | packages


def test_the_readme_names_only_targets_that_exist():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"make ([a-z-]+)", (ROOT / "README.md").read_text()))
    assert {"book", "test"} <= named <= targets


def test_collecting_the_book_runs_nothing():
    """Pytest imports every module below book/ when it looks there for doctests."""
    before = {notebook: notebook.read_bytes() for notebook in NOTEBOOKS}
    for script in BOOK.rglob("*.py"):
        runpy.run_path(str(script), run_name="collected")
    assert {notebook: notebook.read_bytes() for notebook in NOTEBOOKS} == before
