"""Rare classes by loss and learning rate, as ``benchmarks/imbalance.py`` recorded them."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from ..benchmarks import RECORDS
from ..kit.drawing import plain, series
from ..kit.picture import COLORS, Axes, Picture, picture, plot

LOOKS = tuple(zip(COLORS, ("-", "--", "-.", ":", (0, (7, 1, 1, 1, 1, 1))), strict=False))


def recorded(name: str) -> tuple[list[float], dict[str, list[dict[str, Any]]]]:
    """Give the learning rates and, by loss, what each seed found: of the "nines" or the "spots".

    Examples
    --------
    >>> rates, found = recorded("nines")
    >>> len(rates), list(found), len(found["no weights"])
    (19, ['no weights', 'weights (1.30)', 'weights by share'], 5)
    """
    record = json.loads((RECORDS / "imbalance.json").read_text(encoding="utf-8"))
    seeds = record[name]
    return record["rates"][name], {loss: [seed[loss] for seed in seeds] for loss in seeds[0]}


@picture(height=3.4)
def by_rate(
    figure: Picture,
    rates: Sequence[float],
    panels: Mapping[str, Mapping[str, np.ndarray]],
    front: Collection[str] = (),
) -> None:
    """Draw percentages by learning rate, a panel for each title; medians and the range of seeds.

    Where some curves are named, they stand in front of the others.
    """
    each = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for axes, (title, curves) in zip(each, panels.items(), strict=True):
        for (name, seeds), (color, line) in zip(curves.items(), LOOKS, strict=False):
            low, middle, high = 100 * np.quantile(seeds, (0, 0.5, 1), axis=0)
            axes.fill_between(rates, low, high, color=color, alpha=0.15, lw=0, gid=name)
            axes.semilogx(rates, middle, ls=line, color=color, label=name, gid=name)
        axes.set(title=title, xlabel="learning rate", ylim=(-3, 103))
        plain(axes.xaxis)
    each[0].set_ylabel("%")
    series(figure, front, ncols=3 if front else 2)


@plot(
    height=3.2, xlabel="recall (%): of the true pixels, how many were found", ylabel="precision (%)"
)
def operating_points(axes: Axes, points: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    """Draw precision against recall, for each loss a point for each seed."""
    looks = zip("os^vD", COLORS, strict=False)
    for (name, seeds), (mark, color) in zip(points.items(), looks, strict=False):
        recall, precision = 100 * np.transpose(seeds)
        axes.plot(recall, precision, mark, color=color, ms=7, alpha=0.8, label=name)
    axes.legend(loc="lower left")
    axes.margins(0.15)
