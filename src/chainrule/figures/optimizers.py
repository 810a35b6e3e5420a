"""The pictures of section 1.2: batches and their noise, ravines, momentum, and the races."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .. import optimizers
from ..network import Network
from ..optimizers import SGD, best_descent, best_momentum, convergence_factor
from ..training import History
from .landscapes import LANDSCAPES, arrival, best_rates, descend
from .picture import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED, Picture, picture
from .slider import Curve, Points, Slider, Still

__all__ = [
    "decay",
    "digits_race",
    "factors",
    "first_steps",
    "largest_as_norm",
    "learning_rate_slider",
    "momentum_slider",
    "nesterov_step",
    "noise",
    "race_slider",
    "ravine",
    "sample_gradients",
    "scaled_rates",
    "schedules",
    "search",
]

# ---- batches -----------------------------------------------------------------------------------


def sample_gradients(network: Network, loss: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Give the gradient of every sample as one row of numbers, all parameters side by side."""
    rows = []
    for i in range(len(x)):
        trace = network.forward(x[i : i + 1])
        gradients = network.backward(trace, loss.gradient(trace.output, y[i : i + 1])).parameters
        rows.append(np.concatenate([g.ravel() for g in gradients]))
    return np.stack(rows)


@picture
def noise(
    figure: Picture, sizes: Sequence[int], measured: Sequence[float], formula: Sequence[float]
) -> None:
    """Draw the mean squared error of a batch's gradient, measured and by formula."""
    axes = figure.subplots()
    axes.loglog(sizes, formula, color=BLUE, label="by formula")
    axes.loglog(sizes, measured, "o", color=ORANGE, ms=7, label="measured, 200 batches each")
    axes.set(xlabel="samples in the batch, N", title="mean squared distance from the full gradient")
    axes.legend()


# ---- figure 1.5, and descent in one and two dimensions -----------------------------------------


def hills(w: Any) -> Any:
    """Give a cost with a shallow minimum near −1.35, a hill near −0.2 and a deep one near 1.5."""
    return w**4 / 4 - w**2 - 0.35 * w + 1.4


def hills_slope(w: Any) -> Any:
    """Give its derivative."""
    return w**3 - 2 * w - 0.35


def learning_rate_slider() -> Slider:
    """Give figure 1.5: thirty steps down a cost with two minima, for small and large rates."""
    rates = (0.01, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.55)
    w = np.linspace(-2.4, 2.4, 121)
    frames: dict[str, list] = {}
    for name, momentum in (("30 steps of plain descent", 0.0), ("with momentum 0.9", 0.9)):
        frames[name] = []
        for lr in rates:
            optimizer = SGD(lr=lr, momentum=momentum)
            path = descend(optimizer, hills_slope, (-2.2,), 30)[:, 0]
            path[np.abs(path) > 2.4] = np.nan
            frames[name].append((path, hills(path)))
    return Slider(
        "learning-rate",
        "A cost with a shallow minimum on the left, a hill, and a deeper minimum on the right. "
        "Plain descent from the far left creeps at the rate 0.01, settles in the shallow minimum "
        "at 0.1, and jumps about at 0.5. With momentum it rolls over the hill at 0.03 to 0.2.",
        "learning rate α",
        rates,
        w,
        [Points(name, path, joined=True) for name, path in frames.items()],
        (-0.6, 3.4),
        start=2,
        still=[Still(w, hills(w))],
    )


