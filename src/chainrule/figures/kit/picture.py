"""What all pictures share: colours, a style, and a figure that shows itself in a notebook."""

import io
import re
from collections.abc import Callable
from functools import partial, wraps
from inspect import Signature, signature
from typing import Any

from .canvas import Axes, Figure, FigureCanvasAgg, RendererSVG, Text, cycler, matplotlib

# Okabe and Ito's colours, told apart by colour-blind readers too; the names say what they are
# used for in the diagrams.
BLUE, ORANGE, GREEN, RED, PURPLE = "#0072B2", "#D55E00", "#007A5E", "#B22222", "#8A4F9E"
INK, GREY, LIGHT, PALE = "#222222", "#666666", "#BBBBBB", "#EDF2F7"
# of curves, in their order
COLORS = (BLUE, ORANGE, GREEN, PURPLE, RED, "#6B7A00", "#4B3FBF", "#2E86A0", "#D6427F")

# In points a picture is as wide as a phone's column is in pixels, so a point there is a pixel.
WIDTH = 342
SMALLEST = 10  # points that a text must have to be read there
SHOWN = 540  # pixels that it is wide on a wide page

STYLE: dict[Any, Any] = {
    "font.size": 11,
    "font.sans-serif": ["DejaVu Sans"],
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
    "image.interpolation": "none",
}


LONG = re.compile(r"[1-9]\d*\.\d{3,}")  # below 1 are scales, and shares


def shorter(number: re.Match[str]) -> str:
    """Give a number with two decimals, which are hundredths of a pixel on a phone."""
    return f"{round(float(number[0]), 2):.7g}"


class Drawing(RendererSVG):
    """What writes a picture as SVG: words as words, formulas as drawn, groups for series alone.

    A series has an id that says how it is shown at first and what it is called: "front Adam".
    """

    def __init__(self, *args: Any, **kwargs: Any):
        self.series: list[bool] = []
        super().__init__(*args, **kwargs)

    def draw_text(self, *text: Any, **how: Any) -> None:
        """Write a text; the letters of a formula have their places, so they are drawn."""
        with matplotlib.rc_context({"svg.fonttype": "path" if how.get("ismath") else "none"}):
            super().draw_text(*text, **how)

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Begin what belongs to a series or its legend, if it does."""
        shown, _, name = (gid or "").partition(" ")
        self.series.append(shown in ("front", "behind", "legend"))
        if self.series[-1]:
            self.writer.start("g", {"class": f"series {shown}", "data-series": name})

    def close_group(self, s: str) -> None:
        """End it."""
        if self.series.pop():
            self.writer.end("g")


class Picture(Figure):
    """A figure that shows itself in a notebook and belongs to no global state."""

    photograph = False  # of pixels, not of lines

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"dpi": 72, **kwargs})
        FigureCanvasAgg(self)

    def __repr__(self) -> str:
        return "a picture"

    def _repr_html_(self) -> None:
        """Leave showing to SVG or PNG."""

    def _repr_svg_(self) -> str | None:
        """Give the SVG, as wide as a page or a notebook shows it, unless it is a photograph."""
        if self.photograph:
            return None
        file, size = io.StringIO(), self.get_size_inches() * 72
        with matplotlib.rc_context({**STYLE, "svg.hashsalt": ""}):
            drawing = Drawing(*size, file, image_dpi=240, metadata={"Date": None})
            self.draw(drawing)
            drawing.finalize()
        return lean(file.getvalue())

    def _repr_png_(self) -> tuple[bytes, dict[str, int]] | None:
        """Give a photograph as PNG, and how many pixels wide it is shown."""
        if not self.photograph:
            return None
        with matplotlib.rc_context(STYLE):
            buffer = io.BytesIO()
            self.savefig(buffer, format="png", dpi=240, facecolor="none", metadata={})
        return buffer.getvalue(), {"width": SHOWN}


def lean(svg: str) -> str:
    r"""Leave out of matplotlib's SVG what would leak into a page, and digits that nobody sees.

    Examples
    --------
    >>> lean('<?xml?><svg width="342pt" height="36pt"><path d="M 1.23456 2 \nL 3 4.5001 \n"/>')
    '<svg width="540" height="56.84"><path d="M1.23 2L3 4.5"/>'
    """
    svg = re.sub(
        r"<metadata>.*?</metadata>|<style.*?</style>", "", svg[svg.index("<svg") :], flags=re.S
    )
    svg = re.sub(r' transform="rotate\(-0 [^"]+"| xmlns:xlink="[^"]+"|xlink:(?=href)', "", svg)
    svg = re.sub(r"<[^>]+>", lambda tag: LONG.sub(shorter, tag[0]), svg)
    svg = re.sub(r'(?<=d=")[^"]+', lambda path: re.sub(r"\s*([A-Za-z]|$)\s*", r"\1", path[0]), svg)
    svg = re.sub(r"\s*\n\s*(?:<defs>\s*</defs>\s*)?", "\n", svg)
    side = r'(width|height)="([\d.]+)pt"'
    return re.sub(side, lambda a: f'{a[1]}="{float(a[2]) * SHOWN / WIDTH:.4g}"', svg)


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
