"""The exercises of section 1.6."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from .core import Exercise
from .variants import Drawn

NUMBERS = [2.0, -1.5, 0.5, 0.0, -1.0, 3.0, 0.25, -0.75]


def _filled(rng: np.random.Generator, *shapes: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    return tuple(rng.permutation(np.resize(NUMBERS, np.prod(s))).reshape(s) for s in shapes)


def _quotients(rng: np.random.Generator) -> Iterator[tuple]:
    yield from ((3.0, 2.0, 1.0), (-1.0, 0.5, 2.0), (0.0, -4.0, -0.5), (6, -3, 5), (0.2, 5, 0))


def _rows(rng: np.random.Generator) -> Iterator[tuple]:
    for shape in ((3, 2), (1, 4), (4, 1), (2, 2), (3, 5)):
        x, s, g = _filled(rng, shape, shape[1:], shape)
        yield x, s, g


def _pairs(rng: np.random.Generator) -> Iterator[tuple]:
    for n, n_in, hidden in ((3, 2, 2), (1, 3, 2), (2, 1, 3), (2, 2, 2), (4, 3, 1)):
        yield _filled(rng, (n, n_in), (hidden, n_in), (n, n_in))


def _tied(x: Any, w: Any, g: Any) -> list[list[float]]:
    samples, hidden, inputs = range(len(x)), range(len(w)), range(len(w[0]))
    h = [[sum(x[n][i] * w[j][i] for i in inputs) for j in hidden] for n in samples]
    back = [[sum(g[n][i] * w[j][i] for i in inputs) for j in hidden] for n in samples]
    return [
        [sum(h[n][j] * g[n][i] + back[n][j] * x[n][i] for n in samples) for i in inputs]
        for j in hidden
    ]


def _scaled_back(x: Any, s: Any, g: Any) -> list[list[float]]:
    rows, columns = range(len(g)), range(len(s))
    return [
        [sum(g[n][i] * x[n][i] for n in rows) for i in columns],
        [sum(g[n][i] for n in rows) for i in columns],
    ]


def _three_times(y: int = 2) -> Exercise:
    to_v = 2 * (y + 1)
    return (
        Exercise(difficulty=1, solution=to_v * (y + 1) + 1)
        .wrong(to_v * (y + 1), "x goes into C directly, too: that arrow brings 1")
        .wrong(to_v * y + 1, f"the arrow from x straight to v is missing: it brings {to_v}")
        .wrong(to_v + 1, f"the arrow from x to u is missing: it brings {to_v} y = {to_v * y}")
        .wrong(to_v * y, "that is what comes by way of u alone; three arrows leave x")
        .wrong(1, "that is the last arrow's part alone; add all three")
        .wrong(to_v, "that is ∂C/∂v; go on to x")
        .wrong((y + 1) ** 2 + 1, f"v is used twice in v v: ∂C/∂v = 2 v = {to_v}")
    )


def _passes(inputs: int = 5, outputs: int = 200) -> Exercise:
    return (
        Exercise(difficulty=1, solution=inputs)
        .wrong(outputs, "that is what reverse mode takes, one pass for each output")
        .wrong(
            1,
            f"one pass gives the derivatives in one direction, and there are {inputs} inputs",
        )
        .wrong(
            inputs * outputs,
            f"that is how many derivatives there are; a pass gives {outputs} of them",
        )
    )


def _twice(x: float = 3.0) -> Exercise:
    each = 2 * x
    return (
        Exercise(difficulty=2, solution=2 * each)
        .wrong(each, "`backward` adds to `.grad`, and nothing set it back between the two")
        .wrong(3 * each, f"there were two backward passes, and each adds {each:g}")
        .wrong(each**2, "they are added, not multiplied")
        .wrong(0, "nothing sets `.grad` to 0 unless you do")
    )


EXERCISES = {
    "used-three-times": _three_times(),
    "which-order": Exercise(difficulty=2, solution="c")
    .wrong("a", "u would go on to x before v has brought its part to u")
    .wrong("b", "x would have its turn before u has brought its part to x")
    .wrong("d", "v would take its turn before C has brought its parts: nothing goes on"),
    "quotient-back": Exercise(
        difficulty=2, solution=lambda a, b, g: [g / b, -g * a / b**2], cases=_quotients
    )
    .wrong(lambda a, b, g: [g / b, g * a / b**2], "the sign: if b grows, a / b falls")
    .wrong(lambda a, b, g: [g / b, -g * a / b], "the slope of 1/b is −1/b²: b has to be squared")
    .wrong(lambda a, b, g: [g / b, -g / b**2], "a is missing: a / b is a times 1/b")
    .wrong(lambda a, b, g: [g * b, -g * a / b**2], "a / b grows with a at the rate 1/b, not b")
    .wrong(lambda a, b, g: [-g * a / b**2, g / b], "the two are swapped: first that of a")
    .wrong(lambda a, b, g: [1 / b, -a / b**2], "these are the slopes; multiply each by g")
    .wrong(lambda a, b, g: [g * b, g * a], "that belongs to the product a b"),
    "scale-and-shift": Exercise(difficulty=2, solution=_scaled_back, cases=_rows)
    .wrong(
        lambda x, s, g: [(g * x).mean(0), g.mean(0)],
        "the rows are added up, not averaged: each copy acts by itself",
    )
    .wrong(
        lambda x, s, g: [(g * x).sum(1), g.sum(1)],
        "that adds up along each row: s and b have one number for each column",
    )
    .wrong(
        lambda x, s, g: [(g * x).sum(), g.sum()],
        "that adds up all: s and b have one number for each column",
    )
    .wrong(lambda x, s, g: [g * x, g], "the copies have to be added up: s and b have one row")
    .wrong(lambda x, s, g: [g.sum(0), g.sum(0)], "s multiplies x: each part of it has the factor x")
    .wrong(
        lambda x, s, g: [(g * s).sum(0), g.sum(0)],
        "g s is the way back to x; that to s has the other factor, x",
    )
    .wrong(lambda x, s, g: [g.sum(0), (g * x).sum(0)], "the two are swapped: first that of s")
    .wrong(
        lambda x, s, g: [g.sum(0) * x.sum(0), g.sum(0)],
        "multiply first and add up then: each row has its own x",
    ),
    "tied-weights": Exercise(difficulty=3, solution=_tied, cases=_pairs)
    .wrong(
        lambda x, w, g: (x @ w.T).T @ g,
        "that is the second use alone, in h w; w acts through h = x wᵀ, too",
    )
    .wrong(
        lambda x, w, g: (g @ w.T).T @ x,
        "that is the first use alone, in x wᵀ; w stands in h w, too",
    )
    .wrong(
        lambda x, w, g: ((x @ w.T).T @ g + (g @ w.T).T @ x) / 2,
        "the two uses are added, not averaged",
    )
    .wrong(lambda x, w, g: (x @ w.T).T @ g - (g @ w.T).T @ x, "both uses add; none is subtracted")
    .wrong(
        lambda x, w, g: ((x @ w.T).T @ g + (g @ w.T).T @ x).T,
        "transposed: the gradient has the shape of w",
    ),
    "forward-passes": _passes(),
    "forward-count": Exercise(difficulty=2, solution=351)
    .wrong(
        117,
        "that is 13 forward passes with values alone; each product takes two more for the tangents",
    )
    .wrong(234, "that leaves out the values: a product of duals takes three products")
    .wrong(21, "that is reverse mode")
    .wrong(27, "that is a single pass; there are 13 parameters")
    .wrong(
        243,
        "either the biases are missing, or the values computed once: here each pass does it",
    ),
    "after-two-backwards": _twice(),
}

DRAWN = {
    "used-three-times": Drawn(_three_times, {"y": (3, 4, 5)}, lambda y: [f"and $y = {y}$"]),
    "forward-passes": Drawn(
        _passes,
        {"inputs": (3, 8, 12), "outputs": (50, 100, 400)},
        lambda inputs, outputs: [f"has {inputs} inputs and {outputs} outputs"],
    ),
    "after-two-backwards": Drawn(_twice, {"x": (4.0, 5.0, 6.0)}, lambda x: [f"torch.tensor({x},"]),
}
