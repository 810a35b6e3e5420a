"""What all pictures share: colours, a style, and a figure that shows itself in a notebook."""

import io
from collections.abc import Callable
from functools import partial, wraps
from inspect import Signature, signature
from typing import Any

import matplotlib
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

# Okabe and Ito's colours, told apart by colour-blind readers too; the names say what they are
# used for in the diagrams.
BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#D55E00", "#007A5E", "#B22222", "#8A4F9E"
INK, GREY, LIGHT, PALE = "#222222", "#666666", "#BBBBBB", "#EDF2F7"
# of curves, in their order
COLORS = (BLUE, ORANGE, GREEN, PURPLE, RED, "#6B7A00", "#555555", "#2E86A0", "#D6427F")

# In points a picture is as wide as a phone's column is in pixels, so a point there is a pixel.
WIDTH = 342
SMALLEST = 9  # points that a text must have to be read there

STYLE: dict[Any, Any] = {
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.grid": True,
    "grid.color": "#DDDDDD",
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=COLORS[:5]),
    "lines.linewidth": 1.8,
    "legend.edgecolor": "none",
    "legend.framealpha": 1,
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

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        """Give the PNG, and the width in pixels at which a page or a notebook shows it."""
        with matplotlib.rc_context(STYLE):
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", dpi=240, facecolor="white", metadata={})
        return buffer.getvalue(), {"width": 540}


def picture(
    draw: Callable[..., None] | None = None,
    *,
    height: float | Callable[..., float] = 2.9,
    on: Callable[[Picture], Figure | Axes] = lambda figure: figure,
    **settings: Any,
) -> Any:
    """Turn a function that draws on a figure into one that gives the picture, in the book's style.

    It takes the other arguments, and raises a ValueError if a text would be too small on a phone.
    The height is in inches, or a function gives it for these arguments; the page is 4.75 wide. What
    is drawn `on` is made of the figure, and gets the settings in the end.

    Examples
    --------
    >>> @picture
    ... def line(figure):
    ...     figure.subplots().plot([0, 1])
    >>> line()
    a picture
    """
    if draw is None:
        return partial(picture, height=height, on=on, **settings)

    @wraps(draw)
    def drawn(*args: Any, **kwargs: Any) -> Picture:
        with matplotlib.rc_context(STYLE):
            inches = height(*args, **kwargs) if callable(height) else height
            figure = Picture(figsize=(WIDTH / 72, inches), layout="constrained")
            place = on(figure)
            draw(place, *args, **kwargs)
            place.set(**settings)
        smallest = SMALLEST * 72 * figure.get_figwidth() / WIDTH
        for text in figure.findobj(Text):
            if text.get_text() and float(text.get_fontsize()) < smallest:
                raise ValueError(f"{text.get_text()!r} is too small to be read on a phone")
        return figure

    # what is called takes no figure, so doctest and help() should not say it does
    del drawn.__wrapped__  # type: ignore[attr-defined]
    parameters = list(signature(draw).parameters.values())[1:]
    drawn.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return drawn


def plot(draw: Callable[..., None] | None = None, **settings: Any) -> Any:
    """Do the same for a function that draws on axes, which get the settings."""
    return picture(draw, on=Figure.subplots, **settings)
