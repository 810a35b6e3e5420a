"""The exercises of section 2.1."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .core import ArrayExercise, Exercise, slide


def _ramps(rng: np.random.Generator) -> Iterator[tuple]:
    a, b = np.mgrid[:4.0, :4.0]
    yield (np.full((4, 4), 3.0),)
    yield (b,)
    yield (a,)
    for _ in range(3):
        right, down, level = rng.integers(-24, 25, 3) / 8  # exact, however large the kernel
        yield (right * b + down * a + level,)


def _halves(rng: np.random.Generator, *shape: int) -> Any:
    """Give numbers of all kinds: 0, whole ones and others, of both signs."""
    return rng.integers(-6, 7, shape) / 2


def _kernel_and_dilation(rng: np.random.Generator) -> Iterator[tuple]:
    yield from ((3, 1), (2, 1), (5, 2), (4, 3), (1, 2), (4, 1), (2, 2), (4, 2))


def _same(k: int, d: int) -> list[int]:
    before = d * (k - 1) // 2
    return [before, d * (k - 1) - before]


def _image_and_kernel(rng: np.random.Generator) -> Iterator[tuple]:
    for h, w, k in ((2, 3, 2), (4, 3, 3), (3, 5, 3), (1, 4, 1), (5, 1, 1), (4, 5, 2), (1, 2, 3)):
        yield _halves(rng, h, w), _halves(rng, k, k)


def _convolution(x: Any, w: Any) -> Any:
    """Give (2.1b), product by product."""
    y = np.zeros(np.add(x.shape, w.shape) - 1)
    for a, b in np.ndindex(x.shape):
        for i, j in np.ndindex(w.shape):
            y[a + i, b + j] += w[i, j] * x[a, b]
    return y


def _overwritten_stamps(x: Any, w: Any) -> Any:
    """Give what is left where each pixel's copy of the kernel replaces those before."""
    y, k = np.zeros(np.add(x.shape, w.shape) - 1), len(w)
    for a, b in np.ndindex(x.shape):
        y[a : a + k, b : b + k] = x[a, b] * w
    return y


def _places(rng: np.random.Generator) -> Iterator[tuple]:
    kernels = (2, 3), (3, 2), (3, 3), (1, 4), (4, 1), (3, 5), (5, 2)
    outputs = (4, 5), (2, 6), (5, 3), (3, 2), (6, 4), (4, 4), (1, 7)
    for kernel, output in zip(kernels, outputs, strict=True):
        i, j, u, v = (int(rng.integers(size)) for size in (*kernel, *output))
        yield int(rng.integers(4)), i, j, u, v, kernel, output
    yield 2, 2, 4, 3, 5, (3, 5), (4, 6)  # the last place of the last window


def _image_and_size(rng: np.random.Generator) -> Iterator[tuple]:
    for h, w, k in ((3, 4, 2), (4, 5, 3), (5, 3, 2), (2, 3, 1), (6, 5, 4)):
        yield _halves(rng, h, w), k


def _im2col(x: Any, k: int) -> list[list[float]]:
    (h, w), places = np.shape(x), range(k)
    windows = [(u, v) for u in range(h - k + 1) for v in range(w - k + 1)]
    return [[x[u + i][v + j] for u, v in windows] for i in places for j in places]


def _windows(x: Any, k: int) -> Any:
    """Give every window, shape (oh, ow, k, k)."""
    return sliding_window_view(x, (k, k))


def _flat(windows: Any) -> Any:
    """Make every window a row."""
    oh, ow, kh, kw = windows.shape
    return windows.reshape(oh * ow, kh * kw)


