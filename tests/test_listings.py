"""What a page lists is a rule: a formula that can be read beside its equation."""

import ast
import json
import re
import runpy
from pathlib import Path

import pytest

from chainrule.ledger import claims

BOOK = Path(__file__).parents[1] / "book"
WIDTH = 76  # how many characters of code a page's column holds in a window of 1280 pixels
LINES = 12
# what is a topic of its page, and may take more lines
TOPICS = {"training.five_steps": 15, "tiled.convolve": 30, "ring_rounds": 30}
# what lets arrays in, and has no place in a formula
DOORS = r"\bxp\b|\braise\b|\bisinstance\b|\bself\._|\b_\w+\(|->|: Array"


def listings():
    """Give all listings of the book: what a page shows, and the code."""
    for path in sorted(BOOK.rglob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            shown = re.search(r"^show_source\(([^)]*)\)", source, re.MULTILINE)
            if cell["cell_type"] == "code" and shown:
                code = "".join(cell["outputs"][-1]["data"]["text/plain"])
                yield pytest.param(shown[1], code, id=f"{path.stem}: {shown[1]}")


def rules():
    """Give the rules that the ticks beside the equations show."""
    rule = runpy.run_path(str(BOOK / "_ext" / "ticks.py"))["rule"]
    found = {code: claim.code for claim in claims() if (code := rule(claim))}
    return [pytest.param(name, code, id=f"tick: {name}") for code, name in found.items()]


def longest(code):
    """Give the number of lines of the longest function, its signature left out."""
    functions = [n for n in ast.walk(ast.parse(code)) if isinstance(n, ast.FunctionDef)]
    return max((f.end_lineno - f.body[0].lineno + 1 for f in functions), default=0)


def test_there_are_listings():
    assert len([*listings()]) > 30
    assert len(rules()) > 20


@pytest.mark.parametrize(("shown", "code"), [*listings(), *rules()])
def test_a_listing_is_a_rule(shown, code):
    assert longest(code) <= TOPICS.get(shown.strip(), LINES)
    assert max(map(len, code.splitlines())) <= WIDTH
    assert not re.findall(DOORS, code)
    assert "out=" not in code or shown == "tiled.convolve"  # where the product goes is its point


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("a check", "def f(x):\n    if x < 0:\n        raise ValueError\n    return x"),
        ("a buffer", "def f(x, room):\n    return exp(x, out=room)"),
        ("a library", "def f(xp, x):\n    return xp.exp(x)"),
        ("a line too long", f"def f(x):\n    return {'x + ' * 20}x"),
        ("too many lines", "def f(x):\n" + "    x = x + 1\n" * 13),
    ],
)
def test_what_is_no_rule_is_noticed(wrong, code):
    with pytest.raises(AssertionError):
        test_a_listing_is_a_rule("", code)
