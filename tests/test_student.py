"""The book without its solutions: they are gone, and nothing else is."""

import json
import re
import runpy
from pathlib import Path

import pytest
import yaml

from chainrule.exercises import EXERCISES

ROOT = Path(__file__).parents[1]
student = runpy.run_path(str(ROOT / "book" / "student.py"))
without_solutions = student["without_solutions"]


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    folder = tmp_path_factory.mktemp("student") / "source"
    student["copy"](folder)
    return folder


def notebooks(folder):
    pages = sorted(folder.glob("book/**/*.ipynb"))
    return {
        page.relative_to(folder).as_posix(): json.loads(page.read_text(encoding="utf-8"))
        for page in pages
    }


def lines(notebook):
    """Give the lines of the Markdown of a notebook, but for empty ones."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    return [line for c in cells for line in "".join(c["source"]).split("\n") if line.strip()]


def divided(found):
    """Split lines into the solutions and answers, by their first lines, and what is left."""
    solutions, rest, inside = {}, [], None
    for line in found:
        if line.startswith((":::{solution}", ":::{dropdown} Answer")):
            inside = solutions.setdefault(line, [])
        elif inside is None:
            rest.append(line)
        elif line == ":::":
            inside = None
        else:
            inside.append(line)
    return solutions, rest


def test_no_solution_is_left(copied):
    left = "\n".join("\n".join(lines(notebook)) for notebook in notebooks(copied).values())
    left += "\n".join(page.read_text(encoding="utf-8") for page in copied.rglob("*.md"))
    solutions = {}
    for notebook in notebooks(ROOT).values():
        solutions |= divided(lines(notebook))[0]
    assert {f":::{{solution}} {name}" for name in EXERCISES} <= set(solutions)
    for first, solution in solutions.items():
        body = "\n".join(line for line in solution if line != ":class: dropdown")
        assert body not in left, first
    assert not re.search(r"\{solution|dropdown\} *Answer", left)


def test_all_else_in_the_notebooks_is_left(copied):
    before, after = notebooks(ROOT), notebooks(copied)
    assert before.keys() == after.keys()
    for page, notebook in before.items():
        assert lines(after[page]) == divided(lines(notebook))[1], page
        code = [
            [c for c in nb["cells"] if c["cell_type"] == "code"] for nb in (notebook, after[page])
        ]
        assert code[0] == code[1], page
        assert notebook["metadata"] == after[page]["metadata"]
    hints = "".join(map(str, after.values())).count(":::{dropdown} Hint")
    assert hints == len(EXERCISES)


def test_all_other_files_are_the_same(copied):
    files = [f for f in copied.rglob("*") if f.is_file() and f.suffix != ".ipynb"]
    files.remove(copied / "_config.yml")
    assert copied / "_toc.yml" in files
    for file in files:
        assert file.read_bytes() == (ROOT / file.relative_to(copied)).read_bytes(), file


def test_the_settings_are_those_of_the_book_but_for_the_check_of_what_was_copied(copied):
    before, after = (
        yaml.safe_load((f / "_config.yml").read_text(encoding="utf-8")) for f in (ROOT, copied)
    )
    assert before["execute"]["execute_notebooks"] == "off"
    del before["sphinx"]["local_extensions"]["checked"]
    before["sphinx"]["config"]["extensions"].remove("checked")
    assert after == before


def test_a_block_ends_at_a_fence_like_its_own():
    block = "::::{{{0}\n:class: dropdown\n\n:::{{note}}\nso\n:::\n```python\nx\n```\n::::\n"
    for kind in ("solution} name", "dropdown} Answer", "dropdown} Answers to both"):
        page = f"before\n\n{block.format(kind)}\n:::{{dropdown}} Hint\nhint\n:::\n"
        assert without_solutions(page) == "before\n\n:::{dropdown} Hint\nhint\n:::"


def test_a_page_without_solutions_is_left_as_it_is():
    assert without_solutions("Answer\n\n:::{note}\nsolution\n:::\n\n") == (
        "Answer\n\n:::{note}\nsolution\n:::\n\n"
    )


def test_a_block_without_an_end_is_an_error():
    with pytest.raises(ValueError, match=r"no end: \{solution\} steps-order"):
        without_solutions(":::{solution} steps-order\n:class: dropdown\n\n**c.**\n")


def test_an_existing_folder_is_not_written_into(tmp_path):
    (tmp_path / "book").mkdir()
    with pytest.raises(FileExistsError):
        student["copy"](tmp_path)
    assert list(tmp_path.rglob("*.ipynb")) == []
