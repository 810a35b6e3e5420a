"""The diagrams of neurons, of their errors, and of a network small enough for a sheet of paper."""

from typing import Any

import numpy as np

from ...network import Network
from ..kit.canvas import Circle
from ..kit.drawing import arrow, clear, diagram, note, number
from ..kit.picture import BLUE, GREEN, GREY, LIGHT, ORANGE, PALE, PURPLE, Axes


def _node(axes: Any, at: Any, text: str, color: str = BLUE, radius: float = 0.45) -> None:
    axes.add_patch(Circle(at, radius, fc=PALE, ec=color, lw=1.8, zorder=2))
    note(axes, at[0], at[1], text, fontsize=11, zorder=3)


def _link(
    axes: Any, start: Any, end: Any, color: str = BLUE, gap: float = 0.47, **look: Any
) -> None:
    arrow(axes, start, end, color, gap=gap, mutation_scale=12, zorder=1, **look)


@diagram((0, 9.6), (0, 4.6))
def neuron(axes: Axes) -> None:
    """Figure 1.2: what goes into a neuron and what comes out."""
    body = (5.3, 2.4)
    inputs = [(1.0, 4.0), (1.0, 2.9), (1.0, 1.1)]
    for at, k in zip(inputs, ("1", "2", "n"), strict=True):
        _node(axes, at, f"$a_{k}^{{l-1}}$")
        _link(axes, at, (4.65, 2.4 + 0.18 * (at[1] - 2.4)), gap=0.46)
    note(axes, 1.0, 2.0, "⋮")
    for k, height in (("1", 3.8), ("2", 3.02), ("n", 1.2)):
        note(axes, 2.75, height, f"$w_{{j{k}}}^l$", color=ORANGE)
    axes.add_patch(Circle(body, 1.05, fc=PALE, ec=BLUE, lw=1.8))
    axes.plot([5.3, 5.3], [1.35, 3.45], color=BLUE, lw=1)
    note(axes, 4.8, 2.4, "$z_j^l$", fontsize=15)
    note(axes, 5.82, 2.4, "$\\sigma$", fontsize=17)
    note(axes, 5.3, 0.25, "neuron $j$ of layer $l$")
    note(axes, 4.35, 4.3, "$b_j^l$", color=ORANGE)
    _link(axes, (4.35, 4.1), (4.72, 3.25), color=ORANGE, gap=0.05)
    _node(axes, (8.1, 2.4), "$a_j^l$")
    _link(axes, (6.3, 2.4), (7.7, 2.4), gap=0.06)
    note(axes, 8.1, 1.45, "to layer $l+1$,\nor the output", color=GREY)


def _two_layers(axes: Any, skip: int = 0) -> tuple[list, list]:
    """Draw the links between three neurons and two, but for those of the first `skip`."""
    left = [(2.0, y) for y in (3.9, 2.5, 1.1)]
    right = [(5.2, y) for y in (3.2, 1.8)]
    for start in left[skip:]:
        for end in right:
            _link(axes, start, end, color=LIGHT)
    return left, right


@diagram((0, 9.8), (0, 4.8))
def output_error(axes: Axes) -> None:
    """Figure 1.3: the error of an output neuron, from the cost back through σ."""
    left, right = _two_layers(axes)
    for k, at in enumerate(left, 1):
        _node(axes, at, f"$a_{k}^{{L-1}}$", color=GREY)
    for j, at in enumerate(right, 1):
        _node(axes, at, f"$a_{j}^L$", color=ORANGE if j == 1 else BLUE)
    _node(axes, (8.6, 2.5), "$C$", color=PURPLE)
    for at in right:
        _link(axes, at, (8.6, 2.5), color=LIGHT)
    _link(axes, (8.5, 2.85), (5.3, 3.5), color=ORANGE, connectionstyle="arc3,rad=0.22")
    note(axes, 7.8, 3.75, "$\\partial C/\\partial a_1^L$", color=ORANGE)
    text = "$\\delta_1^L = (\\partial C/\\partial a_1^L)\\,\\sigma'(z_1^L)$"
    note(axes, 4.9, 4.2, text, color=ORANGE, fontsize=12)
    note(axes, 2.0, 0.25, "layer $L-1$", color=GREY)
    note(axes, 5.2, 0.25, "output layer $L$", color=GREY)
    note(axes, 8.6, 0.25, "cost", color=GREY)


@diagram((0, 9.8), (0, 4.8))
def hidden_error(axes: Axes) -> None:
    """Figure 1.4: the error of a hidden neuron collects the errors of all neurons it feeds."""
    left, right = _two_layers(axes, skip=1)
    for k, at in enumerate(left, 1):
        _node(axes, at, f"$\\delta_{k}^l$", color=ORANGE if k == 1 else GREY)
    for j, at in enumerate(right, 1):
        _node(axes, at, f"$\\delta_{j}^{{l+1}}$")
        _link(axes, at, left[0], color=ORANGE)
    for j, place in ((1, (3.44, 4.0)), (2, (5.85, 2.5))):  # beside the arrows
        note(axes, *place, f"$w_{{{j}1}}^{{l+1}}$", color=ORANGE, fontsize=12)
    text = (
        "$\\delta_1^l = (w_{11}^{l+1}\\delta_1^{l+1}$\n$\\qquad + w_{21}^{l+1}\\delta_2^{l+1})"
        "\\;\\sigma'(z_1^l)$"
    )
    note(axes, 6.0, 3.55, text, color=ORANGE, ha="left", fontsize=12, linespacing=1.6)
    note(axes, 2.0, 0.25, "layer $l$", color=GREY)
    note(axes, 5.2, 0.25, "layer $l+1$", color=GREY)


@diagram((0, 9.8), (0, 5.8))
def paper_network(axes: Axes, net: Network, x: np.ndarray) -> None:
    """Draw a 2–3–1 network with its weights on the links and its activations in the neurons."""
    first, second = net.layers[0], net.layers[2]
    trace = net.forward(x[None, :])
    hidden = trace.inputs[2][0]
    columns = [[(1.2, 3.9), (1.2, 1.9)], [(4.9, 4.9), (4.9, 2.9), (4.9, 0.9)], [(8.4, 2.9)]]
    for weight, sources, targets, share in (
        (first.weight, columns[0], columns[1], 0.66),
        (second.weight, columns[1], columns[2], 0.36),
    ):
        for (j, k), value in np.ndenumerate(weight):
            start, end = np.array(sources[k]), np.array(targets[j])
            _link(axes, start, end, color=LIGHT, gap=0.5)
            x_at, y_at = start + share * (end - start)
            note(axes, x_at, y_at, number(value), color=ORANGE, fontsize=10, bbox=clear())
    for values, column in zip((x, hidden, trace.output[0]), columns, strict=True):
        for value, at in zip(values, column, strict=True):
            _node(axes, at, number(value), radius=0.46)
    for bias, column in ((first.bias, columns[1]), (second.bias, columns[2])):
        for value, (cx, cy) in zip(bias, column, strict=True):
            note(axes, cx, cy + 0.72, f"$b$ = {number(value)}", color=GREEN)
    for text, cx in (("input", 1.2), ("ReLU", 4.9), ("sigmoid", 8.4)):
        note(axes, cx, 0.12, text, color=GREY)
