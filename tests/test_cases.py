"""The cases of an exercise vary what a function might ignore, swap or be right for by chance.

`pytest tests/test_cases.py -k losses:` shows what the exercises of one page lack, by the
name of its module. What can be tried is derived: that two sizes are free of each other, and that a
size may be 1, is so where the solution and what the page prints of it do with them. Which numbers
an argument may be is declared in `DOMAINS`.
"""

import inspect
import json
import re
import runpy
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from chainrule.exercises import EXERCISES, SECTIONS
from chainrule.exercises.answers import fresh

each = runpy.run_path(str(Path(__file__).with_name("by_page.py")))["each"]
SOLUTIONS = runpy.run_path(str(Path(__file__).with_name("test_solutions.py")))

KINDS = {
    "0": lambda x: x == 0,
    "a negative number": lambda x: x < 0,
    "a fraction below 1": lambda x: (np.abs(x) < 1) & (x != 0),
    "a whole number but 0": lambda x: (x == np.round(x)) & (x != 0),
}
POSITIVE = {"a fraction below 1", "a whole number but 0"}
SHARES = {"a fraction below 1"}
SHARES_AND_0 = {"0", "a fraction below 1"}
LABELS = {"0", "a whole number but 0"}

# what an argument's numbers have to include; of those that are not listed, a float's all of KINDS
DOMAINS = {
    "descent-step": {"lr": SHARES},
    "output-error": {"y": LABELS | SHARES},
    "hidden-error": {"slope": SHARES_AND_0 | {"a negative number"}},
    "momentum-step": {"lr": SHARES, "momentum": SHARES_AND_0},
    "nesterov-step": {"curvature": POSITIVE, "lr": SHARES, "momentum": SHARES_AND_0},
    "adam-steps": {"lr": SHARES},
    "warm-up-cosine": {"peak": POSITIVE},
    "tanh-slope": {
        "a": {"0", "a negative number", "a fraction below 1"},
        "c": POSITIVE,
        "k": POSITIVE,
    },
    "softmax-vjp": {"s": SHARES},
    "elu-slope": {"alpha": POSITIVE},
    "swish-slope": {"beta": POSITIVE},
    "gaussian-loss": {"tau": POSITIVE},
    "huber-slope": {"delta": POSITIVE},
    "cross-entropy-gradient": {"p": SHARES},
    "soft-dice": {"p": SHARES_AND_0, "y": LABELS},
    "focal-slope": {"p": SHARES, "gamma": {"0", *POSITIVE}},
    "one-triplet": {"margin": POSITIVE},
    "softmax-jacobian": {"a": SHARES},
    "quotient-back": {"b": {"a negative number", *POSITIVE}},
    "fixed-part": dict.fromkeys(("n1", "t1", "n2", "t2", "power"), POSITIVE),
    "round-yourself": {"bits": {"a whole number but 0"}},
}


@cache
def answers(name):
    """Give the solution and what the page prints of it, as functions, and the parameters' names."""
    printed = SOLUTIONS["functions"](name)
    return [EXERCISES[name].solution, *printed], list(inspect.signature(printed[0]).parameters)


def cases_of(name):
    return [tuple(map(fresh, case)) for case in EXERCISES[name].cases(np.random.default_rng(0))]


def arguments(name):
    """Give the values that each argument has in the cases, by its name; of a tuple, each part's."""
    columns = {}
    for parameter, values in zip(answers(name)[1], zip(*cases_of(name), strict=True), strict=True):
        if isinstance(values[0], tuple):
            parts = enumerate(zip(*values, strict=True))
            columns |= {f"{parameter}[{i}]": part for i, part in parts}
        else:
            columns[parameter] = values
    return columns


@each("function")
def test_a_number_takes_three_values_that_have_nothing_to_do_with_each_other(name):
    lacking = []
    for argument, values in arguments(name).items():
        different = sorted({float(value) for value in values if np.ndim(value) == 0})
        if different and len(different) < 3:
            lacking.append(f"{argument} is only {different}: give it three values at least")
        elif different and len({f"{value:e}".partition("e")[0] for value in different}) == 1:
            lacking.append(f"{argument} is {different}: alike but for a power of ten")
    assert not lacking, "\n".join(lacking)


