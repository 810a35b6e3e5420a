"""A picture with a slider, as plain inline SVG: what its kinds share."""

from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from .drawing import number

Point = tuple[float, float]


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


def numbers(at: Point, values: np.ndarray, size: Point, look: str) -> str:
    """Write a matrix's numbers into the cells of its grid."""
    (x, y), (w, h), svg = at, size, ""
    for (row, column), value in np.ndenumerate(values):
        place = f'x="{x + (column + 0.5) * w:.1f}" y="{y + (row + 0.5) * h + 4:g}"'
        svg += f'<text class="{look}" {place}>{number(value)}</text>'
    return svg


class Moving:
    """A picture and the slider that moves it.

    The page's script only shows one frame or another; what is in them the package computed. A kind
    of such pictures says what is drawn, and for each of the `positions` what stands before the
    slider and what the slider sets in each element of the class "moving", in their order.
    """

    name: str  # unique on its page
    description: str  # what is to be seen, for readers who cannot see it
    size: tuple[float, float]
    positions: Sequence
    start = 0  # which of them is shown first
    label = ""  # what stands before the texts
    called = ""  # what the slider is called where nothing does
    attribute = "d"  # what the slider sets: a path, unless it is another attribute
    style = ""  # CSS of its own, in which & is the picture

    def drawing(self) -> str:
        """Give the SVG in the picture."""
        raise NotImplementedError

    def text(self, position: Any) -> str:
        """Give what stands before the slider at a position."""
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
        """What stands before the slider, at each position."""
        return [self.text(position) for position in self.positions]

    def _repr_html_(self) -> str:
        texts, identity, start = self.texts, self.identity, self.start
        frames = [self.frame(position) for position in self.positions]
        script_frames, script_texts = (repr(each).replace("'", '"') for each in (frames, texts))
        called = f' aria-label="{escape(self.called)}"' if self.called else ""
        names = "".join(
            f'<span><svg viewBox="0 0 26 12" aria-hidden="true">{sample}</svg> {escape(name)}'
            "</span> "
            for sample, name in self.legend()
        )
        above = f'<div class="legend">{names}</div>\n' if names else ""
        css = f"<style>{self.style.replace('&', f'#{identity}')}</style>" if self.style else ""
        width, height = self.size
        return f"""<figure class="checked slider" id="{identity}">
{above}<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(self.description)}">
{css}{self.drawing()}</svg>
<label>{self.label}<output>{texts[start]}</output>
<input type="range" min="0" max="{len(texts) - 1}" value="{start}"
aria-valuetext="{texts[start]}"{called}></label>
<script>
{{
  const figure = document.getElementById("{identity}");
  const frames = {script_frames}, texts = {script_texts};
  const input = figure.querySelector("input"), lines = figure.querySelectorAll(".moving");
  input.addEventListener("input", () => {{
    frames[input.value].forEach((path, i) => lines[i].setAttribute("{self.attribute}", path));
    figure.querySelector("output").value = texts[input.value];
    input.setAttribute("aria-valuetext", texts[input.value]);
  }});
}}
</script>
</figure>"""
