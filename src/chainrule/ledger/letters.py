"""The formulas of the theorems that SymPy checked for sizes that are letters, with numbers put in.

SymPy is imported when one is asked for: the ledger works without it.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

# a theorem's formulas: of which proof, chain and line they are, and of which layers its letters
HERE = {"w": 1, "b": 1, "z": 1, "a": 1, "δ": 1, "Δ": 1, "A": 0}
NEXT = {**HERE, "w": 2, "δ": 2}
FORMULAS: dict[str, tuple[tuple[str, int, int, dict[str, int]], ...]] = {
    "output_error_of_neuron": (("output_error", 0, -1, HERE),),
    "output_error": (("output_error", 1, -1, HERE),),
    "hidden_error_of_neuron": (("hidden_error", 0, -2, NEXT),),
    "hidden_error": (("hidden_error", 1, -1, NEXT),),
    "weight_gradient": (("weight_gradient", 1, -1, {**HERE, "a": 0}),),
    "bias_gradient": (("bias_gradient", 1, -1, HERE),),
    "batch_gradient": (("batch_gradient", 1, -1, HERE), ("batch_gradient", 2, -1, HERE)),
    "softmax_jacobian": (("softmax_jacobian", 1, -1, {}),),
    "cross_entropy_gradient": (("cross_entropy_gradient", 1, -1, {}),),
}
NAMES = {"δ": r"\delta", "Δ": r"\Delta"}


@cache
def _expression(proof: str, chain: int, line: int) -> Any:
    """Give a line's right side; making the proof has checked it."""
    from .. import proofs

    return getattr(proofs, proof)().chains[chain].lines[line].expression


def _number(function: Callable, z: Any) -> float:
    """Apply a function of NumPy's to a number of SymPy's."""
    return float(function(float(z)))


def say(theorem: str, which: int = 0, /, **letters: Any) -> np.ndarray:
    """Compute a formula of a theorem.

    Parameters
    ----------
    theorem : str
        As Rocq's source calls it.
    which : int
        Which of its formulas, if there are several.
    **letters
        What its letters mean: vectors as columns, with two axes; for ∂C/∂a the letter g; the
        derivative of σ as ``slope``; indices from 0.

    Returns
    -------
    array
        A number or a matrix; a column, where an index is left open.

    Examples
    --------
    >>> import numpy as np
    >>> import pytest
    >>> _ = pytest.importorskip("sympy")
    >>> say("weight_gradient", δ=np.array([[1.0], [2.0]]), a=np.array([[3.0], [4.0]]))
    array([[3., 4.],
           [6., 8.]])
    """
    import sympy

    from ..proofs.expressions import Index
    from ..proofs.models import Model
    from ..proofs.scope import Scope

    *place, layers = FORMULAS[theorem][which]
    expression = _expression(*place)
    names: dict[Any, Any] = {}
    indices: dict[str, Any] = {"l": 1, "L": 1}
    functions: dict[Any, Any] = {}
    for letter, value in letters.items():
        if letter == "slope":
            functions[r"\sigma", 1] = partial(_number, value)
        elif letter == "softmax":
            names["a", None] = sympy.Matrix(value(letters["z"]))
        elif isinstance(value, (int, np.integer)):
            indices[letter] = int(value) + 1
        elif letter == "g":  # a cost whose slopes in a are these
            outputs = sympy.Matrix(sympy.symbols(f"a:{len(value)}", seq=True))
            names["a", 1], names["C", None] = outputs, outputs.dot(sympy.Matrix(value))
        elif isinstance(value, np.ndarray):
            names[NAMES.get(letter, letter), layers.get(letter)] = sympy.Matrix(value)
    scope = Scope(Model(names, functions), indices)
    for name in sorted(expression.free() - set(indices)):
        rows = scope.range_of(Index(name), expression)
        return np.array([[float(expression.value(scope.bind(**{name: n})))] for n in rows])
    value = expression.value(scope)
    return np.array(value.tolist() if isinstance(value, sympy.MatrixBase) else value, float)
