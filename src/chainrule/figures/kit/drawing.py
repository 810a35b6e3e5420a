"""What is drawn more than once: numbers, texts, arrows, named lines, and axes without lines."""

from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import cycle
from typing import Any

import numpy as np

from .canvas import FancyArrowPatch, FuncFormatter, NullFormatter
from .picture import COLORS, GREY, INK, LIGHT, Picture, picture

Pair = tuple[float, float]
# the looks of curves that share axes, told apart without their colours too
LINES = tuple(zip(COLORS, ("-", "--", "-.", ":"), strict=False))
POINTED = tuple(zip(COLORS, ("o-", "s--", "^:", "v-.", "D-"), strict=False))


def number(value: float, digits: int | None = None) -> str:
    """Write a number with a minus sign, no needless zeros, and at most so many decimals.

    Examples
    --------
    >>> number(-0.50), number(2 / 3, 4), number(-0.00001, 4)
    ('−0.5', '0.6667', '0')
    """
    text = f"{value:g}"
    if digits is not None:
        text = f"{round(float(value), digits) + 0.0:.{digits}f}".rstrip("0").rstrip(".")
    return text.replace("-", "−")


def counted(count: int, noun: str) -> str:
    """Write how many there are of something: "1 pixel", "2 pixels"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def canvas(figure: Picture, across: Pair, up: Pair, inches: float | None = None) -> Any:
    """Give bare axes of this extent; a unit is as wide as high, unless their height is given."""
    axes = figure.subplots()
    axes.set(xlim=across, ylim=up)
    if inches is None:
        axes.set_aspect("equal")
        inches = figure.get_figwidth() * abs(up[1] - up[0]) / abs(across[1] - across[0])
    figure.set_figheight(inches)
    axes.axis("off")
    return axes


def diagram(across: Pair, up: Pair, inches: float | None = None) -> Any:
    """Turn a function that draws on a canvas of this extent into one that gives the picture."""
    return picture(on=lambda figure: canvas(figure, across, up, inches))


def frame(axes: Any) -> None:
    """Leave of an image's axes a thin frame."""
    axes.set(xticks=[], yticks=[])
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set(visible=True, color=LIGHT)


def clear(pad: float = 0) -> dict[str, Any]:
    """Give the box that keeps the lines behind a text away from it."""
    return {"fc": "white", "ec": "none", "pad": pad}


def note(axes: Any, x: float, y: float, text: str, **look: Any) -> None:
    """Write a text with its middle at a place."""
    axes.text(x, y, text, **{"ha": "center", "va": "center", "color": INK, **look})


def beside(axes: Any, at: Any, away: Pair, text: str, **look: Any) -> None:
    """Write a text beside a place, so many points away."""
    axes.annotate(text, tuple(at), away, textcoords="offset points", **look)


def arrow(axes: Any, start: Any, end: Any, color: str = GREY, gap: float = 0, **look: Any) -> None:
    """Draw an arrow that keeps a gap to both its ends."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    away = gap * ((end - start) / np.linalg.norm(end - start))
    usual = {"arrowstyle": "-|>", "lw": 1.6, "shrinkA": 0, "shrinkB": 0, "zorder": 5}
    style = {**usual, "mutation_scale": 13, "color": color, **look}
    axes.add_patch(FancyArrowPatch(start + away, end - away, **style))


def broken(values: np.ndarray, jump: float) -> np.ndarray:
    """Leave a gap, not a steep line, where a curve's next height is further than this away."""
    return np.where(np.append(np.abs(np.diff(values)) > jump, False), np.nan, values)


def broken_at_0(x: np.ndarray, function: Callable) -> np.ndarray:
    """Give a function's heights at x, with a gap at 0 if it jumps there, not if it is steep."""
    below, above = function(np.array([-1e-9, 1e-9]))
    return np.where((x == 0) & (abs(above - below) > 0.01), np.nan, function(x))


def lines(
    draw: Callable, x: Any, curves: Mapping[str, Any], looks: Iterable = LINES, **style: Any
) -> None:
    """Draw named curves by a method of the axes, each in the look of its place."""
    for (name, y), (color, line) in zip(curves.items(), cycle(looks), strict=False):
        draw(x, y, line, color=color, label=name, gid=name, **style)


def series(figure: Any, front: Collection[str], ncols: int = 2) -> None:
    """Draw a legend, and let some of the named curves, if any, stand in front of the others.

    On a page the names bring others there. What belongs to a curve has its name as its group.
    """
    handles, names = figure.axes[0].get_legend_handles_labels()
    legend = figure.legend(handles, names, loc="outside lower center", ncols=ncols)
    legend.set_gid("legend" if front else None)
    for artist in figure.findobj() if front else ():
        if artist.get_gid() in names:
            shown = "front" if artist.get_gid() in front else "behind"
            artist.set_gid(f"{shown} {artist.get_gid()}")
            artist.set_zorder(artist.get_zorder() + 2 * (shown == "front"))


def plain(axis: Any) -> None:
    """Write the numbers of a logarithmic axis as such, not as powers of ten."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def with_slope(
    figure: Picture, xlabel: str, x: np.ndarray, curves: Mapping[str, np.ndarray], jump: float
) -> Any:
    """Draw a function on the left and its slope on the right, and give the axes of the slope."""
    for axes, (title, y), color in zip(figure.subplots(1, 2), curves.items(), COLORS, strict=False):
        axes.plot(x, broken(y, jump), color=color)
        axes.set(title=title, xlabel=xlabel)
    return axes
