"""The pictures of sections 1.1.1 and 1.1.2: neurons, errors, and what becomes of a gradient."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch
from matplotlib.ticker import MaxNLocator

from ..activations import ReLU, Sigmoid, Tanh
from ..network import Linear, Network, Trace, error_norm_bounds
from .picture import BLUE, GREEN, GREY, ORANGE, PALE, PURPLE, Picture, picture

__all__ = [
    "activation_sizes",
    "bounds",
    "deep_network",
    "error_norms",
    "gradient_norms",
    "hidden_error",
    "neuron",
    "output_error",
    "paper_network",
    "rms_by_layer",
    "sample_bounds",
]


# ---- diagrams ----------------------------------------------------------------------------------


def _node(axes: Any, at: Any, text: str, color: str = BLUE, radius: float = 0.45) -> None:
    axes.add_patch(Circle(at, radius, fc=PALE, ec=color, lw=1.8, zorder=2))
    axes.text(*at, text, ha="center", va="center", fontsize=11, zorder=3)


def _link(axes: Any, start: Any, end: Any, color: str = BLUE, gap: float = 0.47, **style) -> None:
    start, end = np.asarray(start, float), np.asarray(end, float)
    along = (end - start) / np.linalg.norm(end - start)
    axes.add_patch(
        FancyArrowPatch(
            start + gap * along,
            end - gap * along,
            arrowstyle="-|>",
            mutation_scale=12,
            color=color,
            lw=1.6,
            shrinkA=0,
            shrinkB=0,
            zorder=1,
            **style,
        )
    )


def _canvas(figure: Picture, width: float, height: float) -> Any:
    """Give axes in which a unit is as wide as high, filling a picture of the page's width."""
    figure.set_figheight(figure.get_figwidth() * height / width)
    axes = figure.subplots()
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.axis("off")
    return axes


@picture
def neuron(figure: Picture) -> None:
    """Figure 1.2: what goes into a neuron and what comes out."""
    axes = _canvas(figure, 9.6, 4.6)
    body = (5.3, 2.4)
    inputs = [(1.0, 4.0), (1.0, 2.9), (1.0, 1.1)]
    for at, k in zip(inputs, ("1", "2", "n"), strict=True):
        _node(axes, at, f"$a_{k}^{{l-1}}$")
        _link(axes, at, (4.65, 2.4 + 0.18 * (at[1] - 2.4)), gap=0.46)
    axes.text(1.0, 2.0, "⋮", ha="center", va="center")
    for k, height in (("1", 3.8), ("2", 3.02), ("n", 1.2)):
        axes.text(2.75, height, f"$w_{{j{k}}}^l$", color=ORANGE, ha="center", va="center")
    axes.add_patch(Circle(body, 1.05, fc=PALE, ec=BLUE, lw=1.8))
    axes.plot([5.3, 5.3], [1.35, 3.45], color=BLUE, lw=1)
    axes.text(4.8, 2.4, "$z_j^l$", ha="center", va="center", fontsize=15)
    axes.text(5.82, 2.4, "$\\sigma$", ha="center", va="center", fontsize=17)
    axes.text(5.3, 0.25, "neuron $j$ of layer $l$", ha="center", va="center")
    axes.text(4.35, 4.3, "$b_j^l$", color=ORANGE, ha="center", va="center")
    _link(axes, (4.35, 4.1), (4.72, 3.25), color=ORANGE, gap=0.05)
    _node(axes, (8.1, 2.4), "$a_j^l$")
    _link(axes, (6.3, 2.4), (7.7, 2.4), gap=0.06)
    axes.text(8.1, 1.45, "to layer $l+1$,\nor the output", ha="center", va="center", color=GREY)


def _two_layers(axes: Any, skip: int = 0) -> tuple[list, list]:
    """Draw the links between three neurons and two, but for those of the first `skip`."""
    left = [(2.0, y) for y in (3.9, 2.5, 1.1)]
    right = [(5.2, y) for y in (3.2, 1.8)]
    for start in left[skip:]:
        for end in right:
            _link(axes, start, end, color="#BBBBBB")
    return left, right


@picture
def output_error(figure: Picture) -> None:
    """Figure 1.3: the error of an output neuron, from the cost back through σ."""
    axes = _canvas(figure, 9.8, 4.8)
    left, right = _two_layers(axes)
    for k, at in enumerate(left, 1):
        _node(axes, at, f"$a_{k}^{{L-1}}$", color=GREY)
    for j, at in enumerate(right, 1):
        _node(axes, at, f"$a_{j}^L$", color=ORANGE if j == 1 else BLUE)
    _node(axes, (8.6, 2.5), "$C$", color=PURPLE)
    for at in right:
        _link(axes, at, (8.6, 2.5), color="#BBBBBB")
    _link(axes, (8.5, 2.85), (5.3, 3.5), color=ORANGE, connectionstyle="arc3,rad=0.22")
    axes.text(7.8, 3.75, "$\\partial C/\\partial a_1^L$", color=ORANGE, ha="center", va="center")
    axes.text(
        4.9,
        4.2,
        "$\\delta_1^L = (\\partial C/\\partial a_1^L)\\,\\sigma'(z_1^L)$",
        color=ORANGE,
        ha="center",
        va="center",
        fontsize=12,
    )
    axes.text(2.0, 0.25, "layer $L-1$", ha="center", va="center", color=GREY)
    axes.text(5.2, 0.25, "output layer $L$", ha="center", va="center", color=GREY)
    axes.text(8.6, 0.25, "cost", ha="center", va="center", color=GREY)


