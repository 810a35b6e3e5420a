"""What the losses are tried on."""

from collections.abc import Iterator

import numpy as np


def errors(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield predictions and targets, none of them equal."""
    for _ in range(3):
        y = 3 * rng.standard_normal(12)
        yield y + rng.choice([-1, 1], 12) * rng.uniform(0.01, 5, 12), y


def errors_with_delta(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield predictions, targets and a δ that no error is near."""
    for delta, (_, y) in zip((0.5, 1.0, 2.0), errors(rng), strict=True):
        size = np.concatenate([rng.uniform(0.01, 0.9, 6), rng.uniform(1.1, 5, 6)]) * delta
        yield y + rng.choice([-1, 1], 12) * size, y, delta


def logits(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits and probabilities as targets."""
    for scale in (1.0, 5.0):
        yield scale * rng.standard_normal((5, 3)), rng.dirichlet(np.ones(3), 5)


def labelled(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits and classes, each of which occurs."""
    for z, _ in logits(rng):
        yield z, np.array([0, 1, 2, 1, 1])


def with_weight(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the same and a weight for each class."""
    for z, classes in labelled(rng):
        yield z, classes, rng.uniform(0.5, 4, 3)


def answers(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits and yes (1) or no (0)."""
    for scale in (1.0, 5.0):
        yield scale * rng.standard_normal(8), rng.permutation(np.repeat([0.0, 1.0], 4))


def class_counts(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield classes, some rarer than others, and how many there are."""
    for counts in ((90, 10), (5, 20, 75)):
        yield rng.permutation(np.repeat(np.arange(len(counts)), counts)), len(counts)
