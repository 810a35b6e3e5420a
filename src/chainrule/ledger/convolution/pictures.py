"""The images and kernels that claims are tried on."""

from collections.abc import Iterator

import numpy as np

from . import twins
from .cases import GEOMETRIES, NONE, ONE, convolutions


def pictures(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield an image of one channel and a kernel."""
    for size, kernel, *_ in GEOMETRIES:
        yield rng.standard_normal(size), rng.standard_normal(kernel)


def grouped(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the same with groups, the last time one for every channel."""
    for (size, kernel, *rest), groups in zip(GEOMETRIES[:3], (2, 2, 3), strict=True):
        read = 3 - groups + 1
        x = rng.standard_normal((2, read * groups, *size))
        w = rng.standard_normal((2 * groups, read, *kernel))
        yield x, w, rng.standard_normal(len(w)), *rest, groups


def errors(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield images, kernels, δ, and how the windows stand."""
    for x, w, _, *rest in convolutions(rng):
        outputs = twins.counted_outputs(x.shape[2:], w.shape[2:], *rest)
        yield x, w, rng.standard_normal((len(x), len(w), *outputs)), *rest


def unfolded(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield images and how the windows stand."""
    for size, *rest in GEOMETRIES:
        yield rng.standard_normal((2, 3, *size)), *rest


def unfolded_and_columns(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the same with columns."""
    for x, *rest in unfolded(rng):
        yield x, rng.standard_normal(twins.columns(x, *rest).shape), *rest


def folded(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield columns, the size of the images, and how the windows stand."""
    for x, z, *rest in unfolded_and_columns(rng):
        yield z, x.shape[2:], *rest


def loop_sizes(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield size, kernel, stride, padding, channels."""
    yield (7, 7), (3, 3), ONE, NONE, 1
    yield (5, 6), (2, 3), (2, 1), (1, 2), 3
