"""A picture with a slider, as plain inline SVG: what its kinds share."""

import json
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from .drawing import number

Point = tuple[float, float]
_CSS, _JS = (
    Path(__file__).with_name(f"live.{kind}").read_text(encoding="utf-8") for kind in ("css", "js")
)
# without comments, a line for each rule and each statement
STYLE = re.sub(r"\s*/\*.*?\*/|(?<=[{;])\n\s*|\n(?=\n)", "", _CSS, flags=re.DOTALL).strip() + "\n"
SCRIPT = re.sub(r"^\s*//.*\n|^\s+| // .*", "", _JS, flags=re.MULTILINE).strip()
BUTTONS = (
    ("previous", "previous step", '<path d="M13 3l-7 7 7 7 2-2-5-5 5-5z"/>'),
    (
        "play",
        "play",
        '<path class="resting" d="M5 2v16l12-8z"/>'
        '<path class="running" d="M4 3h4v14H4zm8 0h4v14h-4z"/>',
    ),
    ("next", "next step", '<path d="M7 3l7 7-7 7-2-2 5-5-5-5z"/>'),
)


def box(at: Point, place: Point, shape: Point, size: Point) -> str:
    """Give the path around cells of a grid whose cells have this width and height."""
    x, y = at[0] + place[1] * size[0], at[1] + place[0] * size[1]
    w, h = shape[1] * size[0], shape[0] * size[1]
    return f"M{x:g} {y:g}h{w:g}v{h:g}h{-w:g}z"


def grid(at: Point, shape: Sequence[int], size: Point) -> str:
    """Give the lines of a grid, as one path."""
    (rows, columns), (x, y), (w, h) = shape, at, size
    across = "".join(f"M{x:g} {y + row * h:g}h{columns * w:g}" for row in range(rows + 1))
    down = "".join(f"M{x + column * w:g} {y:g}v{rows * h:g}" for column in range(columns + 1))
    return f'<path class="grid" d="{across}{down}"/>'


def numbers(at: Point, values: np.ndarray, size: Point) -> str:
    """Write a matrix's numbers into the cells of its grid."""
    (x, y), (w, h), svg = at, size, ""
    for (row, column), value in np.ndenumerate(values):
        place = f'x="{x + (column + 0.5) * w:.1f}" y="{y + (row + 0.5) * h + 4:g}"'
        text = number(value).replace("−", "–")  # a shorter stroke for a narrow cell
        svg += f"<text {place}>{text}</text>"
    return svg


def word(at: Point, text: str) -> str:
    """Write a text as SVG with its middle at a place.

    Examples
    --------
    >>> word((10, 20), "z")
    '<text x="10" y="24">z</text>'
    """
    return f'<text x="{at[0]:g}" y="{at[1] + 4:g}">{text}</text>'


def escaped(text: str) -> str:
    """Write a text as HTML, with the apostrophes of a book.

    Examples
    --------
    >>> escaped("Huber's loss, if < 0")
    'Huber’s loss, if &lt; 0'
    """
    return escape(re.sub(r"(?<=\w)'(?=s\b| )", "’", text))


def written(text: str, tag: str = "i", look: str = "") -> str:
    """Write a text as HTML, with its symbols, which stand between asterisks, in italics.

    Examples
    --------
    >>> written("the slope of *f*, if < 0")
    'the slope of <i>f</i>, if &lt; 0'
    """
    return re.sub(r"\*(.+?)\*", rf"<{tag}{look}>\1</{tag}>", escaped(text))


