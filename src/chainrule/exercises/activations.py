"""The exercises of section 1.3."""

import math
from collections.abc import Callable, Iterator

import numpy as np

from .core import Exercise, sigmoid, sigmoid_slope
from .variants import Drawn

CHOSEN = ((1.7159, 2 / 3), (2.0, 1.5), (0.5, 3.0), (1.0, 0.25), (3.0, 1.0))  # height and pace


def _values_of_a_tanh(rng: np.random.Generator) -> Iterator[tuple]:
    for size, (c, k) in enumerate(CHOSEN, 1):
        x = rng.standard_normal(size).round(1) * (np.arange(size) != 2)
        yield c * np.tanh(k * x), c, k
    yield np.array([[0.5, -1.0], [-0.25, 0.0]]), 1.2, 0.8


def _far(rng: np.random.Generator) -> Iterator[tuple]:
    yield (np.array([-2.0]),)
    yield (np.array([800.0, -1.5, 0.0, 3.0, 0.25]),)
    yield (np.array([-800.0, 1.5, 0.0]),)
    # between 3 and these may lie whatever an answer cuts off at
    yield (np.array([0.5, 20.0]),)
    yield (np.array([-80.0]),)
    yield (np.array([[0.5, -1.0], [-3.0, 2.0]]),)
    yield (rng.standard_normal(4).round(1),)


def _probabilities_with_upstream(rng: np.random.Generator) -> Iterator[tuple]:
    for classes in (3, 1, 4, 2, 5):
        upstream = rng.standard_normal(classes).round(1) + 0.05
        upstream[2:] = rng.permutation([0.0, 2.0, -1.0][: max(0, classes - 2)])
        yield rng.dirichlet(np.ones(classes)), upstream


def _with_scale(rng: np.random.Generator) -> Iterator[tuple]:
    for size, scale in enumerate((0.5, 1.0, 2.0, 1.7), 1):
        yield np.array([-1.5, 0.0, 2.0, 0.25])[:size], scale
    yield np.array([800.0, -0.5, 0.75, 0.0, -3.0]), 0.3
    yield np.array([-800.0, 0.5, 1.0]), 3.0
    yield np.array([2.0, -28.0, 20.0]), 0.9  # see _far
    yield np.array([[0.5, -1.0], [-3.0, 2.0]]), 0.6
    yield rng.standard_normal(6).round(1), 1.3


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


_sigmoids = np.vectorize(_sigmoid, otypes=[float])


def _slopes(x: np.ndarray) -> np.ndarray:
    return _sigmoids(x) * _sigmoids(-x)


def _swish_slopes(x: np.ndarray) -> np.ndarray:
    return _sigmoids(x) + x * _slopes(x)


def _cut(f: Callable[[np.ndarray], np.ndarray], below: float, above: float) -> Callable:
    """Give a function that is a constant below −5, and another one above 5."""
    return lambda x: np.where(x < -5, below, np.where(x > 5, above, f(x)))


def _temperature(gap: int = 2) -> Exercise:
    return (
        Exercise(difficulty=2, solution=gap)
        .wrong(1 / gap, "the logits are divided by T, not multiplied")
        .wrong(
            1,
            f"at T = 1 the difference stays {gap}, and the probability is σ({gap}) ≈ "
            f"{sigmoid(gap):.2f}",
        )
        .wrong(
            gap**2,
            f"that makes the difference {'½⅓¼⅕'[gap - 2]}; which difference has the sigmoid 0.731?",
        )
    )


def _dead(first: float = 2, third: float = 1.5) -> Exercise:
    most = first + third
    return (
        Exercise(difficulty=2, solution=-most)
        .wrong(most, "the sign is wrong: the bias has to pull the largest weighted sum down to 0")
        .wrong(1 - most, "that is for the corner (1, 1, 1); the second input does better at 0")
        .wrong(
            -1 - most,
            "the second weight is negative: its input adds nothing at 0, and takes away above 0",
        )
        .wrong(0, "that is for the corner (0, 0, 0); where is z largest?")
        .wrong(-first, "the third weight is positive, too")
    )


