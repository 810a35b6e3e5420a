"""The exercises of sections 1.2.3 to 1.2.5."""

from collections.abc import Iterator
from math import sqrt
from typing import Any

import numpy as np

from ..ledger.optimizers.twins import adam
from .core import Exercise


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
    "decay-alone": Exercise(difficulty=1, solution=5 * (1 - 0.1 * 0.02) ** 50, bound=1e-4)
    .wrong(5 * (1 - 0.02) ** 50, "each step shrinks w by α ρ, not by ρ")
    .wrong(5 * (1 - 0.1 * 0.02 * 50), "each step shrinks what is left: the factors multiply")
    .wrong(5.0, "without a gradient AdamW still decays")
    .wrong(5 * (1 - 0.1 * 0.02), "that is one step"),
}
