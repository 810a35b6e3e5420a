"""The claims of section 3.3: the slope of a sum of powers, and where its parts are equal."""

from collections.abc import Iterator
from math import log

import numpy as np

from .. import growth
from ..oracles import central_difference
from .core import CLOSE, DIFFERENCES, EXACT, Claim, Oracle
from .oracles import sympy_oracle


def _sums(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield a size, what the parts cost at 1, and their powers."""
    yield 1.0, [3.0], [2.0]
    for count in (2, 3, 4):
        parts = 10.0 ** rng.uniform(-4, 0, count)
        yield 10.0 ** rng.uniform(0, 3), [*parts], [0.0, *rng.uniform(0.5, 3, count - 1)]
    yield 50.0, [0.0, 2.0, 1e-3], [0.0, 1.0, 2.0]


def _by_differences(n: float, parts: list[float], powers: list[float]) -> np.ndarray:
    """Differentiate the logarithm of the cost with respect to that of the size."""

    def log_cost(log_n: np.ndarray) -> np.ndarray:
        costs = (part * np.exp(power * log_n) for part, power in zip(parts, powers, strict=True))
        return np.log(sum(costs, np.zeros(1))).sum()

    return central_difference(log_cost, np.array([log(n)]))[0]


def _in_sympy(sympy, n: float, parts: list[float], powers: list[float]):
    at = sympy.Symbol("n", positive=True)
    cost = sum(
        sympy.Float(part, 30) * at ** sympy.Float(power, 30)
        for part, power in zip(parts, powers, strict=True)
    )
    return (at * sympy.diff(cost, at) / cost).subs(at, sympy.Float(n, 30)).evalf(30)


def _laws(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield what does not grow, what grows costs at 1, and its power."""
    yield 1.0, 1.0, 1.0
    for power in (0.5, 1.0, 2.0, 3.0):
        yield 10.0 ** rng.uniform(-5, -2), 10.0 ** rng.uniform(-9, -6), power


def _halved(fixed: float, growing: float, power: float) -> float:
    """Find where half of the cost grows, by halving an interval of logarithms."""
    low, high = -100.0, 100.0
    while low < (middle := (low + high) / 2) < high:
        if growing * float(np.exp(power * middle)) < fixed:
            low = middle
        else:
            high = middle
    return float(np.exp((low + high) / 2))


CLAIMS = [
    Claim(
        label="3.3a",
        title="the slope of a cost on logarithmic axes",
        code="growth.log_slope",
        implementation=growth.log_slope,
        cases=_sums,
        oracles=(
            Oracle("central differences of logarithms", _by_differences, DIFFERENCES),
            sympy_oracle(_in_sympy, EXACT),
        ),
        saboteur=lambda n, parts, powers: float(np.mean(powers)),
        mistake="every part counts the same, however little it costs",
    ),
    Claim(
        label="3.3b",
        title="where what grows costs as much as what does not",
        code="growth.crossing",
        implementation=growth.crossing,
        cases=_laws,
        oracles=(
            Oracle("halving an interval", _halved, CLOSE),
            sympy_oracle(
                lambda sympy, fixed, growing, power: sympy.root(
                    sympy.Float(fixed, 30) / sympy.Float(growing, 30), sympy.Float(power, 30)
                ),
                EXACT,
            ),
        ),
        saboteur=lambda fixed, growing, power: fixed / growing,
        mistake="the root is missing",
    ),
]
