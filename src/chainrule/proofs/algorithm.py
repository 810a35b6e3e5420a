"""Backpropagation as a whole: the recursion finds the gradient of every parameter."""

from .cases import CHECKED
from .core import Line
from .expressions import Entry
from .models import Network
from .network import FIRST_STEP, C, L, a, b, backward_step, l, over_networks, slope, w, z
from .operators import Hadamard, Partial
from .scope import Scope

__all__ = ["backpropagation"]


d = Entry("d")


class _Recursion(Network):
    """A network with the d^l that the algorithm computes from the last layer to the first."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        super().__init__(sizes)
        last = len(sizes) - 1
        for layer in range(last, 0, -1):
            rule = FIRST_STEP if layer == last else backward_step(d)
            self.names[d.name, layer] = rule.value(Scope(self, {"l": layer, "L": last}))


@over_networks(
    "backpropagation",
    shortest=3,
    layers=(lambda last: [last], lambda last: range(1, last), lambda last: range(1, last + 1)),
    kind=_Recursion,
    elementwise="Every activation is elementwise.",
    checked=(
        CHECKED,
        "The algorithm ran symbolically, and the gradient of every weight and bias equals SymPy's "
        "derivative of the cost.",
    ),
)
def backpropagation(at_last, at_hidden, at_every):
    """Prove that backpropagation finds the gradient of every parameter, by induction over layers.

    d^l stands for what the algorithm computes, and all derivatives are SymPy's own, of the cost as
    a function of the parameters.

    Examples
    --------
    >>> backpropagation(sizes=[(1, 2, 1)])
    ✓ backpropagation: 9 lines, for layers of sizes 1-2-1
    """
    yield at_last(
        Partial(C, z(L)),
        Line(FIRST_STEP, "(1.5)"),
        Line(d(L), "with this the algorithm begins"),
    )
    yield at_hidden(
        Partial(C, z(l)),
        Line(Hadamard(w(l + 1).T @ Partial(C, z(l + 1)), slope(z(l))), "(1.7)"),
        Line(backward_step(d), "induction: what holds for layer $l+1$"),
        Line(d(l), "this is what the algorithm computes next"),
    )
    yield at_every(
        Partial(C, b(l)),
        Line(Partial(C, z(l)), "(1.8)"),
        Line(d(l), "by the two parts above"),
    )
    yield at_every(
        Partial(C, w(l)),
        Line(Partial(C, z(l)) @ a(l - 1).T, "(1.9)"),
        Line(d(l) @ a(l - 1).T, "by the first two parts"),
    )
