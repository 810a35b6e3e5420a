"""What a page prints as the solution of an exercise is right by its checker.

A solution prints a choice as `**c.**` at its beginning, a number in bold and nothing else in bold,
and code in blocks or as `return …`. It is typed into the cell of the exercise, as a reader would.
"""

import ast
import json
import re
from fractions import Fraction
from pathlib import Path
from textwrap import indent

import numpy as np
import pytest

from chainrule.exercises import EXERCISES, SECTIONS

BOOK = Path(__file__).parents[1] / "book"
SOLUTION = re.compile(r"^:::\{solution\} (\S+)\n:class: dropdown\n\n(.+?)\n:::$", re.M | re.S)
BLOCK = re.compile(r"```python\n(.+?)```", re.S)


def page_of(section):
    """Give the sources of a page's cells of code, and its solutions by the names of exercises."""
    cells = json.loads((BOOK / f"{section.page}.ipynb").read_text(encoding="utf-8"))["cells"][1:]
    code, text = (
        ["".join(cell["source"]) for cell in cells if cell["cell_type"] == kind]
        for kind in ("code", "markdown")
    )
    return code, dict(SOLUTION.findall("\n".join(text)))


PAGES = {name: page_of(section) for section in SECTIONS for name in section.exercises}


def printed(name):
    """Give each answer that the solution of an exercise prints, as Python."""
    solution, kind = PAGES[name][1][name], EXERCISES[name].kind
    if kind == "choice":
        return [repr(re.match(r"\*\*([a-z])\.\*\* ", solution)[1])]
    if kind == "number":
        [bold] = re.findall(r"\*\*(.+?)\*\*", solution)
        return [repr(float(Fraction(bold.replace("−", "-").replace(" ", ""))))]
    return BLOCK.findall(solution) + re.findall(r"`(return .+?)`", BLOCK.sub("", solution))


def filled(name, answer):
    """Give the cell of an exercise with an answer for its `...`: what it defines, its last line."""
    code, _ = PAGES[name]
    [cell] = [source for source in code if f'check("{name}", ' in source]
    before, call = re.fullmatch(r"(.*?)(check\(.+)", cell, re.S).groups()
    if EXERCISES[name].kind in ("choice", "number"):
        call = call.replace("...", answer)
    elif re.search(r"^return ", answer, re.M):
        before = f"{before.partition('...')[0]}\n{indent(answer, '    ')}"
    else:
        before = answer
    used = set(re.findall(r"\w+", f"{before} {call}"))
    imports = [
        ast.unparse(node)
        for source in code
        for node in ast.parse(source).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and used & {alias.asname or alias.name for alias in node.names}
    ]
    names = {}
    exec("\n".join([*imports, before]), names)
    return names, call


@pytest.mark.parametrize("name", EXERCISES)
def test_a_printed_solution_is_right(name):
    answers = printed(name)
    assert answers
    for answer in answers:
        names, call = filled(name, answer)
        assert eval(call, names).right is True, answer


FAR = np.array([-800.0, 800.0])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("output-error", (FAR, np.zeros(2))),
        ("stable-sigmoid", (FAR,)),
        ("elu-slope", (FAR, 1.0)),
        ("swish-slope", (FAR, 1.0)),
        ("stable-cross-entropy", (FAR, 0)),
        ("stable-log-sigmoid", (FAR,)),
    ],
)
def test_a_printed_solution_overflows_nowhere(name, arguments):
    for answer in printed(name):
        names, call = filled(name, answer)
        function = names[call.rpartition(", ")[2].strip(")")]
        with np.errstate(all="raise", under="ignore"):
            assert np.isfinite(function(*arguments)).all()
