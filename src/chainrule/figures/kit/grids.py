"""Grids of numbers, marked cells, and sums written out: what the pictures of chapter 2 show."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from .canvas import Rectangle
from .drawing import note, number
from .picture import BLUE, GREY, INK, LIGHT


def cells(
    axes: Any,
    at: tuple[float, float],
    values: Any,
    *,
    size: float = 1.0,
    fontsize: float = 11,
    title: str = "",
    above: float = 0.75,
    written: np.ndarray | None = None,
    faint: np.ndarray | None = None,
) -> None:
    """Draw a matrix as a grid of numbers, its upper left corner at a place of a canvas.

    The title stands so far above it. Of the numbers those that are `written` are shown, by default
    all of them, and of these some `faint`, in grey.
    """
    (x, y), (rows, columns) = at, np.shape(values)
    if title:
        note(axes, x + columns * size / 2, y - above, title)
    across, down = x + size * np.arange(columns + 1), y + size * np.arange(rows + 1)
    axes.plot(across[[0, -1]], [down, down], color=LIGHT, lw=0.8, zorder=1)
    axes.plot([across, across], down[[0, -1]], color=LIGHT, lw=0.8, zorder=1)
    for (row, column), value in np.ndenumerate(values):
        if written is None or written[row, column]:
            color = GREY if faint is not None and faint[row, column] else INK
            place = x + (column + 0.5) * size, y + (row + 0.53) * size
            text = number(value).replace("−", "–")  # a shorter stroke for a narrow cell
            small = fontsize if len(text) == 1 else min(fontsize, 10)  # to stay in its cell
            note(axes, *place, text, fontsize=small, color=color, zorder=4)


def mark(
    axes: Any,
    at: tuple[float, float],
    place: tuple[float, float],
    shape: tuple[float, float] = (1, 1),
    color: str = BLUE,
    *,
    size: float = 1.0,
    fill: float = 0.25,
    width: float = 2.2,
    style: str = "-",
) -> None:
    """Mark cells of a grid by a frame and a tint: from a row and column on, so many of each."""
    corner = at[0] + place[1] * size, at[1] + place[0] * size
    box: dict[str, Any] = {"xy": corner, "width": shape[1] * size, "height": shape[0] * size}
    if fill:
        axes.add_patch(Rectangle(**box, fc=color, alpha=fill, ec="none", zorder=2))
    if width:
        axes.add_patch(Rectangle(**box, fc="none", ec=color, lw=width, ls=style, zorder=3))


def written_sum(weights: Iterable[float], pixels: Iterable[float]) -> str:
    """Write a sum of products out.

    Examples
    --------
    >>> written_sum([2, -1], [7, 3])
    '2·7 − 1·3'
    """
    terms = [f"{number(w)}·{number(p)}" for w, p in zip(weights, pixels, strict=True)]
    return " + ".join(terms).replace("+ −", "− ")
