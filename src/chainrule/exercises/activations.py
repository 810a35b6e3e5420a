"""The exercises of section 1.3."""

import math
from collections.abc import Iterator

import numpy as np

from .core import Exercise, sigmoid, sigmoid_slope


def _activated(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(5):
        yield (np.tanh(rng.standard_normal(3)).round(2),)


def _far(rng: np.random.Generator) -> Iterator[tuple]:
    yield (np.array([-800.0, -1.5, 0.0, 1.5, 800.0]),)
    yield (rng.standard_normal(5).round(1),)


def _probabilities_with_upstream(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(5):
        yield rng.dirichlet(np.ones(3)), rng.standard_normal(3).round(1)


def _with_scale(rng: np.random.Generator) -> Iterator[tuple]:
    for scale in (0.5, 1.0, 2.0):
        yield rng.standard_normal(4).round(1) + 0.05, scale


EXERCISES = {
    "sigmoid-scaled": Exercise(difficulty=1, solution=1)
    .wrong(0.25, "that is the slope of σ itself; the chain rule brings a factor of 4")
    .wrong(4, "σ is not the identity: its own largest slope is ¼")
    .wrong(0.0625, "the inner derivative multiplies, it does not divide"),
    "tanh-slope": Exercise(
        difficulty=1, solution=lambda a: [1 - a_i * a_i for a_i in a], cases=_activated
    )
    .wrong(lambda a: a * (1 - a), "that is the sigmoid's")
    .wrong(lambda a: 1 - a, "the square is missing")
    .wrong(lambda a: 1 - np.tanh(a) ** 2, "a is tanh x already: do not apply it again"),
    "stable-sigmoid": Exercise(
        difficulty=2,
        solution=lambda x: [
            1 / (1 + math.exp(-x_i)) if x_i >= 0 else 1 - 1 / (1 + math.exp(x_i)) for x_i in x
        ],
        cases=_far,
    )
    .wrong(
        lambda x: np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))),
        "right for x ≤ 0; above, the numerator is 1",
    )
    .wrong(
        lambda x: np.where(x >= 0, 1, np.exp(-np.abs(x))) / (1 + np.exp(-2 * np.abs(x))),
        "right at 0 and far out only: both exponents are −|x|",
    )
    .wrong(lambda x: 1 / (1 + np.exp(-np.abs(x))), "right for x ≥ 0, but below 0 it gives σ(|x|)"),
    "softmax-shift": Exercise(difficulty=1, solution="b")
    .wrong("a", "the numerator is, but so is every term of the denominator")
    .wrong("c", "the others grow by the same factor, so its share is what it was")
    .wrong("d", "whatever they are, e⁵ is a factor of all of them"),
    "softmax-vjp": Exercise(
        difficulty=3,
        solution=lambda s, u: [
            sum(u[i] * s[i] * ((i == j) - s[j]) for i in range(len(s))) for j in range(len(s))
        ],
        cases=_probabilities_with_upstream,
    )
    .wrong(lambda s, u: u * s * (1 - s), "that is the diagonal of the Jacobian alone")
    .wrong(lambda s, u: s * (u - u.sum()), "the sum has the factors s_i, too")
    .wrong(lambda s, u: u * s, "the second term, −f_i f_j, is missing"),
    "temperature": Exercise(difficulty=2, solution=2)
    .wrong(0.5, "the logits are divided by T, not multiplied")
    .wrong(1, "at T = 1 the difference is 2, and the probability σ(2) ≈ 0.88")
    .wrong(4, "that makes the difference ½"),
    "elu-slope": Exercise(
        difficulty=1,
        solution=lambda x, alpha: [1.0 if x_i > 0 else alpha * math.exp(x_i) for x_i in x],
        cases=_with_scale,
    )
    .wrong(
        lambda x, a: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))),
        "right for x > 0, off by a factor of α below",
    )
    .wrong(
        lambda x, a: np.where(x > 0, 1.0, a * (np.exp(np.minimum(x, 0)) - 1)),
        "right for x > 0; below, the constant −α has no slope",
    )
    .wrong(lambda x, a: a * np.exp(np.minimum(x, 0)), "right below 0; for x > 0 the slope is 1"),
    "wrong-slope": Exercise(difficulty=2, solution="c")
    .wrong("a", "this one is right: take σ(x) out of equation 1.3.8a")
    .wrong("b", "this one is right: it is 1 − f(x)², factored")
    .wrong("d", "this one is right: 1 − σ(x) is σ(−x)"),
    "swish-slope": Exercise(
        difficulty=2,
        solution=lambda x, beta: [
            sigmoid(beta * x_i) + beta * x_i * sigmoid(beta * x_i) * sigmoid(-beta * x_i)
            for x_i in x
        ],
        cases=_with_scale,
    )
    .wrong(
        lambda x, b: sigmoid(b * x) + x * sigmoid_slope(b * x),
        "the inner derivative β is missing in the second term",
    )
    .wrong(lambda x, b: b * sigmoid_slope(b * x), "that is the slope of σ(βx): x is a factor, too")
    .wrong(
        lambda x, b: sigmoid(x) + x * sigmoid_slope(x), "right for β = 1 only: σ is taken at βx"
    ),
    "dead-neuron": Exercise(difficulty=1, solution=1)
    .wrong(4, "an error passes only where z is positive, not wherever the neuron is alive")
    .wrong(3, "the other way round: in three corners z is negative")
    .wrong(0, "at (0, 0) the weighted input is the bias, 0.5"),
    "maxout-relu": Exercise(difficulty=1, solution="b")
    .wrong("a", "max(x, −x) is |x|")
    .wrong("c", "max(x, 1) is 1, not 0, for negative x")
    .wrong("d", "max(0, −x) is ReLU of −x: it rises to the left"),
}
