"""What a page prints as the solution of an exercise is right by its checker.

A solution prints a choice as `**c.**` at its beginning, a number in bold and nothing else in bold,
and code in blocks or as `return …`. It is typed into the cell of the exercise, as a reader would.

With a small mistake in it, it is wrong: `pytest tests/test_solutions.py -k losses:` tries all
mistakes of tests/mutated.py on one page, named as its module is.
"""

import ast
import json
import re
import runpy
import signal
import sys
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from textwrap import indent

import numpy as np
import pytest

from chainrule.exercises import EXERCISES, SECTIONS

each = runpy.run_path(str(Path(__file__).with_name("by_page.py")))["each"]
MUTATED = runpy.run_path(str(Path(__file__).with_name("mutated.py")))

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
        return [repr(float(Fraction(re.sub(r"\s", "", bold.replace("−", "-")))))]
    return BLOCK.findall(solution) + re.findall(r"`(return .+?)`", BLOCK.sub("", solution))


def filled(name, answer):
    """Give the cell of an exercise with an answer for its `...`: what it defines, its last line."""
    before, call = typed(name, answer)
    return defined(name, before, call), call


def typed(name, answer):
    """Give the source of a cell with an answer in it, and its last line."""
    code, _ = PAGES[name]
    [cell] = [source for source in code if f'check("{name}", ' in source]
    before, call = re.fullmatch(r"(.*?)(check\(.+)", cell, re.S).groups()
    if EXERCISES[name].kind in ("choice", "number"):
        call = call.replace("...", answer)
    elif re.search(r"^return ", answer, re.M):
        before = f"{before.partition('...')[0]}\n{indent(answer, '    ')}"
    else:
        before = answer
    return before, call


def defined(name, before, call):
    """Give the names that a cell has, with what its page imports."""
    code, _ = PAGES[name]
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
    return names


def functions(name):
    """Give what the page prints of a function, as functions."""
    cells = [filled(name, answer) for answer in printed(name)]
    return [names[call.rpartition(", ")[2].strip(")")] for names, call in cells]


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
        ("stable-cross-entropy", (FAR[None], np.array([0]))),
        ("stable-log-sigmoid", (FAR,)),
    ],
)
def test_a_printed_solution_overflows_nowhere(name, arguments):
    for function in functions(name):
        with np.errstate(all="raise", under="ignore"):
            assert np.isfinite(function(*arguments)).all()


# ---- and is wrong with a mistake in it -----------------------------------------------------------

# what no case can tell from the solution: the line with its mistake, and why it is none
EQUIVALENT = {
    "descent-step": {"def descent_step(w, lr, gradient):": "a product has no order"},
    "hidden-error": {
        "def hidden_error(delta_next, w_next, slope):": "δᵀw is wᵀδ",
    },
    "momentum-step": {"def momentum_step(w, v, lr, g, momentum):": "a product has no order"},
    "nesterov-step": {
        "def nesterov_step(w, v, lr, curvature, momentum):": "a product has no order",
    },
    "stable-sigmoid": {"return np.where(x > 0, 1, e) / (1 + e)": "at 0, e is 1"},
    "elu-slope": {
        "return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(0, x)))": "a minimum has no order",
        "return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 1)))": "x ≤ 0 where it is taken",
    },
    "swish-slope": {"def swish_slope(beta, x):": "both occur in the product βx only"},
    "huber-slope": {"return np.clip(-delta, e, delta)": "a maximum has no order"},
    "cross-entropy-gradient": {
        "return (p - y) / len(t)": "there is one class for each sample",
        "return (p - y) / len(y)": "y has the shape of p",
    },
    "stable-log-sigmoid": {
        "return np.maximum(0, -z) + np.log1p(np.exp(-np.abs(z)))": "a maximum has no order",
    },
    "stable-cross-entropy": {
        f"return np.mean(log_sums - z[np.arange(len({other})), t])": "one class for each sample"
        for other in ("log_sums", "z")
    },
    "soft-dice": {"def soft_dice(y, p):": "the score is symmetric"},
    "missed-pixels": {
        "return np.where(sizes == 0, 1.0, 2 * hits / np.maximum(1, sizes))": "it has no order",
        "return np.where(sizes == 0, 1.0, 2 * hits / np.maximum(sizes, 2))": "one pixel, no hit",
    },
    "one-triplet": {
        "return max(0.0, d(a - p) - d(a - n) + margin)": "a maximum has no order",
    },
    "kernel-gradient": {
        "return (delta @ np.swapaxes(X, 2, 1)).sum(axis=0)": "two axes swapped are the other two",
    },
}


class TookTooLong(KeyboardInterrupt):
    """What gets through `check`, as the reader at the keys does."""


@contextmanager
def at_most_a_second():
    def stop(*_):
        raise TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        yield
    except TookTooLong:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def mutants_that_pass(name, answer):
    """Give the line of each mutant that is right by the checker: as it was, as it is."""
    before, call = typed(name, answer)
    source = ast.unparse(ast.parse(before))
    names = defined(name, before, call)
    mutants = set(MUTATED["mutants"](source)) - {source}
    assert len(mutants) >= 10
    passed = {}
    for mutant in sorted(mutants):
        with at_most_a_second():
            here = dict(names)
            exec(mutant, here)
            if eval(call, here).right:
                was, is_ = MUTATED["line_of"](source, mutant)
                passed[is_] = was
    return passed


@pytest.mark.skipif(sys.platform == "win32", reason="it has no alarm")
@pytest.mark.filterwarnings("ignore")
@each("function")
def test_a_printed_solution_with_a_mistake_is_wrong(name):
    passed = {}
    for answer in printed(name):
        passed |= mutants_that_pass(name, answer)
    equivalent = EQUIVALENT.get(name, {})
    survivors = [f"- {passed[line]}\n+ {line}" for line in passed if line not in equivalent]
    assert not survivors, "these pass:\n" + "\n".join(survivors)
    refused = equivalent.keys() - passed
    assert not refused, f"these are not equivalent, or not tried: {refused}"
