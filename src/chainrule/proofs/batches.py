"""Batches: the gradients of a batch, equation 1.1.2c, and the mean over random batches."""

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import sympy

from .cases import CHECKED, TRUSTED, letters, listed, published, require_sizes
from .core import Case, Line, Proof, chains_in
from .expressions import Entry, Expression, Index
from .models import Batch, Model, matrix
from .operators import Big, Binomial, Component, Expectation, Iverson, Partial, sum_over
from .scope import Scope
from .symbolic import IN, Place, added, in_all

__all__ = ["batch_gradient", "minibatch_mean"]

A, C, N, b, c, g, w, Z, Delta = map(Entry, (*"ACNbcgwZ", r"\Delta"))
i, j, k, l, m, n, batch = map(Index, "ijklmnB")  # noqa: E741 -- as on the page

ANY = "any numbers of samples, inputs and neurons"
ANY_DRAW = "any A and N"


@published()
def batch_gradient(shapes: Sequence[Sequence[int]] = ((2, 3, 2), (3, 2, 1), (3, 1, 2))) -> Proof:
    """Prove equation 1.1.2c: the gradients of a batch are sums over its samples.

    Parameters
    ----------
    shapes : sequence of (samples, inputs, neurons)
        One or more batches and layers for which every line is checked, all numbers positive.

    Examples
    --------
    >>> batch_gradient(shapes=[(2, 1, 2)])
    ✓ (1.1.2c) the gradients of a batch: 10 lines, 8 in all cases, 2 put in
    """
    what = "triples (samples, inputs, neurons) of positive numbers"
    every = Case(Batch(letters("N", "n_{l-1}", "n_l")), {"l": 1}, ANY, every=True)
    some = (
        Case(Batch(shape), {"l": 1}, f"samples × inputs × neurons {listed([shape], '×')}")
        for shape in require_sizes(shapes, "shapes", 3, what, at_most=3)
    )
    chain = chains_in((every, *some))
    weighted_input = sum_over(m, A(l - 1)[n, m] * w(l)[i, m]) + b(l)[i]

    def steps(x: Entry) -> tuple[Line, ...]:
        return (
            Line(sum_over(n, Partial(c[n], x)), "$C$ is the sum of the samples' costs"),
            Line(
                sum_over(n, sum_over(i, Partial(c[n], Z(l)[n, i]) * Partial(Z(l)[n, i], x))),
                "chain rule: a sample's cost depends on its own weighted inputs",
            ),
            Line(
                sum_over(n, sum_over(i, Delta(l)[n, i] * Partial(weighted_input, x))),
                r"definition of $\Delta^l$, and of the weighted inputs, (1.1.1a)",
            ),
        )

    weights = chain(
        Partial(C, w(l)[j, k]),
        *steps(w(l)[j, k]),
        Line(
            sum_over(n, Delta(l)[n, j] * A(l - 1)[n, k]),
            "only the term with $i = j$ and $m = k$ contains $w_{jk}^l$",
        ),
        Line(Component(Delta(l).T @ A(l - 1), (j, k)), "a row of the transpose times a column"),
    )
    all_weights = chain(
        Partial(C, w(l)), Line(Delta(l).T @ A(l - 1), "the same for all $j$ and $k$")
    )
    biases = chain(
        Partial(C, b(l)[j]),
        *steps(b(l)[j]),
        Line(sum_over(n, Delta(l)[n, j]), "only the term with $i = j$ contains $b_j^l$"),
    )
    return Proof(
        "the gradients of a batch",
        ("1.1.2c",),
        (
            "The cost of the batch is a sum over samples, $C = \\sum_n c_n$; in a mean the factor "
            "$1/N$ is part of $c_n$.",
            "Each $c_n$ is a differentiable function of row $n$ of $Z^l$ alone, and $w^l$ and "
            "$b^l$ act on it through that row only.",
        ),
        (weights, all_weights, biases),
        ANY,
        f"samples × inputs × neurons {listed([tuple(s) for s in shapes], '×')}",
        (CHECKED,),
        ("Differentiability is a hypothesis.", TRUSTED),
    )


class _Draw(Model):
    """A batch of N of the A samples, drawn without replacement, all batches alike."""

    def __init__(self, samples: int, size: int) -> None:
        every = range(1, samples + 1)
        super().__init__(
            {"A": sympy.Integer(samples), "N": sympy.Integer(size), "g": matrix("g", samples)},
            ranges={"B": list(combinations(every, size)), "i": list(every)},
        )

    def expectation(self, body: Expression, scope: Scope) -> Any:
        """Take the mean over all batches."""
        values = [body.value(scope.bind(B=each)) for each in self.ranges["B"]]
        return sum(values) / len(values)


