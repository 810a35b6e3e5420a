"""A picture to step through: window by window, im2col and the convolution that it makes (2.1.1)."""

import numpy as np

from ...convolution import im2col
from ..kit.drawing import number
from ..kit.grids import written_sum
from ..kit.moving import Moving, box, grid, numbers
from ..kit.picture import ORANGE
from .windows import IMAGE, KERNEL, convolved

WIDTH, HEIGHT = 360, 346
IMAGE_AT, KERNEL_AT, OUTPUT_AT, MATRIX_AT = (4, 26), (146, 61), (218, 26), (10, 204)
# the width and height of a cell: of the image, the kernel, the output, and the matrix
SMALL, SQUARE, WIDE, NARROW = (19.0, 19.0), (21.0, 21.0), (27.6, 26.6), (13.6, 15.0)


class Stepper(Moving):
    """A window that a slider moves over an image, its column in im2col's matrix, and its output.

    What is shown at every step is what `im2col` and `conv2d` give. The image is 7 × 7, of whole
    numbers of one digit, and the kernel 3 × 3; other shapes are refused by a ValueError.

    Examples
    --------
    >>> Stepper("windows", IMAGE, KERNEL)
    a stepper through 25 windows
    """

    description = (
        "An image of 7 by 7 numbers, a kernel of 3 by 3, the output of 5 by 5, and the matrix "
        "of 9 by 25 that im2col makes. At each step a window of the image, its column in the "
        "matrix and its cell of the output are marked."
    )
    caption = (
        "Each window of the image is a column of the matrix, and gives one number of the output: "
        "the sum of its products with the kernel."
    )
    size, positions, called, font, width = (WIDTH, HEIGHT), range(25), "window", 12, 480
    style = (
        "& text{text-anchor:middle}"
        "& .cover{fill:var(--pst-color-background,Canvas);fill-opacity:.85}"
        "& .mark{fill-opacity:.2;stroke-width:2.5}"
        "& .state{min-height:3.4em}"
    )

    def __init__(self, name: str, image: np.ndarray, kernel: np.ndarray, start: int = 0):
        for what, array, shape in (("image", image, (7, 7)), ("kernel", kernel, (3, 3))):
            if np.shape(array) != shape:
                raise ValueError(f"{what}: expected shape {shape}, got {np.shape(array)}")
        self.name, self.image, self.kernel, self.start = name, image, kernel, start
        self.columns = im2col(image[None, None], 3)[0]
        self.output = convolved(image, kernel)

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
        to_come = box(MATRIX_AT, (0, window + 1), (9, 24 - window), NARROW)
        to_come += box(OUTPUT_AT, (u, v + 1), (1, 4 - v), WIDE)
        to_come += box(OUTPUT_AT, (u + 1, 0), (4 - u, 5), WIDE)
        return [
            to_come,
            box(IMAGE_AT, (u, v), (3, 3), SMALL),
            box(MATRIX_AT, (0, window), (9, 1), NARROW),
            box(OUTPUT_AT, (u, v), (1, 1), WIDE),
        ]

    def drawing(self) -> str:
        """Give the four grids, their numbers and titles, and what is covered and marked."""
        grids = written = titles = ""
        for at, values, size, title in (
            (IMAGE_AT, self.image, SMALL, "image, 7 × 7"),
            (KERNEL_AT, self.kernel, SQUARE, "kernel"),
            (OUTPUT_AT, self.output, WIDE, "output, 5 × 5"),
            (MATRIX_AT, self.columns, NARROW, "matrix X, 9 × 25: a column for each window"),
        ):
            grids += grid(at, values.shape, size)
            written += numbers(at, values, size)
            middle = int(at[0] + values.shape[1] * size[0] / 2)
            titles += f'<text x="{middle}" y="{at[1] - 8}">{title}</text>'
        cover, *marks = self.frame(self.start)
        color = f'fill="{ORANGE}" stroke="{ORANGE}"'
        moving = "".join(f'<path class="moving mark" {color} d="{path}"/>' for path in marks)
        still = f'<path class="mark" {color} d="{box(KERNEL_AT, (0, 0), (3, 3), SQUARE)}"/>'
        cover = f'<path class="moving cover" d="{cover}"/>'
        return f"{grids}{written}{titles}{cover}{moving}{still}"


def stepper() -> Stepper:
    """Give the 25 windows of the image of figure 2.1, to step through."""
    return Stepper("windows", IMAGE, KERNEL, start=7)