@each("function")
def test_numbers_are_of_all_kinds_that_there_are(name):
    lacking = []
    for argument, values in arguments(name).items():
        numbers = np.concatenate([np.ravel(value) for value in values])
        wanted = KINDS if numbers.dtype.kind == "f" else ()
        for kind in DOMAINS.get(name, {}).get(argument, wanted):
            if not KINDS[kind](numbers).any():
                lacking.append(f"{argument} is never {kind}")
    assert not lacking, "\n".join(lacking)


def is_palindrome(x):
    return (x == x[::-1]).all()


def is_sorted(x):
    return (np.sort(x) == x).all() or (np.sort(x) == x[::-1]).all()


@each("function")
def test_no_array_is_always_in_order(name):
    lacking = []
    for argument, values in arguments(name).items():
        rows = [np.ravel(value) for value in values if np.ndim(value)]
        if rows and all(map(is_palindrome, rows)):
            lacking.append(f"{argument} is always a palindrome")
        if rows and all(map(is_sorted, rows)):
            lacking.append(f"{argument} is always sorted")
    assert not lacking, "\n".join(lacking)


def text_of(name):
    """Give the text of an exercise."""
    page = next(section.page for section in SECTIONS if name in section.exercises)
    path = Path(__file__).parents[1] / "book" / f"{page}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = "\n".join("".join(cell["source"]) for cell in cells)
    return re.search(rf"^:label: {name}\n(.+?)^:::$", sources, re.M | re.S)[1]


@each("function")
def test_arrays_of_any_shape_have_one_axis_and_two(name):
    axes = {np.ndim(case[0]) for case in cases_of(name)}
    assert (len(axes) > 1) == ("of any shape" in text_of(name))


def works(name, case):
    """Say whether all answers take a case, and give numbers of one shape."""
    shapes = set()
    for function in answers(name)[0]:
        try:
            shapes.add(np.shape(function(*map(fresh, case))))
        except (ValueError, IndexError, TypeError, ZeroDivisionError):
            return False
    return len(shapes) == 1 and 0 not in shapes.pop()


def resized(case, places, resize):
    """Give a case with some axes, (argument, axis), of another size."""
    case = list(case)
    for at, axis in places:
        case[at] = resize(case[at], axis)
    return tuple(case)


def longer(array, axis):
    return np.concatenate([array, np.take(array, [-1], axis)], axis)


def of_one(array, axis):
    return np.take(array, [0], axis)


def groups_of(cases):
    """Give the axes, (argument, axis), that are always of equal sizes, by these sizes."""
    groups = {}
    for at, array in enumerate(cases[0]):
        for axis in range(np.ndim(array) * isinstance(array, np.ndarray)):
            sizes = tuple(case[at].shape[axis] for case in cases)
            groups.setdefault(sizes, []).append((at, axis))
    return groups


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@each("function")
def test_sizes_vary_and_are_1_once_and_are_equal_only_where_they_have_to_be(name):
    cases, lacking = cases_of(name), []

    def called(places):
        return " and ".join(f"{answers(name)[1][at]}.shape[{axis}]" for at, axis in places)

    for sizes, group in groups_of(cases).items():
        largest = cases[int(np.argmax(sizes))]
        if len(set(sizes)) == 1:
            lacking.append(f"{called(group)} is always {sizes[0]}")
        if 1 not in sizes and works(name, resized(largest, group, of_one)):
            lacking.append(f"{called(group)} is never 1")
        for count in range(1, len(group)):
            for part in combinations(group, count):
                rest = [place for place in group if place not in part]
                if part[0] == group[0] and works(name, resized(largest, part, longer)):
                    lacking.append(f"{called(part)} is always as large as {called(rest)}")
    assert not lacking, "\n".join(lacking)
