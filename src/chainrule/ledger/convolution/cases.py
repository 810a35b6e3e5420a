"""What the claims of chapter 2 share: cases, and PyTorch's way to call things.

Sizes, strides, paddings and dilations are pairs in every case.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from ... import convolution
from ..core import Oracle
from ..oracles import torch_oracle
from . import twins
from .twins import NONE, ONE


def torch_convolution(torch, x, w, b=None, *how, **rest):
    """Give PyTorch's convolution."""
    return torch.nn.functional.conv2d(x, w, b, *how, **rest)


def oracles_of(wrap: Callable, second: Oracle | None = None) -> tuple[Oracle, ...]:
    """Give three oracles: loops, SciPy's correlations or another one, and PyTorch, all wrapped."""
    return (
        Oracle("loops", wrap(twins.convolve)),
        second or Oracle("scipy.signal.correlate2d", wrap(twins.scipy_convolve)),
        torch_oracle(
            "torch.nn.functional.conv2d",
            lambda torch, *case: wrap(partial(torch_convolution, torch))(*case),
        ),
    )


def standing(*how):
    """Give by name how windows stand."""
    return dict(zip(("stride", "padding", "dilation", "groups"), how, strict=False))


def convolution_of(x, w, b, *how, **rest):
    """Give the package's convolution."""
    return convolution.conv2d(x, w, b, **standing(*how), **rest)


def unfold(torch, x, kernel, stride, padding, dilation):
    """Give PyTorch's im2col."""
    return torch.nn.functional.unfold(x, kernel, dilation, padding, stride)


# size, kernel, stride, padding, dilation; in the third, rows are left that no window reaches
GEOMETRIES = (
    ((4, 5), (3, 3), ONE, NONE, ONE),
    ((5, 6), (2, 3), (2, 1), (1, 2), ONE),
    ((6, 8), (3, 2), (2, 3), (2, 1), (2, 3)),
    ((3, 3), (1, 1), ONE, NONE, ONE),
)


def sizes(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield how windows may stand: size, kernel, stride, padding, dilation."""
    yield (7, 7), (3, 3), ONE, NONE, ONE
    yield from GEOMETRIES
    ranges = ((8, 13), (1, 4), (1, 4), (0, 3), (1, 4))
    for _ in range(4):
        yield tuple(tuple(map(int, rng.integers(low, high, 2))) for low, high in ranges)


def convolutions(rng: np.random.Generator, geometries: tuple = GEOMETRIES) -> Iterator[tuple]:
    """Yield images, kernels, biases, and how the windows stand."""
    for size, kernel, *rest in geometries:
        n, c, o = (int(number) for number in rng.integers(1, 4, 3))
        x, w = rng.standard_normal((n, c + 1, *size)), rng.standard_normal((o, c + 1, *kernel))
        yield x, w, rng.standard_normal(o), *rest


def one_image(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the same with the first image alone, shape (C, H, W)."""
    for x, *rest in convolutions(rng):
        yield x[0], *rest


def pictures(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield an image of one channel and a kernel."""
    for size, kernel, *_ in GEOMETRIES:
        yield rng.standard_normal(size), rng.standard_normal(kernel)


def grouped(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the same as `convolutions` and groups, the last time one for every channel."""
    for (size, kernel, *rest), groups in zip(GEOMETRIES[:3], (2, 2, 3), strict=True):
        read = 3 - groups + 1
        x = rng.standard_normal((2, read * groups, *size))
        w = rng.standard_normal((2 * groups, read, *kernel))
        yield x, w, rng.standard_normal(len(w)), *rest, groups


def errors(rng: np.random.Generator, geometries: tuple = GEOMETRIES) -> Iterator[tuple]:
    """Yield images, kernels, δ, and how the windows stand."""
    for x, w, _, *rest in convolutions(rng, geometries):
        outputs = twins.counted_outputs(x.shape[2:], w.shape[2:], *rest)
        yield x, w, rng.standard_normal((len(x), len(w), *outputs)), *rest


def unfolded(rng: np.random.Generator, geometries: tuple = GEOMETRIES) -> Iterator[tuple]:
    """Yield images and how the windows stand."""
    for size, *rest in geometries:
        yield rng.standard_normal((2, 3, *size)), *rest


def unfolded_and_columns(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the same with columns."""
    for x, *rest in unfolded(rng):
        yield x, rng.standard_normal(twins.columns(x, *rest).shape), *rest
