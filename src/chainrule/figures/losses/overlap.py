"""Dice, Jaccard and Tversky: two discs that overlap, curves by size, and masks that are found."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...losses import Dice, Tversky
from ..kit.drawing import counted, frame
from ..kit.moving import Moving
from ..kit.picture import BLUE, GREY, ORANGE, Picture, picture
from ..kit.slider import Curve, Slider

CELL, ROWS, COLUMNS, TOP = 16, 11, 22, 1


def disc(column: int) -> np.ndarray:
    """Give the mask of a disc of 37 pixels, its middle in the middle row and a given column.

    Examples
    --------
    >>> disc(8).sum(1)
    array([0, 0, 3, 5, 7, 7, 7, 5, 3, 0, 0])
    """
    rows, columns = np.mgrid[:ROWS, :COLUMNS]
    return (rows - ROWS // 2) ** 2 + (columns - column) ** 2 < 11


def _outline(mask: np.ndarray) -> str:
    """Give the path around a mask that has its pixels side by side in every row, and no gap."""
    rows = np.flatnonzero(mask.any(1))
    if not len(rows):
        return ""
    left = [CELL * int(mask[row].argmax()) for row in rows]
    right = [x + CELL * int(mask[row].sum()) for x, row in zip(left, rows, strict=True)]
    y = [TOP + CELL * int(row) for row in rows]
    down = "".join(f"H{x}V{at + CELL}" for x, at in zip(right, y, strict=True))
    up = "".join(f"H{x}V{at}" for x, at in zip(left[::-1], y[::-1], strict=True))
    return f"M{left[0]} {y[0]}{down}{up}z"


class OverlapSlider(Moving):
    """A predicted disc that a slider moves over the true one, with its counts and its score.

    The shifts say by how many pixels the prediction is beside the truth. One that would take it out
    of the picture is refused by a ValueError.

    Examples
    --------
    >>> OverlapSlider([0, 1])
    a slider for the shift of a disc from 0 to 1 pixels
    >>> OverlapSlider([3]).text(3).split(", D")[0]
    'Prediction moved by 3 pixels: |A| = 37, |B| = 37, |A ∩ B| = 16'
    """

    name, called = "overlap", "shift of the prediction"
    description = (
        "A disc of 37 pixels on a grid of 22 by 11, the truth, and a disc of the same size, "
        "the prediction, beside it. The pixels that belong to both are marked. The further the "
        "prediction is moved, the fewer they are."
    )
    caption = (
        "Two discs, the Dice score *D*, the loss 1 − *D*, and the accuracy: the share of all 242 "
        "pixels that are classified right. Where the discs have nothing in common, *D* is 0, and "
        "the accuracy is still 0.694."
    )
    size, width = (CELL * COLUMNS, TOP + CELL * ROWS + 1), 520
    style = (
        f"& .truth,& .common{{fill:{BLUE}}}"
        'html[data-theme="dark"] & :is(.truth,.common){fill:#56B4E9}'
        "& .truth{fill-opacity:.35}"
        "& .common{fill-opacity:.6}"
        "& .state{min-height:3.4em}"
    )

    def __init__(self, shifts: Sequence[int], start: int = 0):
        for shift in shifts:
            if not 0 <= shift <= 10:
                raise ValueError(f"shifts: expected 0 … 10 pixels, got {shift}")
        self.positions, self.start, self.truth = shifts, start, disc(7)

    def __repr__(self) -> str:
        first, last = self.positions[0], self.positions[-1]
        return f"a slider for the shift of a disc from {first} to {last} pixels"

    def text(self, shift: int) -> str:
        """Give the counts of a shift, and what `Dice` makes of the two masks."""
        a, b = self.truth, disc(7 + shift)
        loss = float(Dice(smooth=0.0)(b[None, None] * 1.0, a[None, None] * 1))
        sizes = f"|A| = {a.sum()}, |B| = {b.sum()}, |A ∩ B| = {(a & b).sum()}"
        score = f"D = 2·{(a & b).sum()}/({a.sum()} + {b.sum()}) = {1 - loss:.3f}"
        rest = f"loss {loss:.3f}; accuracy {(a == b).mean():.3f}"
        return f"Prediction moved by {counted(shift, 'pixel')}: {sizes}, {score}, {rest}"

    def frame(self, shift: int) -> list[str]:
        """Give the paths that a shift moves: the common pixels, and the prediction's outline."""
        predicted = disc(7 + shift)
        return [_outline(self.truth & predicted), _outline(predicted)]

    def legend(self) -> list[tuple[str, str]]:
        """Give a swatch of the truth, the prediction, and what both share."""
        swatch = 'd="M6 0h14v12h-14z"/>'
        truth, common = (f'<path class="{look}" {swatch}' for look in ("truth", "common"))
        predicted = f'<path class="curve" stroke="{ORANGE}" {swatch}'
        both = truth + common
        return [(truth, "A, the truth"), (predicted, "B, predicted"), (both, "A ∩ B, both")]

    def drawing(self) -> str:
        """Give the grid, the truth, the prediction, and the pixels of both."""
        width, bottom = CELL * COLUMNS, TOP + CELL * ROWS
        grid = "".join(f"M0 {y}H{width}" for y in range(TOP, bottom + 1, CELL))
        grid += "".join(f"M{x} {TOP}V{bottom}" for x in range(0, width + 1, CELL))
        common, outline = self.frame(self.positions[self.start])
        return (
            f'<path class="truth" d="{_outline(self.truth)}"/>'
            f'<path class="moving common" d="{common}"/><path class="grid" d="{grid}"/>'
            f'<path class="moving curve" stroke="{ORANGE}" d="{outline}"/>'
        )


