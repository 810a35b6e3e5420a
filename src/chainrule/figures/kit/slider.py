"""A slider for a parameter that curves over x depend on."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .drawing import number
from .moving import Moving, written
from .picture import COLORS

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 564, 362, 50, 558, 40, 64
DASHES = ("none", "7 4", "2 3", "9 3 2 3", "4 2", "12 4", "1 2", "6 2 1 2", "3 3")
STEPS = (1, 2, 5, 10)  # between ticks, times a power of ten


def ticks(low: float, high: float) -> list[float]:
    """Give round numbers from `low` to `high`, where Matplotlib would put its ticks, too.

    Examples
    --------
    >>> ticks(0, 2.1)
    [0.0, 0.5, 1.0, 1.5, 2.0]
    """
    room = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(room))
    fitting = [step * power for step in STEPS if step * power < room]
    steps = [step * power for step in STEPS][: len(fitting) + 1]
    for step in reversed(steps):
        first, last = math.ceil(low / step - 1e-10), math.floor(high / step + 1e-10)
        if last > first:
            return [step * k for k in range(first, last + 1)]
    return []


def _look(kind: str, color: str, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'class="{kind}" stroke="{color}"{dashes}'


@dataclass(frozen=True)
class Curve:
    """A named curve: at each position its heights over x, or both x and y; NaN leaves a gap.

    Its colour is that of its place, unless it has one.
    """

    name: str
    frames: Sequence[Any]
    color: str = ""


@dataclass(frozen=True)
class Points(Curve):
    """Points that move instead; a thin line may join them."""

    joined: bool = False


@dataclass(frozen=True)
class Trail(Points):
    """Points on lines that stay: there is one for each choice."""

    lines: Sequence[tuple[np.ndarray, np.ndarray]] = ()


@dataclass(frozen=True)
class Still:
    """A line that stays as it is, in the colour of the curve in this place or in the background."""

    x: np.ndarray
    y: np.ndarray
    color: int | None = None


class Slider(Moving):
    """Curves over x that change with one parameter.

    The parameter has a name and a value for each position, of which a note may say more. The limits
    are the ends of the vertical axis. What is still is drawn once, behind the curves. The axes have
    names, and these and the caption have their symbols between asterisks. If some curves are in
    front, the others are grey until a reader brings them there. A place for each choice makes the
    values be gone through from each of these places.

    A curve that has not one frame for each value, and each place, is refused by a ValueError.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(-1, 1, 3)
    >>> curve = Curve("a x", [a * x for a in (1, 2)])
    >>> Slider("lines", "A line.", "a", (1, 2), x, [curve], (-2, 2))
    a slider for a from 1 to 2: A line.
    """

    size = WIDTH, HEIGHT
    style = "& :is(.contour,.trail){clip-path:url(&-edge)}"

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
        *,
        axes: tuple[str, str] = ("", ""),
        caption: str = "",
        front: Sequence[int] | None = None,
        places: Sequence[tuple[float, float]] = (),
    ):
        count = len(values) * max(1, len(places))
        for curve in curves:
            if len(curve.frames) != count:
                raise ValueError(
                    f"curves: expected {count} frames (one for each value"
                    f"{' from each place' if places else ''}), "
                    f"got {len(curve.frames)} of {curve.name!r}"
                )
        self.name, self.description, self.parameter = name, description, parameter
        self.values, self.x, self.curves = values, x, curves
        self.limits, self.start, self.still, self.notes = limits, start, still, notes
        self.axes, self.caption, self.front, self.places = axes, caption, front, places
        self.choices = [str(k + 1) for k in range(len(places))]
        self.positions, self.label = range(count), f"{written(parameter)} = "
        self.called = parameter.replace("*", "")

    def __repr__(self) -> str:
        first, last = self.values[0], self.values[-1]
        return f"a slider for {self.called} from {first:g} to {last:g}: {self.description}"

    def text(self, position: int) -> str:
        """Give the parameter's value, and what is said of it."""
        value = f"{self.values[position % len(self.values)]:g}"
        return f"{value}; {self.notes[position]}" if self.notes else value

    def _looks(self) -> list[tuple[int, Curve, str, str]]:
        """Give number, curve, colour and dashes of every curve, those in front last."""
        looks = enumerate(zip(self.curves, COLORS, DASHES, strict=False))
        each = ((k, curve, curve.color or color, dash) for k, (curve, color, dash) in looks)
        front = self.front or ()
        return sorted(each, key=lambda look: look[0] in front)

    def _elements(self, curve: Curve) -> list[tuple[str, Callable[..., str]]]:
        """Give what moves for a curve: its class, and who draws it."""
        if not isinstance(curve, Points):
            return [("curve", self.path)]
        return [("still", self.path)] * curve.joined + [("dots", self.dots)]

    def _frame(self, curve: Curve, position: int) -> list[str]:
        shown = curve.frames[position]
        at = shown if isinstance(shown, tuple) else (self.x, shown)
        return [draw(*at) for _, draw in self._elements(curve)]

    def frame(self, position: int) -> list[str]:
        """Give the path of everything that moves."""
        return [path for _, curve, *_ in self._looks() for path in self._frame(curve, position)]

    def legend(self) -> list[tuple[str, str]]:
        """Give a sample and the name of every curve; of one alone the axis says enough."""
        if len(self.curves) == 1 and self.axes[1]:
            return []
        samples = {"curve": "M0 6h26", "dots": "M13 6h0"}
        found = []
        for _, curve, color, dash in sorted(self._looks(), key=lambda look: look[0]):
            kind, _ = self._elements(curve)[-1]
            path = (
                f'<path {_look(kind, color, dash if kind == "curve" else "")} d="{samples[kind]}"/>'
            )
            found.append((path, curve.name))
        return found

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

    def trail(self, x: np.ndarray, y: np.ndarray) -> str:
        """Give a line as SVG writes it in few characters, with what is seen on a screen alone.

        Its corners are rounded to half a pixel, and those within four of the one before left out.
        """
        svg, last, after_gap = "", np.zeros(2), True
        places = np.round(2 * np.stack(self.at(x, y), 1))
        for place, following in zip(places, [*places[1:], places[-1] * np.nan], strict=True):
            away, end = place - last, np.isnan(following).any()
            if np.isnan(place).any():
                after_gap = True
            elif after_gap or np.hypot(*away) >= 8 or (end and away.any()):
                step = place / 2 if after_gap else away / 2
                svg += f"{'M' if after_gap else 'l'}{step[0]:g},{step[1]:g}"
                last, after_gap = place, False
        return svg.replace(",-", "-")

    def _axes(self) -> str:
        (low, high), left, right = self.limits, float(self.x[0]), float(self.x[-1])
        across, up = (written(name, "tspan", ' font-style="italic"') for name in self.axes)
        middle = (LEFT + RIGHT) // 2
        svg = f'<text x="0" y="{TOP - 18}">{up}</text>'
        svg += f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">{across}</text>'
        for value in ticks(left, right):
            a, d = self.at(value, low)
            svg += f'<path class="grid" d="M{a:.1f} {TOP}V{d:.1f}"/>'
            svg += f'<text x="{a:.1f}" y="{d + 22:.1f}" text-anchor="middle">{number(value)}</text>'
        for value in ticks(low, high):
            a, d = self.at(left, value)
            svg += f'<path class="grid" d="M{a:.1f} {d:.1f}H{RIGHT}"/>'
            svg += f'<text x="{a - 6:.1f}" y="{d + 5:.1f}" text-anchor="end">{number(value)}</text>'
        return svg

    def _series(self) -> str:
        """Give the curves, and where some are in front, those of each name in a group."""
        svg = ""
        for k, curve, color, dash in self._looks():
            drawn = ""
            for choice, line in enumerate(curve.lines if isinstance(curve, Trail) else ()):
                look = _look("still trail later" if choice else "still trail", color)
                drawn += f'<path {look} data-choice="{choice}" d="{self.trail(*line)}"/>'
            shown = zip(self._elements(curve), self._frame(curve, self.start), strict=True)
            for (kind, _), path in shown:
                look = _look(f"moving {kind}", color, dash if kind == "curve" else "")
                drawn += f'<path {look} d="{path}"/>'
            if self.front is not None:
                behind = "" if k in self.front else " behind"
                drawn = f'<g class="series{behind}" data-series="{k}">{drawn}</g>'
            svg += drawn
        return svg

    def _marks(self) -> str:
        """Give a mark for each place: its number, and a dot for the chosen one."""
        spots: dict[tuple[float, float], list[int]] = {}
        for k, place in enumerate(self.places):
            across, down = np.round(self.at(*place))
            spots.setdefault((float(across), float(down)), []).append(k)
        middle, svg = np.median([across for across, _ in spots]) if spots else 0, ""
        for (a, d), here in spots.items():
            names = ",".join(self.choices[k] for k in here)
            at = f'cx="{a:g}" cy="{d:g}"'
            svg += f'<g data-places="{" ".join(map(str, here))}"><circle class="place" {at} r="5"/>'
            for k in here:
                seen = "place chosen later" if k else "place chosen"
                svg += f'<circle class="{seen}" data-choice="{k}" {at} r="5"/>'
            side = np.sign(a - middle)
            anchor = {-1: "end", 0: "middle", 1: "start"}[side]
            above = side == 0 or len(here) > 1
            beside = f'x="{a:g}" y="{d - 10:g}"' if above else f'x="{a + 9 * side:g}" y="{d + 5:g}"'
            svg += f'<text {beside} text-anchor="{anchor}">{names}</text>'
            svg += f'<circle class="reach" {at} r="16"/></g>'
        return svg

    def drawing(self) -> str:
        """Give axes, and in a box, with the round ends of what is on its edge, all lines.

        Contours and trails end at the edge.
        """
        edge, wide, high = 5, RIGHT - LEFT, HEIGHT - BOTTOM - TOP
        still = "".join(
            f'<path class="contour" d="{self.trail(line.x, line.y)}"/>'
            if line.color is None
            else f'<path {_look("still", COLORS[line.color])} d="{self.path(line.x, line.y)}"/>'
            for line in self.still
        )
        return (
            f'{self._axes()}<clipPath id="{self.identity}-box">'
            f'<rect x="{LEFT - edge}" y="{TOP - edge}" '
            f'width="{wide + 2 * edge}" height="{high + 2 * edge}"/></clipPath>'
            f'<clipPath id="{self.identity}-edge">'
            f'<rect x="{LEFT}" y="{TOP}" width="{wide}" height="{high}"/></clipPath>'
            f'<g clip-path="url(#{self.identity}-box)">{still}'
            f"<g>{self._series()}</g></g>{self._marks()}"
        )