def _columns_of_a_line(rng: np.random.Generator) -> Iterator[tuple]:
    for h, k, s in ((5, 3, 1), (8, 3, 2), (8, 2, 3), (6, 4, 1), (9, 5, 2), (4, 1, 1), (4, 4, 3)):
        yield _halves(rng, k, (h - k) // s + 1), h, s


def _col2im(columns: Any, h: int, s: int) -> list[float]:
    """Give one line of (2.1.1c)."""
    k, windows = np.shape(columns)
    return [
        sum(columns[i][u] for i in range(k) for u in range(windows) if s * u + i == a) * 1.0
        for a in range(h)
    ]


def _overwritten(columns: Any, h: int, s: int) -> Any:
    line = np.zeros(h)
    for u, column in enumerate(columns.T):
        line[s * u : s * u + len(column)] = column
    return line


def _columns_and_errors(rng: np.random.Generator) -> Iterator[tuple]:
    sizes = (2, 4, 3, 2), (3, 2, 2, 4), (2, 3, 1, 3), (1, 1, 2, 5), (4, 5, 3, 1)
    for n, rows, kernels, windows in sizes:
        yield _halves(rng, n, rows, windows), _halves(rng, n, kernels, windows)


def _kernel_gradient(columns: Any, delta: Any) -> Any:
    """Give (2.1.1e), product by product."""
    (samples, rows, windows), kernels = columns.shape, delta.shape[1]
    gradient = np.zeros((kernels, rows))
    for n, o, r, q in np.ndindex(samples, kernels, rows, windows):
        gradient[o, r] += delta[n, o, q] * columns[n, r, q]
    return gradient


_CENTRAL, _SOBEL, _PREWITT = (
    np.outer(row, [-1, 0, 1]) for row in ([0, 1, 0], [1, 2, 1], [1, 1, 1])
)

EXERCISES: dict[str, Exercise] = {
    "three-channels": Exercise(difficulty=2, solution=25 * (27 + 26))
    .wrong(25 * 17, "that is one channel, the example of the page")
    .wrong(25 * 9 * 8, "that is one channel, and its two counts are multiplied: add them")
    .wrong(3 * 25 * 9 * 8, "in each channel the two are multiplied, and three of that added up")
    .wrong(3 * 25 * 17, "the sums of the three channels have to be added up, too")
    .wrong(25 * 27 * 26, "multiplications and additions follow each other: add the two counts")
    .wrong(25 * 54, "a sum has one addition fewer than it has terms")
    .wrong(49 * 53, "the window does not stand at every pixel: it has to fit")
    .wrong(53, "that is one window"),
    "same-padding": Exercise(difficulty=2, solution=_same, cases=_kernel_and_dilation)
    .wrong(lambda k, d: _same(k, 1), "right for d = 1: a dilated kernel spans more pixels")
    .wrong(
        lambda k, d: [d * (k - 1) // 2] * 2,
        "right where the number of zeros is even; else the output is one too small",
    )
    .wrong(
        lambda k, d: _same(k, d)[::-1],
        "right where the number of zeros is even; of an odd one the last goes after the input",
    )
    .wrong(lambda k, d: [d * (k - 1) / 2] * 2, "there is no such thing as half a zero")
    .wrong(lambda k, d: [d * (k - 1)] * 2, "that many are needed in all, not on each side")
    .wrong(
        lambda k, d: [d * k // 2, d * k - d * k // 2],
        "a kernel of one pixel needs no zeros: k points have fewer than k gaps",
    ),
    "true-convolution": Exercise(difficulty=3, solution=_convolution, cases=_image_and_kernel)
    .wrong(
        lambda x, w: slide(x, w, len(w) - 1),
        "of the right size, but the kernel is not turned: that is the cross-correlation",
    )
    .wrong(
        lambda x, w: slide(x, w[::-1], len(w) - 1),
        "the kernel is flipped top to bottom only; j has a minus sign, too",
    )
    .wrong(
        lambda x, w: slide(x, w[:, ::-1], len(w) - 1),
        "the kernel is flipped left to right only; i has a minus sign, too",
    )
    .wrong(lambda x, w: slide(x, w.T, len(w) - 1), "the kernel is transposed: that is not a turn")
    .wrong(
        lambda x, w: slide(x, w[::-1, ::-1]),
        "the middle is right: the border, where the kernel hangs over, is missing",
    )
    .wrong(
        _overwritten_stamps,
        "where two copies of the kernel overlap, the last one replaces the others: add them",
    ),
    "edge-kernel": ArrayExercise(difficulty=2, solution=_CENTRAL / 2, cases=_ramps)
    .wrong(-_CENTRAL / 2, "the sign is wrong: the output falls where the image rises")
    .wrong(_CENTRAL.T / 2, "it answers to what changes from row to row")
    .wrong(_SOBEL, "an edge detector, but eight times too strong")
    .wrong(_PREWITT, "an edge detector, but six times too strong")
    .wrong(_CENTRAL, "twice too strong: left and right are two columns apart")
    .wrong(np.full((3, 3), 1 / 9), "that is a mean: on a constant image it is not 0")
    .wrong(
        np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        "0 on every ramp: if it answers to anything, it is to a change of the slope",
    ),
    "which-column": Exercise(
        difficulty=2,
        solution=lambda c, i, j, u, v, k, o: [c * k[0] * k[1] + i * k[1] + j, u * o[1] + v],
        cases=_places,
    )
    .wrong(
        lambda c, i, j, u, v, k, o: [u * o[1] + v, (c * k[0] + i) * k[1] + j],
        "the other way round: a window is a column",
    )
    .wrong(
        lambda c, i, j, u, v, k, o: [i * k[1] + j, u * o[1] + v],
        "right for the first channel; the others stand below it",
    )
    .wrong(
        lambda c, i, j, u, v, k, o: [(c * k[0] + i) * k[0] + j, u * o[0] + v],
        "right where height and width are equal: which of them is the length of a row?",
    )
    .wrong(
        lambda c, i, j, u, v, k, o: [(c * k[1] + j) * k[0] + i, u * o[1] + v],
        "the column is right; inside a window, j runs fastest",
    )
    .wrong(
        lambda c, i, j, u, v, k, o: [(c * k[0] + i) * k[1] + j, v * o[0] + u],
        "the row is right; the windows are counted row by row",
    )
    .wrong(
        lambda c, i, j, u, v, k, o: [(c * k[0] + i) * k[1] + j + 1, u * o[1] + v + 1],
        "both are too large by one: counting begins with 0",
    ),
    "im2col-by-hand": Exercise(difficulty=3, solution=_im2col, cases=_image_and_size)
    .wrong(lambda x, k: _flat(_windows(x, k)), "the windows are rows here; they should be columns")
    .wrong(
        lambda x, k: _flat(_windows(x, k)).reshape(k * k, -1),
        "of the right shape, but reshape keeps the order of the numbers: it does not transpose",
    )
    .wrong(
        lambda x, k: _flat(_windows(x, k).transpose(0, 1, 3, 2)).T,
        "the columns are in order, but each window is read column by column: read it row by row",
    )
    .wrong(
        lambda x, k: _flat(_windows(x, k).transpose(1, 0, 2, 3)).T,
        "each column is right; the window should move to the right first, then down",
    )
    .wrong(
        lambda x, k: _flat(_windows(x, k)[:-1, :-1]).T,
        "the last window in each direction is missing: how often does a window fit?",
    )
    .wrong(
        lambda x, k: _flat(_windows(x, k)[::k, ::k]).T,
        "the windows lie side by side; with stride 1 they overlap",
    ),
    "memory-of-columns": Exercise(difficulty=1, solution=32 * 16 * 25 * 64**2 * 4 / 1e6)
    .wrong(32 * 16 * 64**2 * 4 / 1e6, "those are the images; the columns hold a pixel many times")
    .wrong(16 * 25 * 64**2 * 4 / 1e6, "that is one image of the batch")
    .wrong(32 * 25 * 64**2 * 4 / 1e6, "that is one channel")
    .wrong(32 * 16 * 25 * 64**2 / 1e6, "that many million numbers: how many bytes has each?")
    .wrong(32 * 16 * 25 * 64**2 * 8 / 1e6, "that is float64")
    .wrong(32 * 16 * 25 * 60**2 * 4 / 1e6, "that is without padding: there are more windows")
    .wrong(32 * 16 * 25 * 64**2 * 4 / 2**20, "those are MiB, of 2²⁰ bytes"),
    "col2im-of-a-line": Exercise(difficulty=3, solution=_col2im, cases=_columns_of_a_line)
    .wrong(_overwritten, "where windows overlap, only the last one is left: the others count, too")
    .wrong(
        lambda c, h, s: np.divide(_col2im(c, h, s), np.maximum(_col2im(np.ones_like(c), h, s), 1)),
        "that is the mean of the windows a pixel lies in; (2.1.1c) does not divide",
    )
    .wrong(lambda c, h, s: _col2im(c, h, 1), "right for s = 1: where does window u begin?")
    .wrong(
        lambda c, h, s: _col2im(c.reshape(c.shape[::-1]).T, h, s),
        "the numbers are read row by row; a window is a column",
    ),
    "why-add": Exercise(difficulty=2, solution="d")
    .wrong("a", "it does not give x back: a pixel in four windows comes back fourfold")
    .wrong("b", "a mean would be another map, for which (2.1.1d) does not hold")
    .wrong("c", "they are four different numbers: the kernel meets the pixel at four places"),
    "kernel-gradient": Exercise(difficulty=2, solution=_kernel_gradient, cases=_columns_and_errors)
    .wrong(
        lambda c, d: (d @ c.transpose(0, 2, 1)).mean(axis=0),
        "the mean over the batch: a cost that is a mean has its 1/N in δ already",
    )
    .wrong(
        lambda c, d: d @ c.transpose(0, 2, 1),
        "one gradient for each image; the kernels are the same for all of them",
    )
    .wrong(lambda c, d: (c @ d.transpose(0, 2, 1)).sum(axis=0), "transposed: a kernel is a row")
    .wrong(
        lambda c, d: d.sum(axis=0) @ c.sum(axis=0).T,
        "the sums are taken first: that mixes the errors of one image with another's pixels",
    )
    .wrong(lambda c, d: d[0] @ c[0].T, "that is the first image alone"),
    "groups-of-four": Exercise(difficulty=1, solution=128 * 4 * 9 + 128)
    .wrong(128 * 64 * 9 + 128, "that is without groups: a kernel does not see every channel")
    .wrong(128 * 4 * 9, "each kernel has a bias, too")
    .wrong(128 * 16 * 9 + 128, "16 is the number of groups: how many channels has each?")
    .wrong(8 * 4 * 9 + 128, "that is the weights of one group, and the biases of all")
    .wrong(8 * 4 * 9 + 8, "that is one group")
    .wrong(128 * 9 + 128, "that is for as many groups as channels"),
    "winograd-five": Exercise(difficulty=2, solution=16 * 25 / 64)
    .wrong(16 * 9 / 36, "that is for a kernel of 3 × 3")
    .wrong(4 * 25 / 36, "that is for 2 × 2 outputs")
    .wrong(2.5, "that is one direction: four outputs of a kernel of five")
    .wrong(16 * 25 / 81, "the tile of pixels is one smaller in each direction")
    .wrong(25, "16 outputs need more than 16 pixels")
    .wrong(64 / 400, "the other way round: that is the share that is left"),
}
