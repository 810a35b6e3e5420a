"""A picture with a slider: two discs on a grid of pixels, what they share, and the Dice score."""

from collections.abc import Sequence

import numpy as np

from ..losses import Dice
from .slider import COLORS, moving_figure

__all__ = ["OverlapSlider", "disc", "overlap_slider"]

CELL, ROWS, COLUMNS, TOP = 16, 11, 22, 1


def disc(column: int) -> np.ndarray:
    """Give the mask of a disc of 37 pixels, its middle in the middle row and a given column.

    Parameters
    ----------
    column : int

    Returns
    -------
    array of bool, shape (11, 22)

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


class OverlapSlider:
    """A predicted disc that a slider moves over the true one, with its counts and its score.

    Parameters
    ----------
    shifts : sequence of int
        By how many pixels the prediction is beside the truth, one for each position.
    start : int
        The position shown first.

    Raises
    ------
    ValueError
        If a shift would take the disc out of the picture.

    Examples
    --------
    >>> OverlapSlider([0, 1])
    a slider for the shift of a disc from 0 to 1 pixels
    >>> OverlapSlider([3]).text(3).split(", D")[0]
    'Prediction moved by 3 pixels: |A| = 37, |B| = 37, |A ∩ B| = 16'
    """

    def __init__(self, shifts: Sequence[int], start: int = 0):
        for shift in shifts:
            if not 0 <= shift <= 10:
                raise ValueError(f"shifts: expected 0 … 10 pixels, got {shift}")
        self.shifts, self.start, self.truth = shifts, start, disc(7)

    def __repr__(self) -> str:
        first, last = self.shifts[0], self.shifts[-1]
        return f"a slider for the shift of a disc from {first} to {last} pixels"

    def text(self, shift: int) -> str:
        """Give the counts of a shift, and what `Dice` makes of the two masks."""
        a, b = self.truth, disc(7 + shift)
        loss = float(Dice(smooth=0.0)(b[None, None] * 1.0, a[None, None] * 1))
        sizes = f"|A| = {a.sum()}, |B| = {b.sum()}, |A ∩ B| = {(a & b).sum()}"
        score = f"D = 2·{(a & b).sum()}/({a.sum()} + {b.sum()}) = {1 - loss:.3f}"
        pixels = "1 pixel" if shift == 1 else f"{shift} pixels"
        accuracy = f"accuracy {(a == b).mean():.3f}"
        return f"Prediction moved by {pixels}: {sizes}, {score}, loss {loss:.3f}; {accuracy}"

    def frame(self, shift: int) -> list[str]:
        """Give the paths that a shift moves: the common pixels, and the prediction's outline."""
        predicted = disc(7 + shift)
        return [_outline(self.truth & predicted), _outline(predicted)]

    def _repr_html_(self) -> str:
        identity = "slider-overlap"
        blue, orange = COLORS[:2]
        width, bottom = CELL * COLUMNS, TOP + CELL * ROWS
        grid = "".join(f"M0 {y}H{width}" for y in range(TOP, bottom + 1, CELL))
        grid += "".join(f"M{x} {TOP}V{bottom}" for x in range(0, width + 1, CELL))
        style = (
            f"#{identity} > svg{{max-width:520px}}"
            f"#{identity} .truth,#{identity} .common{{fill:{blue}}}"
            f'html[data-theme="dark"] #{identity} :is(.truth,.common){{fill:#56B4E9}}'
            f"#{identity} .truth{{fill-opacity:.35}}"
            f"#{identity} .common{{fill-opacity:.6}}"
            f"#{identity} output{{display:block;min-height:3.4em}}"
        )
        common, outline = self.frame(self.shifts[self.start])
        swatch = 'd="M6 0h14v12h-14z"/>'
        legend = [
            (f'<path class="truth" {swatch}', "A, the truth"),
            (f'<path class="curve" stroke="{orange}" {swatch}', "B, predicted"),
            (f'<path class="truth" {swatch}<path class="common" {swatch}', "A ∩ B, both"),
        ]
        return moving_figure(
            identity,
            "A disc of 37 pixels on a grid of 22 by 11, the truth, and a disc of the same size, "
            "the prediction, beside it. The pixels that belong to both are marked. The further the "
            "prediction is moved, the fewer they are.",
            (width, bottom + 1),
            f"<style>{style}</style>"
            f'<path class="truth" d="{_outline(self.truth)}"/>'
            f'<path class="moving common" d="{common}"/><path class="grid" d="{grid}"/>'
            f'<path class="moving curve" stroke="{orange}" d="{outline}"/>',
            "",
            [self.text(shift) for shift in self.shifts],
            [self.frame(shift) for shift in self.shifts],
            self.start,
            legend=legend,
            name="shift of the prediction",
        )


def overlap_slider() -> OverlapSlider:
    """Give a disc that is moved from where it should be to where nothing is common."""
    return OverlapSlider(range(9), start=3)