@picture
def hidden_error(figure: Picture) -> None:
    """Figure 1.4: the error of a hidden neuron collects the errors of all neurons it feeds."""
    axes = _canvas(figure, 9.8, 4.8)
    left, right = _two_layers(axes, skip=1)
    for k, at in enumerate(left, 1):
        _node(axes, at, f"$\\delta_{k}^l$", color=ORANGE if k == 1 else GREY)
    for j, at in enumerate(right, 1):
        _node(axes, at, f"$\\delta_{j}^{{l+1}}$")
        _link(axes, at, left[0], color=ORANGE)
    for j, at, share, above in ((1, right[0], 0.45, 0.42), (2, right[1], 0.62, 0.0)):
        x, y = (1 - share) * np.array(left[0]) + share * np.array(at)
        axes.text(
            x,
            y + above,
            f"$w_{{{j}1}}^{{l+1}}$",
            color=ORANGE,
            fontsize=12,
            ha="center",
            va="center",
            bbox={"fc": "white", "ec": "none", "pad": 0},
        )
    axes.text(
        6.0,
        3.55,
        "$\\delta_1^l = (w_{11}^{l+1}\\delta_1^{l+1}$\n$\\qquad + w_{21}^{l+1}\\delta_2^{l+1})"
        "\\;\\sigma'(z_1^l)$",
        color=ORANGE,
        ha="left",
        va="center",
        fontsize=12,
        linespacing=1.6,
    )
    axes.text(2.0, 0.25, "layer $l$", ha="center", va="center", color=GREY)
    axes.text(5.2, 0.25, "layer $l+1$", ha="center", va="center", color=GREY)


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


@picture
def paper_network(figure: Picture, net: Network, x: np.ndarray) -> None:
    """Draw a 2–3–1 network with its weights on the links and its activations in the neurons."""
    axes = _canvas(figure, 9.8, 5.8)
    first, second = net.layers[0], net.layers[2]
    trace = net.forward(x[None, :])
    hidden = trace.inputs[2][0]
    columns = [
        [(1.2, 3.9), (1.2, 1.9)],
        [(4.9, 4.9), (4.9, 2.9), (4.9, 0.9)],
        [(8.4, 2.9)],
    ]
    for weight, sources, targets, share in (
        (first.weight, columns[0], columns[1], 0.66),
        (second.weight, columns[1], columns[2], 0.36),
    ):
        for (j, k), value in np.ndenumerate(weight):
            start, end = np.array(sources[k]), np.array(targets[j])
            _link(axes, start, end, color="#9AA5B1", gap=0.5)
            axes.text(
                *(start + share * (end - start)),
                _number(value),
                color=ORANGE,
                fontsize=10,
                ha="center",
                va="center",
                bbox={"fc": "white", "ec": "none", "pad": 0},
            )
    for values, column in zip((x, hidden, trace.output[0]), columns, strict=True):
        for value, at in zip(values, column, strict=True):
            _node(axes, at, _number(value), radius=0.46)
    for bias, column in ((first.bias, columns[1]), (second.bias, columns[2])):
        for value, (cx, cy) in zip(bias, column, strict=True):
            axes.text(
                cx, cy + 0.72, f"$b$ = {_number(value)}", color=GREEN, ha="center", va="center"
            )
    for text, cx in (("input", 1.2), ("ReLU", 4.9), ("sigmoid", 8.4)):
        axes.text(cx, 0.12, text, ha="center", va="center", color=GREY)


# ---- what becomes of a gradient ----------------------------------------------------------------

ACTIVATIONS = {"sigmoid": Sigmoid(), "tanh": Tanh(), "ReLU": ReLU()}


def deep_network(
    activation: str, depth: int, rng: np.random.Generator, init: str = "xavier", scale: float = 1.0
) -> Network:
    """Give a network of `depth` layers of 64 neurons that reads the digits.

    Parameters
    ----------
    activation : {"sigmoid", "tanh", "ReLU"}
    depth : int
    rng : numpy.random.Generator
    init : {"he", "xavier"}
    scale : float
        A factor on all initial weights.

    Returns
    -------
    Network

    Examples
    --------
    >>> import numpy as np
    >>> len(deep_network("tanh", 5, np.random.default_rng(0)).layers)
    10
    """
    layers: list[Any] = []
    for _ in range(depth):
        linear = Linear(64, 64, rng=rng, init=init)
        linear.weight *= scale
        layers += [linear, ACTIVATIONS[activation]]
    return Network(layers)


