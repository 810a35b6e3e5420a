"""What the pictures share: a style, and a figure that shows itself in a notebook."""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Okabe and Ito's colours, told apart by colour-blind readers too; the names say what they are
# used for in the diagrams.
BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#D55E00", "#007A5E", "#B22222", "#8A4F9E"
INK, GREY, PALE = "#222222", "#666666", "#EDF2F7"

STYLE: dict[Any, Any] = {
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "grid.color": "#DDDDDD",
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, PURPLE, RED]),
    "lines.linewidth": 2,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "mathtext.fontset": "cm",
}


class Picture(Figure):
    """A figure that shows itself in a notebook and belongs to no global state."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        FigureCanvasAgg(self)

    def __repr__(self) -> str:
        return "a picture"

    def _repr_html_(self) -> None:
        """Leave showing to the PNG."""

    def _repr_png_(self) -> bytes:
        with matplotlib.rc_context(STYLE):
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", dpi=200, facecolor="white", metadata={})
            return buffer.getvalue()


def picture(draw: Callable[..., None]) -> Callable[..., Picture]:
    """Turn a function that draws on a figure into one that gives the picture, in the book's style.

    Parameters
    ----------
    draw : callable
        Takes a `Picture` first.

    Returns
    -------
    callable
        Takes the other arguments of `draw` and gives the `Picture`.

    Examples
    --------
    >>> @picture
    ... def line(figure):
    ...     figure.subplots().plot([0, 1])
    >>> line()
    a picture
    """

    @wraps(draw)
    def drawn(*args: Any, **kwargs: Any) -> Picture:
        with matplotlib.rc_context(STYLE):
            figure = Picture(figsize=(6.4, 3.6), layout="constrained")
            draw(figure, *args, **kwargs)
        return figure

    # what is called takes no figure, so doctest and help() should not say it does
    del drawn.__wrapped__  # type: ignore[attr-defined]
    return drawn
