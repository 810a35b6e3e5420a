"""Every word of the pages, the README, the changelog and the docstrings is spelled as in Britain.

A word is right if Hunspell's American dictionary has it and it is not the American form of a word
spelled otherwise in Britain, or if it is the British form, or if it stands in `words.txt` beside
this file. What has a digit or a capital inside, like im2col and ReLU, is a name, and so is what the
package calls an activation, a loss or an optimizer.
"""

import ast
import json
import re
from pathlib import Path

import codespell_lib
import pytest
from hunspell import Hunspell

from chainrule import activations, losses, optimizers

ROOT = Path(__file__).parents[1]
SOURCES = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md")),
    *(path for kind in ("md", "ipynb", "py") for path in sorted(ROOT.glob(f"book/**/*.{kind}"))),
    *(
        path
        for room in ("src", "tests", "benchmarks")
        for path in sorted(ROOT.glob(f"{room}/**/*.py"))
    ),
]
WORDS = Path(__file__).with_name("words.txt")
ALLOWED = WORDS.read_text(encoding="utf-8").split()
PAIRS = Path(codespell_lib.__file__).with_name("data") / "dictionary_en-GB_to_en-US.txt"
BRITISH, AMERICAN = zip(
    *(line.split("->") for line in PAIRS.read_text(encoding="utf-8").split()), strict=True
)
NAMES = {name for module in (activations, losses, optimizers) for name in module.__all__}
ACCEPTED = {*ALLOWED, *BRITISH, *NAMES}

NOT_PROSE = re.compile(
    r"""
      ^[ ]*(?P<fence>```+).*?^[ ]*(?P=fence)              # code
    | (?P<ticks>`+).+?(?P=ticks)                          # code in a line; where a role leads
    | \\begin\{(?P<block>[\w*]+)\}.*?\\end\{(?P=block)\}  # mathematics
    | \$\$.+?\$\$ | \$[^$]+\$
    | (?<=\])\([^)\s]*\) | <[^>\n]*> | https?://\S+       # where links lead, and tags
    | ^\([\w.-]+\)=$                                      # targets
    | :::+\{solution\}[^\n]* | :::+\{[\w-]+\}              # directives, their settings, roles
    | ^:[\w-]+:[^\n]*$ | \{[\w:-]+\}
    | "[^"\n]+"                                           # what others wrote, and values
    | \w+(?:\.\w+)+                                       # a name in a package, a file
    | ^[ ]*>>>.*?(?=\n[ ]*\n|\Z)                          # examples
    | ^[ ]*[\w*, ]+(?=[ ]:[ ])                            # parameters of a docstring
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
WORD = re.compile(r"\b[A-Za-zÀ-ÿ][a-zà-ÿ]+(?:'[a-z]+)?\b")


def texts(path):
    """Give the pieces of prose in a file."""
    if path.suffix == ".md":
        yield path.read_text(encoding="utf-8")
    elif path.suffix == ".py":
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                yield ast.get_docstring(node) or ""
    else:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield "".join(cell["source"])
            shown = cell["metadata"].get("mystnb", {})
            yield shown.get("image", {}).get("alt", "")
            yield shown.get("figure", {}).get("caption", "")


def words(path):
    """Give the words of a file, in which a possessive counts as its noun."""
    for text in texts(path):
        for word in WORD.findall(NOT_PROSE.sub(" ", text).replace("’", "'")):
            yield word.removesuffix("'s")


def right(word, hunspell):
    known = word.isascii() and hunspell.spell(word) and word.lower() not in AMERICAN
    return known or not {word, word.lower()}.isdisjoint(ACCEPTED)


@pytest.fixture(scope="module")
def hunspell():
    return Hunspell("en_US")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_word_is_spelled_right(path, hunspell):
    assert [word for word in sorted({*words(path)}) if not right(word, hunspell)] == []


def test_a_slip_and_an_american_word_are_seen(hunspell):
    for slip in ("backpropogation", "color", "normalized", "teh", "Softmaxx"):
        assert not right(slip, hunspell), slip
    for word in ("colour", "normalised", "Colour", "isn't"):
        assert right(word, hunspell), word


def test_the_list_of_words_is_sorted_and_holds_none_too_many(hunspell):
    assert sorted({*ALLOWED}, key=lambda word: (word.casefold(), word)) == ALLOWED
    used = {form for path in SOURCES for word in words(path) for form in (word, word.lower())}
    assert [word for word in ALLOWED if word not in used] == []
