"""A slider for a parameter that curves over x depend on."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from .drawing import number
from .moving import Moving
from .picture import COLORS

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 560, 300, 44, 552, 8, 34
DASHES = ("none", "7 4", "2 3", "9 3 2 3", "4 2", "12 4", "1 2", "6 2 1 2", "3 3")


def _ticks(low: float, high: float) -> list[float]:
    return [tick for tick in MaxNLocator(5).tick_values(low, high) if low <= tick <= high]


@dataclass(frozen=True)
class Curve:
    """A named curve: at each position its heights over x, or both x and y; NaN leaves a gap."""

    name: str
    frames: Sequence[Any]


@dataclass(frozen=True)
class Points(Curve):
    """Points that move instead; a thin line may join them."""

    joined: bool = False


@dataclass(frozen=True)
class Still:
    """A line that stays as it is, in the colour of the curve in this place or in the background."""

    x: np.ndarray
    y: np.ndarray
    color: int | None = None


class Slider(Moving):
    """Curves over x that change with one parameter.

    The parameter has a name and a value for each position, of which a note may say more. The limits
    are the ends of the vertical axis. What is still is drawn once, behind the curves. A curve that
    has not one frame for each value is refused by a ValueError.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 3)
    >>> curve = Curve("a x", [a * x for a in (1, 2)])
    >>> Slider("lines", "A line.", "a", (1, 2), x, [curve], (-2, 2))
    a slider for a from 1 to 2: A line.
    """

    size = WIDTH, HEIGHT

    def __init__(
        self,
        name: str,
        description: str,
        parameter: str,
        values: Sequence[float],
        x: np.ndarray,
        curves: Sequence[Curve],
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
        self.limits, self.start, self.still, self.notes = limits, start, still, notes
        self.positions, self.label = range(len(values)), f"{escape(parameter)} = "

    def __repr__(self) -> str:
        first, last = self.values[0], self.values[-1]
        return f"a slider for {self.parameter} from {first:g} to {last:g}: {self.description}"

    def text(self, position: int) -> str:
        """Give the parameter's value, and what is said of it."""
        value = f"{self.values[position]:g}"
        return f"{value}: {self.notes[position]}" if self.notes else value

    def _elements(self) -> Iterator[tuple[str, str, Curve, Callable[..., str]]]:
        """Yield what moves: its class and colour, what it shows, and who draws it."""
        for curve, color, dash in zip(self.curves, COLORS, DASHES, strict=False):
            if not isinstance(curve, Points):
                yield "curve", f'stroke="{color}" stroke-dasharray="{dash}"', curve, self.path
                continue
            if curve.joined:
                yield "still", f'stroke="{color}"', curve, self.path
            yield "dots", f'stroke="{color}"', curve, self.dots

    def frame(self, position: int) -> list[str]:
        """Give the path of everything that moves."""
        shown = [(draw, curve.frames[position]) for *_, curve, draw in self._elements()]
        return [draw(*at) if isinstance(at, tuple) else draw(self.x, at) for draw, at in shown]

    def legend(self) -> list[tuple[str, str]]:
        """Give a sample and the name of every curve."""
        samples = {"curve": "M0 6h26", "dots": "M13 6h0"}
        return [
            (f'<path class="{kind}" {look} d="{samples[kind]}"/>', curve.name)
            for kind, look, curve, _ in self._elements()
            if kind in samples
        ]

    def at(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Give the place on the picture, in units of a pixel."""
        low, high = self.limits
        left, right = float(self.x[0]), float(self.x[-1])
        across = LEFT + (x - left) / (right - left) * (RIGHT - LEFT)
        size = high - low
        seen = np.clip(y, low - size, high + size)  # enough to leave the box, and short to write
        down = TOP + (high - seen) / size * (HEIGHT - BOTTOM - TOP)
        return across, down

    def path(self, x: np.ndarray, y: np.ndarray) -> str:
        """Give a line as SVG writes it; NaN leaves a gap."""
        across, down = self.at(x, y)
        runs = "".join(
            " " if np.isnan(d) else f"L{a:.1f},{d:.1f}" for a, d in zip(across, down, strict=True)
        ).split()
        return "".join(f"M{run[1:]}" for run in runs)

    def dots(self, x: np.ndarray, y: np.ndarray) -> str:
        """Give points as SVG writes them: lines of no length, which have round ends."""
        places = zip(*self.at(x, y), strict=True)
        return "".join(f"M{a:.1f},{d:.1f}h0" for a, d in places if not np.isnan(a + d))

    def _axes(self) -> str:
        (low, high), left, right = self.limits, float(self.x[0]), float(self.x[-1])
        svg = ""
        for value in _ticks(left, right):
            a, d = self.at(value, low)
            svg += f'<path class="grid" d="M{a:.1f} {TOP}V{d:.1f}"/>'
            svg += f'<text x="{a:.1f}" y="{d + 20:.1f}" text-anchor="middle">{number(value)}</text>'
        for value in _ticks(low, high):
            a, d = self.at(left, value)
            svg += f'<path class="grid" d="M{a:.1f} {d:.1f}H{RIGHT}"/>'
            svg += f'<text x="{a - 6:.1f}" y="{d + 4:.1f}" text-anchor="end">{number(value)}</text>'
        return svg

    def drawing(self) -> str:
        """Give axes, and in a box, with the round ends of what is on its edge, all lines."""
        edge = 5
        still = "".join(
            f'<path class="{"contour" if line.color is None else "still"}" '
            + ("" if line.color is None else f'stroke="{COLORS[line.color]}" ')
            + f'd="{self.path(line.x, line.y)}"/>'
            for line in self.still
        )
        moving = "".join(
            f'<path class="moving {kind}" {look} d="{path}"/>'
            for (kind, look, *_), path in zip(self._elements(), self.frame(self.start), strict=True)
        )
        return (
            f'{self._axes()}<clipPath id="{self.identity}-box">'
            f'<rect x="{LEFT - edge}" y="{TOP - edge}" '
            f'width="{RIGHT - LEFT + 2 * edge}" height="{HEIGHT - BOTTOM - TOP + 2 * edge}"/>'
            f'</clipPath><g clip-path="url(#{self.identity}-box)">{still}{moving}</g>'
        )
