"""How large an error can be on its way back, equation 1.1.2d."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import sympy

from .cases import ANY_SIZES, letters, listed, published, require_sizes
from .core import LE, Case, Line, Proof, chains_in
from .expressions import Entry, Index
from .models import Model, cost, matrix
from .operators import Gradient, Norm, SquaredNorm, function, product_over, sum_over
from .operators import Partial as D
from .scope import Undefined
from .symbolic import Grid, put

__all__ = ["error_norm_bound"]

C, M, a, w, z, delta = map(Entry, ("C", "M", "a", "w", "z", r"\delta"))
slope = function(r"\sigma", 1)
j, k, l, L, m = map(Index, "jklLm")  # noqa: E741 -- as on the page


def _layer(names: dict[Any, Any], slopes: Any) -> Model:
    """Give layer 1, whose error is ∂C/∂a ⊙ σ′(z), beside other names; `slopes` are ∂C/∂a.

    With slacks r, σ′(z_k)² = M² − r_k² says that |σ′(z_k)| ≤ M.
    """
    largest = sympy.Symbol("M", nonnegative=True)
    inputs, slacks = (matrix(name, slopes.shape[0], real=True) for name in "zr")

    def root(z: Any) -> Any:
        return sympy.sqrt(largest**2 - put(z, inputs, slacks) ** 2)

    error = slopes.multiply_elementwise(inputs.applyfunc(root))
    names |= {("z", 1): inputs, ("M", 1): largest, (r"\delta", 1): error}
    found = () if isinstance(slacks, Grid) else tuple(slacks)
    return Model(names, {(r"\sigma", 1): root}, slacks=found)


def _hidden(n_in: Any, n_out: Any) -> Model:
    """Give layer 1 before layer 2, of which the weights and errors are known."""
    weights, errors = matrix("w", n_out, n_in, real=True), matrix("delta", n_out, real=True)
    return _layer({("w", 2): weights, (r"\delta", 2): errors}, weights.T @ errors)


def _output(neurons: Any) -> Model:
    """Give layer 1 as the last one, with an abstract cost of its outputs."""
    outputs = matrix("a", neurons, real=True)
    of_all = cost("C", outputs)
    slopes = outputs.applyfunc(lambda output: sympy.diff(of_all, output))
    return _layer({("a", 1): outputs, "C": of_all}, slopes)


GRADIENT, ERROR, WEIGHT = r"\lVert\nabla C\rVert", r"\lVert \delta\rVert", r"\lVert w\rVert"
PRODUCT = r"\prod"


class _Norms(Model):
    """Symbols for the norms; those of two errors lie below their bounds by some slack."""

    def __init__(self, layer: Any, last: Any) -> None:
        self.layer, self.last = layer, last
        gradient, first, second = sympy.symbols("G s0 s1", nonnegative=True)
        super().__init__({(GRADIENT, last): gradient}, slacks=(first, second))
        slope, stretch = (partial(self.look_up, name) for name in ("M", WEIGHT))
        slopes = self.between(layer + 1, last, slope, PRODUCT)
        above = gradient * slopes * self.between(layer + 2, last, stretch, PRODUCT) - first
        self.names[ERROR, layer + 1] = above
        self.names[ERROR, layer] = slope(layer) * stretch(layer + 1) * above - second

    def look_up(self, name: str, layer: Any) -> Any:
        """Give a symbol for the largest slope or stretch of any layer."""
        if name in ("M", WEIGHT):
            return sympy.Symbol(f"{name}{layer}", nonnegative=True)
        return super().look_up(name, layer)


class _AnyNorms(_Norms):
    """The same for any l < L: of a product the factors below layer l + 2 are written out."""

    def between(self, first: Any, last: Any, term: Callable[[Any], Any], symbol: str) -> Any:
        """Give the factors of layers l and l + 1, and a symbol for the product from l + 2 on."""
        written = self.layer + 2 - first
        if last != self.last or written not in (0, 1, 2):
            raise Undefined(f"nothing is said about a product from {first} to {last}")
        rest = sympy.Symbol(f"product of {term(sympy.Symbol('m'))}", nonnegative=True)
        return rest * sympy.Mul(*(term(first + n) for n in range(written)))


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
    n_in, n_out, lower, top = letters("n_l", "n_{l+1}", "l", "L")
    at_output = chains_in(
        [
            Case(_output(n_out), {"L": 1}, ANY_SIZES, every=True),
            *(Case(_output(n), {"L": 1}, f"{n} outputs") for n in sorted({n for _, n in pairs})),
        ]
    )
    at_hidden = chains_in(
        [
            Case(_hidden(n_in, n_out), {"l": 1}, ANY_SIZES, every=True),
            *(Case(_hidden(*pair), {"l": 1}, f"layers {listed([pair])}") for pair in pairs),
        ]
    )
    at_any_depth = chains_in(
        [
            Case(_AnyNorms(lower, top), {"l": lower, "L": top}, "any depth", every=True),
            *(
                Case(_Norms(layer, last), {"l": layer, "L": last}, f"{last} layers")
                for last in range(2, 6)
                for layer in range(1, last)
            ),
        ]
    )
    largest = r"$\lvert\sigma'(z_k)\rvert \le M$ for each neuron"
    last_layer = at_output(
        SquaredNorm(delta(L)),
        Line(sum_over(k, D(C, a(L)[k]) ** 2 * slope(z(L)[k]) ** 2), "definition, and (1.4)"),
        Line(M(L) ** 2 * sum_over(k, D(C, a(L)[k]) ** 2), largest, LE),
        Line(M(L) ** 2 * SquaredNorm(Gradient(C, a(L))), "definition of the norm"),
    )
    backward = sum_over(j, w(l + 1)[j, k] * delta(l + 1)[j])
    one_step = at_hidden(
        SquaredNorm(delta(l)),
        Line(sum_over(k, delta(l)[k] ** 2), "definition of the norm"),
        Line(sum_over(k, (backward * slope(z(l)[k])) ** 2), "(1.6)"),
        Line(M(l) ** 2 * sum_over(k, backward**2), largest, LE),
        Line(M(l) ** 2 * SquaredNorm(w(l + 1).T @ delta(l + 1)), "definition of the norm"),
        Line(
            M(l) ** 2 * Norm(w(l + 1)) ** 2 * SquaredNorm(delta(l + 1)),
            r"$w^\mathsf{T}$ stretches no vector by more than $\lVert w \rVert_2$: see below",
            LE,
            by_definition=True,
        ),
    )
    all_steps = at_any_depth(
        Norm(delta(l)),
        Line(M(l) * Norm(w(l + 1)) * Norm(delta(l + 1)), "the root of line (8)", LE),
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
        f"{ANY_SIZES}, and any number of them",
        f"layers of sizes {listed(pairs)}, and networks of 2 to 5 layers",
        (
            "Each line equals the line before, or is provably not smaller, for all symbols with "
            "$\\sigma'(z_k)^2 = M^2 - r_k^2$, $r_k$ real.",
            "The product over layers was checked with symbols for the norms.",
        ),
        (
            "Line (8) is shown below the table.",
            "That the norms obey line (8), and the bound for layer $l+1$, was put in. What follows "
            "from it is checked.",
        ),
    )
