"""How large an error can be on its way back, equation 1.1.2d."""

from collections.abc import Sequence
from typing import Any

import sympy

from .cases import listed, require_sizes
from .core import LE, Case, Line, Proof, chain
from .expressions import Entry, Index
from .models import Model, abstract, matrix
from .operators import Function, Gradient, Norm, SquaredNorm, product_over, sum_over
from .operators import Partial as D

__all__ = ["error_norm_bound"]

C, M, a, w, z, delta = map(Entry, ("C", "M", "a", "w", "z", r"\delta"))
slope = Function(r"\sigma", 1)
j, k, l, L, m = map(Index, "jklLm")  # noqa: E741 -- as on the page


def _slopes(neurons: int) -> tuple[Any, Any, Any, tuple[Any, ...]]:
    """Give z, M, σ′ and slacks r with σ′(z_k)² = M² − r_k², which says that |σ′(z_k)| ≤ M."""
    largest = sympy.Symbol("M", nonnegative=True)
    slacks = matrix("r", neurons, real=True)
    z_values = matrix("z", neurons, real=True)
    slope_at = {z: sympy.sqrt(largest**2 - r**2) for z, r in zip(z_values, slacks, strict=True)}
    return z_values, largest, slope_at.__getitem__, tuple(slacks)


def _hidden(n_in: int, n_out: int) -> Model:
    """Give layer 1 with its slopes, and the weights and errors of layer 2."""
    weights = matrix("w", n_out, n_in, real=True)
    errors = matrix("delta", n_out, real=True)
    z_values, largest, slope_at, slacks = _slopes(n_in)
    error = sympy.matrix_multiply_elementwise(weights.T * errors, z_values.applyfunc(slope_at))
    names = {("w", 2): weights, (r"\delta", 2): errors, (r"\delta", 1): error}
    model = Model(names | {("z", 1): z_values, ("M", 1): largest}, {(r"\sigma", 1): slope_at})
    model.slacks = slacks
    return model


def _output(neurons: int) -> Model:
    """Give a last layer with its slopes, and an abstract cost of its outputs."""
    outputs = matrix("a", neurons, real=True)
    cost = abstract("C")(*outputs)
    z_values, largest, slope_at, slacks = _slopes(neurons)
    slopes = outputs.applyfunc(lambda output: sympy.diff(cost, output))
    error = sympy.matrix_multiply_elementwise(slopes, z_values.applyfunc(slope_at))
    names = {("a", 1): outputs, ("C", None): cost, (r"\delta", 1): error}
    model = Model(names | {("z", 1): z_values, ("M", 1): largest}, {(r"\sigma", 1): slope_at})
    model.slacks = slacks
    return model


GRADIENT, ERROR, WEIGHT = r"\lVert\nabla C\rVert", r"\lVert \delta\rVert", r"\lVert w\rVert"


def _norms(layer: int, last: int) -> Model:
    """Give symbols for the norms; those of the errors lie below their bounds by some slack."""
    first = sympy.symbols("s0", nonnegative=True)
    second = sympy.symbols("s1", nonnegative=True)
    names: dict[Any, Any] = {(GRADIENT, last): sympy.Symbol("G", nonnegative=True)}
    for number in range(1, last + 1):
        names["M", number] = sympy.Symbol(f"M{number}", nonnegative=True)
        names[WEIGHT, number] = sympy.Symbol(f"w{number}", nonnegative=True)
    bound = names[GRADIENT, last] * names["M", last]
    for number in range(last - 1, layer, -1):
        bound *= names["M", number] * names[WEIGHT, number + 1]
    names[ERROR, layer + 1] = bound - first
    step = names["M", layer] * names[WEIGHT, layer + 1] * names[ERROR, layer + 1]
    names[ERROR, layer] = step - second
    return Model(names)


