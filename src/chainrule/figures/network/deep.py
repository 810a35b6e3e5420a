"""What becomes of a gradient in a deep network, and of the activations on their way there."""

from collections.abc import Sequence
from itertools import cycle
from typing import Any

import numpy as np

from ...activations import ReLU, Sigmoid, Tanh
from ...network import Linear, Network, Trace, error_norm_bounds
from ..kit.canvas import MaxNLocator
from ..kit.drawing import LINES, beside
from ..kit.picture import BLUE, GREY, Axes, plot
from ..kit.slider import Curve, Slider

ACTIVATIONS = {"sigmoid": Sigmoid(), "tanh": Tanh(), "ReLU": ReLU()}


def deep_network(activation, depth, rng, init="xavier", scale=1.0):
    """Give a network of `depth` layers of 64 neurons that reads the digits."""
    layers = []
    for _ in range(depth):
        linear = Linear(64, 64, rng=rng, init=init)
        linear.weight *= scale
        layers += [linear, ACTIVATIONS[activation]]
    return Network(layers)


def error_norms(net, x):
    """Give the size ‖δ^l‖ of the error of every layer: the root mean square over the samples.

    The gradient that enters at the output is a unit vector for every sample, so what is measured
    is the network's doing alone.
    """
    trace, upstream = net.forward(x), np.full((len(x), 64), 1 / 8)
    deltas = net.backward(trace, upstream, deltas=True).deltas
    return [float(np.sqrt((d**2).sum(1).mean())) for d in deltas]


def rms_by_layer(trace: Trace) -> list[float]:
    """Give the root mean square of the activations of every layer, the input first."""
    activities = [*trace.inputs[::2], trace.output]
    return [float(np.sqrt((a**2).mean())) for a in activities]


def sample_bounds(net: Network, x: np.ndarray) -> tuple[list[float], list[float]]:
    """Give ‖δ^l‖ of one sample and their bounds, layer by layer."""
    batch = x[None, :]
    limits = error_norm_bounds(net, net.forward(batch), np.full((1, 64), 1 / 8))
    return error_norms(net, batch), limits


def _by_layer(axes: Any, curves: dict[str, Sequence[float]], first: int, named_at: int) -> None:
    """Draw a line for each kind of network, from a first layer on, named at one of its ends."""
    side = -1 if named_at == 0 else 1
    for (name, values), (color, style) in zip(curves.items(), cycle(LINES), strict=False):
        layers = np.arange(first, first + len(values))
        axes.semilogy(layers, values, style, color=color)
        look = {"ha": "right" if side < 0 else "left", "va": "center", "color": color}
        at = layers[named_at], values[named_at]
        beside(axes, at, (6 * side, 0), name, annotation_clip=False, **look)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


@plot(xlabel="layer $l$ (the output is on the right)", xlim=(1, None))
def gradient_norms(axes: Axes, norms: dict[str, Sequence[float]]) -> None:
    """Draw ‖δ^l‖ by layer, a line for each kind of network, named at its left end."""
    _by_layer(axes, norms, 1, 0)
    axes.spines["left"].set_visible(False)
    axes.yaxis.tick_right()
    axes.set_title(r"size of the error, $\Vert\delta^l\Vert_2$", loc="right")


@plot
def activation_sizes(axes: Axes, sizes: dict[str, Sequence[float]]) -> None:
    """Draw the size of the activations by layer, a line for each way to start."""
    _by_layer(axes, sizes, 0, -1)
    last = max(len(values) for values in sizes.values()) - 1
    axes.set(xlabel="layer $l$ (0 is the input)", xlim=(0, last))
    axes.set_title("root mean square of $a^l$", loc="left")


@plot(xlabel="layer $l$ (the output is on the right)", title="size of the error")
def bounds(axes: Axes, norms: Sequence[float], limits: Sequence[float]) -> None:
    """Draw ‖δ^l‖ of one sample under the bound of equation 1.1.2d."""
    layers = np.arange(1, len(norms) + 1)
    axes.semilogy(layers, limits, "--", color=GREY, label="bound (1.1.2d)")
    axes.semilogy(layers, norms, "o-", color=BLUE, ms=4, label=r"measured $\Vert\delta^l\Vert_2$")
    axes.legend()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


DEPTH = 20
FACTORS = (0.5, 0.7, 0.85, 1.0, 1.2, 1.41, 1.7, 2.0, 2.5, 3.0, 4.0, 6.0, 10.0)
LOW, HIGH = -19.0, 10.0


def error_slider(x: np.ndarray) -> Slider:
    """Give a slider for the size of the initial weights of three networks of twenty layers.

    A weight starts with the standard deviation g/√n of a layer of n neurons; g is what the slider
    moves. The curves are logarithms, to the base 10, of ‖δ^l‖, as `error_norms` measures it.
    """

    def logarithms(activation: str, factor: float) -> np.ndarray:
        # of two layers of equal width Xavier's variance is 1/n
        net = deep_network(activation, DEPTH, np.random.default_rng(0), "xavier", factor)
        sizes = np.log10(error_norms(net, x))
        return np.where((sizes < LOW) | (sizes > HIGH), np.nan, sizes)

    curves = [
        Curve(name, [logarithms(name, factor) for factor in FACTORS])
        for name in ("sigmoid", "tanh", "ReLU")
    ]
    description = (
        "The size of the error by layer, as a power of ten, for three networks of twenty layers: "
        "sigmoid, tanh and ReLU. The larger the initial weights, the less is lost on the way from "
        "the output on the right to the first layer on the left. Tanh is nearly level at g = 1.2 "
        "and 1.41, ReLU at 1.41, and beyond that they grow, ReLU fastest: from 6 on it leaves the "
        "picture. Sigmoid still loses at 4 and is nearly level at 10."
    )
    layers, parameter = np.arange(1.0, DEPTH + 1), "size of the initial weights, *g*"
    axes = ("layer *l* (the output is on the right)", "log₁₀ ‖*δ*ˡ‖")
    caption = (
        "The size of the error, log₁₀ ‖*δ*ˡ‖, by layer *l*, in networks of twenty layers. One unit "
        "is a factor of ten. Backpropagation goes from right to left: where a line is level, "
        "nothing of the error is lost on the way."
    )
    limits = (LOW, HIGH)
    return Slider(
        "start",
        description,
        parameter,
        FACTORS,
        layers,
        curves,
        limits,
        3,
        axes=axes,
        caption=caption,
    )
