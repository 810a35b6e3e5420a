"""Descent in one and two dimensions: batches and their noise, learning rates, and momentum."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...network import Linear, Network
from ...optimizers import SGD, best_descent, best_momentum, convergence_factor
from ..kit.drawing import arrow, beside
from ..kit.picture import BLUE, COLORS, GREY, INK, LIGHT, ORANGE, Axes, Picture, picture, plot
from ..kit.slider import Curve, Points, Slider, Still
from .landscapes import LANDSCAPES, contours, descend


def sample_gradients(network: Network, loss: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Give the gradient of every sample as one row, all parameters of a dense network in turn."""
    trace = network.forward(x)
    upstream = len(x) * loss.gradient(trace.output, y)  # of each sample's own cost, not of the mean
    deltas = network.backward(trace, upstream, deltas=True).deltas or []
    pairs = zip(network.layers, trace.inputs, strict=True)
    inputs = [a for layer, a in pairs if isinstance(layer, Linear)]
    columns = []
    for a, delta in zip(inputs, deltas, strict=True):
        columns += [(delta[:, :, None] * a[:, None, :]).reshape(len(x), -1), delta]
    return np.concatenate(columns, axis=1)


@plot(xlabel="samples in the batch, N", title="mean squared distance from the full gradient")
def noise(
    axes: Axes, sizes: Sequence[int], measured: Sequence[float], formula: Sequence[float]
) -> None:
    """Draw the mean squared error of a batch's gradient, measured and by formula."""
    axes.loglog(sizes, formula, color=BLUE, label="by formula")
    axes.loglog(sizes, measured, "o", color=ORANGE, ms=7, label="measured, 200 batches each")
    axes.legend()


def learning_rate_slider() -> Slider:
    """Give figure 1.5: thirty steps down a cost with two minima, for small and large rates."""
    rates = (0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55)
    w = np.linspace(-2.4, 2.4, 121)

    def cost(w: np.ndarray) -> np.ndarray:  # minima near −1.35 and 1.5, between them a hill
        return w**4 / 4 - w**2 - 0.35 * w + 1.4

    def way(lr: float, momentum: float) -> tuple[np.ndarray, np.ndarray]:
        rule = SGD(lr=lr, momentum=momentum)
        path = descend(rule, lambda w: w**3 - 2 * w - 0.35, (-2.2,), 30)[:, 0]
        path[np.abs(path) > 2.4] = np.nan
        return path, cost(path)

    description = (
        "A cost with a shallow minimum on the left, a hill, and a deeper minimum on the right. "
        "Plain descent from the far left creeps at the rate 0.01, settles in the shallow minimum "
        "at 0.1, and jumps about at 0.5. With momentum it rolls over the hill at 0.03 to 0.2."
    )
    points = [
        Points(name, [way(lr, momentum) for lr in rates], joined=True)
        for name, momentum in (("30 steps of plain descent", 0.0), ("with momentum 0.9", 0.9))
    ]
    caption = (
        "Figure 1.5. Thirty steps from the far left, plain and with a momentum of 0.9, which comes "
        "below. At 0.01 plain descent creeps. From 0.1 to 0.3 it settles in the shallow minimum; "
        "at 0.4 it happens to jump across the hill; at 0.5 and above it jumps about in the deeper "
        "valley. With momentum the points leave the picture from 0.3 on."
    )
    axes = ("*w*", "cost *C*(*w*)")
    parameter, limits, still = "learning rate *α*", (-0.6, 3.4), [Still(w, cost(w), 6)]
    return Slider(
        "learning-rate",
        description,
        parameter,
        rates,
        w,
        points,
        limits,
        2,
        still,
        axes=axes,
        caption=caption,
    )


