"""The races: of eight optimizers on four landscapes, and of all of them on the digits."""

from collections.abc import Sequence

import numpy as np

from ...training import History
from ..kit.drawing import POINTED, lines
from ..kit.picture import Axes, plot
from ..kit.slider import Points, Slider, Still
from .landscapes import LANDSCAPES, RACERS, arrival, contours, descend

CROSS = np.array([[-1, 1, np.nan, 0, 0], [0, 0, np.nan, -1, 1]])
RATES = tuple(float(f"{rate:.2g}") for rate in np.logspace(-4, 1, 21))


def race(name: str, steps: int = 150) -> dict[str, tuple[float, np.ndarray]]:
    """Race all optimizers on a landscape: give each its path with the best of the same 21 rates.

    That is the rate that brings it to the goal first or, where none does, that ends nearest to it.
    """
    landscape, best = LANDSCAPES[name], {}
    for racer, make in RACERS.items():
        paths = [descend(make(lr), landscape.gradient, landscape.start, steps) for lr in RATES]
        keys = []
        for path in paths:
            step, distance = arrival(landscape, path), np.hypot(*(path[-1] - landscape.goal))
            keys.append((steps + np.nan_to_num(distance, nan=np.inf)) if step is None else step)
        winner = int(np.argmin(keys))
        best[racer] = RATES[winner], paths[winner]
    return best


def race_slider(name: str, results: dict[str, tuple[float, np.ndarray]]) -> Slider:
    """Give a slider for the step of a race: every path, and where each optimizer is by then."""
    landscape = LANDSCAPES[name]
    left, right, low, high = landscape.limits
    steps = [0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 125, 150]
    levels = [line[:: max(1, len(line) // 60)] for line in contours(name)]
    still = [Still(line[:, 0], line[:, 1]) for line in levels]
    cross = np.array(landscape.goal)[:, None] + (right - left) / 60 * CROSS
    curves = []
    for color, (racer, (_, path)) in enumerate(results.items()):
        inside = (path >= (left, low)) & (path <= (right, high))
        seen = np.where(inside.all(1, keepdims=True), path, np.nan)
        thin = np.concatenate([seen[:50], seen[50::5]])
        still.append(Still(thin[:, 0], thin[:, 1], color))
        step = arrival(landscape, path)
        label = f"{racer}: {'not there' if step is None else f'{step} steps'}"
        curves.append(Points(label, [(seen[[s], 0], seen[[s], 1]) for s in steps]))
    still.append(Still(cross[0], cross[1], 8))
    description = (
        f"Paths of {len(results)} optimizers on {landscape.name}, from one start towards one "
        "minimum; dots show where each of them is at the step that the slider gives."
    )
    ends, limits = np.array([left, right]), (low, high)
    return Slider(f"race-{name}", description, "step", steps, ends, curves, limits, 8, still)


@plot(height=3.8, xlabel="learning rate α", title="validation loss after the training")
def search(axes: Axes, rates: Sequence[float], losses: dict[str, Sequence[float]]) -> None:
    """Draw the validation loss of each optimizer by learning rate: the search that was made."""
    lines(axes.loglog, rates, losses, POINTED, ms=4, lw=1.5)
    low, high = np.log10(axes.dataLim.intervaly)
    axes.set_ylim(10 ** np.floor(low), 10 ** np.ceil(high))  # whole decades, to name their ends
    axes.figure.legend(loc="outside lower center", ncols=2)


@plot(height=4.3, xlabel="epoch", title="training loss")
def digits_race(axes: Axes, runs: dict[str, list[History]]) -> None:
    """Draw training losses by epoch: the median over the seeds, and from smallest to largest."""
    losses = {name: np.array([history.loss for history in each]) for name, each in runs.items()}
    epochs = np.arange(1, next(iter(losses.values())).shape[1] + 1)
    medians = {name: np.median(each, 0) for name, each in losses.items()}
    lines(axes.semilogy, epochs, medians, POINTED, ms=4, lw=1.5)
    for each, (color, _) in zip(losses.values(), POINTED, strict=False):
        axes.fill_between(epochs, each.min(0), each.max(0), color=color, alpha=0.12, lw=0)
    axes.figure.legend(loc="outside lower center", ncols=2)
