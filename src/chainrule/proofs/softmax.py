"""Softmax and the cross-entropy: the Jacobian, the gradient, and why the cost is convex."""

from collections.abc import Sequence
from typing import Any

import sympy

from .cases import CHECKED, TRUSTED, letters, listed, published, require_sizes
from .core import GE, Case, Chain, Line, Proof, chains_in
from .expressions import Entry, Index, Number
from .models import Exponential, Model, matrix
from .normal import alike
from .operators import Iverson, Partial, function, sum_over
from .symbolic import total

__all__ = ["cross_entropy_convexity", "cross_entropy_gradient", "softmax_jacobian"]

C, a, v, y, z = map(Entry, "Cavyz")
exp, log = function(r"\exp"), function(r"\log")
i, j, m = map(Index, "ijm")

TARGETS = r"The targets add up to 1, $\sum_i y_i = 1$; they need not be 0 and 1."
SIGN = "That the last is not negative was found from the positive exponentials and real $v$."
PARAMETERS = """\
Parameters
----------
classes : sequence of int
    One or more numbers of classes, at least 2, for which every line is checked.

"""
ANY = "any number of classes"


def _cases(classes: Sequence[int]) -> tuple[Case, ...]:
    if not isinstance(classes, Sequence):
        raise ValueError(f"classes: expected numbers of classes of at least 2, got {classes!r}")
    what = "numbers of classes of at least 2"
    require_sizes([classes], "classes", 1, what)
    if min(classes) < 2:
        raise ValueError(f"classes: expected {what}, got {classes!r}")
    some = (Case(_softmax(n), {}, f"{n} classes") for n in classes)
    (every,) = letters("K")
    return (Case(_softmax(every), {}, ANY, every=True), *some)


def _softmax(classes: Any) -> Model:
    """Give z, y and v as symbols, and a and C in terms of them."""
    names = {name: matrix(name, classes, real=True) for name in "vyz"}
    powers = names["z"].applyfunc(Exponential)
    names["a"] = powers.applyfunc(lambda power: power / total(powers))
    names["C"] = -total(names["a"].applyfunc(sympy.log).multiply_elementwise(names["y"]))
    functions = {(r"\exp", 0): Exponential, (r"\log", 0): sympy.log}
    of_all, *others = alike(total(names["y"])).as_ordered_terms()
    return Model(names, functions, condition={of_all: 1 - sum(others)})


def _proof(title: str, hypotheses: tuple[str, ...], *chains: Chain, more: tuple = ()) -> Proof:
    some = f"{listed([case.name.split()[:1] for case in chains[0].cases[1:]])} classes"
    return Proof(title, (), hypotheses, chains, ANY, some, (CHECKED, *more), (TRUSTED,))


@published(PARAMETERS)
def softmax_jacobian(classes: Sequence[int] = (2, 3, 4)) -> Proof:
    """Prove the Jacobian of softmax, ∂a_i/∂z_j = a_i ([i = j] − a_j).

    Examples
    --------
    >>> softmax_jacobian(classes=[2])
    ✓ the Jacobian of softmax: 5 lines, 3 in all cases, 2 put in
    """
    chain = chains_in(_cases(classes))
    total = sum_over(m, exp(z[m]))
    definition = chain(a[i], Line(exp(z[i]) / total, "definition of softmax"))
    one = chain(
        Partial(a[i], z[j]),
        Line(Partial(exp(z[i]) / total, z[j]), "definition of softmax"),
        Line(
            (Iverson(i, j) * exp(z[i]) * total - exp(z[i]) * exp(z[j])) / total**2,
            "quotient rule; of the sum only the term with $m = j$ moves",
        ),
        Line(Iverson(i, j) * a[i] - a[i] * a[j], "definition of softmax"),
        Line(a[i] * (Iverson(i, j) - a[j]), r"$a_i$ taken out"),
    )
    return _proof("the Jacobian of softmax", (), definition, one)


COST = C, Line(-sum_over(i, y[i] * log(a[i])), "the cross-entropy")


@published(PARAMETERS)
def cross_entropy_gradient(classes: Sequence[int] = (2, 3, 4)) -> Proof:
    """Prove the gradient of the cross-entropy in the logits, a_j − y_j.

    Examples
    --------
    >>> cross_entropy_gradient(classes=[2])
    ✓ the gradient of the cross-entropy: 6 lines, 4 in all cases, 2 put in
    """
    chain = chains_in(_cases(classes))
    one = chain(
        Partial(C, z[j]),
        Line(
            -sum_over(i, y[i] / a[i] * Partial(a[i], z[j])),
            "chain rule; the slope of $\\log a$ is $1/a$",
        ),
        Line(-sum_over(i, y[i] / a[i] * a[i] * (Iverson(i, j) - a[j])), "the Jacobian of softmax"),
        Line(-sum_over(i, y[i] * (Iverson(i, j) - a[j])), "$a_i$ cancels"),
        Line(a[j] * sum_over(i, y[i]) - y[j], "the two parts of the sum"),
        Line(a[j] - y[j], "the targets add up to 1", given=True),
    )
    return _proof("the gradient of the cross-entropy", (TARGETS,), chain(*COST), one)


@published(PARAMETERS)
def cross_entropy_convexity(classes: Sequence[int] = (2, 3)) -> Proof:
    """Prove that the cross-entropy is convex in the logits: its Hessian H has vᵀ H v ≥ 0.

    Examples
    --------
    >>> cross_entropy_convexity(classes=[2])
    ✓ the cross-entropy is convex in the logits: 8 lines, 7 in all cases, 1 put in
    """
    chain = chains_in(_cases(classes))
    hessian = chain(
        Partial(Partial(C, z[i]), z[j]),
        Line(Partial(a[i] - y[i], z[j]), "the gradient of the cross-entropy", given=True),
        Line(Partial(a[i], z[j]), "the targets do not depend on $z$"),
        Line(a[i] * (Iverson(i, j) - a[j]), "the Jacobian of softmax"),
    )
    form = chain(
        sum_over(i, sum_over(j, v[i] * Partial(Partial(C, z[i]), z[j]) * v[j])),
        Line(
            sum_over(i, sum_over(j, v[i] * a[i] * (Iverson(i, j) - a[j]) * v[j])),
            "the Hessian",
            given=True,
        ),
        Line(
            sum_over(i, a[i] * v[i] ** 2) - sum_over(i, a[i] * v[i]) ** 2,
            "the two parts of the sum: the variance of $v$ under $a$",
        ),
        Line(
            Number(1) / 2 * sum_over(i, sum_over(j, a[i] * a[j] * (v[i] - v[j]) ** 2)),
            r"$\sum_i a_i = 1$: multiply the square out to go back",
        ),
        Line(Number(0), "squares, with weights that are positive", relation=GE),
    )
    title = "the cross-entropy is convex in the logits"
    return _proof(title, (TARGETS,), chain(*COST), hessian, form, more=(SIGN,))
