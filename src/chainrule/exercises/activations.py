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
    "sigmoid-scaled": Exercise(
        difficulty=1,
        solution=1,
        mistakes=(
            (0.25, "that is the slope of σ itself; the chain rule brings a factor of 4"),
            (4, "σ is not the identity: its own largest slope is ¼"),
            (0.0625, "the inner derivative multiplies, it does not divide"),
        ),
    ),
    "tanh-slope": Exercise(
        difficulty=1,
        solution=lambda a: [1 - a_i * a_i for a_i in a],
        mistakes=(
            (lambda a: a * (1 - a), "that is the sigmoid's"),
            (lambda a: 1 - a, "the square is missing"),
            (lambda a: 1 - np.tanh(a) ** 2, "a is tanh x already: do not apply it again"),
        ),
        cases=_activated,
    ),
    "stable-sigmoid": Exercise(
        difficulty=2,
        solution=lambda x: [
            1 / (1 + math.exp(-x_i)) if x_i >= 0 else 1 - 1 / (1 + math.exp(x_i)) for x_i in x
        ],
        mistakes=(
            (
                lambda x: np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))),
                "right for x ≤ 0; above, the numerator is 1",
            ),
            (
                lambda x: np.where(x >= 0, 1, np.exp(-np.abs(x))) / (1 + np.exp(-2 * np.abs(x))),
                "right at 0 and far out only: both exponents are −|x|",
            ),
            (
                lambda x: 1 / (1 + np.exp(-np.abs(x))),
                "right for x ≥ 0, but below 0 it gives σ(|x|)",
            ),
        ),
        cases=_far,
    ),
    "softmax-shift": Exercise(
        difficulty=1,
        solution="b",
        mistakes=(
            ("a", "the numerator is, but so is every term of the denominator"),
            ("c", "the others grow by the same factor, so its share is what it was"),
            ("d", "whatever they are, e⁵ is a factor of all of them"),
        ),
    ),
    "softmax-vjp": Exercise(
        difficulty=3,
        solution=lambda s, u: [
            sum(u[i] * s[i] * ((i == j) - s[j]) for i in range(len(s))) for j in range(len(s))
        ],
        mistakes=(
            (lambda s, u: u * s * (1 - s), "that is the diagonal of the Jacobian alone"),
            (lambda s, u: s * (u - u.sum()), "the sum has the factors s_i, too"),
            (lambda s, u: u * s, "the second term, −f_i f_j, is missing"),
        ),
        cases=_probabilities_with_upstream,
    ),
    "temperature": Exercise(
        difficulty=2,
        solution=2,
        mistakes=(
            (0.5, "the logits are divided by T, not multiplied"),
            (1, "at T = 1 the difference is 2, and the probability σ(2) ≈ 0.88"),
            (4, "that makes the difference ½"),
        ),
    ),
    "elu-slope": Exercise(
        difficulty=1,
        solution=lambda x, alpha: [1.0 if x_i > 0 else alpha * math.exp(x_i) for x_i in x],
        mistakes=(
            (
                lambda x, alpha: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))),
                "right for x > 0, off by a factor of α below",
            ),
            (
                lambda x, alpha: np.where(x > 0, 1.0, alpha * (np.exp(np.minimum(x, 0)) - 1)),
                "right for x > 0; below, the constant −α has no slope",
            ),
            (
                lambda x, alpha: alpha * np.exp(np.minimum(x, 0)),
                "right below 0; for x > 0 the slope is 1",
            ),
        ),
        cases=_with_scale,
    ),
    "wrong-slope": Exercise(
        difficulty=2,
        solution="c",
        mistakes=(
            ("a", "this one is right: take σ(x) out of equation 1.3.8a"),
            ("b", "this one is right: it is 1 − f(x)², factored"),
            ("d", "this one is right: 1 − σ(x) is σ(−x)"),
        ),
    ),
    "swish-slope": Exercise(
        difficulty=2,
        solution=lambda x, beta: [
            sigmoid(beta * x_i) + beta * x_i * sigmoid(beta * x_i) * sigmoid(-beta * x_i)
            for x_i in x
        ],
        mistakes=(
            (
                lambda x, beta: sigmoid(beta * x) + x * sigmoid_slope(beta * x),
                "the inner derivative β is missing in the second term",
            ),
            (
                lambda x, beta: beta * sigmoid_slope(beta * x),
                "that is the slope of σ(βx): x is a factor, too",
            ),
            (
                lambda x, beta: sigmoid(x) + x * sigmoid_slope(x),
                "right for β = 1 only: σ is taken at βx",
            ),
        ),
        cases=_with_scale,
    ),
    "dead-neuron": Exercise(
        difficulty=1,
        solution=1,
        mistakes=(
            (4, "an error passes only where z is positive, not wherever the neuron is alive"),
            (3, "the other way round: in three corners z is negative"),
            (0, "at (0, 0) the weighted input is the bias, 0.5"),
        ),
    ),
    "maxout-relu": Exercise(
        difficulty=1,
        solution="b",
        mistakes=(
            ("a", "max(x, −x) is |x|"),
            ("c", "max(x, 1) is 1, not 0, for negative x"),
            ("d", "max(0, −x) is ReLU of −x: it rises to the left"),
        ),
    ),
}
