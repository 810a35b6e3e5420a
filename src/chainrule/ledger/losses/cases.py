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


def masks(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield probabilities and targets of three classes, one of which may be absent; smoothing."""
    for n_classes, smooth in ((3, 1e-5), (2, 1.0)):
        p = np.moveaxis(rng.dirichlet(np.ones(3), (2, 8)), -1, 1)
        yield p, np.moveaxis(np.eye(3)[rng.integers(0, n_classes, (2, 8))], -1, 1), smooth


def hard_masks(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the same, and masks of zeros and ones without smoothing."""
    yield from masks(rng)
    found, true = np.eye(3)[rng.permuted(np.tile(np.arange(3), (2, 6)), axis=1)]
    yield found, true, 0.0


def tversky_masks(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the first of those, with α and β."""
    for (p, y, smooth), settings in zip(masks(rng), ((0.3, 0.7), (1.0, 0.2)), strict=True):
        yield p, y, *settings, smooth


def threes(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield (anchors, positives, negatives), margin and ε; some triplets cost nothing."""
    for margin in (0.2, 1.0):
        yield rng.standard_normal((3, 8, 2)), margin, 1e-6
