"""The formulas of the theorems, with numbers put in."""

import re
from typing import Any

# Rocq's notation and Python's, in the order in which they are put in
NOTATION = (
    (r"∂ C a", "g"),
    (r"σ\^`\(\)", "slope"),
    (r"map_mx slope z|slope \((\w \w 0)\)", lambda m: f"slope({m[1] or 'z'})"),
    (r"row (\w) (\w)", r"\2[[\1]]"),
    (r"softmax z", "softmax(z)"),
    (r"\b([awgδz]) (\w) (\w)\b", r"\1[\2, \3]"),
    (r"\^T", ".T"),
    (r"\*m", "@"),
    (r"⊙", "*"),
    (r"%:R", ""),
    (r"\\sum_(\w) (.+)", r"sum(\2 for \1 in all_\1)"),
    (r"\\col_(\w) (.+)", r"[[\2] for \1 in all_\1]"),
)


def evaluate(formula: str, **names: Any) -> Any:
    """Compute the right side of a theorem as it stands in the Rocq source.

    Parameters
    ----------
    formula : str
    **names
        What its letters mean: vectors as columns, with two axes; for ∂C/∂a the letter g; the
        derivative of σ as ``slope``, a function of an array; for a sum over j ``all_j``, the
        values of j.

    Returns
    -------
    array or number

    Examples
    --------
    >>> import numpy as np
    >>> evaluate("δ *m a^T", δ=np.array([[1.0], [2.0]]), a=np.array([[3.0], [4.0]]))
    array([[3., 4.],
           [6., 8.]])
    >>> z = np.ones((2, 1))
    >>> slope = evaluate("∂ C a j 0 * σ^`() (z j 0)", g=z, z=z, j=0, slope=np.cos)
    >>> slope.round(2)
    np.float64(0.54)
    """
    for pattern, replacement in NOTATION:
        formula = re.sub(pattern, replacement, formula)
    return eval(formula, {"__builtins__": {"sum": sum}, **names})
