"""A kernel slides over an image, and what it makes of a photograph."""

import numpy as np

from ...convolution import AvgPool2d, Geometry, col2im, conv2d, im2col, loop_operations
from ..kit.drawing import beside, diagram, note, number
from ..kit.grids import cells, mark, written_sum
from ..kit.picture import BLUE, GREY, INK, ORANGE, Axes, Picture, picture

# the example of figures 2.1, 2.2 and 2.6, and of the picture that one steps through
ROWS = ("1427035", "6081924", "3572681", "9240517", "0863142", "5139706", "2704853")
IMAGE = np.array([[int(digit) for digit in row] for row in ROWS])
KERNEL = np.array([[2, 1, -1], [3, 1, -2], [1, -1, -2]])

_BINOMIAL = np.array([1, 4, 6, 4, 1]) / 16
KERNELS = {
    "horizontal edges": np.array([[-1.0, -2, -1], [0, 0, 0], [1, 2, 1]]),
    "vertical edges": np.array([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
    "outlines": np.array([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
    "blurred": np.outer(_BINOMIAL, _BINOMIAL),
    "sharpened": np.array([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
}


def convolved(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Give the convolution of one image with one kernel."""
    return conv2d(image[None, None], kernel[None, None])[0, 0]


@diagram((0, 18.4), (11.2, 0))
def sliding(axes: Axes, u: int = 1, v: int = 2) -> None:
    """Figure 2.1: one window of the image, the kernel, and the cell that they make."""
    y = convolved(IMAGE, KERNEL)
    for at, values, title, place, shape in (
        ((0.2, 1.5), IMAGE, "image $x$", (u, v), (3, 3)),
        ((8.8, 3.5), KERNEL, "kernel $w$", (0, 0), (3, 3)),
        ((13.1, 2.5), y, "output $y$", (u, v), (1, 1)),
    ):
        cells(axes, at, values, title=title)
        mark(axes, at, place, shape, ORANGE)
    note(axes, 8.0, 5.0, "·", fontsize=18)
    note(axes, 12.45, 5.0, "=", fontsize=14)
    window = im2col(IMAGE[None, None], 3)[0, :, 5 * u + v]
    text = f"$y_{{{u}{v}}}$ = {written_sum(KERNEL.ravel(), window)} = {number(y[u, v])}"
    note(axes, 9.2, 9.5, text, fontsize=10)
    one, all_of_them = (Geometry.of(size, 3) for size in ((3, 3), IMAGE.shape))
    products, additions = loop_operations(one)
    text = f"{products} products and {additions} additions; for all {y.size} cells "
    text += f"{sum(loop_operations(all_of_them))} operations"
    note(axes, 9.2, 10.5, text, fontsize=10, color=GREY)


@diagram((0, 17.2), (8.6, 0))
def overlap(axes: Axes) -> None:
    """Draw how many windows of 3 × 3 hold each pixel, for stride 1 and stride 2."""
    for left, stride in ((0.6, 1), (9.6, 2)):
        windows = np.prod(Geometry.of((7, 7), 3, stride).output_size)
        counts = col2im(np.ones((1, 9, windows)), 7, 3, stride=stride)[0, 0]
        for place, count in np.ndenumerate(counts):
            mark(axes, (left, 1.3), place, color=BLUE, fill=0.45 * count / 9, width=0)
        title = f"stride {stride}: {windows} windows"
        cells(axes, (left, 1.3), counts, title=title, above=0.7)


@picture(height=4.9)
def photograph(figure: Picture, name: str = "china.jpg") -> None:
    """Draw a photograph, and what each of `KERNELS` makes of it.

    It is one of scikit-learn's two, made grey and a third as large. Where a kernel sums to 0, the
    middle grey is 0.
    """
    from sklearn.datasets import load_sample_image

    figure.photograph = True
    color = load_sample_image(name).transpose(2, 0, 1)[None] / 255
    grey = conv2d(color, np.array([0.299, 0.587, 0.114]).reshape(1, 3, 1, 1))
    small = AvgPool2d(3)(grey)[0, 0]
    made = {name: convolved(small, kernel) for name, kernel in KERNELS.items()}
    shown = {"the photograph": small, **made}.items()
    for axes, (title, image) in zip(figure.subplots(3, 2).ravel(), shown, strict=True):
        signed = title in KERNELS and KERNELS[title].sum() == 0
        low, high = (-1.2, 1.2) if signed else (0, 1)
        axes.imshow(image, cmap="gray", vmin=low, vmax=high)
        # a label that is read by day and by night, in the lower left corner
        corner, box = (-0.5, len(image) - 0.5), {"fc": INK, "ec": "none", "pad": 3}
        beside(axes, corner, (3, 3), title, va="bottom", color="white", bbox=box)
        axes.axis("off")


@diagram((0, 31.4), (10.6, 0))
def dilated(axes: Axes) -> None:
    """Draw a 3 × 3 window with dilation 1, 2 and 3, and two that follow each other at stride 2."""
    pixels = np.arange(49.0).reshape(1, 1, 7, 7)
    for panel, (title, stride, dilation) in enumerate(
        (("dilation 1", 1, 1), ("dilation 2", 1, 2), ("dilation 3", 1, 3), ("stride 2", 2, 1))
    ):
        at = (0.3 + 8 * panel, 1.8)
        geometry = Geometry.of((7, 7), 3, stride, 0, dilation)
        windows = im2col(pixels, 3, stride=stride, dilation=dilation)[0].astype(int)
        count = windows.shape[1]
        nothing = np.zeros((7, 7), bool)
        cells(axes, at, nothing, title=title, above=1.0, written=nothing)
        shown = [(count // 2, BLUE, "-")] if stride == 1 else [(0, BLUE, "-"), (1, ORANGE, "--")]
        for window, color, style in shown:
            for pixel in windows[:, window]:
                mark(axes, at, divmod(pixel, 7), color=color, fill=0.4, width=0)
            corner = divmod(windows[0, window], 7)
            mark(axes, at, corner, geometry.span, color, fill=0, style=style)
        rows, columns = geometry.output_size
        note(axes, at[0] + 3.5, 9.7, f"output {rows} × {columns}", fontsize=10, color=GREY)
