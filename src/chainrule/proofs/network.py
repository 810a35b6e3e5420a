"""The theorems of backpropagation, with activations and cost left abstract.

Equations 1.4 to 1.9, and that the recursion which they make finds the gradient of every parameter.
σ may differ from layer to layer: σ(z^l) is the activation of layer l.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from .cases import (
    ANY_SIZES,
    CHECKED,
    SIZES,
    TRUSTED,
    any_network,
    listed,
    network_cases,
    published,
)
from .core import Case, Chain, Line, Proof, chains_in
from .expressions import Entry, Expression, Index
from .models import Network
from .operators import Component, Gradient, Hadamard, Iverson, Partial, function, sum_over
from .scope import Scope

__all__ = ["backpropagation", "bias_gradient", "hidden_error", "output_error", "weight_gradient"]

C, a, b, d, w, z, delta = map(Entry, (*"Cabdwz", r"\delta"))
sigma, slope = function(r"\sigma"), function(r"\sigma", 1)
i, j, k, l, L, m = map(Index, "ijklLm")  # noqa: E741 -- as on the page

SMOOTH = "The cost is a differentiable function of $a^L$, and the activations are differentiable."
OWN = "depends on the weighted input of its own neuron alone (softmax is not such)."
UNCHECKED = ("Differentiability is a hypothesis.", TRUSTED)
# the letters begin with the size of layer l - 1; what is above the last of them is in the cost
AT_LAST = partial(any_network, "n_{L-1}", "n_L", cost_of="a", l=1, L=1)
AT_HIDDEN = partial(any_network, "n_{l-1}", "n_l", "n_{l+1}", cost_of="z", l=1)
AT_EVERY = partial(any_network, "n_{l-1}", "n_l", cost_of="z", l=1)
PARAMETERS = """\
Parameters
----------
sizes : sequence of sequences of int
    One or more networks, each by its layers, the input first; every line is checked for every layer
    that it is about. Each network has such a layer, and no layer is empty.

