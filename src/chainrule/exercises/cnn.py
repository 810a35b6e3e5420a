"""The exercises of section 2.2."""

from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import numpy as np

from .core import Exercise


def _layers(rng: np.random.Generator) -> Iterator[tuple]:
    for kernels, strides in (
        *(((3,), (1,)), ((3, 2), (1, 2)), ((2, 2), (2, 2)), ((1, 4, 2), (1, 3, 2))),
        *(((3, 3, 3), (1, 2, 1)), ((5, 2, 3), (2, 1, 3)), ((2, 5, 3, 4), (2, 1, 3, 2))),
    ):
        yield np.array(kernels), np.array(strides)


def _receptive_field(kernels: Any, strides: Any) -> int:
    """Go from one output back to the pixels it sees."""
    field = 1
    for k, s in zip(kernels[::-1], strides[::-1], strict=True):
        field = (field - 1) * s + k
    return field


def _a_stride_too_many(kernels: Any, strides: Any) -> int:
    field = 1
    for k, s in zip(kernels[::-1], strides[::-1], strict=True):
        field = field * s + k
    return field


def _image_and_upstream(rng: np.random.Generator) -> Iterator[tuple]:
    # so few levels that several pixels of a window are often the largest
    for m, n in ((1, 2), (2, 2), (2, 3), (3, 1), (1, 1), (3, 4)):
        yield rng.integers(-1, 6, (2 * m, 2 * n)) / 2, rng.integers(-6, 7, (m, n)) / 2
    # below every number that a search may begin with
    yield rng.integers(-3, 4, (2, 2)) / 2 - 20000, np.array([[2.0]])


def _max_pool_back(x: Any, upstream: Any) -> Any:
    """Give (2.2b), window by window."""
    dx = [[0.0] * len(x[0]) for _ in x]
    for u, row in enumerate(upstream):
        for v, error in enumerate(row):
            places = [(2 * u + i, 2 * v + j) for i in range(2) for j in range(2)]
            a, b = max(places, key=lambda place: x[place[0]][place[1]])
            dx[a][b] += error
    return dx


def _pool_back(x: Any, upstream: Any, share: Callable[[Any], Any]) -> Any:
    """Give every pixel its share; `share` takes windows, shape (oh, ow, 4), and gives such."""
    oh, ow = np.shape(upstream)
    windows = x.reshape(oh, 2, ow, 2).transpose(0, 2, 1, 3).reshape(oh, ow, 4)
    shares = share(windows) * upstream[:, :, None]
    return shares.reshape(oh, ow, 2, 2).transpose(0, 2, 1, 3).reshape(x.shape)


def _largest(windows: Any) -> Any:
    return windows == windows.max(axis=-1, keepdims=True)


def _one_hot(places: Any) -> Any:
    return np.arange(4) == places[:, :, None]


DOWN = [0, 2, 1, 3]  # a window's pixels column by column
_CONVOLUTIONS = 8 * (3 * 25 + 1) + 16 * (8 * 9 + 1)

