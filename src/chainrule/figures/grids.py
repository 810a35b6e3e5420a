"""What the pictures of chapter 2 are made of: grids of numbers, marked cells, and arrows."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import FancyArrowPatch, Rectangle

from .picture import BLUE, GREY, INK, Picture

__all__ = ["arrow", "canvas", "cells", "mark", "note", "number", "written_sum"]

LINE = "#BBBBBB"


def number(value: float) -> str:
    """Give a number as the pictures write it, with a minus sign and no needless zeros."""
    return f"{value:g}".replace("-", "−")


def canvas(figure: Picture, width: float, height: float) -> Any:
    """Give axes whose unit is a cell of a grid, counted rightwards and downwards."""
    figure.set_figheight(figure.get_figwidth() * height / width)
    axes = figure.subplots()
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axes.axis("off")
    return axes


def note(axes: Any, x: float, y: float, text: str, **look: Any) -> None:
    """Write a text with its middle at a place."""
    axes.text(x, y, text, **{"ha": "center", "va": "center", "color": INK, **look})


def cells(
    axes: Any,
    at: tuple[float, float],
    values: Any,
    *,
    size: float = 1.0,
    fontsize: float = 11,
    written: np.ndarray | None = None,
    faint: np.ndarray | None = None,
) -> None:
    """Draw a matrix as a grid of numbers.

    Parameters
    ----------
    axes : matplotlib axes
        From `canvas`.
    at : pair of float
        The upper left corner.
    values : array, two axes
    size : float
        The side of a cell.
    fontsize : float
    written, faint : array of bool, optional
        Whose numbers are written (all of them by default), and which of these in grey.
    """
    (x, y), (rows, columns) = at, np.shape(values)
    for row in range(rows + 1):
        axes.plot([x, x + columns * size], [y + row * size] * 2, color=LINE, lw=0.8, zorder=1)
    for column in range(columns + 1):
        axes.plot([x + column * size] * 2, [y, y + rows * size], color=LINE, lw=0.8, zorder=1)
    for (row, column), value in np.ndenumerate(values):
        if written is None or written[row, column]:
            color = GREY if faint is not None and faint[row, column] else INK
            place = x + (column + 0.5) * size, y + (row + 0.53) * size
            text = number(value).replace("−", "–")  # a shorter stroke for a narrow cell
            small = min(fontsize, {1: fontsize, 2: 10}.get(len(text), 9))  # to stay in its cell
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
    """Mark cells of a grid: a frame around them, and a tint.

    Parameters
    ----------
    axes : matplotlib axes
    at : pair of float
        The upper left corner of the grid.
    place, shape : pair of float
        The first row and column that are marked, and how many.
    color : str
    size : float
        The side of a cell.
    fill, width : float
        How strong the tint is, and how thick the frame.
    style : str
        Of the frame's line.
    """
    corner = at[0] + place[1] * size, at[1] + place[0] * size
    box: dict[str, Any] = {"xy": corner, "width": shape[1] * size, "height": shape[0] * size}
    if fill:
        axes.add_patch(Rectangle(**box, fc=color, alpha=fill, ec="none", zorder=2))
    if width:
        axes.add_patch(Rectangle(**box, fc="none", ec=color, lw=width, ls=style, zorder=3))


def arrow(axes: Any, start: Sequence[float], end: Sequence[float], color: str = GREY) -> None:
    """Draw an arrow."""
    axes.add_patch(
        FancyArrowPatch(
            (start[0], start[1]),
            (end[0], end[1]),
            arrowstyle="-|>",
            mutation_scale=13,
            color=color,
            lw=1.6,
            shrinkA=0,
            shrinkB=0,
            zorder=5,
        )
    )


def written_sum(weights: Iterable[float], pixels: Iterable[float]) -> str:
    """Write a sum of products out.

    Parameters
    ----------
    weights, pixels : iterable of float
        Of equal length.

    Returns
    -------
    str

    Examples
    --------
    >>> written_sum([2, -1], [7, 3])
    '2·7 − 1·3'
    """
    terms = zip(weights, pixels, strict=True)
    text = "".join(
        f" {'−' if weight < 0 else '+'} {number(abs(weight))}·{number(pixel)}"
        for weight, pixel in terms
    )
    return ("−" if text[1] == "−" else "") + text[3:]