"""


def over_networks(
    title: str,
    *labels: str,
    layers: Sequence[tuple[Callable[[int], Iterable[int]], Case]],
    shortest: int = 2,
    kind: Callable[[tuple[int, ...]], Network] = Network,
    elementwise: str = "",
    checked: tuple[str, ...] = (CHECKED,),
) -> Callable[[Callable[..., Iterator[Chain]]], Callable[..., Proof]]:
    """Make a theorem about networks of the function that yields its chains.

    It is given what makes a chain that is checked in some `layers`, for each of these: of networks
    of some sizes, and of one of any sizes.
    """

    def theorem(chains: Callable[..., Iterator[Chain]]) -> Callable[..., Proof]:
        @published(PARAMETERS, rule=chains)
        def prove(sizes: Sequence[Sequence[int]] = SIZES) -> Proof:
            made = (
                chains_in((every, *network_cases(sizes, shortest, each, kind)))
                for each, every in layers
            )
            return Proof(
                title,
                labels,
                (SMOOTH, elementwise) if elementwise else (SMOOTH,),
                tuple(chains(*made)),
                ANY_SIZES,
                f"layers of sizes {listed(sizes)}",
                checked,
                UNCHECKED,
            )

        return prove

    return theorem


@over_networks(
    "the error of the output layer",
    "1.4",
    "1.5",
    layers=[(lambda last: [last], AT_LAST())],
    elementwise=f"Each activation of the output layer {OWN}",
)
def output_error(chain):
    """Prove equations 1.4 and 1.5: the error of the output layer.

    Examples
    --------
    >>> output_error(sizes=[(2, 2)])
    ✓ (1.4, 1.5) the error of the output layer: 6 lines, 4 in all cases, 2 put in
    """
    yield chain(
        delta(L)[j],
        Line(Partial(C, z(L)[j]), "definition of the error"),
        Line(
            sum_over(i, Partial(C, a(L)[i]) * Partial(a(L)[i], z(L)[j])),
            "chain rule: $C$ depends on $z_j^L$ through the outputs",
        ),
        Line(
            sum_over(i, Partial(C, a(L)[i]) * Partial(sigma(z(L)[i]), z(L)[j])),
            "definition of the activation, (1.2)",
        ),
        Line(
            sum_over(i, Partial(C, a(L)[i]) * slope(z(L)[i]) * Iverson(i, j)),
            "each output depends on its own weighted input alone",
        ),
        Line(Partial(C, a(L)[j]) * slope(z(L)[j]), "only the term with $i = j$ remains"),
    )
    yield chain(delta(L), Line(FIRST_STEP, "the same for all $j$ at once"))


@over_networks(
    "the error of a hidden layer",
    "1.6",
    "1.7",
    shortest=3,
    layers=[(lambda last: range(1, last), AT_HIDDEN())],
    elementwise=f"Each activation of layer $l$ {OWN}",
)
def hidden_error(chain):
    """Prove equations 1.6 and 1.7: the error of a hidden layer.

    Examples
    --------
    >>> hidden_error(sizes=[(2, 3, 2)])
    ✓ (1.6, 1.7) the error of a hidden layer: 6 lines, 4 in all cases, 2 put in
    """
    next_input = sum_over(i, w(l + 1)[j, i] * sigma(z(l)[i])) + b(l + 1)[j]
    yield chain(
        delta(l)[k],
        Line(Partial(C, z(l)[k]), "definition of the error"),
        Line(
            sum_over(j, Partial(C, z(l + 1)[j]) * Partial(z(l + 1)[j], z(l)[k])),
            "chain rule: $C$ depends on $z_k^l$ through the next layer",
        ),
        Line(
            sum_over(j, delta(l + 1)[j] * Partial(next_input, z(l)[k])),
            "definition of the error, and of the weighted input, (1.1) and (1.2)",
        ),
        Line(
            sum_over(j, delta(l + 1)[j] * w(l + 1)[j, k] * slope(z(l)[k])),
            "only the term with $i = k$ contains $z_k^l$",
        ),
        Line(
            Component(w(l + 1).T @ delta(l + 1), (k,)) * slope(z(l)[k]),
            "the sum runs down column $k$ of $w^{l+1}$, a row of its transpose",
        ),
    )
    yield chain(delta(l), Line(backward_step(), "the same for all $k$ at once"))


FIRST_STEP = Hadamard(Gradient(C, a(L)), slope(z(L)))  # the right side of equation 1.5


def backward_step(error: Entry = delta) -> Hadamard:
    """Give the right side of equation 1.7, one step from a layer back to the one before."""
    return Hadamard(w(l + 1).T @ error(l + 1), slope(z(l)))


def through_weighted_inputs(parameter: Entry, n: Index) -> tuple[Line, Line]:
    """Give the lines that both gradients begin with; the inputs of the layer are numbered n."""
    weighted_input = sum_over(n, w(l)[i, n] * a(l - 1)[n]) + b(l)[i]
    return (
        Line(
            sum_over(i, Partial(C, z(l)[i]) * Partial(z(l)[i], parameter)),
            f"chain rule: $C$ depends on ${parameter.latex()}$ through the layer's weighted inputs",
        ),
        Line(
            sum_over(i, delta(l)[i] * Partial(weighted_input, parameter)),
            "definition of the error, and of the weighted input, (1.1)",
        ),
    )


@over_networks(
    "the gradient of the biases", "1.8", layers=[(lambda last: range(1, last + 1), AT_EVERY())]
)
def bias_gradient(chain):
    """Prove equation 1.8: the gradient of the biases.

    Examples
    --------
    >>> bias_gradient(sizes=[(2, 2)])
    ✓ (1.8) the gradient of the biases: 5 lines, 4 in all cases, 1 put in
    """
    yield chain(
        Partial(C, b(l)[j]),
        *through_weighted_inputs(b(l)[j], k),
        Line(sum_over(i, delta(l)[i] * Iverson(i, j)), "only $b_j^l$ itself moves"),
        Line(delta(l)[j], "only the term with $i = j$ remains"),
    )
    yield chain(Partial(C, b(l)), Line(delta(l), "the same for all $j$ at once"))


@over_networks(
    "the gradient of the weights", "1.9", layers=[(lambda last: range(1, last + 1), AT_EVERY())]
)
def weight_gradient(chain):
    """Prove equation 1.9: the gradient of the weights, and its matrix form.

    Examples
    --------
    >>> weight_gradient(sizes=[(2, 2)])
    ✓ (1.9) the gradient of the weights: 5 lines, 4 in all cases, 1 put in
    """
    yield chain(
        Partial(C, w(l)[j, k]),
        *through_weighted_inputs(w(l)[j, k], m),
        Line(
            sum_over(i, delta(l)[i] * Iverson(i, j) * a(l - 1)[k]),
            "only the term with $i = j$ and $m = k$ contains $w_{jk}^l$",
        ),
        Line(a(l - 1)[k] * delta(l)[j], "only the term with $i = j$ remains"),
    )
    yield chain(
        Partial(C, w(l)), Line(delta(l) @ a(l - 1).T, "the same for all $j$ and $k$ at once")
    )


class _Recursion(Network):
    """A network with the d^l that the algorithm computes from the last layer to the first."""

    def __init__(self, sizes: tuple[int, ...]) -> None:
        super().__init__(sizes)
        last = len(sizes) - 1
        for layer in range(last, 0, -1):
            rule = FIRST_STEP if layer == last else backward_step(d)
            self.names[d.name, layer] = rule.value(Scope(self, {"l": layer, "L": last}))


def _one_step(case: Case, rule: Expression) -> Case:
    """Let d of layer l be what a rule says, and d of a layer above it the error: induction."""
    names = case.model.names
    if len(case.model.sizes) > 2:
        names[d.name, 2] = case.model.look_up(delta.name, 2)
    names[d.name, 1] = rule.value(case)
    return case


@over_networks(
    "backpropagation",
    shortest=3,
    layers=(
        (lambda last: [last], _one_step(AT_LAST(), FIRST_STEP)),
        (lambda last: range(1, last), _one_step(AT_HIDDEN(), backward_step(d))),
        (lambda last: range(1, last + 1), _one_step(AT_EVERY(), delta(l))),
    ),
    kind=_Recursion,
    elementwise="Every activation is elementwise.",
    checked=(
        CHECKED,
        "In some cases the algorithm ran symbolically, and the gradient of every weight and bias "
        "equals SymPy's derivative of the cost.",
    ),
)
def backpropagation(at_last, at_hidden, at_every):
    """Prove that backpropagation finds the gradient of every parameter, by induction over layers.

    d^l stands for what the algorithm computes, and all derivatives are SymPy's own, of the cost as
    a function of the parameters.

    Examples
    --------
    >>> backpropagation(sizes=[(1, 2, 1)])
    ✓ backpropagation: 9 lines, 4 in all cases, 5 put in
    """
    yield at_last(
        Partial(C, z(L)),
        Line(FIRST_STEP, "(1.5)"),
        Line(d(L), "definition of $d^L$: with this the algorithm begins"),
    )
    yield at_hidden(
        Partial(C, z(l)),
        Line(Hadamard(w(l + 1).T @ Partial(C, z(l + 1)), slope(z(l))), "(1.7)"),
        Line(backward_step(d), "induction: what holds for layer $l+1$"),
        Line(d(l), "definition of $d^l$: this is what the algorithm computes next"),
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
