"""The exercises of sections 1.2.1 and 1.2.2."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from .core import Exercise, vectors


def _momentum_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for w, v in vectors(rng):
        yield w, v, rng.standard_normal(2).round(1), 0.1, 0.9


def _quadratic_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for w, v in vectors(rng):
        yield w, v, rng.uniform(0.5, 3, 2).round(1), 0.1, 0.9


def _momentum_step(w: Any, v: Any, g: Any, lr: float, momentum: float) -> list[float]:
    return [w_i + momentum * v_i - lr * g_i for w_i, v_i, g_i in zip(w, v, g, strict=True)]


def _nesterov_step(w: Any, v: Any, curvature: Any, lr: float, momentum: float) -> list[float]:
    ahead = [w_i + momentum * v_i for w_i, v_i in zip(w, v, strict=True)]
    return _momentum_step(
        w, v, [c * a for c, a in zip(curvature, ahead, strict=True)], lr, momentum
    )


EXERCISES = {
    "updates-in-five-epochs": Exercise(difficulty=1, solution=160)
    .wrong(155, "the last batch of an epoch holds the 8 samples that are left: it is one, too")
    .wrong(157, "every epoch ends with a smaller batch: count one epoch, then five")
    .wrong(32, "that is one epoch")
    .wrong(5000, "that is stochastic descent, a step for each sample")
    .wrong(5, "that is batch descent, a step for each epoch"),
    "noise-to-a-third": Exercise(difficulty=2, solution=144, bound=1e-3)
    .wrong(48, "the mean *square* is a third then; the distance itself falls by √3 only")
    .wrong(16 / 3, "smaller batches are noisier")
    .wrong(27.7, "the other way round: square the 3"),
    "largest-rate": Exercise(difficulty=2, solution=1 / 3)
    .wrong(2 / 3, "λ is the second derivative of 3 w², not the 3")
    .wrong(1 / 6, "that is the best rate: one step and w = 0")
    .wrong(2.0, "2 is right for λ = 1")
    .wrong(1.0, "λ is the second derivative of 3 w²: differentiate twice"),
    "best-ravine": Exercise(difficulty=1, solution=0.8)
    .wrong(8 / 9, "that is 1 − 1/κ, for the rate 1/λ_max")
    .wrong(0.5, "that is the factor with the best momentum")
    .wrong(1 / 9, "that is 1/κ")
    .wrong(0.2, "that is the best learning rate: what does a step with it multiply by?"),
    "momentum-step": Exercise(difficulty=1, solution=_momentum_step, cases=_momentum_cases)
    .wrong(lambda w, v, g, lr, mu: w + mu * v, "the gradient has no part in it yet")
    .wrong(lambda w, v, g, lr, mu: w - lr * g, "the velocity has no part in it yet")
    .wrong(lambda w, v, g, lr, mu: w + mu * v + lr * g, "uphill: the sign of the gradient")
    .wrong(lambda w, v, g, lr, mu: w + lr * (mu * v - g), "α belongs to the gradient alone")
    .wrong(
        lambda w, v, g, lr, mu: w + mu * v - (1 - mu) * lr * g,
        "that makes a mean of the gradients; (1.14) adds them up",
    )
    .wrong(lambda w, v, g, lr, mu: mu * v - lr * g, "that is the new velocity: now take the step"),
    "final-velocity": Exercise(difficulty=2, solution=20.0, bound=1e-6)
    .wrong(0.95, "that is μ; add up 1 + μ + μ² + …")
    .wrong(1.95, "that is the second step")
    .wrong(19.0, "1 + μ + μ² + … begins with 1")
    .wrong(1.0, "that is plain descent"),
    "nesterov-step": Exercise(difficulty=2, solution=_nesterov_step, cases=_quadratic_cases)
    .wrong(
        lambda w, v, c, lr, mu: w + mu * v - lr * c * w,
        "the gradient is taken at w: that is plain momentum",
    )
    .wrong(lambda w, v, c, lr, mu: w + mu * v - lr * c * (w + v), "the point ahead is w + μ v")
    .wrong(
        lambda w, v, c, lr, mu: w + mu * v + lr * c * (w + mu * v),
        "uphill: the sign of the gradient",
    )
    .wrong(
        lambda w, v, c, lr, mu: w - lr * c * (w + mu * v),
        "the velocity moves w, too, not only the place of the gradient",
    ),
}
