"""Windows become columns, kernels become rows, and the product of both is the convolution."""

import numpy as np

from ...convolution import Geometry, conv2d, im2col
from ..kit.drawing import arrow, canvas, diagram, note, number
from ..kit.grids import cells, mark
from ..kit.picture import BLUE, COLORS, GREY, ORANGE, PURPLE, WIDTH, Axes, Picture, picture
from .windows import IMAGE, KERNEL

# three kernels of one channel; the first is that of figure 2.1
WEIGHT = np.stack(
    [KERNEL, [[0, 1, 0], [1, -4, 1], [0, 1, 0]], [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]]
)
# an image of three channels, and two kernels for it
CHANNELS = np.array(
    [
        [[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8], [9, 7, 9, 3]],
        [[2, 7, 1, 8], [2, 8, 1, 8], [2, 8, 4, 5], [9, 0, 4, 5]],
        [[1, 4, 1, 4], [2, 1, 3, 5], [6, 2, 3, 7], [3, 0, 9, 5]],
    ]
)
CHANNEL_KERNELS = np.array(
    [
        [[[1, -1], [2, 0]], [[0, 3], [1, 1]], [[-2, 1], [1, 4]]],
        [[[2, 2], [-1, 1]], [[1, 0], [-3, 2]], [[0, 1], [5, -1]]],
    ]
)


@diagram((0, 27.0), (23.4, 0))
def columns(axes: Axes) -> None:
    """Figure 2.2: three windows of an image, and the columns that they become."""
    image, side, found = (1.9, 1.5), 1.45, (1.6, 13.9)
    matrix = im2col(IMAGE[None, None], 3)[0]
    cells(axes, image, IMAGE, size=side, title="image, 7 × 7", above=0.8)
    shown = dict(zip("ABC", ((0, 0), (1, 4), (4, 2)), strict=True))
    for (name, (u, v)), color, line in zip(shown.items(), COLORS, range(3), strict=False):
        window = 5 * u + v
        mark(axes, image, (u, v), (3, 3), color, size=side)
        mark(axes, found, (0, window), (9, 1), color)
        note(axes, found[0] + window + 0.5, found[1] - 0.55, name, color=color, weight="bold")
        text = f"{name}: window ({u}, {v}) is column {window}"
        note(axes, 13.4, 4.6 + 2.0 * line, text, color=color, ha="left")
    cells(axes, found, matrix, fontsize=10)
    for row, (i, j) in enumerate(np.ndindex(3, 3)):
        note(axes, found[0] - 0.25, found[1] + row + 0.5, f"{i},{j}", ha="right", fontsize=10)
    text = "matrix $X$, 9 × 25: a row\nfor each place $i,j$ in it"
    note(axes, 13.4, 11.0, text, ha="left")


@diagram((0, 21.0), (16.2, 0))
def columns_of_channels(axes: Axes) -> None:
    """Figure 2.3: an image of three channels, and the block of rows that each of them becomes."""
    matrix, window, (u, v) = im2col(CHANNELS[None], 2)[0], 4, (1, 1)
    for channel, color in enumerate(COLORS[:3]):
        left, right = (3.4, 1.5 + 5 * channel), (10.6, 1.5 + 5 * channel)
        mark(axes, left, (u, v), (2, 2), color, fill=0.35)
        mark(axes, right, (0, window), (4, 1), color, fill=0.35)
        mark(axes, left, (0, 0), (4, 4), color, fill=0, width=1.6)
        mark(axes, right, (0, 0), (4, 9), color, fill=0, width=1.6)
        cells(axes, left, CHANNELS[channel])
        cells(axes, right, matrix[4 * channel : 4 * channel + 4])
        note(axes, 1.6, left[1] + 2, f"channel\n{channel}", color=color)
        arrow(axes, (left[0] + 4.4, left[1] + 2), (right[0] - 0.5, left[1] + 2), color)
    note(axes, 5.4, 0.7, "image, 3 × 4 × 4")
    note(axes, 15.1, 0.7, "its columns, 12 × 9")


@diagram((0, 19.0), (13.2, 0))
def kernel_row(axes: Axes) -> None:
    """Figure 2.4: every kernel, row by row, becomes a row of a matrix."""
    found = (9.4, 5.6)
    for n, color in enumerate(COLORS[:3]):
        at = (3.3, 1.2 + 4.2 * n)
        mark(axes, at, (0, 0), (3, 3), color)
        mark(axes, found, (n, 0), (1, 9), color)
        cells(axes, at, WEIGHT[n])
        note(axes, 1.6, at[1] + 1.5, f"kernel\n{n}", color=color)
        arrow(axes, (at[0] + 3.3, at[1] + 1.5), (found[0] - 0.3, found[1] + n + 0.5), color)
    cells(axes, found, WEIGHT.reshape(3, 9), title="matrix $W$, 3 × 9")


@diagram((0, 17.4), (12.4, 0))
def kernel_row_of_channels(axes: Axes) -> None:
    """Figure 2.5: a kernel of three channels becomes one row, channel after channel."""
    found = (3.9, 9.6)
    for channel, color in enumerate(COLORS[:3]):
        left = 4.9 + 4 * channel
        note(axes, left + 1, 0.7, f"channel {channel}", color=color)
        for n in range(2):
            mark(axes, (left, 1.5 + 3 * n), (0, 0), (2, 2), color)
            cells(axes, (left, 1.5 + 3 * n), CHANNEL_KERNELS[n, channel])
        mark(axes, found, (0, 4 * channel), (2, 4), color)
        arrow(axes, (left + 1, 6.8), (found[0] + 4 * channel + 2, 8.0), color)
    for n in range(2):
        note(axes, 1.9, 2.5 + 3 * n, f"kernel {n}")
        note(axes, 1.9, 10.1 + n, f"row {n}")
    cells(axes, found, CHANNEL_KERNELS.reshape(2, 12), title="matrix $W$, 2 × 12")


