"""The mistakes that `benchmarks/mutants.py` makes, on small sources."""

import ast
import sys
from importlib import import_module
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
mistakes, mutants = map(import_module, ("_mistakes", "mutants"))

MISTAKES = {
    "y = a + b": ["pass", "y = (a - b)"],
    "y = a * (b - c)": ["pass", "y = (a / (b - c))", "y = a * ((b + c))"],
    "y = x @ -w": ["pass", "y = (x * -w)", "y = x @ w"],
    "f(a, b, axis=1)": [
        *("pass", "f(b, a, axis=1)", "f(a, b)"),
        "f(a, b, axis=2)",
    ],
    "y = max(a, 0)": ["pass", "y = min(a, 0)", "y = max(a, 1)"],
    "y = xp.any(x)": ["pass", "y = xp.all(x)"],
    "if a < b: raise E": ["if (not a < b): raise E", "if (a <= b): raise E", "if a < b: pass"],
    "assert not a or b": [
        *("assert (not (not a or b))", "assert (not a and b)"),
        "assert a or b",
    ],
    "y = [i for i in n if i]": ["pass", "y = [i for i in n if (not i)]"],
    "y = 0.5 if a is b else 0.0": [
        *("pass", "y = 0.5 if (not a is b) else 0.0", "y = 0.5 if (a is not b) else 0.0"),
        *("y = 1.0 if a is b else 0.0", "y = 0.5 if a is b else 1.0"),
    ],
    "def f(x: int = 1) -> Sum[2]: return x": [
        "def f(x: int = 2) -> Sum[2]: return x",
        "def f(x: int = 1) -> Sum[2]: return None",
    ],
    "@dataclass(frozen=True)\nclass A: pass": ["@dataclass()", "@dataclass(frozen=False)"],
    '__all__ = ["a", "b"]': [],
    '"""What it does: 1 + 1."""': [],
    'f(f"{a + 1} of")': ["pass"],
    "é = 'é' + b": ["pass", "é = ('é' - b)"],
}


@pytest.mark.parametrize("source", MISTAKES)
def test_mistakes_are_those_that_are_easily_made(source):
    found = list(mistakes.mutants("m", source))
    assert sorted(one.after for one in found) == sorted(MISTAKES[source])
    for one in found:
        ast.parse(one.source)


def test_the_lines_below_a_mistake_stay_where_they_are():
    source = (
        "class A:\n    def f(self):\n        y = g(\n            1,\n        )\n        return y\n"
    )
    for one in mistakes.mutants("m", source):
        assert one.source.count("\n") == source.count("\n")
        assert one.source.splitlines()[-1].strip() in ("return y", "return None")
        assert one.scope == "A.f"
        assert ast.parse(one.source)
    assert mistakes.functions(source) == dict.fromkeys(range(3, 7), "A.f")


def test_a_sample_is_the_same_every_time_and_spread_over_lines():
    drawn = mistakes.sample("package", 40, 3)
    assert [one.text for one in drawn] == [one.text for one in mistakes.sample("package", 40, 3)]
    assert len({(one.module, one.line) for one in drawn}) == 40
    assert not any(one.module.startswith("exercises/losses") for one in drawn)
    assert all(one.module.startswith("exercises/") for one in mistakes.sample("checkers", 40, 3))


def test_a_mutant_meets_what_enters_its_function_then_its_own_then_what_is_quick():
    (mutant,) = (
        m for m in mistakes.mutants("losses/core", "def f(): return 1\n") if "2" in m.after
    )
    tests = {
        "tests/test_ledger.py::enters": (2.0, {"losses/core:f", "losses/core:"}),
        "tests/test_ledger.py::slow": (2.0, {"losses/core:g", "losses/core:"}),
        "tests/test_ledger.py::quick": (0.1, {"losses/core:g", "losses/core:"}),
        "tests/test_ledger.py::other": (0.1, {"network:f", "network:"}),
        "tests/test_losses.py::own": (0.1, set()),
        "src/chainrule/losses/core.py::example": (0.1, set()),
    }
    order, seconds = mutants.batches(mutant, tests)
    assert order == [
        ["tests/test_ledger.py::enters"],
        ["src/chainrule/losses/core.py::example"],
        ["tests/test_losses.py::own"],
        ["tests/test_ledger.py::quick"],
    ]
    assert seconds == pytest.approx(2.3)
