"""The pictures of section 1.6: a graph whose gradients come back, step by step."""

from collections import Counter

import numpy as np

from ..tape import Node, gradients, order
from .kit.drawing import number
from .kit.moving import Moving, Point, word

RADIUS = 24
PLACES = {"x": (38, 66), "y": (38, 214), "u": (158, 162), "v": (268, 92), "C": (378, 92)}
ARROWS = [(a, b, 0) for a, b in ("xu", "yu", "uv", "xv")] + [("v", "C", 14), ("v", "C", -14)]
MADE = {"u": "x y", "v": "u + x", "C": "v v"}


def _arrow(start: Point, end: Point, bend: float) -> tuple[str, str]:
    """Give the line and the tip of an arrow between two circles, bent to a side."""
    a, b = np.array(start, float), np.array(end, float)
    along = (b - a) / np.linalg.norm(b - a)
    side = bend * np.array([-along[1], along[0]])
    a, b = a + RADIUS * along + side / 2, b - (RADIUS + 2) * along + side / 2
    middle = (a + b) / 2 + side
    back = 9 * (middle - b) / np.linalg.norm(middle - b)
    wing = np.array([-back[1], back[0]]) / 2
    points = [f"{x:.1f} {y:.1f}" for x, y in (a, middle, b, b + back + wing, b + back - wing)]
    return f"M{points[0]}Q{points[1]} {points[2]}", f"M{points[2]}L{points[3]}L{points[4]}z"


class Walk(Moving):
    """The graph of C = (x y + x)², filled with values forward and with gradients backward.

    Examples
    --------
    >>> Walk(2.0, 0.5)
    a graph, to step through: C = 9, ∂C/∂x = 9, ∂C/∂y = 12
    """

    name, called, attribute = "walk", "step through the graph", "class"
    description = (
        "A graph of five values. Arrows lead from x and y to u, from u and x to v, and two from v "
        "to C. The values appear in the circles one after the other, and then the gradients below "
        "them, from C back to x and y; the text below the picture gives the numbers."
    )
    caption = (
        "The graph of *C* = (*x* *y* + *x*)². On the way back each arrow brings a part, and where "
        "two arrows leave a value, their parts are added."
    )
    size, font, width, seconds = (416, 262), 12.5, 560, 24
    style = (
        "& text{text-anchor:middle;paint-order:stroke;"
        "stroke:var(--pst-color-background,Canvas);stroke-width:4px}"
        "& circle{fill:var(--pst-color-background,Canvas);stroke:#0072B2;stroke-width:2}"
        'html[data-theme="dark"] & circle{stroke:#56B4E9}'
        "& .link{fill:none;stroke:currentColor;stroke-opacity:.45}"
        "& .tip{fill:currentColor;fill-opacity:.6}"
        "& .state{min-height:3.2em}"
        "@media(max-width:600px){& .state{min-height:4.8em}}"
    )

    def __init__(self, x: float, y: float):
        leaves = Node(x), Node(y)
        u = leaves[0] * leaves[1]
        v = u + leaves[0]
        nodes = (*leaves, u, v, v * v)
        self.names = dict(zip(nodes, PLACES, strict=True))
        self.said: list[str] = []
        self.groups: dict[tuple[str, str], tuple[int, str]] = {}  # by name and text: since when
        self._forward()
        self._backward(order(nodes[-1]))
        self.positions = range(len(self.said))

    def _forward(self) -> None:
        value = {name: number(float(node.value), 3) for node, name in self.names.items()}
        self._step(f"Forward: x = {value['x']} and y = {value['y']} are given.")
        self._show("x", value["x"])
        self._show("y", value["y"])
        for name, made in MADE.items():
            self._step(f"Forward: {name} = {made} = {value[name]}.")
            self._show(name, value[name])

    def _backward(self, nodes: list[Node]) -> None:
        """Go back along the arrows, as `carry_back` does, and keep the parts."""
        parts: dict[Node, list[float]] = {nodes[-1]: [1.0]}
        self._step("Backward: ∂C/∂C = 1. With this it begins.")
        self._show("C", "1", below=True)
        uses = Counter(made_of for node in nodes for made_of, _ in node.arrows)
        for node in reversed(nodes):
            for made_of, back in node.arrows:
                part = float(back(Node(sum(parts[node]))).value)
                parts.setdefault(made_of, []).append(part)
            met = {m: _added(parts[m]) for m, _ in node.arrows}
            found = "; ".join(
                f"∂C/∂{self.names[m]} = {added}"
                if len(parts[m]) == uses[m]
                else f"{added} comes to {self.names[m]}, and more will"
                for m, added in met.items()
            )
            if met:
                self._step(f"Backward, from {self.names[node]}: {found}.")
            for m, added in met.items():
                self._show(self.names[m], added, below=True)

    def _step(self, said: str) -> None:
        self.said.append(said)

    def _show(self, name: str, text: str, below: bool = False) -> None:
        """Show a text in a circle, or below it, from this step on."""
        x, y = PLACES[name]
        place = (x, y + RADIUS + 13) if below else (x, y)
        self.groups[f"{name} below" if below else name, text] = (
            len(self.said) - 1,
            word(place, text),
        )

    def __repr__(self) -> str:
        x, y, *_, cost = self.names
        slopes = (number(float(g.value), 3) for g in gradients(cost, [x, y]))
        found = ", ".join(f"∂C/∂{name} = {g}" for name, g in zip("xy", slopes, strict=True))
        return f"a graph, to step through: C = {number(float(cost.value), 3)}, {found}"

    def text(self, position: int) -> str:
        """Give what is said at a position."""
        return self.said[position]

    def frame(self, position: int) -> list[str]:
        """Give the class of each group at a position: new, seen, or hidden."""
        shown = {
            place: since for (place, _), (since, _) in self.groups.items() if since <= position
        }
        return [
            "moving later"
            if shown.get(place) != since
            else "moving now"
            if since == position
            else "moving"
            for (place, _), (since, _) in self.groups.items()
        ]

    def drawing(self) -> str:
        """Give circles, names and arrows, and every group as it is at the start."""
        lines, tips = zip(
            *(_arrow(PLACES[a], PLACES[b], bend) for a, b, bend in ARROWS), strict=True
        )
        arrows = f'<path class="link" d="{"".join(lines)}"/><path class="tip" d="{"".join(tips)}"/>'
        circles = "".join(f'<circle cx="{x}" cy="{y}" r="{RADIUS}"/>' for x, y in PLACES.values())
        names = "".join(
            word((x, y - RADIUS - 11), f"{name} = {MADE[name]}" if name in MADE else name)
            for name, (x, y) in PLACES.items()
        )
        moving = "".join(
            f'<g class="{state}">{svg}</g>'
            for state, (_, svg) in zip(self.frame(0), self.groups.values(), strict=True)
        )
        return f"{arrows}{circles}{names}{moving}"


def _added(parts: list[float]) -> str:
    """Write the parts of a gradient that have come in, and their sum."""
    numbers = [number(part, 3) for part in parts]
    return " + ".join(numbers) + (f" = {number(sum(parts), 3)}" if len(numbers) > 1 else "")
