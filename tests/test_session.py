"""Cells run as a page runs them: what they show, where they fail, and what is left out."""

import json

import pytest

from chainrule.session import Session, answering
from chainrule.session.cells import MOST


@pytest.fixture
def told():
    return []


@pytest.fixture
def session(told):
    return Session(told.append)


@pytest.fixture
def without_torch(monkeypatch):
    """Let an import of PyTorch fail, whether it is installed or not."""
    monkeypatch.setitem(__import__("sys").modules, "torch", None)


def test_cells_share_one_interpreter(session):
    session.run("def f(x):\n    return 2 * x\n\nimport math")
    assert session.run("f(math.floor(3.5))").shown == "6"


def test_only_the_last_line_is_shown(session):
    assert session.run("1\n2").shown == "2"
    assert session.run("1\nx = 2").shown == ""


def test_what_is_printed_is_told_line_by_line(session, told):
    session.run("print('one', end=' ')\nprint('two')\nprint('three', end='')")
    assert told == ["one two\n", "three\n"]


def test_a_warning_is_told_too(session, told):
    with pytest.warns(UserWarning, match="mind"):
        session.run("import warnings\nwarnings.warn('mind')")
    session.run("import sys\nprint('so', file=sys.stderr)")
    assert told[-1] == "so\n"


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("x = 1\n1 / 0", 2, "ZeroDivisionError: division by zero"),
        ("x = (\n", 1, "SyntaxError: '(' was never closed"),
        ("def f():\n    raise KeyError('k')\n\n\nf()", 2, "KeyError: 'k'"),
        ("raise SystemExit(3)", 1, "SystemExit: 3"),
        ("import nowhere_to_be_found", 1, "No module named 'nowhere_to_be_found'"),
        ("class A:\n    def __repr__(self):\n        return 1 / 0\n\n\nA()", 3, "ZeroDivision"),
    ],
)
def test_an_error_says_where_it_is(session, source, line, said):
    outcome = session.run(source)
    assert outcome.line == line
    assert said in outcome.error
    assert "session" not in outcome.error
    assert session.run("1 + 1").shown == "2"  # and nothing is lost


def test_an_error_in_an_earlier_cell_marks_the_call(session):
    session.run("def f(x):\n    return 1 / x", "cell 1")
    outcome = session.run("y = 0\nf(y)", "cell 2")
    assert outcome.line == 2
    assert 'File "cell 1", line 2, in f\n    return 1 / x' in outcome.error


@pytest.mark.parametrize("source", ["print('x' * 10**6)", "'x' * 10**6", "print(*range(10**6))"])
def test_what_is_too_large_is_cut(session, told, source):
    outcome = session.run(source)
    text = "".join(told) + outcome.shown
    assert MOST / 2 < len(text) < MOST + 100
    assert "…" in text


def test_what_needs_a_missing_library_is_skipped(session, told, without_torch):
    outcome = session.run("import torch\nx = 1\ntorch.ones(3)\nprint(x)")
    assert outcome.error == ""
    assert told == ["1\n"]
    assert outcome.skipped == (
        "import torch: PyTorch is not in the page",
        "torch.ones(3): PyTorch is not in the page",
    )


def test_what_a_missing_library_would_have_made_is_missing(session, told, without_torch):
    session.run("y = 1\nimport torch")
    outcome = session.run("y = torch.ones(3)\nprint(y)")
    assert outcome.skipped == (
        "y = torch.ones(3): PyTorch is not in the page, and what follows needs it",
    )
    assert told == []
    assert session.run("y").skipped == ("y: PyTorch is not in the page",)
    assert session.run("y = 2\ny").shown == "2"


def test_a_name_inside_a_function_is_its_own(session, without_torch):
    session.run("x = 1\nimport torch\ny = torch.ones(3)")
    session.run("def f():\n    y = 2\n    return y")
    assert session.run("y").skipped == ("y: PyTorch is not in the page",)
    assert session.run("x, f()").shown == "(1, 2)"


def test_of_an_import_one_name_may_be_missing(session, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    outcome = session.run("from chainrule.activations import ReLU, Tanh\nimport sklearn")
    assert outcome.skipped == ("import sklearn: scikit-learn is not in the page",)
    assert session.run("ReLU().__class__.__name__, Tanh is None").shown == "('ReLU', False)"


def test_a_picture_that_moves_shows_itself(session):
    session.run("class Shown:\n    def _repr_html_(self):\n        return '<b>so</b>'")
    assert session.run("Shown()").html == "<b>so</b>"


@pytest.mark.parametrize(
    ("source", "right", "said"),
    [
        ("def f(w, gradient, lr):\n    return w - lr * gradient", True, "✓ right"),
        ("def f(w, gradient, lr):\n    return w + lr * gradient", False, "✗ this climbs"),
        ("def f(w, gradient, lr):\n    ...", None, "○ no answer yet"),
    ],
)
def test_an_answer_is_judged_by_check(session, source, right, said):
    outcome = session.check("descent-step", source, "f")
    assert outcome.right is right
    assert outcome.shown.startswith(said)


def test_an_answer_that_does_not_run_says_where(session):
    outcome = session.check("descent-step", "def f(w, gradient, lr):\nreturn w", "f")
    assert outcome.line == 2
    assert outcome.right is None
    outcome = session.check("descent-step", "g = 1", "f")
    assert "NameError: name 'f' is not defined" in outcome.error


def test_an_answer_may_use_what_the_page_has(session):
    session.run("import numpy as np\nfrom chainrule.activations import Sigmoid", "imports")
    source = "def f(x, beta):\n    s = Sigmoid()(beta * x)\n    return s + beta * x * s * (1 - s)"
    assert session.check("swish-slope", source, "f").right


def test_a_page_asks_in_json(told):
    ask = answering(told.append)
    assert "NumPy" in json.loads(ask("versions"))
    assert json.loads(ask("run", "print(1)\n2", "cell 1"))["shown"] == "2"
    assert told == ["1\n"]
    ask("make", "half", "fractions", "Fraction", '{"numerator": 1, "denominator": 2}')
    assert json.loads(ask("do", "half", "as_integer_ratio", "{}")) == [1, 2]
