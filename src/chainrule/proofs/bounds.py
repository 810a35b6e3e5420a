"""How large an error can be on its way back, equation 1.1.2d."""

from collections.abc import Sequence
from typing import Any

import sympy

from .cases import listed, published, require_sizes
from .core import LE, Case, Line, Proof, chains_in
from .expressions import Entry, Index
from .models import Model, abstract, matrix
from .operators import Gradient, Norm, SquaredNorm, function, product_over, sum_over
from .operators import Partial as D

__all__ = ["error_norm_bound"]

C, M, a, w, z, delta = map(Entry, ("C", "M", "a", "w", "z", r"\delta"))
slope = function(r"\sigma", 1)
j, k, l, L, m = map(Index, "jklLm")  # noqa: E741 -- as on the page


def _layer(names: dict[Any, Any], slopes: Any) -> Model:
    """Give layer 1, whose error is ∂C/∂a ⊙ σ′(z), beside other names; `slopes` are ∂C/∂a.

    With slacks r, σ′(z_k)² = M² − r_k² says that |σ′(z_k)| ≤ M.
    """
    largest = sympy.Symbol("M", nonnegative=True)
    inputs, slacks = (matrix(name, len(slopes), real=True) for name in "zr")
    roots = {z: sympy.sqrt(largest**2 - r**2) for z, r in zip(inputs, slacks, strict=True)}
    error = sympy.matrix_multiply_elementwise(slopes, inputs.applyfunc(roots.__getitem__))
    names |= {("z", 1): inputs, ("M", 1): largest, (r"\delta", 1): error}
    return Model(names, {(r"\sigma", 1): roots.__getitem__}, slacks=tuple(slacks))


def _hidden(n_in: int, n_out: int) -> Model:
    """Give layer 1 before layer 2, of which the weights and errors are known."""
    weights, errors = matrix("w", n_out, n_in, real=True), matrix("delta", n_out, real=True)
    return _layer({("w", 2): weights, (r"\delta", 2): errors}, weights.T * errors)


def _output(neurons: int) -> Model:
    """Give layer 1 as the last one, with an abstract cost of its outputs."""
    outputs = matrix("a", neurons, real=True)
    cost = abstract("C")(*outputs)
    slopes = outputs.applyfunc(lambda output: sympy.diff(cost, output))
    return _layer({("a", 1): outputs, "C": cost}, slopes)


GRADIENT, ERROR, WEIGHT = r"\lVert\nabla C\rVert", r"\lVert \delta\rVert", r"\lVert w\rVert"


def _norms(layer: int, last: int) -> Model:
    """Give symbols for the norms; those of the errors lie below their bounds by some slack."""
    gradient, first, second = sympy.symbols("G s0 s1", nonnegative=True)
    names: dict[Any, Any] = {(GRADIENT, last): gradient}
    for number in range(1, last + 1):
        names["M", number] = sympy.Symbol(f"M{number}", nonnegative=True)
        names[WEIGHT, number] = sympy.Symbol(f"w{number}", nonnegative=True)
    bound = gradient * names["M", last]
    for number in range(last - 1, layer, -1):
        bound *= names["M", number] * names[WEIGHT, number + 1]
    names[ERROR, layer + 1] = bound - first
    step = names["M", layer] * names[WEIGHT, layer + 1] * names[ERROR, layer + 1]
    names[ERROR, layer] = step - second
    return Model(names)


@published()
def error_norm_bound(sizes: Sequence[Sequence[int]] = ((3, 2), (2, 3), (1, 2), (2, 1))) -> Proof:
    """Prove equation 1.1.2d: what one step back does to the norm of the error, and all steps.

    Parameters
    ----------
    sizes : sequence of (int, int)
        One or more pairs of neighbouring layers for which one step is checked, no layer empty.

    Examples
    --------
    >>> len(error_norm_bound(sizes=[(2, 2)]).lines)
    11
    """
    pairs = require_sizes(sizes, "sizes", 2, "pairs of layers, each with a neuron or more", 2)
    at_output = chains_in(
        Case(_output(n), {"L": 1}, f"{n} outputs") for n in sorted({n for _, n in pairs})
    )
    at_hidden = chains_in(
        Case(_hidden(*pair), {"l": 1}, f"layers {listed([pair])}") for pair in pairs
    )
    at_any_depth = chains_in(
        Case(_norms(layer, last), {"l": layer, "L": last}, f"{last} layers")
        for last in range(2, 6)
        for layer in range(1, last)
    )
    largest = r"$\lvert\sigma'(z_k)\rvert \le M$ for each neuron"
    last_layer = at_output(
        SquaredNorm(delta(L)),
        Line(sum_over(k, D(C, a(L)[k]) ** 2 * slope(z(L)[k]) ** 2), "definition, and (1.4)"),
        Line(M(L) ** 2 * sum_over(k, D(C, a(L)[k]) ** 2), largest, LE),
        Line(M(L) ** 2 * SquaredNorm(Gradient(C, a(L))), "definition of the norm"),
    )
    backward = sum_over(j, w(l + 1)[j, k] * delta(l + 1)[j]) ** 2
    one_step = at_hidden(
        SquaredNorm(delta(l)),
        Line(sum_over(k, delta(l)[k] ** 2), "definition of the norm"),
        Line(sum_over(k, backward * slope(z(l)[k]) ** 2), "(1.6)"),
        Line(M(l) ** 2 * sum_over(k, backward), largest, LE),
        Line(M(l) ** 2 * SquaredNorm(w(l + 1).T @ delta(l + 1)), "definition of the norm"),
        Line(
            M(l) ** 2 * Norm(w(l + 1)) ** 2 * SquaredNorm(delta(l + 1)),
            r"the largest stretch of $w^\mathsf{T}$ is that of $w$, $\lVert w \rVert_2$",
            LE,
            by_definition=True,
        ),
    )
    all_steps = at_any_depth(
        Norm(delta(l)),
        Line(M(l) * Norm(w(l + 1)) * Norm(delta(l + 1)), "the root of the step above", LE),
        Line(
            M(l)
            * Norm(w(l + 1))
            * Norm(Gradient(C, a(L)))
            * product_over(m, M(m), l + 1, L)
            * product_over(m, Norm(w(m)), l + 2, L),
            "induction: the bound holds for layer $l+1$",
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
            "That no vector is stretched by more than $\\lVert w \\rVert_2$ is its definition, and "
            "that $w$ and its transpose have the same one is shown below the table.",
            "In the last part, that the step above holds and that the bound holds for layer $l+1$ "
            "are put in; what follows from them is checked.",
            "For other sizes the lines and their reasons have to be read.",
        ),
    )
