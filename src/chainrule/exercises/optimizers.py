"""The exercises of sections 1.2.1 and 1.2.2."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from .core import Exercise
from .variants import Drawn

SETTINGS = ((1, 0.3, 0.9), (2, 0.05, 0.0), (3, 0.7, 0.5), (6, 0.1, 0.8))


def _momentum_cases(rng: np.random.Generator) -> Iterator[tuple]:
    numbers = np.array([-2.0, -0.7, 0.0, 0.4, 1.0, 3.0])
    for size, lr, momentum in SETTINGS:
        w, v, g = (rng.permutation(numbers)[:size] for _ in range(3))
        yield w, v, g, lr, momentum
    w, v, g = (rng.permutation(numbers)[:4].reshape(2, 2) for _ in range(3))
    yield w, v, g, 0.2, 0.6


def _quadratic_cases(rng: np.random.Generator) -> Iterator[tuple]:
    curvatures = np.array([0.2, 0.6, 1.0, 2.5, 4.0, 7.0])
    for w, v, g, lr, momentum in _momentum_cases(rng):
        yield w, v, rng.permutation(curvatures)[: g.size].reshape(g.shape), lr, momentum


def _momentum_step(w: Any, v: Any, g: Any, lr: float, momentum: float) -> Any:
    return w + momentum * v - lr * g


def _nesterov_step(w: Any, v: Any, curvature: Any, lr: float, momentum: float) -> Any:
    return _momentum_step(w, v, curvature * (w + momentum * v), lr, momentum)


def _five_epochs(samples: int = 1000) -> Exercise:
    most = (samples - 1) // 19
    return (
        Exercise(difficulty=2, solution=most)
        .wrong(
            samples // 20,
            "that works, and so does more: the last batch of an epoch may be smaller",
        )
        .wrong(
            most + 1,
            f"19 batches of at most {most + 1} hold {samples} samples: five epochs make only 95 "
            "updates",
        )
        .wrong(samples / 19, "a batch has a whole number of samples; which way do you round?")
        .wrong(20, "20 is how many updates an epoch has to make: how large are its batches?")
        .wrong(samples // 100, "that is for 100 updates in one epoch; there are five")
    )


def _noise(batch: int = 16) -> Exercise:
    return (
        Exercise(difficulty=2, solution=9 * batch)
        .wrong(3 * batch, "a third of the mean *square*; the distance itself falls by √3 only")
        .wrong(batch / 3, "smaller batches are noisier: the batch has to grow")
        .wrong(batch * 3**0.5, "the other way round: square the 3")
    )


def _largest_rate(factor: int = 3) -> Exercise:
    return (
        Exercise(difficulty=2, solution=1 / factor)
        .wrong(2 / factor, f"λ is not the {factor}: it is the second derivative of {factor} w²")
        .wrong(
            1 / (2 * factor),
            "that is 1/λ, the best rate: one step and w = 0. Up to which rate does descent still "
            "arrive?",
        )
        .wrong(2.0, "2 is right for λ = 1: what is λ here?")
        .wrong(1.0, f"λ is the second derivative of {factor} w²: differentiate twice")
    )


def _velocity(mu: float = 0.95) -> Exercise:
    times = round(1 / (1 - mu))
    return (
        Exercise(difficulty=2, solution=times)
        .wrong(mu, "that is μ; add up 1 + μ + μ² + …")
        .wrong(1 + mu, "that is the velocity after the second step; it goes on growing")
        .wrong(times - 1, "1 + μ + μ² + … begins with 1")
        .wrong(1, "that is plain descent; the velocity adds up")
        .wrong(1 / (1 + mu), "that is for a gradient that flips its sign in every step")
    )


EXERCISES = {
    "updates-in-five-epochs": _five_epochs(),
    "noise-to-a-third": _noise(),
    "largest-rate": _largest_rate(),
    "best-ravine": Exercise(difficulty=2, solution=21)
    .wrong(7, "0.5 is the factor of the best momentum: this is plain descent")
    .wrong(20, "after 20 steps 0.8²⁰ = 0.0115 of it is left: not yet a hundredth")
    .wrong(
        float(np.log(0.01) / np.log(0.8)),
        "the number of steps is whole: round so that the distance is short enough",
    )
    .wrong(40, "that is with the rate 1/λ_max and its factor 8/9; there is a better rate")
    .wrong(3, "0.2 is the best rate: what does a step with it multiply the distance by?"),
    "momentum-step": Exercise(difficulty=1, solution=_momentum_step, cases=_momentum_cases)
    .wrong(lambda w, v, g, lr, mu: w + mu * v, "the gradient plays no part yet: subtract lr g")
    .wrong(lambda w, v, g, lr, mu: w - lr * g, "the velocity plays no part yet: keep μ v")
    .wrong(
        lambda w, v, g, lr, mu: w + mu * v + lr * g,
        "this goes uphill: the sign of the gradient is wrong",
    )
    .wrong(
        lambda w, v, g, lr, mu: w + lr * (mu * v - g),
        "α belongs to the gradient alone; the velocity has it already",
    )
    .wrong(
        lambda w, v, g, lr, mu: w + mu * v - (1 - mu) * lr * g,
        "that makes a mean of the gradients; (1.14) adds them up",
    )
    .wrong(
        lambda w, v, g, lr, mu: w - lr * (mu * v + g),
        "that is PyTorch's form (1.2.1f); in (1.14) v points downhill and has α in it",
    )
    .wrong(
        lambda w, v, g, lr, mu: w + v - lr * g,
        "you keep the whole velocity: only the share μ of it is kept",
    )
    .wrong(lambda w, v, g, lr, mu: mu * v - lr * g, "that is the new velocity: now take the step"),
    "final-velocity": _velocity(),
    "nesterov-step": Exercise(difficulty=2, solution=_nesterov_step, cases=_quadratic_cases)
    .wrong(
        lambda w, v, c, lr, mu: w + mu * v - lr * c * w,
        "the gradient is taken at w: that is plain momentum",
    )
    .wrong(
        lambda w, v, c, lr, mu: w + mu * v - lr * c * (w + v),
        "the point ahead is w + μ v: only the share μ of the velocity is kept",
    )
    .wrong(
        lambda w, v, c, lr, mu: w + mu * v + lr * c * (w + mu * v),
        "this goes uphill: the sign of the gradient is wrong",
    )
    .wrong(
        lambda w, v, c, lr, mu: w - lr * c * (w + mu * v),
        "the velocity moves w, too, not only the place of the gradient",
    )
    .wrong(
        lambda w, v, c, lr, mu: mu * v - lr * c * (w + mu * v),
        "that is the new velocity of (1.15): now add it to w",
    )
    .wrong(
        lambda w, v, c, lr, mu: (
            w + mu * v - lr * c * (w + mu * v) + mu * (mu * v - lr * c * (w + mu * v))
        ),
        "that is θ, the point ahead of the new w; (1.15) asks for w itself",
    )
    .wrong(
        lambda w, v, c, lr, mu: w - lr * (c * w + mu * (mu * v + c * w)),
        "that is PyTorch's form (1.2.2a), with v for b; in (1.15) v points downhill and has α in "
        "it, and w is not the point ahead",
    )
    .wrong(
        lambda w, v, c, lr, mu: w + mu * (mu * v - lr * c * w) - lr * c * w,
        "that is PyTorch's form (1.2.2a), which takes w for the point ahead; here that is w + μ v",
    )
    .wrong(
        lambda w, v, c, lr, mu: w + mu * v - lr * c,
        "the curvature is the gradient of the gradient (erratum E6): the gradient itself is the "
        "curvature times the point",
    ),
}

DRAWN = {
    "updates-in-five-epochs": Drawn(
        _five_epochs,
        {"samples": (900, 1200, 1500, 3000)},
        lambda samples: [f"data set has {samples} samples"],
    ),
    "noise-to-a-third": Drawn(
        _noise, {"batch": (8, 12, 20, 32)}, lambda batch: [f"a batch of {batch} is off"]
    ),
    "largest-rate": Drawn(
        _largest_rate, {"factor": (4, 5, 6, 8)}, lambda factor: [f"$C = {factor} w^2$"]
    ),
    "final-velocity": Drawn(
        _velocity, {"mu": (0.8, 0.9, 0.96, 0.98)}, lambda mu: [rf"$\mu = {mu}$"]
    ),
}
