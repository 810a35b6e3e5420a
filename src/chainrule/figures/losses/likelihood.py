"""Maximum likelihood: how likely three measurements are, and the loss that says the same."""

import math
from collections.abc import Sequence

import numpy as np

from ...losses import MAE, MSE
from ..kit.drawing import lines
from ..kit.picture import BLUE, GREY, ORANGE, Picture, picture


@picture(height=2.8)
def likelihoods(figure: Picture, seen: Sequence[float]) -> None:
    """Draw the likelihood of each value m under Gaussian and Laplace noise, and the losses."""
    tries, y = np.linspace(min(seen) - 1, max(seen) + 1, 401), np.array(seen)
    errors = {
        "Gaussian noise": [MSE()(0 * y + m, y) / 2 for m in tries],
        "Laplace noise": [MAE()(0 * y + m, y) for m in tries],
    }
    costs = {name: np.array(each) for name, each in errors.items()}
    offsets = math.log(math.sqrt(2 * math.pi)), math.log(2)
    likely, loss = figure.subplots(1, 2)
    looks = (BLUE, "-"), (ORANGE, "--")
    of_all = {name: np.exp(len(y) * (each.min() - each)) for name, each in costs.items()}
    lines(likely.plot, tries, of_all, looks)
    means = {n: each + offset for (n, each), offset in zip(costs.items(), offsets, strict=True)}
    lines(loss.plot, tries, means, looks)
    for axes in (likely, loss):
        axes.plot(y, 0 * y, "o", color=GREY, ms=6, clip_on=False, zorder=3)
        axes.set(xlabel="value m", ylim=(0, None), xticks=range(8))
    likely.set(title="likelihood (largest: 1)")
    loss.set(title="loss, −1/N · log of it", ylim=(0, 8))
    figure.legend(*likely.get_legend_handles_labels(), loc="outside lower center", ncols=2)
