"""Oracles that many claims ask, each made in one place from a function written for it.

A function of PyTorch or SymPy takes the library first, so that it is imported when it is asked.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from ..arrays import to_numpy
from ..oracles import autograd, central_difference, complex_step
from ..rocq import evaluate, theorem, why_not
from . import letters
from .core import CLOSE, DIFFERENCES, EXACT, Oracle, each_array

fractions = np.vectorize(Fraction, otypes=[object])  # exactly what a float says


def torch_oracle(name: str, function: Callable, bound: float = EXACT, **rest) -> Oracle:
    """Give an oracle: a function of torch and of the case, its arrays as tensors."""

    def expected(*case):
        import torch

        found = function(torch, *each_array(torch.as_tensor, case))
        return each_array(to_numpy, found, axes=0)

    return Oracle(name, expected, bound, needs="torch", **rest)


def torch_vjp(function: Callable, bound: float = EXACT, *, upstream: bool = False) -> Oracle:
    """Give an oracle: PyTorch's gradient of such a function with respect to what it takes first.

    Weighted by the upstream, where that comes second in a case; of the sum where it does not.
    """

    def expected(first: np.ndarray, *rest) -> np.ndarray:
        import torch

        others = each_array(torch.as_tensor, rest[upstream:])
        if upstream:
            return autograd(lambda t: function(torch, t, *others), [first], rest[0])[0]
        return autograd(lambda t: function(torch, t, *others).sum(), [first])[0]

    return Oracle("torch.autograd", expected, bound, needs="torch")


def complex_oracle(twin: Callable, bound: float = EXACT) -> Oracle:
    """Give an oracle: a step in the imaginary direction, of the first thing that a twin takes."""
    return _differentiated("complex step", complex_step, twin, bound)


def difference_oracle(twin: Callable, bound: float = DIFFERENCES) -> Oracle:
    """Give an oracle: central differences instead of that step."""
    return _differentiated("central differences", central_difference, twin, bound)


def _differentiated(name: str, rule: Callable, twin: Callable, bound: float) -> Oracle:
    return Oracle(name, lambda first, *rest: rule(lambda t: twin(t, *rest), first), bound)


def sympy_oracle(
    function: Callable, bound: float = EXACT, name: str = "SymPy, 30 digits", **rest
) -> Oracle:
    """Give an oracle: a function of SymPy and of the case, which computes with thirty digits."""

    def expected(*case) -> np.ndarray:
        import sympy

        return np.array(function(sympy, *case), float)

    return Oracle(name, expected, bound, needs="sympy", **rest)


def proved(function: Callable, *theorems: str, **rest) -> tuple[Oracle, Oracle]:
    """Give two oracles: the formulas of theorems as Rocq's kernel and as SymPy checked them.

    The function takes first what computes one, from the theorem's name and what its letters mean,
    and then the case. Rocq cannot be asked where the record vouches for less than all of these
    theorems.
    """

    def in_rocq(name: str, which: int = 0, /, **letters) -> np.ndarray:
        return evaluate(theorem(name).formulas[which], **letters)

    return (
        Oracle(
            "formula proved in Rocq, any width",
            lambda *case: function(in_rocq, *case),
            CLOSE,
            obstacle=lambda: next(filter(None, map(why_not, theorems)), ""),
            **rest,
        ),
        Oracle(
            "formula checked by SymPy, any width",
            lambda *case: function(letters.say, *case),
            CLOSE,
            needs="sympy",
            **rest,
        ),
    )