def error_norm_bound(sizes: Sequence[Sequence[int]] = ((3, 2), (2, 3), (1, 2), (2, 1))) -> Proof:
    """Prove equation 1.1.2d: what one step back does to the norm of the error, and all steps.

    Parameters
    ----------
    sizes : sequence of (int, int)
        The sizes of two neighbouring layers for which one step is checked.

    Returns
    -------
    Proof

    Raises
    ------
    ValueError
        If `sizes` is empty or has anything but pairs of positive numbers.
    ProofError
        If a line does not hold.

    Examples
    --------
    >>> len(error_norm_bound(sizes=[(2, 2)]).lines)
    11
    """
    pairs = require_sizes(sizes, "sizes", 2, "pairs of layers, each with a neuron or more", 2)
    hidden = tuple(Case(_hidden(*pair), {"l": 1}, f"layers {listed([pair])}") for pair in pairs)
    output = tuple(
        Case(_output(n), {"L": 1}, f"{n} outputs") for n in sorted({n for _, n in pairs})
    )
    deep = tuple(
        Case(_norms(layer, last), {"l": layer, "L": last}, f"{last} layers")
        for last in range(2, 6)
        for layer in range(1, last)
    )
    largest = r"$\lvert\sigma'(z_k)\rvert \le M$ for each neuron"
    last_layer = chain(
        SquaredNorm(delta(L)),
        output,
        Line(sum_over(k, D(C, a(L)[k]) ** 2 * slope(z(L)[k]) ** 2), "definition, and (1.4)"),
        Line(M(L) ** 2 * sum_over(k, D(C, a(L)[k]) ** 2), largest, LE),
        Line(M(L) ** 2 * SquaredNorm(Gradient(C, a(L))), "definition of the norm"),
    )
    backward = sum_over(j, w(l + 1)[j, k] * delta(l + 1)[j]) ** 2
    one_step = chain(
        SquaredNorm(delta(l)),
        hidden,
        Line(sum_over(k, delta(l)[k] ** 2), "definition of the norm"),
        Line(sum_over(k, backward * slope(z(l)[k]) ** 2), "(1.6)"),
        Line(M(l) ** 2 * sum_over(k, backward), largest, LE),
        Line(M(l) ** 2 * SquaredNorm(w(l + 1).T @ delta(l + 1)), "definition of the norm"),
        Line(
            M(l) ** 2 * Norm(w(l + 1)) ** 2 * SquaredNorm(delta(l + 1)),
            r"$w^\mathsf{T}$ stretches no vector by more than $\lVert w \rVert_2$: see below",
            LE,
            by_definition=True,
        ),
    )
    all_steps = chain(
        Norm(delta(l)),
        deep,
        Line(M(l) * Norm(w(l + 1)) * Norm(delta(l + 1)), "the root of line (8) *(put in)*", LE),
        Line(
            M(l)
            * Norm(w(l + 1))
            * Norm(Gradient(C, a(L)))
            * product_over(m, M(m), l + 1, L)
            * product_over(m, Norm(w(m)), l + 2, L),
            "induction: the bound holds for layer $l+1$ *(put in)*",
            LE,
        ),
        Line(
            Norm(Gradient(C, a(L)))
            * product_over(m, M(m), l, L)
            * product_over(m, Norm(w(m)), l + 1, L),
            "the factors of one more layer join the products",
        ),
    )
    return Proof(
        "a bound for the error",
        ("1.1.2d",),
        (
            "$M^l = \\max_k \\lvert\\sigma'(z_k^l)\\rvert$.",
            "One sample, real numbers and elementwise activations.",
        ),
        (last_layer, one_step, all_steps),
        f"layers of sizes {listed(pairs)}, and networks of 2 to 5 layers",
        (
            "Each line equals the line before, or is provably not smaller, for all symbols with "
            "$\\sigma'(z_k)^2 = M^2 - r_k^2$, $r_k$ real.",
            "The product over layers was checked with symbols for the norms.",
        ),
        (
            "Line (8) is shown below the table.",
            "Lines (9) and (10) hold by construction: their norms are symbols that were made to "
            "obey line (8) and the bound for layer $l+1$. What follows from them is checked.",
            "For other sizes the lines and their reasons have to be read.",
        ),
    )
