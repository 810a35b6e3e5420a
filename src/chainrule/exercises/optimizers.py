"""The exercises of section 1.2."""

from collections.abc import Iterator
from math import sqrt
from typing import Any

import numpy as np

from ..ledger.optimizers.twins import adam
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


def _gradient_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for steps in (1, 2, 3, 5):
        yield rng.standard_normal((steps, 2)).round(1), 0.1


def _adam(gradients: Any, lr: float) -> list[float]:
    return [
        list(adam(0.0, [float(g) for g in column], lr))[-1] for column in np.asarray(gradients).T
    ]


def _adam_with(
    gradients: Any, lr: float, correct: bool = True, square: bool = True, root: bool = True
) -> Any:
    """Carry out Adam with one of the mistakes that readers make."""
    w, m, v = (np.zeros(np.shape(gradients)[1]) for _ in range(3))
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * (g**2 if square else np.abs(g))
        m_hat, v_hat = (m / (1 - 0.9**t), v / (1 - 0.999**t)) if correct else (m, v)
        w = w - lr * m_hat / ((np.sqrt(v_hat) if root else v_hat) + 1e-8)
    return w


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
    "adagrad-tires": Exercise(difficulty=1, solution=0.05)
    .wrong(0.5, "that is the first step; s has grown since")
    .wrong(0.005, "divide by the root of s")
    .wrong(0.5 / sqrt(99), "s counts the gradient of this step, too"),
    "bias-by-hand": Exercise(difficulty=2, solution=2 * (1 - 0.9**5), bound=1e-4)
    .wrong(2.0, "that is m̂, after the correction")
    .wrong(2 * 0.9**5, "that is what is missing of 2")
    .wrong(2 * (1 - 0.9**4), "count the steps: that is after four")
    .wrong(0.2, "that is after the first step"),
    "adam-steps": Exercise(difficulty=3, solution=_adam, cases=_gradient_cases, bound=1e-6)
    .wrong(lambda g, lr: _adam_with(g, lr, correct=False), "m and v are not corrected")
    .wrong(lambda g, lr: -_adam_with(g, lr), "uphill: the sign of the step")
    .wrong(lambda g, lr: _adam_with(g, lr, root=False), "v̂ stands where √v̂ belongs")
    .wrong(lambda g, lr: _adam_with(g, lr, square=False), "v is a mean of squares"),
    "small-gradients": Exercise(difficulty=2, solution=0.5, bound=1e-2)
    .wrong(1.0, "ε is as large as √v̂ here: it cannot be left out")
    .wrong(1e-4, "that is with ε inside the root")
    .wrong(1e-8, "the step is divided by √v̂ + ε, which is small, too")
    .wrong(0.05, "m̂ is corrected: it is the gradient, not a tenth of it"),
    "state-of-adam": Exercise(difficulty=1, solution=76_880)
    .wrong(38_440, "Adam keeps two numbers for each parameter: m and v")
    .wrong(19_220, "count bytes: a 32-bit number takes four")
    .wrong(115_320, "the parameters themselves are not the optimizer's")
    .wrong(153_760, "32 bits are four bytes, not eight"),
    "decay-alone": Exercise(difficulty=1, solution=5 * (1 - 0.1 * 0.02) ** 50, bound=1e-4)
    .wrong(5 * (1 - 0.02) ** 50, "each step shrinks w by α ρ, not by ρ")
    .wrong(5 * (1 - 0.1 * 0.02 * 50), "each step shrinks what is left: the factors multiply")
    .wrong(5.0, "without a gradient AdamW still decays")
    .wrong(5 * (1 - 0.1 * 0.02), "that is one step"),
    "clip-by-hand": Exercise(difficulty=1, solution=1.2)
    .wrong(3.0, "the length of all three together is 13, more than 5.2")
    .wrong(1.3, "12 is the largest of them; the length is √(9 + 16 + 144) = 13")
    .wrong(5.2, "one factor for all: direction and proportions are kept")
    .wrong(0.4, "that is the factor: multiply the 3 by it"),
}