EXERCISES = {
    "flatten-size": Exercise(difficulty=2, solution=32 * 7**2)
    .wrong(7**2, "that is one channel")
    .wrong(16 * 7**2, "those are the channels of the first convolution")
    .wrong(32 * 7, "that is one row of each channel")
    .wrong(3 * 32 * 7**2, "a kernel adds up the channels of the image: they are gone")
    .wrong(32 * 6**2, "both convolutions have a padding, and it is on both sides")
    .wrong(32 * 5**2, "both convolutions have a padding, and you left out both of them")
    .wrong(32 * 8**2, "a window that does not fit does not count: round down")
    .wrong(32 * 4**2, "the first pooling's windows overlap: its stride is 2")
    .wrong(32 * 14**2, "one more layer comes before Flatten"),
    "network-parameters": Exercise(difficulty=2, solution=_CONVOLUTIONS + 10 * (16 * 36 + 1))
    .wrong(8 * 3 * 25 + 16 * 8 * 9 + 10 * 16 * 36, "the biases are missing")
    .wrong(_CONVOLUTIONS, "those are the convolutions; the last layer has parameters, too")
    .wrong(
        8 * 26 + 16 * 10 + 10 * (16 * 36 + 1), "a kernel goes through all channels of what comes in"
    )
    .wrong(
        _CONVOLUTIONS + 10 * (16 * 26**2 + 1),
        "the convolutions are right; pooling makes what the last layer sees smaller",
    )
    .wrong(
        _CONVOLUTIONS + 10 * (16 * 64 + 1),
        "the convolutions are right; without padding they make the image smaller",
    )
    .wrong(
        _CONVOLUTIONS + 10 * (36 + 1),
        "the convolutions are right; the last layer sees every channel",
    ),
    "receptive-field": Exercise(difficulty=3, solution=_receptive_field, cases=_layers)
    .wrong(
        lambda kernels, strides: 1 + sum(k - 1 for k in kernels),
        "right if all strides are 1: after a stride of 2, a step is two pixels wide",
    )
    .wrong(
        lambda kernels, strides: 1 + sum((kernels - 1) * strides),
        "each layer is stretched by its own stride; which strides come before it?",
    )
    .wrong(
        lambda kernels, strides: 1 + sum((kernels - 1) * np.cumprod(strides)),
        "a layer's own stride does not stretch its window: only those before it do",
    )
    .wrong(
        _a_stride_too_many,
        "s pixels for each neighbour, and k for the first: the first does not need its s as well",
    )
    .wrong(
        lambda kernels, strides: prod(kernels),
        "right for windows that lie side by side; others overlap, and see less",
    )
    .wrong(
        lambda kernels, strides: _receptive_field(kernels[::-1], strides[::-1]),
        "the layers are taken in the wrong order: the first is the one at the image",
    ),
    "max-pool-gradient": Exercise(difficulty=3, solution=_max_pool_back, cases=_image_and_upstream)
    .wrong(
        lambda x, upstream: _pool_back(x, upstream, _largest),
        "where several pixels are the largest, only one gets the error",
    )
    .wrong(
        lambda x, upstream: _pool_back(
            x, upstream, lambda w: _largest(w) / _largest(w).sum(axis=-1, keepdims=True)
        ),
        "where several pixels are the largest, the error is not divided among them",
    )
    .wrong(
        lambda x, upstream: _pool_back(
            x, upstream, lambda w: _one_hot(3 - w[:, :, ::-1].argmax(axis=-1))
        ),
        "of several largest pixels this takes the last; the first is meant",
    )
    .wrong(
        lambda x, upstream: _pool_back(
            x, upstream, lambda w: _one_hot(w[:, :, DOWN].argmax(axis=-1))[:, :, DOWN]
        ),
        "of several largest pixels this takes the first column by column; row by row is meant",
    )
    .wrong(
        lambda x, upstream: _pool_back(x, upstream, lambda w: np.full(w.shape, 0.25)),
        "that is the gradient of the mean: every pixel has a share in it",
    )
    .wrong(
        lambda x, upstream: _pool_back(x, upstream, np.ones_like),
        "every pixel gets the whole error: only the largest one had a say",
    )
    .wrong(
        lambda x, upstream: _pool_back(
            x, np.ones_like(upstream), lambda w: _one_hot(w.argmax(axis=-1))
        ),
        "the places are right; what stands there should come from upstream",
    )
    .wrong(
        lambda x, upstream: _pool_back(x, upstream, lambda w: w * _one_hot(w.argmax(axis=-1))),
        "the places are right; the derivative of the largest number by itself is not x",
    )
    .wrong(
        lambda x, upstream: _pool_back(
            x, upstream, lambda w: _one_hot(w.argmax(axis=-1) * (w.max(axis=-1) > 0))
        ),
        "the search for the largest begins with a number, and where all pixels are below it, none "
        "is found: begin with a pixel",
    ),
    "shift-by-one": Exercise(difficulty=2, solution="c")
    .wrong("a", "a kernel finds the same pattern elsewhere: its map cannot stay as it is")
    .wrong("b", "right for the convolution; but the windows of the pooling do not move along")
    .wrong("d", "the same kernel stands at every pixel: compare what two neighbours see"),
}