class _AnyDraw(Model):
    """The same for letters; that each sample is in so many batches is taken from line (1)."""

    def __init__(self) -> None:
        samples, size = letters("A", "N")
        names = {"A": samples, "N": size, "g": matrix("g", samples)}
        super().__init__(names, ranges={"B": [Place("B", sympy.binomial(samples, size))]})

    def within(self, batch: Any, term: Callable[[Any], Any]) -> Any:
        """Give the sum of a term over all samples, times whether they are in the batch."""
        return added(lambda i: term(i) * IN[i, batch], self.names["A", None])

    def expectation(self, body: Expression, scope: Scope) -> Any:
        """Take the mean over all batches."""
        (batch,) = self.ranges["B"]
        return in_all(lambda each: body.value(scope.bind(B=each)), [batch]) / batch.size

    def under_condition(self, value: Any) -> Any:
        """Put the number of batches that contain a sample instead of the sum that counts them."""
        count = sympy.binomial(*(self.names[name, None] - 1 for name in "AN"))
        return value.replace(
            lambda part: (
                isinstance(part, sympy.Sum)
                and isinstance(part.function, sympy.Indexed)
                and part.function.base == IN
                and part.function.indices[1] == part.limits[0][0]  # over the batches
            ),
            lambda part: count,
        )


@published()
def minibatch_mean(
    draws: Sequence[Sequence[int]] = ((3, 1), (3, 2), (4, 2), (4, 4), (5, 3)),
) -> Proof:
    """Prove that the gradient of a random batch is on average that of all samples.

    Parameters
    ----------
    draws : sequence of (A, N)
        One or more pairs with 1 ≤ N ≤ A: how many samples there are, and how many a batch takes;
        all batches are enumerated.

    Examples
    --------
    >>> minibatch_mean(draws=[(3, 2)])
    ✓ the mean over random batches: 6 lines,
      4 in all cases, 1 in some cases, 1 put in
    """
    what = "pairs (A, N) with 1 ≤ N ≤ A"
    pairs = require_sizes(draws, "draws", 2, what, at_most=2)
    if any(size > samples for samples, size in pairs):
        raise ValueError(f"draws: expected {what}, got {draws!r}")
    every = Case(_AnyDraw(), {}, ANY_DRAW, every=True)
    some = [Case(_Draw(*pair), {}, f"(A, N) = {pair}") for pair in pairs]
    counted, for_letters, chain = map(chains_in, (some, [every], [every, *some]))
    of_batch = 1 / N * Big(i, g[i], within=batch)
    share = Binomial(A - 1, N - 1) / Binomial(A, N)
    count = counted(
        sum_over(batch, Iverson(i, batch, r"\in")),
        Line(Binomial(A - 1, N - 1), "the other $N - 1$ are chosen from the other $A - 1$"),
    )
    ratio = for_letters(share, Line(N / A, "the factorials cancel"))
    mean = chain(
        Expectation(of_batch, batch),
        Line(
            1 / Binomial(A, N) * sum_over(batch, of_batch),
            "definition of the expectation: all batches are equally likely",
        ),
        Line(
            1
            / (N * Binomial(A, N))
            * sum_over(i, g[i] * sum_over(batch, Iverson(i, batch, r"\in"))),
            "each sample counts once for each batch that contains it",
        ),
        Line(
            1 / N * share * sum_over(i, g[i]),
            "line (1): so many batches contain a sample, the same number for each",
            given=True,
        ),
        Line(1 / A * sum_over(i, g[i]), "the ratio above"),
    )
    return Proof(
        "the mean over random batches",
        (),
        (
            "A batch $B$ is $N$ of the $A$ samples, drawn without replacement; all batches are "
            "equally likely.",
        ),
        (count, ratio, mean),
        ANY_DRAW,
        f"(A, N) = {', '.join(map(str, pairs))}",
        (
            "In some cases every line but (2) was computed over all batches, with a symbol for "
            "each sample's gradient.",
            "In all cases the sums over samples and batches have as many terms as letters say.",
        ),
        ("That line (1) holds for other numbers than those tried is left to its reason.",),
    )