@diagram((0, 27.0), (31.6, 0))
def product(axes: Axes, window: int = 8) -> None:
    """Figure 2.6: rows of W times columns of X are rows of Y, and each of these is an image.

    Of X and Y, only the numbers that are marked are written.
    """
    weight, n, (u, v) = WEIGHT[:2], 0, divmod(window, 5)
    x, y = im2col(IMAGE[None, None], 3)[0], conv2d(IMAGE[None, None], weight[:, None])[0]
    w, of_x, of_y = (1.0, 1.7), (1.0, 6.4), (1.0, 17.6)
    for at, values, row, color, title in (
        (w, weight.reshape(2, -1), (n, 0, 1, 9), BLUE, "$W$, 2 × 9"),
        (of_x, x, (0, window, 9, 1), ORANGE, "$X$, 9 × 25"),
        (of_y, y.reshape(2, -1), (n, window, 1, 1), PURPLE, "$Y = WX$, 2 × 25"),
    ):
        written = np.zeros(values.shape, bool)
        written[row[0] : row[0] + row[2], row[1] : row[1] + row[3]] = True
        side = 1.4 if at is w else 1.0
        shown = None if at is w else written
        cells(axes, at, values, size=side, fontsize=10, title=title, above=0.9, written=shown)
        mark(axes, at, row[:2], row[2:], color, size=side, fill=0.35)
    for group in range(1, 5):  # each becomes a row of the image
        axes.plot([of_y[0] + 5 * group] * 2, [of_y[1], of_y[1] + 2], color=GREY, lw=1.6)
    side, top = 1.7, 21.6
    for kernel, left in enumerate((2.6, 15.9)):
        cells(axes, (left, top), y[kernel], size=side)
        note(axes, left + 2.5 * side, top + 9.4, f"row {kernel} of $Y$ as an image")
        if kernel == n:
            mark(axes, (left, top), (u, v), color=PURPLE, size=side, fill=0.35)
            mark(axes, (left, top), (u, 0), (1, 5), PURPLE, size=side, fill=0.15, width=0)
            mark(axes, of_y, (n, 5 * u), (1, 5), PURPLE, fill=0.15, width=0)
        arrow(axes, (left + 2.5 * side, 19.8), (left + 2.5 * side, top - 0.2))
    text = f"row {n} times column {window} is {number(y[n, u, v])},\nat ({u}, {v}) of image {n}"
    note(axes, 20.3, 3.1, text, fontsize=10, color=PURPLE)


@picture
def matrix(figure: Picture, size: int = 3, kernel_size: int = 2) -> None:
    """Draw im2col as a matrix of zeros and ones, and col2im, its transpose, beside it.

    Marked are the row of one entry, orange, and the column of the middle pixel, blue; in the
    transpose they are a column and a row. The numbers of larger matrices are left out.
    """
    pixels, (oh, ow) = size**2, Geometry.of((size, size), kernel_size).output_size
    one_pixel = np.eye(pixels).reshape(pixels, 1, size, size)
    gather = im2col(one_pixel, kernel_size).reshape(pixels, -1).T  # a column for each pixel
    entries, windows, pixel = len(gather), oh * ow, size // 2 * (size + 1)
    copies = np.flatnonzero(gather[:, pixel])
    row = int(copies[len(copies) // 4])
    across = entries + pixels + 6.2
    axes = canvas(figure, (0, across), (entries + 3.6, 0))
    left, right = (3.6, 3.2), (5.8 + pixels, 3.2)
    wide = WIDTH / across  # a cell, in points
    for at, values, title, what in (
        (left, gather, "im2col", "pixels →"),
        (right, gather.T, "col2im", "entries →"),
    ):
        for place in zip(*np.nonzero(values), strict=True):
            mark(axes, at, place, color=GREY, fill=0.3, width=0)
        title += f", {values.shape[0]} × {values.shape[1]}"
        shown, faint = np.full(values.shape, wide > 10), values == 0
        cells(axes, at, values, fontsize=10, title=title, above=2.2, written=shown, faint=faint)
        note(axes, at[0] + values.shape[1] / 2, at[1] - 0.8, what, color=GREY, fontsize=10)
    mark(axes, left, (row, 0), (1, pixels), ORANGE, fill=0.2)
    mark(axes, left, (0, pixel), (entries, 1), BLUE, fill=0.2)
    mark(axes, right, (0, row), (pixels, 1), ORANGE, fill=0.2)
    mark(axes, right, (pixel, 0), (1, entries), BLUE, fill=0.2)
    for step, (i, j) in enumerate(np.ndindex(kernel_size, kernel_size)):
        top, edge = left[1] + step * windows, right[0] + step * windows
        note(axes, left[0] - 0.3, top + windows / 2, f"place\n{i},{j}", ha="right", fontsize=10)
        if step:
            axes.plot([left[0] - 1.6, left[0] + pixels], [top, top], color=GREY, lw=1.4)
            axes.plot([edge] * 2, [right[1], right[1] + pixels], color=GREY, lw=1.4)
    i, j = divmod(row // windows, kernel_size)
    below, middle = right[1] + pixels, right[0] + entries / 2
    text = f"place {i},{j} of window {row % windows}\ncopies pixel {pixel}"
    note(axes, middle, below + 2.0, text, color=ORANGE)
    note(axes, middle, below + 4.6, f"pixel {pixel} lies in {len(copies)} windows", color=BLUE)
