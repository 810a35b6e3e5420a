"""The exercises of sections 1.2.3 to 1.2.5."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from ..ledger.optimizers.twins import adam
from .core import Exercise
from .variants import Drawn


def _gradient_cases(rng: np.random.Generator) -> Iterator[tuple]:
    numbers = np.array([-2.0, -0.7, 0.0, 0.4, 1.0, 3.0])
    for steps, size, lr in ((1, 1, 0.1), (2, 3, 0.03), (6, 1, 0.5), (3, 4, 0.7), (5, 2, 0.02)):
        gradients = rng.choice(numbers, (steps, size))
        gradients[0, 0] = 3.0 if steps == 1 else 1.0
        yield gradients, lr
    yield np.array([[3e-8, -2.0], [1e-8, 0.5], [-4e-8, 1.0]]), 0.2
    of_blank = rng.choice(numbers[numbers != 0], (4, 6))
    of_blank[:, 2] = 0.0
    yield of_blank, 0.4


def _adam(gradients: Any, lr: float) -> list[float]:
    return [
        list(adam(0.0, [float(g) for g in column], lr))[-1] for column in np.asarray(gradients).T
    ]


def _adam_with(
    gradients: Any,
    lr: float,
    corrects: tuple[bool, bool] = (True, True),
    power: int = 2,
    betas: tuple[float, float] = (0.9, 0.999),
    direction: Any = lambda m, v: m / (np.sqrt(v) + 1e-8),
) -> Any:
    """Carry out Adam with one of the mistakes that readers make."""
    w, m, v = (np.zeros(np.shape(gradients)[1]) for _ in range(3))
    for t, g in enumerate(gradients, 1):
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * np.abs(g) ** power
        m_hat, v_hat = (
            mean / (1 - beta**t) if correct else mean
            for mean, beta, correct in zip((m, v), betas, corrects, strict=True)
        )
        w = w - lr * direction(m_hat, v_hat)
    return w


def _with_kingmas_epsilon(gradients: Any, lr: float) -> Any:
    w, m, v = (np.zeros(np.shape(gradients)[1]) for _ in range(3))
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        w = w - lr * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-8)
    return w


def _adagrad(first: int = 10, alpha: float = 0.5) -> Exercise:
    s = first**2 + 100
    return (
        Exercise(difficulty=2, solution=alpha / s**0.5)
        .wrong(alpha / 10, "that is without the first gradient, whose square is never forgotten")
        .wrong(
            alpha / (first + 100) ** 0.5,
            f"s adds up squares: the first gradient counts as {first}² = {first**2}",
        )
        .wrong(
            alpha / 101**0.5,
            f"the first gradient was {first}, not 1: its square is in s as well",
        )
        .wrong(alpha / s, "divide by the root of s")
        .wrong(alpha, "that is the first step; s has grown since")
    )


def _bias(gradient: int = 2, beta: float = 0.9) -> Exercise:
    return (
        Exercise(difficulty=2, solution=gradient * (1 - beta**5))
        .wrong(gradient, "that is m̂, after the correction")
        .wrong(gradient * beta**5, f"that is what m still lacks to reach {gradient}")
        .wrong(gradient * (1 - beta**4), "count the steps: that is m after four of them")
        .wrong(1 - beta**5, f"that is what the weights add up to: the gradient is {gradient}")
        .wrong(gradient * (1 - beta), "that is m after the first step")
    )


def _decay(weight: int = 5, alpha: float = 0.3, rho: float = 0.02) -> Exercise:
    return (
        Exercise(difficulty=2, solution=weight - alpha)
        .wrong(
            weight * (1 - alpha * rho),
            "that is AdamW, which shrinks w by α ρ; in Adam the decay goes through m̂ / √v̂ like "
            "any gradient",
        )
        .wrong(
            weight * (1 - rho), "each step of AdamW shrinks w by α ρ, not by ρ; and this is Adam"
        )
        .wrong(weight - alpha * rho, "the decay is ρ w, and Adam divides it by its own size")
        .wrong(weight, "the decay is a gradient like any other: Adam makes a step of it")
        .wrong(weight + alpha, "the sign of the step is wrong: the decay pulls towards 0")
    )


EXERCISES = {
    "adagrad-tires": _adagrad(),
    "bias-by-hand": _bias(),
    "adam-steps": Exercise(difficulty=3, solution=_adam, cases=_gradient_cases)
    .wrong(
        partial(_adam_with, corrects=(False, False)),
        "m and v are not corrected: divide each by 1 − βᵗ",
    )
    .wrong(partial(_adam_with, corrects=(False, True)), "only v is corrected: m starts at 0, too")
    .wrong(partial(_adam_with, corrects=(True, False)), "only m is corrected: v starts at 0, too")
    .wrong(
        partial(_adam_with, direction=lambda m, v: -m / (np.sqrt(v) + 1e-8)),
        "this goes uphill: the sign of the step is wrong",
    )
    .wrong(partial(_adam_with, direction=lambda m, v: m / (v + 1e-8)), "v̂ stands where √v̂ belongs")
    .wrong(
        partial(_adam_with, direction=lambda m, v: m / np.sqrt(v + 1e-8)),
        "ε is inside the root: there it damps every gradient below 10⁻⁴. Add it to the root",
    )
    .wrong(
        partial(_adam_with, direction=lambda m, v: m / np.sqrt(v) + 1e-8),
        "ε is added to the fraction, too late to keep it from being 0/0: add it to the root below",
    )
    .wrong(
        partial(_adam_with, direction=lambda m, v: m / np.sqrt(v)),
        "there is no ε: a weight whose gradient was always 0 becomes 0/0",
    )
    .wrong(
        _with_kingmas_epsilon,
        "ε is added to √v before v is corrected, as in Kingma's shorter form: it counts as "
        "ε/√(1 − β₂ᵗ) then. Correct v first",
    )
    .wrong(partial(_adam_with, power=1), "v is a mean of squares, not of absolute values")
    .wrong(partial(_adam_with, betas=(0.999, 0.9)), "β₁ and β₂ have changed places")
    .wrong(
        partial(_adam_with, direction=lambda m, v: np.sign(m)),
        "every step is α long: the size of m̂ against √v̂ matters from the second step on",
    ),
    "small-gradients": Exercise(difficulty=2, solution=0.5)
    .wrong(1, "ε is as large as √v̂ here: below the fraction bar it cannot be left out")
    .wrong(1e-8 / (1e-16 + 1e-8) ** 0.5, "that is with ε inside the root: there it counts as √ε")
    .wrong(1e-8, "the gradient is divided by √v̂ + ε, which is small, too")
    .wrong(0.05, "m̂ is corrected: it is the gradient, not a tenth of it"),
    "decay-alone": _decay(),
}

DRAWN = {
    "adagrad-tires": Drawn(
        _adagrad,
        {"first": (5, 20, 30), "alpha": (0.2, 0.4, 0.8)},
        lambda first, alpha: [f"first gradient is {first},", rf"$\alpha = {alpha}$"],
    ),
    "bias-by-hand": Drawn(
        _bias,
        {"gradient": (3, 4, 5), "beta": (0.7, 0.8)},
        lambda gradient, beta: [f"gradient is {gradient} in", rf"$\beta_1 = {beta}$"],
    ),
    "decay-alone": Drawn(
        _decay,
        {"weight": (3, 6, 8), "alpha": (0.1, 0.2, 0.4), "rho": (0.01, 0.03)},
        lambda weight, alpha, rho: [
            f"weight is {weight},",
            rf"$\alpha = {alpha}$",
            rf"$\rho = {rho}$",
        ],
    ),
}