@picture
def factors(figure: Picture, smallest: float, largest: float) -> None:
    """Draw by what a step multiplies the distance, by learning rate, for two curvatures."""
    figure.set_figheight(2.6)
    left, right = figure.subplots(1, 2, sharey=True)
    _, momentum, _ = best_momentum(smallest, largest)
    best = (best_descent(smallest, largest), best_momentum(smallest, largest)[::2])
    for axes, mu, (lr, factor) in zip((left, right), (0.0, momentum), best, strict=True):
        rates = np.linspace(1e-3, 2.1 * (1 + mu) / largest, 400)
        for curvature, color, style in ((smallest, BLUE, "-"), (largest, ORANGE, "--")):
            heights = [convergence_factor(rate, curvature, mu) for rate in rates]
            axes.plot(rates, heights, style, color=color, label=f"λ = {curvature:g}")
        axes.plot(lr, factor, "o", color=INK)
        axes.annotate(
            f"best: {factor:.2f}", (lr, factor), (-12, -18), textcoords="offset points", ha="right"
        )
        axes.axhline(1, color=GREY, lw=1)
        axes.set(xlabel="learning rate α", ylim=(0, 1.3))
    left.set_title("without momentum")
    right.set_title(f"with momentum μ = {momentum:.2f}")
    right.legend(loc="lower left")


def momentum_slider() -> Slider:
    """Give a slider for the momentum: the distance from the minimum of a parabola, by steps."""
    values = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95)
    steps, frames = 60, []
    for momentum in values:
        frames.append(descend(SGD(lr=0.05, momentum=momentum), lambda w: w, (1.0,), steps)[:, 0])
    return Slider(
        "momentum",
        "The distance from the minimum over sixty steps. Without momentum it falls slowly and "
        "smoothly. Near momentum 0.6 it falls fastest without overshooting. At 0.9 and above it "
        "swings around 0, and the swings take long to die down.",
        "momentum μ",
        values,
        np.arange(steps + 1.0),
        [Curve("distance from the minimum", frames)],
        (-1.0, 1.0),
        start=3,
    )


def _contours(name: str) -> list[np.ndarray]:
    """Give the contour lines of a landscape, as rows of points."""
    landscape = LANDSCAPES[name]
    left, right, low, high = landscape.limits
    x, y = np.meshgrid(np.linspace(left, right, 161), np.linspace(low, high, 161))
    drawn = Figure().subplots().contour(x, y, landscape.cost(np.stack([x, y])), landscape.levels)
    return [line for level in drawn.allsegs for line in level if len(line) > 1]


@picture
def ravine(figure: Picture, paths: dict[str, np.ndarray]) -> None:
    """Draw ways down the ravine."""
    axes = figure.subplots()
    for line in _contours("ravine"):
        axes.plot(*line.T, color="#BBBBBB", lw=1)
    for (name, path), color, mark in zip(
        paths.items(), (BLUE, ORANGE, GREEN), ("o", "s", "^"), strict=False
    ):
        axes.plot(*path.T, marker=mark, ms=4, lw=1.5, color=color, label=name)
    axes.plot(0, 0, "*", color=INK, ms=12)
    figure.legend(loc="outside lower center", ncols=2)
    axes.set(xlabel="first parameter", ylabel="second parameter", aspect="equal")
    axes.grid(False)


@picture
def nesterov_step(figure: Picture) -> None:
    """Draw one step of momentum and one of Nesterov's, from the same point and velocity."""
    figure.set_figheight(2.3)
    slope, momentum, lr = LANDSCAPES["ravine"].gradient, 0.9, 0.03
    along, across = np.array([3**0.5, 1]) / 2, np.array([-1, 3**0.5]) / 2
    w, v = -1.2 * along - 0.35 * across, 0.5 * along + 0.9 * across
    ahead = w + momentum * v
    panels = zip(figure.subplots(1, 2), ("momentum", "Nesterov"), (w, ahead), strict=True)
    for axes, title, place in panels:
        for line in _contours("ravine"):
            axes.plot(*line.T, color="#CCCCCC", lw=1)
        push = -lr * slope(place)
        _arrow(axes, w, ahead, GREY)
        _arrow(axes, w, ahead + push, BLUE)
        _arrow(axes, ahead, ahead + push, ORANGE)
        axes.plot(*place, "o", color=ORANGE, ms=9, mfc="none", mew=2)
        axes.plot(*w, "o", color=INK, ms=5)
        axes.set(xlim=(-2.1, 0.2), ylim=(-1.3, 0.6), title=title, xticks=[], yticks=[])
        axes.set_aspect("equal")
        axes.grid(False)


