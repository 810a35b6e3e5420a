"""The races: of eight optimizers on four landscapes, and of all of them on the digits."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ...optimizers import Optimizer
from ...training import History
from ..benchmarks import RECORDS
from ..kit.drawing import lines, series
from ..kit.picture import Axes, plot
from ..kit.slider import Slider, Still, Trail
from ..ledger import Table
from .landscapes import LANDSCAPES, LOOKS, RACERS, Landscape, arrival, contours

STEPS = 500
DECADES = (-4, 1)
CROSS = np.array([[-1, 1, np.nan, 0, 0], [0, 0, np.nan, -1, 1]])


class Raced(NamedTuple):
    """What an optimizer did in a race, from each of five starts.

    `rates` are the best of its rates, `paths` what it makes of them, and `arrivals` the steps that
    it needs; infinite where it does not arrive.
    """

    rates: list[float]
    paths: list[np.ndarray]
    arrivals: list[float]

    @property
    def rate(self) -> float:
        """The best of its rates from the landscape's own start."""
        return self.rates[0]

    @property
    def path(self) -> np.ndarray:
        """What it makes of this rate."""
        return self.paths[0]


def _starts(landscape: Landscape) -> np.ndarray:
    """Give the landscape's own start and four around it, shape (2, 5)."""
    around = np.array([[0, 1, 1, -1, -1], [0, 1, -1, 1, -1]])
    return np.array(landscape.start)[:, None] + np.array(landscape.apart)[:, None] * around


def paths(
    make: Callable[[float], Optimizer], landscape: Landscape, rates: np.ndarray, steps: int
) -> np.ndarray:
    """Give the paths from all starts with all rates, shape (steps + 1, 2, 5, rates).

    A step is α times what the optimizer makes of the gradients. So one optimizer with the rate 1
    moves an array u, and w = start + α u. From where a path runs off it is NaN.
    """
    start = _starts(landscape)[:, :, None]
    u = np.zeros((*start.shape[:2], len(rates)))
    found, optimizer = np.full((steps + 1, *u.shape), np.nan), make(1.0)
    found[0] = start
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(1, steps + 1):
            optimizer.step([u], [landscape.gradient(found[step - 1])])
            w = start + rates * u
            found[step] = np.where(np.abs(w).max(0) < 1e3, w, np.nan)
    return found


def arrivals(landscape: Landscape, found: np.ndarray) -> np.ndarray:
    """Give for each path the step from which it stays within 0.1 of the goal, or infinity."""
    across, up = np.moveaxis(found, 1, 0) - np.array(landscape.goal)[:, None, None, None]
    away = ~(np.hypot(across, up) < 0.1)  # NaN is away
    last = len(away) - 1 - np.argmax(away[::-1], axis=0)
    steps = np.where(away.any(0), last + 1.0, 0.0)
    return np.where(away[-1], np.inf, steps)


def race(name: str, per_decade: int = 40) -> dict[str, Raced]:
    """Race all optimizers on a landscape, each with the best of the same rates.

    A rate counts for what the worst of all rates within 6 % of it does: to arrive by luck is not to
    arrive. Where none arrives, the path is the one that ends nearest to the goal.
    """
    landscape, results = LANDSCAPES[name], {}
    low, high = DECADES
    rates = 10 ** np.linspace(low, high, (high - low) * per_decade + 1)
    reach = round(per_decade * np.log10(1.06))
    for racer, make in RACERS.items():
        found = paths(make, landscape, rates, STEPS)
        reached = np.pad(arrivals(landscape, found), ((0, 0), (reach, reach)), mode="edge")
        windows = np.lib.stride_tricks.sliding_window_view(reached, 2 * reach + 1, axis=1)
        worst = windows.max(-1)
        across, up = found[-1] - np.array(landscape.goal)[:, None, None]
        ends = np.nan_to_num(np.hypot(across, up), nan=np.inf)
        some = np.isfinite(worst).any(1, keepdims=True)
        best = np.where(some, worst, ends).argmin(1)
        each = [found[:, :, start, rate] for start, rate in enumerate(best)]
        results[racer] = Raced(rates[best].tolist(), each, worst.min(1).tolist())
    return results


def _said(steps: Sequence[float]) -> str:
    """Write the median and the range of the arrivals, or from how many starts there are any."""
    there = np.isfinite(steps).sum()
    if there < len(steps):
        return "from some starts" if there else "—"
    low, median, high = (f"{f(steps):.0f}" for f in (np.min, np.median, np.max))
    return median if low == high else f"{median} ({low}–{high})"


def race_table(races: Mapping[str, Mapping[str, Raced]]) -> Table:
    """Give the steps of every optimizer on every landscape: the median of the starts, the range."""
    rows = [
        [racer, *(_said(results[racer].arrivals) for results in races.values())] for racer in RACERS
    ]
    return Table(["steps", *map(str.capitalize, races)], rows)