def overlap_slider() -> OverlapSlider:
    """Give a disc that is moved from where it should be to where nothing is common."""
    return OverlapSlider(range(9), start=3)


APART: dict[str, Any] = {"smooth": 0.0, "per_sample": True, "reduction": "none"}


def _nested(sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give a true region of 100 pixels, and predicted ones of the same centre and given sizes.

    Both as probabilities of one class, shape (N, 1, 300); the k-th pixel is the k-th from the
    centre, and a pixel may belong to a prediction in part.
    """
    pixels = np.arange(300)
    found = np.clip(100 * sizes[:, None] - pixels, 0, 1)[:, None, :]
    return found, np.broadcast_to((pixels < 100).astype(float), found.shape)


@picture(height=2.5)
def overlap_curves(figure: Picture) -> None:
    """Draw Dice and Jaccard by the size of the predicted region, and the slopes of Dice."""
    left, right = figure.subplots(1, 2)
    sizes = np.linspace(0.01, 3, 300)
    found, true = _nested(sizes)
    left.plot(sizes, Dice(**APART)(found, true)[:, 0], color=BLUE, label="Dice")
    jaccard = Tversky(alpha=1.0, beta=1.0, **APART)
    left.plot(sizes, jaccard(found, true)[:, 0], "--", color=GREY, label="Jaccard")
    left.legend()
    left.set(title="loss", xlabel="predicted size / true size", ylim=(0, 1))
    slopes = Dice(**APART).gradient(found, true)[:, 0]
    right.plot(sizes, 100 * slopes[:, 0], color=BLUE, label="in a true pixel")
    right.plot(sizes, 100 * slopes[:, -1], "--", color=ORANGE, label="in another")
    right.legend()
    right.set(title="slope of Dice, × 100", xlabel="predicted size / true size")


def tversky_slider() -> Slider:
    """Give a slider for the β of the Tversky loss, with α = 1 − β."""
    sizes = np.linspace(0.025, 3, 120)
    found, true = _nested(sizes)
    values = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
    each = [Tversky(alpha=1 - beta, beta=beta, **APART) for beta in values]
    slopes = [100 * loss.gradient(found, true)[:, 0] for loss in each]
    description = (
        "The Tversky loss by the size of the predicted region, relative to the true one. It is 0 "
        "where the sizes are equal. Near the true size, the larger beta, the steeper on the side "
        "of too small and the flatter on the side of too large. At the true size the slope in a "
        "true pixel is minus beta, that in another pixel alpha, both divided by the hundred pixels "
        "of the region."
    )
    curves = [
        Curve("Tversky loss", [loss(found, true)[:, 0] for loss in each]),
        Curve("slope in a true pixel, × 100", [s[:, 0] for s in slopes]),
        Curve("slope in another, × 100", [s[:, -1] for s in slopes]),
    ]
    notes, limits = [f"α = {1 - beta:.1f}" for beta in values], (-2.0, 1.0)
    axes = ("predicted size / true size", "loss, and slope × 100")
    caption = (
        "The Tversky loss of regions that are too small or too large, and its slopes. Near "
        "the true size a large *β* makes the left side steep: what is missed costs more than what "
        "is found wrongly. (Far to the left a small *β* is steeper, for every curve falls from 1 "
        "to 0.) At the true size the slopes, times the "
        "number of pixels, are −*β* and *α*."
    )
    return Slider(
        "tversky",
        description,
        "*β*",
        values,
        sizes,
        curves,
        limits,
        7,
        notes=notes,
        axes=axes,
        caption=caption,
    )


ACROSS = 4  # of an image, its truth and its masks, those that stand side by side


@picture(height=lambda images, true, found: 1.37 * len(images) * -(-(2 + len(found)) // ACROSS))
def masks(
    figure: Picture, images: np.ndarray, true: np.ndarray, found: dict[str, np.ndarray]
) -> None:
    """Draw images, their true masks, and the masks found with each loss.

    Pixels found rightly look like those of the truth, those found wrongly are orange, those missed
    blue.
    """
    names = ["image", "truth", *found]
    rows = -(-len(names) // ACROSS)
    grid = figure.subplots(len(images) * rows, ACROSS).reshape(len(images), -1)
    colors = np.array([[1, 1, 1], [0.84, 0.37, 0], [0.34, 0.71, 0.91], [0.13, 0.13, 0.13]])
    for row, image, mask, number in zip(grid, images, true, range(len(images)), strict=True):
        row[0].imshow(image, cmap="gray_r", vmin=-0.7, vmax=1.5)
        row[1].imshow(colors[3 * mask])
        for axes, each in zip(row[2:], found.values(), strict=False):
            axes.imshow(colors[each[number] + 2 * mask])
        for axes, name in zip(row, names, strict=False):
            frame(axes)
            axes.set_title(name, fontsize=10, pad=3)
        for axes in row[len(names) :]:
            axes.axis("off")