def _arrow(axes: Any, start: np.ndarray, end: np.ndarray, color: str) -> None:
    axes.annotate(
        "", end, start, arrowprops={"arrowstyle": "-|>", "color": color, "lw": 2.2, "shrinkA": 0}
    )


# ---- adaptive methods --------------------------------------------------------------------------


@picture
def scaled_rates(figure: Picture, gradients: np.ndarray) -> None:
    """Draw α/√s of Adagrad and α/√v of RMSProp while the gradients change their size."""
    figure.set_figheight(2.7)
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(1, 1.6))
    top.plot(gradients, color=GREY, lw=1)
    top.set(title="gradient")
    contenders = (
        ("Adagrad", optimizers.Adagrad(lr=1.0), "square_sum", BLUE, "-"),
        ("RMSProp, β = 0.9", optimizers.RMSProp(lr=1.0, alpha=0.9), "square_mean", ORANGE, "--"),
    )
    for name, optimizer, kept, color, style in contenders:
        w, rates = np.zeros(1), []
        for g in gradients:
            optimizer.step([w], [np.array([g])])
            rates.append(1 / np.sqrt(optimizer.state_dict()[kept][0][0]))
        bottom.semilogy(rates, style, color=color, label=name)
    bottom.set(xlabel="step", title="what the gradient is multiplied with")
    bottom.legend()


@picture
def first_steps(figure: Picture, paths: dict[str, np.ndarray]) -> None:
    """Draw the lengths of the first steps, in units of the learning rate."""
    axes = figure.subplots()
    styles = zip(paths.items(), (BLUE, ORANGE, GREEN), ("o-", "s--", "^:"), strict=False)
    for (name, lengths), color, style in styles:
        axes.plot(np.arange(1, len(lengths) + 1), lengths, style, color=color, label=name)
    axes.set(xlabel="step", ylabel="step length / α", ylim=(0, None))
    axes.legend()