# of each race who is meant, and what is to be seen
MEANT = {
    "ravine": (
        "SGD",
        "The ravine. Plain descent jumps from side to side at first, and yet no other optimizer "
        "arrives any earlier.",
    ),
    "saddle": (
        "Adagrad",
        "The saddle. Adagrad arrives within five steps. From start 1 momentum, Adam and AdaMax are "
        "in the valley early, too, and then swing there for a long time.",
    ),
    "rosenbrock": (
        "momentum",
        "Rosenbrock's function. Its floor is nearly flat. Momentum, Nesterov and Adam arrive from "
        "all five starts. Where another one arrives within 500 steps, it is by luck: with a "
        "slightly different rate it does not.",
    ),
    "beale": (
        "Adam",
        "Beale's function. On the plain the gradients are small, on the walls huge. Plain descent, "
        "Nesterov and Adam arrive from all of these five starts, the others from some; for "
        "momentum that depends on which rates are tried, too. It says nothing about other starts.",
    ),
}
SHOWN = [0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 125, 150]
SHOWN += [200, 250, 300, 400, 500]


def race_slider(name: str, results: Mapping[str, Raced]) -> Slider:
    """Give a slider for the step of a race: every path, and where each optimizer is by then."""
    landscape, (meant, caption) = LANDSCAPES[name], MEANT[name]
    left, right, low, high = landscape.limits
    corners = np.array([[left, low], [right, high]])
    levels = [line[:: max(1, len(line) // 60)] for line in contours(name)]
    cross = np.array(landscape.goal)[:, None] + (right - left) / 60 * CROSS
    still = [Still(line[:, 0], line[:, 1]) for line in levels] + [Still(cross[0], cross[1], 7)]
    curves = []
    for racer, raced in results.items():
        shown = [_within(corners, path)[SHOWN] for path in raced.paths]
        frames = [(place[:1], place[1:]) for path in shown for place in path]
        # what lies farther outside is cut off, too, but a line on its way out is seen
        wider = corners + 0.3 * np.diff(corners, axis=0) * [[-1], [1]]
        lines = [(path[:, 0], path[:, 1]) for path in (_within(wider, p) for p in raced.paths)]
        curves.append(Trail(racer, frames, LOOKS[racer][0], lines=lines))
    description = (
        f"Paths of {len(results)} optimizers on {landscape.name}, from the chosen one of five "
        "starts towards one minimum; dots show where each of them is at the step that the slider "
        "gives."
    )
    places = [(float(x), float(y)) for x, y in _starts(landscape).T]
    notes = [_there(landscape, results, k, step) for k in range(len(places)) for step in SHOWN]
    return Slider(
        f"race-{name}",
        description,
        "step",
        SHOWN,
        np.array([left, right]),
        curves,
        (low, high),
        8,
        still,
        notes,
        axes=("*x*", "*y*"),
        caption=caption,
        front=[list(results).index(meant)],
        places=places,
    )


def _within(corners: np.ndarray, path: np.ndarray) -> np.ndarray:
    """Give a path with NaN where it is outside of a box."""
    inside = (path >= corners[0]) & (path <= corners[1])
    return np.where(inside.all(1, keepdims=True), path, np.nan)


def _there(landscape: Landscape, results: Mapping[str, Raced], start: int, step: int) -> str:
    """Say who has arrived by a step, and who has done so by luck."""
    there = []
    for racer, raced in results.items():
        at = arrival(landscape, raced.paths[start])
        if at is not None and at <= step:
            there.append(racer if np.isfinite(raced.arrivals[start]) else f"{racer} (by luck)")
    return f"arrived: {', '.join(there) or 'nobody yet'}"


def searched() -> tuple[list[float], dict[str, np.ndarray]]:
    """Give the rates that ``benchmarks/races.py`` tried, and of each optimizer the losses.

    These are the validation losses by rate and seed; infinite where the training ran off.

    Examples
    --------
    >>> rates, losses = searched()
    >>> len(rates), losses["Adam"].shape
    (37, (37, 10))
    """
    record = json.loads((RECORDS / "races.json").read_text(encoding="utf-8"))
    found = record["validation loss"].items()
    losses = {name: np.array(table, float) for name, table in found}
    return record["rates"], {n: np.where(np.isnan(v), np.inf, v) for n, v in losses.items()}


@plot(height=3.8, xlabel="learning rate α", title="validation loss after the training")
def search(
    axes: Axes,
    rates: Sequence[float],
    losses: dict[str, Sequence[float]],
    front: Collection[str] = (),
) -> None:
    """Draw the validation loss of each optimizer by learning rate: the search that was made.

    Those named stand in front of the others, if some are.
    """
    lines(axes.loglog, rates, losses, map(LOOKS.get, losses), ms=4, lw=1.5)
    low, high = np.log10(axes.dataLim.intervaly)
    # whole decades, to name their ends; what is above 10 has failed
    axes.set_ylim(10 ** np.floor(low), 10 ** min(np.ceil(high), 1))
    series(axes.figure, front)


@plot(height=4.3, xlabel="epoch", title="training loss")
def digits_race(axes: Axes, runs: dict[str, list[History]], front: Collection[str] = ()) -> None:
    """Draw training losses by epoch: the median over the seeds, and from smallest to largest.

    Those named stand in front of the others, if some are.
    """
    losses = {name: np.array([history.loss for history in each]) for name, each in runs.items()}
    epochs = np.arange(1, next(iter(losses.values())).shape[1] + 1)
    medians = {name: np.median(each, 0) for name, each in losses.items()}
    lines(axes.semilogy, epochs, medians, map(LOOKS.get, medians), ms=4, lw=1.5)
    for name, each in losses.items():
        low, high, (color, _) = each.min(0), each.max(0), LOOKS[name]
        axes.fill_between(epochs, low, high, color=color, alpha=0.12, lw=0, gid=name)
    series(axes.figure, front)
