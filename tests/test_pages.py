"""One name leads through the rooms: a page, its claims, pictures, exercises and tests."""

import json
import re
from pathlib import Path

import pytest

import chainrule
from chainrule.pages import PAGES, page

PACKAGE = Path(chainrule.__file__).parent
ROOT = Path(__file__).parents[1]
NAMES = {page.name for page in PAGES}
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)

# the rooms, and what stands in them beside what is named like a page
ROOMS = {
    "exercises": {
        *("answers", "core", "plain", "progress", "sealed", "texts", "trials", "variants"),
        *("unsilenced", "verdicts", "watched"),
    },
    "figures": {"benchmarks", "cards", "exercises", "kit", "ledger", "source"},
    "ledger": {"about", "core", "letters", "libraries", "oracles", "sabotage", "terminal"},
}


def in_the_room(room):
    """Give the names of its modules and folders."""
    found = {path.stem for path in (PACKAGE / room).iterdir() if path.suffix == ".py"}
    found |= {path.parent.name for path in (PACKAGE / room).glob("*/__init__.py")}
    return found - {"__init__"}


@each_page
def test_a_page_is_called_and_headed_as_the_list_says(page):
    assert page.path.rpartition("/")[2] == page.name.replace("_", "-")
    notebook = ROOT / "book" / f"{page.path}.ipynb"
    first = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]
    assert re.search(r"^# (.+)", "".join(first["source"]), re.MULTILINE)[1] == page.title


def test_the_list_has_every_page_of_the_chapters_in_their_order():
    toc = (ROOT / "_toc.yml").read_text(encoding="utf-8")
    files = re.findall(r"file: book/(\S+)", toc)
    notebooks = [f for f in files if (ROOT / f"book/{f}.ipynb").is_file()]
    chapters = [f for f in notebooks if "/" in f and not f.startswith("reference/")]
    assert chapters == [page.path for page in PAGES]


@each_page
def test_a_page_has_exercises_and_tests_of_its_name(page):
    assert page.name in in_the_room("exercises")
    assert (ROOT / "tests" / f"test_{page.name}.py").is_file()


@pytest.mark.parametrize("room", ROOMS)
def test_what_stands_in_a_room_is_named_like_a_page_or_serves_them_all(room):
    found = in_the_room(room)
    assert found & NAMES
    assert not found - NAMES - ROOMS[room]
    assert found >= ROOMS[room]


def test_a_page_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match=r"name: expected one of .*'proofs'.*, got 'index'"):
        page("index")