@picture
def decay(figure: Picture, weights: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Draw how two weights decay, one with noisy large gradients and one with small ones."""
    figure.set_figheight(2.5)
    for axes, (name, pair) in zip(figure.subplots(1, 2, sharey=True), weights.items(), strict=True):
        for path, label, color, style in zip(
            pair, ("gradients of size 10", "of size 0.1"), (BLUE, ORANGE), ("-", "--"), strict=True
        ):
            axes.plot(path, style, color=color, label=label)
        axes.set(title=name, xlabel="step", ylim=(0, None))
    axes.legend()


@picture
def largest_as_norm(figure: Picture, gradients: np.ndarray, beta: float) -> None:
    """Draw the p-th root of the running mean of p-th powers for growing p, and AdaMax's u."""
    axes = figure.subplots()
    for p, color, style in ((2, BLUE, ":"), (5, GREEN, "-."), (20, PURPLE, "--")):
        v, roots = 0.0, []
        for g in np.abs(gradients):
            v = beta**p * v + (1 - beta**p) * g**p
            roots.append(v ** (1 / p))
        axes.plot(roots, style, color=color, label=f"p = {p}")
    w, optimizer, largest = np.zeros(1), optimizers.AdaMax(betas=(0.9, beta)), []
    for g in gradients:
        optimizer.step([w], [np.array([g])])
        largest.append(optimizer.state_dict()["largest"][0][0])
    axes.plot(largest, color=ORANGE, label="AdaMax: the largest, slowly forgotten")
    axes.plot(np.abs(gradients), ".", color=GREY, ms=4, label="|g|")
    axes.set(xlabel="step")
    axes.legend(ncols=2, loc="upper right", fontsize=9)
    axes.set_ylim(0, 1.5 * max(largest))


# ---- beyond the source: schedules and races ----------------------------------------------------


@picture
def schedules(figure: Picture, steps: int, curves: dict[str, Callable[[int], float]]) -> None:
    """Draw learning rates by step."""
    figure.set_figheight(3.2)
    axes = figure.subplots()
    styles = zip(curves.items(), (BLUE, ORANGE, GREEN, PURPLE), ("-", "--", "-.", ":"), strict=True)
    for (name, rate), color, style in styles:
        axes.plot([rate(step) for step in range(steps)], style, color=color, label=name)
    axes.set(xlabel="step", ylabel="learning rate", ylim=(0, None))
    figure.legend(loc="outside lower center", ncols=2)


RATES = tuple(float(f"{rate:.2g}") for rate in np.logspace(-4, 1, 21))


def race(name: str, steps: int = 150) -> dict[str, tuple[float, np.ndarray]]:
    """Race all optimizers on a landscape, each with the best of the same 21 rates."""
    return best_rates(LANDSCAPES[name], RATES, steps)


def race_slider(name: str, results: dict[str, tuple[float, np.ndarray]]) -> Slider:
    """Give a slider for the step of a race: every path, and where each optimizer is by then."""
    landscape = LANDSCAPES[name]
    left, right, low, high = landscape.limits
    steps = [0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 125, 150]
    contours = [line[:: max(1, len(line) // 60)] for line in _contours(name)]
    still = [Still(line[:, 0], line[:, 1]) for line in contours]
    (x, y), size = landscape.goal, (right - left) / 60
    cross = (
        np.array([x - size, x + size, np.nan, x, x]),
        np.array([y, y, np.nan, y - size, y + size]),
    )
    curves = []
    for color, (racer, (_, path)) in enumerate(results.items()):
        inside = (path >= (left, low)) & (path <= (right, high))
        seen = np.where(inside.all(1, keepdims=True), path, np.nan)
        thin = np.concatenate([seen[:50], seen[50::5]])
        still.append(Still(thin[:, 0], thin[:, 1], color))
        step = arrival(landscape, path)
        label = f"{racer}: {'not there' if step is None else f'{step} steps'}"
        curves.append(Points(label, [(seen[[s], 0], seen[[s], 1]) for s in steps]))
    still.append(Still(*cross, 8))
    return Slider(
        f"race-{name}",
        f"Paths of {len(results)} optimizers on {landscape.name}, from one start towards one "
        "minimum; dots show where each of them is at the step that the slider gives.",
        "step",
        steps,
        np.array([left, right]),
        curves,
        (low, high),
        start=8,
        still=still,
    )


@picture
def search(figure: Picture, rates: Sequence[float], losses: dict[str, Sequence[float]]) -> None:
    """Draw the validation loss of each optimizer by learning rate: the search that was made."""
    axes = figure.subplots()
    for (name, values), color, style in zip(losses.items(), _COLORS, _STYLES, strict=True):
        axes.loglog(rates, values, style, color=color, label=name, ms=4, lw=1.5)
    axes.set(xlabel="learning rate α", title="validation loss after the training")
    low, high = np.log10(axes.dataLim.intervaly)
    axes.set_ylim(10 ** np.floor(low), 10 ** np.ceil(high))  # whole decades, to name their ends
    figure.set_figheight(3.8)
    figure.legend(loc="outside lower center", ncols=2)


@picture
def digits_race(figure: Picture, runs: dict[str, list[History]]) -> None:
    """Draw training losses by epoch: the median over the seeds, and from smallest to largest."""
    figure.set_figheight(4.3)
    axes = figure.subplots()
    for (name, histories), color, style in zip(runs.items(), _COLORS, _STYLES, strict=True):
        losses = np.array([history.loss for history in histories])
        epochs = np.arange(1, losses.shape[1] + 1)
        axes.semilogy(epochs, np.median(losses, 0), style, color=color, label=name, ms=4, lw=1.5)
        axes.fill_between(epochs, losses.min(0), losses.max(0), color=color, alpha=0.12, lw=0)
    axes.set(xlabel="epoch", title="training loss")
    figure.legend(loc="outside lower center", ncols=2)


_COLORS = (BLUE, ORANGE, GREEN, PURPLE, RED, "#8C6510", "#555555", "#D6427F", "#3B8EA5")
_STYLES = ("o-", "s--", "^:", "v-.", "D-", "x--", "+:", "*-.", "p-")
