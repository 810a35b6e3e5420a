"""The exercises of section 2.1."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .core import ArrayExercise, Exercise


def _response(kernel: Any) -> Callable[[Any], Any]:
    def response(image: Any) -> Any:
        return _slide(image, kernel)

    return response


def _slide(x: Any, w: Any, zeros: int = 0) -> Any:
    """Give (2.1a), with so many zeros around the image."""
    return np.tensordot(sliding_window_view(np.pad(x, zeros), np.shape(w)), w)


def _ramps(rng: np.random.Generator) -> Iterator[tuple]:
    a, b = np.mgrid[:4.0, :4.0]
    yield (np.full((4, 4), 3.0),)
    yield (b,)
    yield (a,)
    for _ in range(3):
        right, down, level = rng.uniform(-3, 3, 3).round(1)
        yield (right * b + down * a + level,)


def _kernel_and_dilation(rng: np.random.Generator) -> Iterator[tuple]:
    yield from ((3, 1), (2, 1), (5, 2), (4, 3), (1, 2))


def _same(k: int, d: int) -> list[int]:
    before = d * (k - 1) // 2
    return [before, d * (k - 1) - before]


def _image_and_kernel(rng: np.random.Generator) -> Iterator[tuple]:
    for h, w, k in ((2, 3, 2), (4, 3, 3), (3, 5, 3)):
        yield rng.integers(-3, 4, (h, w)) * 1.0, rng.integers(-3, 4, (k, k)) * 1.0


def _convolution(x: Any, w: Any) -> list[list[float]]:
    """Give (2.1b), term by term."""
    (height, width), (kh, kw) = np.shape(x), np.shape(w)
    return [
        [
            sum(
                w[i][j] * x[u - i][v - j]
                for i in range(kh)
                for j in range(kw)
                if 0 <= u - i < height and 0 <= v - j < width
            )
            for v in range(width + kw - 1)
        ]
        for u in range(height + kh - 1)
    ]


def _places(rng: np.random.Generator) -> Iterator[tuple]:
    for kernel, output in (((2, 3), (4, 5)), ((3, 2), (2, 6)), ((3, 3), (5, 3)), ((1, 4), (3, 2))):
        i, j, u, v = (int(rng.integers(0, size)) for size in (*kernel, *output))
        yield int(rng.integers(1, 4)), i, j, u, v, kernel, output


def _image_and_size(rng: np.random.Generator) -> Iterator[tuple]:
    for h, w, k in ((3, 4, 2), (4, 5, 3), (5, 3, 2)):
        yield rng.integers(0, 10, (h, w)) * 1.0, k


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
    for h, k, s in ((5, 3, 1), (7, 3, 2), (8, 2, 3), (6, 4, 1)):
        yield rng.integers(-4, 5, (k, (h - k) // s + 1)) * 1.0, h, s


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
    for n, rows, kernels, windows in ((2, 4, 3, 2), (3, 2, 2, 4), (2, 3, 1, 3)):
        yield (
            rng.integers(-3, 4, (n, rows, windows)) * 1.0,
            rng.integers(-3, 4, (n, kernels, windows)) * 1.0,
        )


def _kernel_gradient(columns: Any, delta: Any) -> list[list[float]]:
    (n, rows, windows), kernels = np.shape(columns), np.shape(delta)[1]
    return [
        [
            sum(delta[m][o][q] * columns[m][r][q] for m in range(n) for q in range(windows))
            for r in range(rows)
        ]
        for o in range(kernels)
    ]


_CENTRAL, _SOBEL, _PREWITT = (
    np.outer(row, [-1, 0, 1]) for row in ([0, 1, 0], [1, 2, 1], [1, 1, 1])
)

EXERCISES: dict[str, Exercise] = {
    "three-channels": Exercise(difficulty=2, solution=25 * (27 + 26))
    .wrong(25 * 17, "that is one channel, the example of the page")
    .wrong(3 * 25 * 17, "the sums of the three channels have to be added up, too")
    .wrong(25 * 27 * 26, "multiplications and additions follow each other: their counts add up")
    .wrong(25 * 54, "a sum of so many terms has one addition less than terms")
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
        "an odd number is divided the other way round: one more stands behind",
    )
    .wrong(lambda k, d: [d * (k - 1) / 2] * 2, "there is no half a zero")
    .wrong(lambda k, d: [d * (k - 1)] * 2, "that many are missing in all, not on each side")
    .wrong(
        lambda k, d: [d * k // 2, d * k - d * k // 2],
        "a kernel of one pixel needs no zeros: k points have fewer than k gaps",
    ),
    "true-convolution": Exercise(difficulty=3, solution=_convolution, cases=_image_and_kernel)
    .wrong(
        lambda x, w: _slide(x, w, len(w) - 1),
        "of the right size, but the kernel is not turned: the cross-correlation",
    )
    .wrong(
        lambda x, w: _slide(x, w[::-1], len(w) - 1),
        "the kernel is turned over top to bottom only; j has a minus, too",
    )
    .wrong(lambda x, w: _slide(x, w.T, len(w) - 1), "the kernel is transposed: that is not a turn")
    .wrong(
        lambda x, w: _slide(x, w[::-1, ::-1]),
        "the middle is right: the border, where the kernel hangs over, is missing",
    ),
    "edge-kernel": ArrayExercise(difficulty=2, solution=_CENTRAL / 2, cases=_ramps, makes=_response)
    .wrong(-_CENTRAL / 2, "the sign: it falls where the image rises")
    .wrong(_CENTRAL.T / 2, "it answers to what changes from row to row")
    .wrong(_SOBEL, "an edge detector, but eight times too strong")
    .wrong(_PREWITT, "an edge detector, but six times too strong")
    .wrong(_CENTRAL, "twice too strong: those two pixels are two columns apart")
    .wrong(np.full((3, 3), 1 / 9), "that is a mean: on a constant image it is not 0")
    .wrong(
        np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        "0 on every ramp: it sees how a slope changes, not the slope",
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
        "right where height and width are equal: which of them is a row long?",
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
        "one too many, both: counting begins with 0",
    ),
    "im2col-by-hand": Exercise(difficulty=3, solution=_im2col, cases=_image_and_size)
    .wrong(lambda x, k: _flat(_windows(x, k)), "the windows are rows here; they should be columns")
    .wrong(
        lambda x, k: _flat(_windows(x, k).transpose(0, 1, 3, 2)).T,
        "the columns stand in order, but each is read top to bottom: row by row is meant",
    )
    .wrong(
        lambda x, k: _flat(_windows(x, k).transpose(1, 0, 2, 3)).T,
        "each column is right; the window should move to the right first, then down",
    )
    .wrong(
        lambda x, k: _flat(_windows(x, k)[:-1, :-1]).T,
        "the last window in each direction is missing: how often does it fit?",
    )
    .wrong(
        lambda x, k: _flat(_windows(x, k)[::k, ::k]).T,
        "the windows lie side by side; with stride 1 they overlap",
    ),
    "memory-of-columns": Exercise(difficulty=1, solution=32 * 16 * 25 * 64**2 * 4 / 1e6, bound=5e-3)
    .wrong(32 * 16 * 64**2 * 4 / 1e6, "those are the images; the columns hold a pixel many times")
    .wrong(16 * 25 * 64**2 * 4 / 1e6, "that is one image of the batch")
    .wrong(32 * 25 * 64**2 * 4 / 1e6, "that is one channel")
    .wrong(32 * 16 * 25 * 64**2 / 1e6, "so many million numbers; how many bytes has each?")
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
    .wrong("b", "a mean would be another map: try (2.1.1d) with it, it does not hold")
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
    .wrong(8 * 4 * 9 + 128, "that is the kernels of one group, and the biases of all")
    .wrong(8 * 4 * 9 + 8, "that is one group")
    .wrong(128 * 9 + 128, "that is as many groups as channels"),
    "winograd-five": Exercise(difficulty=2, solution=16 * 25 / 64, bound=1e-3)
    .wrong(16 * 9 / 36, "that is for a kernel of 3 × 3")
    .wrong(4 * 25 / 36, "that is for 2 × 2 outputs")
    .wrong(2.5, "that is one direction: four outputs of a kernel of five")
    .wrong(16 * 25 / 81, "the tile of pixels is one smaller in each direction")
    .wrong(25, "16 outputs need more than 16 pixels")
    .wrong(64 / 400, "the other way round: that is the share that is left"),
}
