"""A picture with a slider, as plain inline SVG: its frames are computed by the package."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 300, 44, 552, 8, 34
COLORS = (
    *("#0072B2", "#D55E00", "#007A5E", "#8A4F9E", "#B22222"),
    *("#6B7A00", "#555555", "#2E86A0", "#D6427F"),
)
DASHES = ("none", "7 4", "2 3", "9 3 2 3", "4 2", "12 4", "1 2", "6 2 1 2", "3 3")


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _ticks(low: float, high: float) -> list[float]:
    return [tick for tick in MaxNLocator(5).tick_values(low, high) if low <= tick <= high]


@dataclass(frozen=True)
class Curve:
    """A line of a slider's picture.

    Attributes
    ----------
    name : str
        What the legend calls it.
    frames : sequence of arrays
        Its heights, shaped like x: one array for each position of the slider.
    """

    name: str
    frames: Sequence[np.ndarray]


@dataclass(frozen=True)
class Line:
    """A line of a slider's picture that may go any way; NaN leaves a gap.

    Attributes
    ----------
    name : str
        What the legend calls it.
    frames : sequence of pairs of arrays
        Its x and y: one pair for each position of the slider.
    """

    name: str
    frames: Sequence[tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Points:
    """Points of a slider's picture that move with it.

    Attributes
    ----------
    name : str
        What the legend calls them.
    frames : sequence of pairs of arrays
        Their x and y: one pair for each position of the slider.
    joined : bool
        Whether a thin line leads from each to the next.
    """

    name: str
    frames: Sequence[tuple[np.ndarray, np.ndarray]]
    joined: bool = False


@dataclass(frozen=True)
class Still:
    """A line of a slider's picture that stays as it is.

    Attributes
    ----------
    x, y : array
    color : int or None
        The place of the curve whose colour it has; None for one that stays in the background.
    """

    x: np.ndarray
    y: np.ndarray
    color: int | None = None


def moving_figure(
    identity: str,
    description: str,
    size: tuple[int, int],
    drawing: str,
    label: str,
    texts: Sequence[str],
    frames: Sequence[Sequence[str]],
    start: int,
    attribute: str = "d",
    legend: Sequence[tuple[str, str]] = (),
    name: str = "",
) -> str:
    """Give the HTML of a picture and the slider that moves it.

    Parameters
    ----------
    identity : str
        The element's id, unique on its page.
    description : str
        What is to be seen, for readers who cannot see it.
    size : pair of int
        Width and height of the picture.
    drawing : str
        The SVG in it; what moves are its elements of the class "moving".
    label, texts : str and sequence of str
        What stands before the slider: the label, then the text of the slider's position.
    frames : sequence of sequences of str
        For each position what the slider sets in each moving element, in their order: its path,
        unless it is another attribute.
    start : int
        The position shown first.
    attribute : str
        The attribute that is set.
    legend : sequence of pairs of str
        What stands above the picture: a sample as SVG, 26 wide and 12 high, and its name.
    name : str
        What the slider is called where nothing stands before its texts.

    Returns
    -------
    str

    Examples
    --------
    >>> line = '<path class="moving" d="M0 0H1"/>'
    >>> html = moving_figure("f", "A line.", (9, 9), line, "a ", ["1"], [["M0 0H1"]], 0)
    >>> html.count("<input")
    1
    """
    script_frames = repr([list(frame) for frame in frames]).replace("'", '"')
    script_texts = repr(list(texts)).replace("'", '"')
    called = f' aria-label="{escape(name)}"' if name else ""
    names = "".join(
        f'<span><svg viewBox="0 0 26 12" aria-hidden="true">{sample}</svg> {escape(entry)}</span> '
        for sample, entry in legend
    )
    above = f'<div class="legend">{names}</div>\n' if legend else ""
    return f"""<figure class="checked slider" id="{identity}">
{above}<svg viewBox="0 0 {size[0]} {size[1]}" role="img" aria-label="{escape(description)}">
{drawing}</svg>
<label>{label}<output>{texts[start]}</output>
<input type="range" min="0" max="{len(texts) - 1}" value="{start}"
aria-valuetext="{texts[start]}"{called}></label>
<script>
{{
  const figure = document.getElementById("{identity}");
  const frames = {script_frames}, texts = {script_texts};
  const input = figure.querySelector("input"), lines = figure.querySelectorAll(".moving");
  input.addEventListener("input", () => {{
    frames[input.value].forEach((path, i) => lines[i].setAttribute("{attribute}", path));
    figure.querySelector("output").value = texts[input.value];
    input.setAttribute("aria-valuetext", texts[input.value]);
  }});
}}
</script>
</figure>"""


class Slider:
    """Curves over x that change with one parameter.

    What moves is what the package computed: the page's script only shows one frame or another.

    Parameters
    ----------
    name : str
        A name for the picture, unique on its page.
    description : str
        What is to be seen, for readers who cannot see it.
    parameter : str
        What the slider is called.
    values : sequence of float
        The parameter's values, one for each position.
    x : array
    curves : sequence of Curve, Line or Points
    limits : pair of float
        The lower and upper end of the vertical axis.
    start : int
        The first position shown.
    still : sequence of Still
        What is drawn once, behind the curves.
    notes : sequence of str, optional
        What is said of each value, behind it.

    Raises
    ------
    ValueError
        If a curve has not one frame for each value.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 3)
    >>> curve = Curve("a x", [a * x for a in (1, 2)])
    >>> Slider("lines", "A line.", "a", (1, 2), x, [curve], (-2, 2))
    a slider for a from 1 to 2: A line.
    """

    def __init__(
        self,
        name: str,
        description: str,
        parameter: str,
        values: Sequence[float],
        x: np.ndarray,
        curves: Sequence[Curve | Line | Points],
        limits: tuple[float, float],
        start: int = 0,
        still: Sequence[Still] = (),
        notes: Sequence[str] = (),
    ):
        for curve in curves:
            if len(curve.frames) != len(values):
                raise ValueError(
                    f"curves: expected {len(values)} frames (one for each value), "
                    f"got {len(curve.frames)} of {curve.name!r}"
                )
        self.name, self.description, self.parameter = name, description, parameter
        self.values, self.x, self.curves = values, x, curves
        self.limits, self.start, self.still = limits, start, still
        self.texts = [f"{value:g}" for value in values]
        if notes:
            self.texts = [f"{a}: {b}" for a, b in zip(self.texts, notes, strict=True)]

    def __repr__(self) -> str:
        first, last = self.values[0], self.values[-1]
        return f"a slider for {self.parameter} from {first:g} to {last:g}: {self.description}"

    def _at(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Give the place on the picture, in units of a pixel."""
        low, high = self.limits
        left, right = float(self.x[0]), float(self.x[-1])
        across = LEFT + (x - left) / (right - left) * (RIGHT - LEFT)
        size = high - low
        seen = np.clip(y, low - size, high + size)  # enough to leave the box, and short to write
        down = TOP + (high - seen) / size * (HEIGHT - BOTTOM - TOP)
        return across, down

    def _path(self, x: np.ndarray, y: np.ndarray) -> str:
        """Give the line as SVG writes it; NaN leaves a gap."""
        across, down = self._at(x, y)
        runs = "".join(
            " " if np.isnan(d) else f"L{a:.1f},{d:.1f}" for a, d in zip(across, down, strict=True)
        ).split()
        return "".join(f"M{run[1:]}" for run in runs)

    def _dots(self, x: np.ndarray, y: np.ndarray) -> str:
        """Give the points as SVG writes them: lines of no length, which have round ends."""
        places = zip(*self._at(x, y), strict=True)
        return "".join(f"M{a:.1f},{d:.1f}h0" for a, d in places if not np.isnan(a + d))

    def _moving(self) -> list[tuple[str, list[str]]]:
        """Give what the slider moves: how each element looks, and its path in every frame."""
        elements = []
        for curve, color, dash in zip(self.curves, COLORS, DASHES, strict=False):
            look = f'stroke="{color}" stroke-dasharray="{dash}"'
            if not isinstance(curve, Points):
                lines = (
                    curve.frames if isinstance(curve, Line) else [(self.x, y) for y in curve.frames]
                )
                elements.append((f'class="moving curve" {look}', [self._path(*xy) for xy in lines]))
                continue
            if curve.joined:
                paths = [self._path(*frame) for frame in curve.frames]
                elements.append((f'class="moving still" stroke="{color}"', paths))
            dots = [self._dots(*frame) for frame in curve.frames]
            elements.append((f'class="moving dots" stroke="{color}"', dots))
        return elements

    def _legend(self) -> list[tuple[str, str]]:
        """Give a sample and the name of every curve."""
        return [
            (f'<path class="dots" stroke="{color}" d="M13 6h0"/>', curve.name)
            if isinstance(curve, Points)
            else (
                f'<path class="curve" stroke="{color}" stroke-dasharray="{dash}" d="M0 6h26"/>',
                curve.name,
            )
            for curve, color, dash in zip(self.curves, COLORS, DASHES, strict=False)
        ]

    def _background(self) -> str:
        return "".join(
            f'<path class="{"contour" if line.color is None else "still"}" '
            + ("" if line.color is None else f'stroke="{COLORS[line.color]}" ')
            + f'd="{self._path(line.x, line.y)}"/>'
            for line in self.still
        )

    def _inside(self, drawing: str) -> str:
        """Show of a drawing what is in the box, and the round ends of what is on its edge."""
        edge, box = 5, f"slider-{self.name}-box"
        return (
            f'<clipPath id="{box}"><rect x="{LEFT - edge}" y="{TOP - edge}" '
            f'width="{RIGHT - LEFT + 2 * edge}" height="{HEIGHT - BOTTOM - TOP + 2 * edge}"/>'
            f'</clipPath><g clip-path="url(#{box})">{drawing}</g>'
        )

    def _axes(self) -> str:
        low, high = self.limits
        left, right = float(self.x[0]), float(self.x[-1])
        parts = []
        for value in _ticks(left, right):
            a, d = self._at(value, low)
            parts.append(f'<path class="grid" d="M{a:.1f} {TOP}V{d:.1f}"/>')
            parts.append(
                f'<text x="{a:.1f}" y="{d + 20:.1f}" text-anchor="middle">{_number(value)}</text>'
            )
        for value in _ticks(low, high):
            a, d = self._at(left, value)
            parts.append(f'<path class="grid" d="M{a:.1f} {d:.1f}H{RIGHT}"/>')
            parts.append(
                f'<text x="{a - 6:.1f}" y="{d + 4:.1f}" text-anchor="end">{_number(value)}</text>'
            )
        return "".join(parts)

    def _repr_html_(self) -> str:
        identity = f"slider-{self.name}"
        moving = self._moving()
        lines = "".join(f'<path {look} d="{paths[self.start]}"/>' for look, paths in moving)
        return moving_figure(
            identity,
            self.description,
            (WIDTH, HEIGHT),
            self._axes() + self._inside(self._background() + lines),
            f"{escape(self.parameter)} = ",
            self.texts,
            [list(frame) for frame in zip(*(paths for _, paths in moving), strict=True)],
            self.start,
            legend=self._legend(),
        )
