"""The pictures of section 3.3: what a step, an epoch and a training cost, by size."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ..growth import exponents
from .benchmarks import RECORDS
from .kit.drawing import POINTED, lines, plain, series
from .kit.picture import GREY, Axes, Picture, picture, plot
from .ledger import Table


def recorded() -> dict[str, Any]:
    """Read what ``benchmarks/growth.py`` found.

    Its "time", by what was varied, has "sizes" and "seconds": of each way to train, for each size,
    a number for each round. "memory" and "data" are like it.

    Examples
    --------
    >>> record = recorded()
    >>> [*record["time"]]
    ['width', 'depth', 'batch', 'batch, width 1024']
    >>> len(record["time"]["width"]["seconds"]["chainrule"][0]) == record["rounds"]
    True
    """
    return json.loads((RECORDS / "growth.json").read_text(encoding="utf-8"))


def medians(by_way: Mapping[str, Sequence[Sequence[float]]]) -> dict[str, np.ndarray]:
    """Give the median over the rounds, for each way to train and each size.

    Examples
    --------
    >>> medians({"ours": [[3.0, 1.0, 2.0], [5.0, 7.0, 5.0]]})
    {'ours': array([2., 5.])}
    """
    return {way: np.median(rounds, axis=1) for way, rounds in by_way.items()}


def slopes(record: Mapping[str, Any], counted: Sequence[float], what: str) -> Table:
    """Give the exponents from each size to the next, of what was counted and of each way to train.

    An exponent is the median of those of single rounds.

    Examples
    --------
    >>> times = {"ours": [[1.0, 3.0], [2.0, 6.0], [8.0, 24.0]]}
    >>> print(slopes({"sizes": [1, 2, 4], "seconds": times}, [1, 2, 4], "size"))
    | size | counted | ours |
    | --- | --- | --- |
    | 1 → 2 | 1.00 | 1.00 |
    | 2 → 4 | 1.00 | 2.00 |
    """
    sizes = record["sizes"]
    columns = [exponents(sizes, counted)]
    columns += [
        np.median(exponents(sizes, rounds), axis=1) for rounds in record["seconds"].values()
    ]
    steps = [f"{small} → {large}" for small, large in pairwise(sizes)]
    rows = [
        [step, *(f"{column[at]:.2f}".replace("-", "−") for column in columns)]
        for at, step in enumerate(steps)
    ]
    return Table([what, "counted", *record["seconds"]], rows)


def over_ours(record: Mapping[str, Any], what: str) -> Table:
    """Give each way's seconds over ours: medians of the ratios of single rounds, and quartiles.

    Examples
    --------
    >>> times = {"chainrule": [[1.0, 2.0, 4.0]], "theirs": [[2.0, 4.0, 8.0]]}
    >>> print(over_ours({"sizes": [8], "seconds": times}, "size"))
    | size | theirs |
    | --- | --- |
    | 8 | 2.0 (2.0–2.0) |
    """
    seconds = {way: np.array(rounds) for way, rounds in record["seconds"].items()}
    ours = seconds.pop("chainrule")
    rows = [[f"{size}"] for size in record["sizes"]]
    for theirs in seconds.values():
        for row, ratios in zip(rows, theirs / ours, strict=True):
            low, middle, high = np.quantile(ratios, (0.25, 0.5, 0.75))
            row.append(f"{middle:.1f} ({low:.1f}–{high:.1f})")
    return Table([what, *seconds], rows)


def _sizes(axes: Axes, sizes: Sequence[int], what: str, every: int = 1) -> None:
    """Mark the sizes on a logarithmic axis, some of them with their numbers."""
    names = [f"{size}" if at % every == 0 else "" for at, size in enumerate(sizes)]
    axes.set_xticks(sizes, names)
    axes.set_xticks([], minor=True)
    axes.set_xlabel(what)


def _costs(axes: Axes) -> None:
    """Mark round costs on a logarithmic axis: powers of ten, and twos and fives where few fit."""
    low, high = axes.get_ylim()
    steps = (1, 2, 5) if high < 50 * low else (1,)
    ticks = [step * 10.0**power for power in range(-4, 4) for step in steps]
    axes.set_yticks([tick for tick in ticks if low <= tick <= high])
    plain(axes.yaxis)


@plot(height=3.5)
def step_times(
    axes: Axes, record: Mapping[str, Any], what: str, counted: Sequence[float] = ()
) -> None:
    """Draw the milliseconds of a step by size, with quartiles, and those that were counted."""
    sizes, seconds = record["sizes"], record["seconds"]
    for (way, rounds), (color, _) in zip(seconds.items(), POINTED, strict=False):
        low, high = np.quantile(rounds, (0.25, 0.75), axis=1)
        axes.fill_between(sizes, 1e3 * low, 1e3 * high, color=color, alpha=0.2, lw=0, gid=way)
    curves = {way: 1e3 * each for way, each in medians(seconds).items()}
    lines(axes.loglog, sizes, curves, POINTED, ms=5)
    if len(counted):
        axes.loglog(sizes, 1e3 * np.array(counted), color=GREY, lw=1.2, label="counted")
    axes.set_ylim(0.7 * min(curve.min() for curve in curves.values()), None)
    axes.set_title("milliseconds of a step", loc="left")
    _sizes(axes, sizes, what)
    _costs(axes)
    series(axes.figure, ())


@picture(height=3.5)
def memory(
    figure: Picture, record: Mapping[str, Any], counted: Mapping[str, Sequence[float]]
) -> None:
    """Draw the megabytes that a step needs, by width and by batch, and those that were counted."""
    for axes, (what, weighed) in zip(figure.subplots(1, 2), record.items(), strict=True):
        curves = {way: np.array(each) / 1e6 for way, each in weighed["bytes"].items()}
        lines(axes.loglog, weighed["sizes"], curves, POINTED, ms=5)
        axes.loglog(
            weighed["sizes"], np.array(counted[what]) / 1e6, color=GREY, lw=1.2, label="counted"
        )
        _sizes(axes, weighed["sizes"], what, every=2)
        _costs(axes)
    figure.axes[0].set_title("megabytes of a step", loc="left")
    series(figure, ())


@picture(height=3.5)
def by_data(figure: Picture, record: Mapping[str, Any]) -> None:
    """Draw the seconds of an epoch and those until the target, by the number of images.

    Where not all rounds came to the target, there is nothing.
    """
    reached = [None not in steps for steps in record["steps"]]
    titles = {"epoch seconds": "an epoch", "target seconds": "until the target"}
    for axes, (key, title) in zip(figure.subplots(1, 2, sharey=True), titles.items(), strict=True):
        curves = {
            way: np.array(
                [
                    np.median(rounds) if rounds and (arrived or key == "epoch seconds") else np.nan
                    for rounds, arrived in zip(of_way, reached, strict=True)
                ]
            )
            for way, of_way in record[key].items()
        }
        lines(axes.loglog, record["sizes"], curves, POINTED, ms=5)
        axes.set_title(title, loc="left")
        _sizes(axes, record["sizes"], "images", every=3)
        axes.set_xlim(0.8 * record["sizes"][0], 1.25 * record["sizes"][-1])
        _costs(axes)
    figure.axes[0].set_ylabel("seconds")
    series(figure, ())