EXERCISES = {
    "sigmoid-scaled": Exercise(
        difficulty=2, solution=float(4 * sigmoid_slope(4.0) / sigmoid_slope(1.0)), bound=1e-4
    )
    .wrong(4, "that is so at 0; at x = 1 the two slopes are 4σ′(4) and σ′(1)")
    .wrong(
        sigmoid_slope(4.0) / sigmoid_slope(1.0),
        "the inner derivative is missing: the chain rule brings a factor of 4",
    )
    .wrong(4 * sigmoid_slope(4.0), "that is the slope of σ(4x) itself: divide it by that of σ(x)")
    .wrong(
        sigmoid_slope(1.0) / sigmoid_slope(4.0) / 4,
        "the other way round: that is how much larger the slope of σ(x) is",
    )
    .wrong(sigmoid(4.0) / sigmoid(1.0), "those are the values: compare the slopes"),
    "tanh-slope": Exercise(
        difficulty=2,
        solution=lambda a, c, k: c * k * (1 - (a / c) * (a / c)),
        cases=_values_of_a_tanh,
    )
    .wrong(lambda a, c, k: 1 - a**2, "that is the slope of tanh x; here are c and k, too")
    .wrong(
        lambda a, c, k: c * k * (1 - a**2),
        "a is c tanh(kx): divide it by c before you square it",
    )
    .wrong(lambda a, c, k: k * (1 - (a / c) ** 2), "the factor c in front of tanh is missing")
    .wrong(lambda a, c, k: c * (1 - (a / c) ** 2), "the inner derivative k is missing")
    .wrong(lambda a, c, k: 1 - (a / c) ** 2, "the chain rule brings two factors, c and k")
    .wrong(lambda a, c, k: c * k * (1 - a / c), "tanh is squared in equation 1.3.3a")
    .wrong(
        lambda a, c, k: c * k * (1 - np.tanh(k * a) ** 2),
        "a is a value, not x: do not apply tanh to it again",
    ),
    "stable-sigmoid": Exercise(
        difficulty=2,
        solution=_sigmoids,
        cases=_far,
        cancels=False,
    )
    .wrong(
        lambda x: 1 / (1 + np.exp(-x)),
        "right, until e^−x overflows at x = −800: let no exponent be positive",
    )
    .wrong(
        lambda x: np.exp(x) / (1 + np.exp(x)),
        "right, until e^x overflows at x = 800: let no exponent be positive",
    )
    .wrong(
        lambda x: np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))),
        "np.where computes both branches, and the one that is not used overflows",
    )
    .wrong(
        lambda x: np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))),
        "right for x ≤ 0; above 0 the numerator is 1",
    )
    .wrong(
        lambda x: np.where(x >= 0, 1, np.exp(-np.abs(x))) / (1 + np.exp(-2 * np.abs(x))),
        "right at 0 and far out only: both exponents are −|x|",
    )
    .wrong(lambda x: 1 / (1 + np.exp(-np.abs(x))), "right for x ≥ 0, but below 0 it gives σ(|x|)")
    .wrong(
        _cut(_sigmoids, 0.0, 1.0),
        "cut off: σ(20) is 1 − 2·10⁻⁹, not 1, and σ(−20) is 2·10⁻⁹, not 0. Nothing has to be cut "
        "off if no exponent is positive",
    )
    .wrong(
        lambda x: (1 + np.tanh(x / 2)) / 2,
        "right as long as σ(x) is not small; where it is added to 1, or taken from it, or cut off, "
        "it is lost: σ(−80) is 1.8·10⁻³⁵, not 0",
    ),
    "softmax-shift": Exercise(difficulty=1, solution="d")
    .wrong("a", "its numerator is; what happens to the denominator?")
    .wrong("b", "all other terms grow by the same factor, so its share is what it was")
    .wrong("c", "whatever they are, e⁵ is a factor of all of them"),
    "softmax-vjp": Exercise(
        difficulty=3,
        solution=lambda s, u: [
            sum(u[i] * s[i] * ((i == j) - s[j]) for i in range(len(s))) for j in range(len(s))
        ],
        cases=_probabilities_with_upstream,
    )
    .wrong(
        lambda s, u: u * s * (1 - s),
        "that is the diagonal of the Jacobian alone: the second term is a sum over all i",
    )
    .wrong(lambda s, u: s * (u - u.sum()), "each u_i in the sum is multiplied by its f_i")
    .wrong(lambda s, u: s * ((u * s).sum() - u), "the signs of both terms are flipped")
    .wrong(lambda s, u: u * s, "the second term, with −f_i f_j, is missing"),
    "temperature": _temperature(),
    "elu-slope": Exercise(
        difficulty=2,
        solution=np.vectorize(
            lambda x, alpha: 1.0 if x > 0 else alpha * math.exp(x), otypes=[float]
        ),
        cases=_with_scale,
        cancels=False,
    )
    .wrong(
        lambda x, alpha: np.where(x > 0, 1.0, alpha * np.exp(x)),
        "right, until e^x overflows at x = 800: np.where computes both branches",
    )
    .wrong(
        lambda x, alpha: np.where(x >= 0, 1.0, alpha * np.exp(np.minimum(x, 0))),
        "right except at x = 0, where the slope should be that of the left side",
    )
    .wrong(
        lambda x, alpha: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))),
        "right for x > 0; below, the factor α is missing",
    )
    .wrong(
        lambda x, alpha: np.where(x > 0, 1.0, alpha * (np.exp(np.minimum(x, 0)) - 1)),
        "right for x > 0; below, that is f(x) itself: the constant −α has no slope",
    )
    .wrong(
        lambda x, alpha: alpha * np.exp(np.minimum(x, 0)), "right up to 0; above, the slope is 1"
    )
    .wrong(
        lambda x, alpha: np.where(x < -5, 0.0, np.where(x > 0, 1.0, alpha * np.exp(-np.abs(x)))),
        "cut off: far below 0 the slope is small, but not 0. e^x does not overflow there",
    ),
    "wrong-slope": Exercise(difficulty=2, solution="c")
    .wrong("a", "this one is right: take σ(x) out of equation 1.3.8a")
    .wrong("b", "this one is right: it is 1 − f(x)², factored")
    .wrong("d", "this one is right: 1 − σ(x) is σ(−x)"),
    "swish-slope": Exercise(
        difficulty=2,
        solution=lambda x, beta: _swish_slopes(beta * x),
        cases=_with_scale,
    )
    .wrong(
        lambda x, beta: sigmoid(beta * x) + beta * x * sigmoid_slope(beta * x),
        "right, until e^−βx overflows at x = −800: use a sigmoid that does not",
    )
    .wrong(
        lambda x, beta: _sigmoids(beta * x) + x * _slopes(beta * x),
        "the inner derivative β is missing in the second term",
    )
    .wrong(
        lambda x, beta: beta * _slopes(beta * x),
        "that is the slope of σ(βx): x is a factor, too",
    )
    .wrong(
        lambda x, beta: x * beta * _slopes(beta * x),
        "that is the second term of the product rule: add the first",
    )
    .wrong(lambda x, beta: _swish_slopes(x), "right for β = 1 only: σ is taken at βx")
    .wrong(
        lambda x, beta: _cut(_swish_slopes, 0.0, 1.0)(beta * x),
        "cut off: far from 0 the slope is neither 0 nor 1 yet. No number has to be cut off with a "
        "sigmoid whose exponents are never positive",
    ),
    "dead-neuron": _dead(),
    "maxout-relu": Exercise(difficulty=2, solution="a")
    .wrong("b", "this is max(x, 0): the second piece is a constant")
    .wrong("c", "this is max(x, 0.1x), since 0.1 ≤ 1")
    .wrong("d", "this is max(x, −x)"),
}

DRAWN = {
    "temperature": Drawn(
        _temperature, {"gap": (3, 4, 5)}, lambda gap: [f"logits differ by {gap}."]
    ),
    "dead-neuron": Drawn(
        _dead,
        {"first": (2.5, 4, 5), "third": (0.5, 2.5)},
        lambda first, third: [f"$w = ({first}, -1, {third})$"],
    ),
}