@picture(height=2.6)
def factors(figure: Picture, smallest: float, largest: float) -> None:
    """Draw by what a step multiplies the distance, by learning rate, for two curvatures."""
    left, right = figure.subplots(1, 2, sharey=True)
    _, momentum, _ = best_momentum(smallest, largest)
    best = (best_descent(smallest, largest), best_momentum(smallest, largest)[::2])
    for axes, mu, (lr, factor) in zip((left, right), (0.0, momentum), best, strict=True):
        rates = np.linspace(1e-3, 2.1 * (1 + mu) / largest, 400)
        for curvature, color, style in ((smallest, BLUE, "-"), (largest, ORANGE, "--")):
            heights = [convergence_factor(rate, curvature, mu) for rate in rates]
            axes.plot(rates, heights, style, color=color, label=f"λ = {curvature:g}")
        axes.plot(lr, factor, "o", color=INK)
        beside(axes, (lr, factor), (-24, -18), f"best: {factor:.2f}", ha="right")
        axes.axhline(1, color=GREY, lw=1)
        axes.set(xlabel="learning rate α", ylim=(0, 1.3), xticks=np.arange(0, rates[-1], 0.05))
    left.set(title="without momentum", ylabel="factor per step")
    right.set_title(f"with momentum μ = {momentum:.2f}")
    right.legend(loc="lower left")


def momentum_slider() -> Slider:
    """Give a slider for the momentum: the distance from the minimum of a parabola, by steps."""
    values, steps = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95), 60
    frames = [
        descend(SGD(lr=0.05, momentum=momentum), lambda w: w, (1.0,), steps)[:, 0]
        for momentum in values
    ]
    description = (
        "The distance from the minimum over sixty steps. Without momentum it falls slowly and "
        "smoothly. Near momentum 0.6 it falls fastest without overshooting. At 0.9 and above it "
        "swings around 0, and the swings take long to die down."
    )
    caption = (
        "Sixty steps down a parabola with *αλ* = 0.05. Without momentum each step keeps 95 % of "
        "the distance. In the long run the descent is fastest just before it starts to swing, near "
        "*μ* = 0.6; at 0.7 it is near sooner, and swings there."
    )
    axes = ("step", "distance from the minimum")
    x, curves = np.arange(steps + 1.0), [Curve("distance from the minimum", frames)]
    limits = (-1.0, 1.0)
    return Slider(
        "momentum",
        description,
        "momentum *μ*",
        values,
        x,
        curves,
        limits,
        3,
        axes=axes,
        caption=caption,
    )


@plot(xlabel="first parameter", ylabel="second parameter", aspect="equal")
def ravine(axes: Axes, paths: dict[str, np.ndarray]) -> None:
    """Draw ways down the ravine."""
    for line in contours("ravine"):
        axes.plot(*line.T, color=LIGHT, lw=1)
    for (name, path), color, mark in zip(paths.items(), COLORS, "os^", strict=False):
        axes.plot(*path.T, marker=mark, ms=4, lw=1.5, color=color, label=name)
    axes.plot(0, 0, "*", color=INK, ms=12)
    axes.figure.legend(loc="outside lower center", ncols=2)
    axes.grid(False)


@picture(height=2.3)
def nesterov_step(figure: Picture) -> None:
    """Draw one step of momentum and one of Nesterov's, from the same point and velocity."""
    slope, momentum, lr = LANDSCAPES["ravine"].gradient, 0.9, 0.03
    along, across = np.array([3**0.5, 1]) / 2, np.array([-1, 3**0.5]) / 2
    w, v = -1.2 * along - 0.35 * across, 0.5 * along + 0.9 * across
    ahead = w + momentum * v
    panels = zip(figure.subplots(1, 2), ("momentum", "Nesterov"), (w, ahead), strict=True)
    for axes, title, place in panels:
        for line in contours("ravine"):
            axes.plot(*line.T, color=LIGHT, lw=1)
        push = -lr * slope(place)
        ways = ((w, ahead, GREY), (w, ahead + push, BLUE), (ahead, ahead + push, ORANGE))
        for start, end, color in ways:
            arrow(axes, start, end, color, mutation_scale=11, lw=2.2, shrinkB=2, zorder=3)
        axes.plot(*place, "o", color=ORANGE, ms=9, mfc="none", mew=2)
        axes.plot(*w, "o", color=INK, ms=5)
        axes.set(xlim=(-2.1, 0.2), ylim=(-1.3, 0.6), title=title, xticks=[], yticks=[])
        axes.set_aspect("equal")
        axes.grid(False)
