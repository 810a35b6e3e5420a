"""What these losses are tried on."""

from collections.abc import Iterator

import numpy as np


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
