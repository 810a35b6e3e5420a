"""A picture to step through: window by window, im2col and the convolution that it makes (2.1.1)."""

from collections.abc import Iterable, Sequence

import numpy as np

from ..convolution import conv2d, im2col
from .convolution import IMAGE, KERNEL
from .grids import number, written_sum
from .slider import COLORS, moving_figure

__all__ = ["Stepper", "stepper"]

CELL, WIDER = 20.0, 25.0  # the side of a cell: of the image and the kernel, and of the output
COLUMN, ROW = 13.6, 15.0  # how wide and how high a cell of the matrix is
WIDTH, HEIGHT = 360, 346
IMAGE_AT, KERNEL_AT, OUTPUT_AT, MATRIX_AT = (6, 26), (162, 66), (230, 36), (10, 204)
Point = tuple[float, float]


def _box(at: Point, place: Point, shape: Point, size: Point) -> str:
    """Give the path around cells of a grid whose cells have this width and height."""
    x, y = at[0] + place[1] * size[0], at[1] + place[0] * size[1]
    w, h = shape[1] * size[0], shape[0] * size[1]
    return f"M{x:g} {y:g}h{w:g}v{h:g}h{-w:g}z"


def _grid(at: Point, shape: Sequence[int], size: Point) -> str:
    """Give the lines of a grid, as one path."""
    (rows, columns), (x, y), (w, h) = shape, at, size
    across = "".join(f"M{x:g} {y + row * h:g}h{columns * w:g}" for row in range(rows + 1))
    down = "".join(f"M{x + column * w:g} {y:g}v{rows * h:g}" for column in range(columns + 1))
    return f'<path class="grid" d="{across}{down}"/>'


def _numbers(at: Point, values: Iterable[Iterable[float]], size: Point, look: str = "usual") -> str:
    """Write a matrix's numbers into the cells of its grid."""
    (x, y), (w, h), texts = at, size, []
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            place = f'x="{x + (column + 0.5) * w:.1f}" y="{y + (row + 0.5) * h + 4:g}"'
            texts.append(f'<text class="{look}" {place}>{number(value)}</text>')
    return "".join(texts)


class Stepper:
    """A window that a slider moves over an image, its column in im2col's matrix, and its output.

    What is shown at every step is what `im2col` and `conv2d` give.

    Parameters
    ----------
    name : str
        A name for the picture, unique on its page.
    image : array, shape (7, 7)
        Of whole numbers of one digit.
    kernel : array, shape (3, 3)
    start : int
        The first window shown.

    Raises
    ------
    ValueError
        If the image or the kernel has another shape.

    Examples
    --------
    >>> Stepper("windows", IMAGE, KERNEL)
    a stepper through 25 windows
    """

    def __init__(self, name: str, image: np.ndarray, kernel: np.ndarray, start: int = 0):
        for what, array, shape in (("image", image, (7, 7)), ("kernel", kernel, (3, 3))):
            if np.shape(array) != shape:
                raise ValueError(f"{what}: expected shape {shape}, got {np.shape(array)}")
        self.name, self.image, self.kernel, self.start = name, image, kernel, start
        self.columns = im2col(image[None, None], 3)[0]
        self.output = conv2d(image[None, None], kernel[None, None])[0, 0]

    def __repr__(self) -> str:
        return f"a stepper through {self.columns.shape[1]} windows"

    def text(self, window: int) -> str:
        """Give what is said of a window: where it is, and the sum of its nine products."""
        u, v = divmod(window, 5)
        terms = written_sum(self.kernel.ravel(), self.columns[:, window])
        return f"Window {window}, ({u}, {v}): {terms} = {number(self.output[u, v])}"

    def frame(self, window: int) -> list[str]:
        """Give the paths that a window moves.

        They hide the columns and the outputs that are still to come, and frame the window, its
        column and its output.
        """
        u, v = divmod(window, 5)
        square, wider, narrow = (CELL, CELL), (WIDER, WIDER), (COLUMN, ROW)
        to_come = _box(MATRIX_AT, (0, window + 1), (9, 24 - window), narrow)
        to_come += _box(OUTPUT_AT, (u, v + 1), (1, 4 - v), wider)
        to_come += _box(OUTPUT_AT, (u + 1, 0), (4 - u, 5), wider)
        return [
            to_come,
            _box(IMAGE_AT, (u, v), (3, 3), square),
            _box(MATRIX_AT, (0, window), (9, 1), narrow),
            _box(OUTPUT_AT, (u, v), (1, 1), wider),
        ]

    def _repr_html_(self) -> str:
        identity = f"slider-{self.name}"
        square, wider, narrow = (CELL, CELL), (WIDER, WIDER), (COLUMN, ROW)
        style = (
            f"#{identity} svg{{max-width:480px}}"
            f"#{identity} text{{font-size:12px;text-anchor:middle}}"
            f"#{identity} .small{{font-size:11.6px}}"
            f"#{identity} .cover{{fill:var(--pst-color-background);fill-opacity:.85}}"
            f"#{identity} .mark{{fill-opacity:.2;stroke-width:2.5}}"
            f"#{identity} output{{display:block;min-height:3.4em}}"
        )
        titles = "".join(
            f'<text x="{x}" y="{y}">{title}</text>'
            for x, y, title in (
                (76, 18, "image, 7 × 7"),
                (192, 58, "kernel"),
                (292, 28, "output, 5 × 5"),
                (180, 196, "matrix X, 9 × 25: a column for each window"),
            )
        )
        grids = (
            _grid(IMAGE_AT, (7, 7), square)
            + _grid(KERNEL_AT, (3, 3), square)
            + _grid(OUTPUT_AT, (5, 5), wider)
            + _grid(MATRIX_AT, (9, 25), narrow)
        )
        numbers = (
            _numbers(IMAGE_AT, self.image, square)
            + _numbers(KERNEL_AT, self.kernel, square)
            + _numbers(OUTPUT_AT, self.output, wider, "small")
            + _numbers(MATRIX_AT, self.columns, narrow, "small")
        )
        cover, *marks = self.frame(self.start)
        color = COLORS[1]
        moving = f'<path class="moving cover" d="{cover}"/>' + "".join(
            f'<path class="moving mark" fill="{color}" stroke="{color}" d="{path}"/>'
            for path in marks
        )
        still = _box(KERNEL_AT, (0, 0), (3, 3), square)
        moving += f'<path class="mark" fill="{color}" stroke="{color}" d="{still}"/>'
        windows = range(self.columns.shape[1])
        return moving_figure(
            identity,
            "An image of 7 by 7 numbers, a kernel of 3 by 3, the output of 5 by 5, and the matrix "
            "of 9 by 25 that im2col makes. At each step a window of the image, its column in the "
            "matrix and its cell of the output are marked.",
            (WIDTH, HEIGHT),
            f"<style>{style}</style>{grids}{numbers}{titles}{moving}",
            "",
            [self.text(window) for window in windows],
            [self.frame(window) for window in windows],
            self.start,
            name="window",
        )


def stepper() -> Stepper:
    """Give the 25 windows of the image of figure 2.1, to step through."""
    return Stepper("windows", IMAGE, KERNEL, start=7)
