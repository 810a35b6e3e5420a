"""Backpropagation as a whole: the recursion finds the gradient of every parameter."""

from collections.abc import Sequence

from .cases import CHECKED, SIZES, listed, network_cases, published
from .core import Line, Proof, chain
from .expressions import Entry
from .models import Network
from .network import SECTIONS, SMOOTH, UNCHECKED, C, L, a, b, backward_step, l, slope, w, z
from .operators import Gradient, Hadamard, Partial
from .scope import Scope

__all__ = ["backpropagation"]


d = Entry("d")


class _Recursion(Network):
    """A network with the d^l that the algorithm computes from the last layer to the first."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        super().__init__(sizes)
        last = len(sizes) - 1
        begin = Hadamard(Gradient(C, a(L)), slope(z(L)))
        for layer in range(last, 0, -1):
            rule = begin if layer == last else backward_step(d)
            self.names[d.name, layer] = rule.value(Scope(self, {"l": layer, "L": last}))


@published(SECTIONS)
def backpropagation(sizes: Sequence[Sequence[int]] = SIZES) -> Proof:
    """Prove that backpropagation finds the gradient of every parameter, by induction over layers.

    d^l stands for what the algorithm computes, and all derivatives are SymPy's own, of the cost as
    a function of the parameters.

    Examples
    --------
    >>> backpropagation(sizes=[(1, 2, 1)])
    ✓ backpropagation: 9 lines, for layers of sizes 1-2-1
    """
    base = network_cases(sizes, 3, lambda last: [last], _Recursion)
    step = network_cases(sizes, 3, lambda last: range(1, last), _Recursion)
    every = network_cases(sizes, 3, lambda last: range(1, last + 1), _Recursion)
    chains = (
        chain(
            Partial(C, z(L)),
            base,
            Line(Hadamard(Gradient(C, a(L)), slope(z(L))), "(1.5)"),
            Line(d(L), "definition of $d^L$: with this the algorithm begins"),
        ),
        chain(
            Partial(C, z(l)),
            step,
            Line(Hadamard(w(l + 1).T @ Partial(C, z(l + 1)), slope(z(l))), "(1.7)"),
            Line(backward_step(d), "induction: what holds for layer $l+1$"),
            Line(d(l), "definition of $d^l$: this is what the algorithm computes next"),
        ),
        chain(
            Partial(C, b(l)),
            every,
            Line(Partial(C, z(l)), "(1.8)"),
            Line(d(l), "by the two parts above"),
        ),
        chain(
            Partial(C, w(l)),
            every,
            Line(Partial(C, z(l)) @ a(l - 1).T, "(1.9)"),
            Line(d(l) @ a(l - 1).T, "by the first two parts"),
        ),
    )
    checked = (
        CHECKED,
        "The algorithm ran symbolically, and the gradient of every weight and bias equals SymPy's "
        "derivative of the cost.",
    )
    cases = f"layers of sizes {listed(sizes)}"
    hypotheses = (SMOOTH, "Every activation is elementwise.")
    return Proof("backpropagation", (), hypotheses, chains, cases, checked, UNCHECKED)