class Moving:
    """A picture and the control that moves it.

    The page's script only shows one frame or another; what is in them the package computed. A kind
    of such pictures says what is drawn, and for each of the `positions` what is said below the
    picture and what is set in each element of the class "moving", in their order. Where there are
    choices as well, the positions are those of the first choice, then those of the next; elements
    with a data-choice are seen with their choice alone.
    """

    name: str  # unique on its page
    description: str  # what is to be seen, for readers who cannot see it
    caption = ""  # its point, with symbols between asterisks
    size: tuple[float, float]
    font = 13.0  # the size of its words, but on a phone
    width = 640  # in pixels, at most
    positions: Sequence
    start = 0  # which of them is shown first
    seconds = 6.0  # that it plays
    label = ""  # what stands before the texts
    called = "position"  # what the slider is called
    choices: Sequence[str] = ()
    chosen = "start"  # what the choices are called
    front: Sequence[int] | None = None  # which of the legend's series are in front, if some can be
    attribute = "d"  # what the slider sets: a path, unless it is another attribute
    style = ""  # CSS of its own, in which & is the picture

    def drawing(self) -> str:
        """Give the SVG in the picture."""
        raise NotImplementedError

    def text(self, position: Any) -> str:
        """Give what is said at a position."""
        raise NotImplementedError

    def frame(self, position: Any) -> list[str]:
        """Give what is set in each moving element at a position."""
        raise NotImplementedError

    def legend(self) -> Sequence[tuple[str, str]]:
        """Give what stands above the picture: samples as SVG, 26 wide and 12 high, and names."""
        return ()

    @property
    def identity(self) -> str:
        """The element's id."""
        return f"slider-{self.name}"

    @property
    def texts(self) -> list[str]:
        """What is said at each position."""
        return [self.text(position) for position in self.positions]

    def _above(self) -> str:
        """Give the legend: of buttons, where they bring a series to the front."""
        named = "".join(
            f'<{self._entry(k)}><svg viewBox="0 0 26 12" aria-hidden="true">{sample}</svg> '
            f"{written(name)}</{self._entry(k).split()[0]}> "
            for k, (sample, name) in enumerate(self.legend())
        )
        if self.front is not None:
            named += '<button type="button" data-all aria-pressed="false">all</button>'
        return f'<div class="legend">{named}</div>\n' if named else ""

    def _entry(self, k: int) -> str:
        if self.front is None:
            return "span"
        pressed = str(k in self.front).lower()
        return f'button type="button" data-series="{k}" aria-pressed="{pressed}"'

    def _controls(self, texts: Sequence[str]) -> str:
        """Give the control: the choices, the buttons and the range."""
        choices = "".join(
            f'<label><input type="radio" autocomplete="off" name="{self.identity}"'
            f"{'' if k else ' checked'}>{choice}</label>"
            for k, choice in enumerate(self.choices)
        )
        if choices:
            choices = f"<fieldset><legend>{self.chosen}</legend>{choices}</fieldset>\n"
        buttons = "".join(
            f'<button type="button" class="{kind}" aria-label="{does}"><svg viewBox="0 0 20 20" '
            f'aria-hidden="true">{icon}</svg></button>'
            for kind, does, icon in BUTTONS
        )
        last = len(texts) // max(1, len(self.choices)) - 1
        return (
            f'<div class="controls" hidden>{choices}<div class="steps">{buttons}'
            f'<input type="range" autocomplete="off" min="0" max="{last}" value="{self.start}" '
            f'aria-label="{escape(self.called)}" aria-valuetext="{escape(texts[self.start])}">'
            "</div></div>"
        )

    def _repr_html_(self) -> str:
        texts, (width, height) = self.texts, self.size
        data = {
            "frames": [self.frame(position) for position in self.positions],
            "texts": texts,
            "attribute": self.attribute,
            "pace": round(1000 * self.seconds * max(1, len(self.choices)) / len(texts)),
        }
        script = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        style = STYLE + self.style.replace("&", f"#{self.identity}").replace("}", "}\n")
        return f"""<figure class="checked slider" id="{self.identity}">
{self._above()}<svg viewBox="0 0 {width} {height}" role="img" \
aria-label="{escape(self.description)}" font-size="{self.font:g}" \
style="--width:{width};max-width:{self.width}px">
<style>{style}</style>
{self.drawing()}</svg>
{self._controls(texts)}
<p class="state">{self.label}<output>{escape(texts[self.start])}</output></p>
<figcaption>{written(self.caption)}</figcaption>
<script>
{{
{SCRIPT}
live(document.getElementById("{self.identity}"), {script});
}}
</script>
</figure>"""