def error_norms(net: Network, x: np.ndarray) -> list[float]:
    """Give the size ‖δ^l‖ of the error of every layer: the root mean square over the samples.

    The gradient that enters at the output is a unit vector for every sample, so what is measured
    is the network's doing alone.

    Parameters
    ----------
    net : Network
        Of 64 outputs.
    x : array, shape (N, 64)

    Returns
    -------
    list of float
        One for each layer with parameters, first layer first.

    Examples
    --------
    >>> import numpy as np
    >>> norms = error_norms(deep_network("sigmoid", 2, np.random.default_rng(0)), np.ones((1, 64)))
    >>> norms[0] < norms[1] < 1
    True
    """
    trace, upstream = net.forward(x), np.full((len(x), 64), 1 / 8)
    deltas = net.backward(trace, upstream, deltas=True).deltas
    assert deltas is not None
    return [float(np.sqrt((delta**2).sum(1).mean())) for delta in deltas]


def rms_by_layer(trace: Trace) -> list[float]:
    """Give the root mean square of the activations of every layer, the input first.

    Parameters
    ----------
    trace : Trace
        Of a `deep_network`.

    Returns
    -------
    list of float

    Examples
    --------
    >>> import numpy as np
    >>> net = deep_network("ReLU", 3, np.random.default_rng(0), init="he")
    >>> len(rms_by_layer(net.forward(np.ones((1, 64)))))
    4
    """
    activities = [*trace.inputs[::2], trace.output]
    return [float(np.sqrt((a**2).mean())) for a in activities]


@picture
def gradient_norms(figure: Picture, norms: dict[str, Sequence[float]]) -> None:
    """Draw ‖δ^l‖ by layer, a line for each kind of network, named at its left end."""
    axes = figure.subplots()
    for (name, values), style in zip(norms.items(), ("-", "--", "-.", ":"), strict=False):
        layers = np.arange(1, len(values) + 1)
        (line,) = axes.semilogy(layers, values, style)
        axes.annotate(
            name,
            (1, values[0]),
            (-6, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            color=line.get_color(),
            annotation_clip=False,
        )
    axes.spines["left"].set_visible(False)
    axes.yaxis.tick_right()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="layer $l$ (the output is on the right)", xlim=(1, None))
    axes.set_title(r"size of the error, $\Vert\delta^l\Vert_2$", loc="right")


@picture
def bounds(figure: Picture, norms: Sequence[float], limits: Sequence[float]) -> None:
    """Draw ‖δ^l‖ of one sample under the bound of equation 1.1.2d."""
    axes = figure.subplots()
    layers = np.arange(1, len(norms) + 1)
    axes.semilogy(layers, limits, "--", color=GREY, label="bound (1.1.2d)")
    axes.semilogy(
        layers, norms, color=BLUE, marker="o", ms=4, label=r"measured $\Vert\delta^l\Vert_2$"
    )
    axes.legend()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="layer $l$ (the output is on the right)", title="size of the error")


@picture
def activation_sizes(figure: Picture, sizes: dict[str, Sequence[float]]) -> None:
    """Draw the size of the activations by layer, a line for each way to start."""
    axes = figure.subplots()
    for (name, values), style in zip(sizes.items(), ("-", "--", "-.", ":"), strict=False):
        (line,) = axes.semilogy(np.arange(len(values)), values, style)
        axes.annotate(
            name,
            (len(values) - 1, values[-1]),
            (6, 0),
            textcoords="offset points",
            ha="left",
            va="center",
            color=line.get_color(),
            annotation_clip=False,
        )
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel="layer $l$ (0 is the input)", xlim=(0, len(values) - 1))
    axes.set_title("root mean square of $a^l$", loc="left")


def sample_bounds(net: Network, x: np.ndarray) -> tuple[list[float], list[float]]:
    """Give ‖δ^l‖ of one sample and their bounds, layer by layer.

    Parameters
    ----------
    net : Network
        A `deep_network`.
    x : array, shape (64,)

    Returns
    -------
    tuple of two lists of float

    Examples
    --------
    >>> import numpy as np
    >>> net = deep_network("tanh", 3, np.random.default_rng(0))
    >>> norms, limits = sample_bounds(net, np.ones(64))
    >>> all(norm <= limit for norm, limit in zip(norms, limits))
    True
    """
    batch = x[None, :]
    limits = error_norm_bounds(net, net.forward(batch), np.full((1, 64), 1 / 8))
    return error_norms(net, batch), limits
