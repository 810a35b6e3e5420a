"""The methods that adapt their steps, weight decay, and learning rates that change."""

from collections.abc import Callable

import numpy as np

from ...optimizers import Adagrad, AdaMax, RMSProp
from ..kit.drawing import POINTED, lines
from ..kit.picture import BLUE, GREEN, GREY, ORANGE, PURPLE, RED, Axes, Picture, picture, plot


@picture(height=2.7)
def scaled_rates(figure: Picture, gradients: np.ndarray) -> None:
    """Draw α/√s of Adagrad and α/√v of RMSProp while the gradients change their size."""
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(1, 1.6))
    top.plot(gradients, color=GREY, lw=1)
    top.set(title="gradient")
    contenders = (
        ("Adagrad", Adagrad(lr=1.0), "square_sum", PURPLE, "-"),
        ("RMSProp, β = 0.9", RMSProp(lr=1.0, alpha=0.9), "square_mean", RED, "--"),
    )
    for name, optimizer, kept, color, style in contenders:
        w, rates = np.zeros(1), []
        for g in gradients:
            optimizer.step([w], [np.array([g])])
            rates.append(1 / np.sqrt(optimizer.state_dict()[kept][0][0]))
        bottom.semilogy(rates, style, color=color, label=name)
    bottom.set(xlabel="step", title="what the gradient is multiplied by")
    bottom.legend()


@plot(xlabel="step", ylabel="step length / α", ylim=(0, None))
def first_steps(axes: Axes, paths: dict[str, np.ndarray]) -> None:
    """Draw the lengths of the first steps, in units of the learning rate."""
    steps = np.arange(1, len(next(iter(paths.values()))) + 1)
    lines(axes.plot, steps, paths, POINTED)
    axes.legend()


@picture(height=2.7)
def decay(figure: Picture, weights: dict[str, tuple[np.ndarray, np.ndarray]]) -> None:
    """Draw how two weights decay, one with noisy large gradients and one with small ones."""
    left, right = figure.subplots(1, 2, sharey=True)
    for axes, (name, pair) in zip((left, right), weights.items(), strict=True):
        sizes = "gradients of size 10", "of size 0.1"
        lines(axes.plot, np.arange(len(pair[0])), dict(zip(sizes, pair, strict=True)))
        axes.set(title=name.replace(", ", ",\n"), xlabel="step", ylim=(0, None))
    left.set_ylabel("what is left of a weight")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower center", ncols=2)


@plot(xlabel="step", ylabel="size of the gradient")
def largest_as_norm(axes: Axes, gradients: np.ndarray, beta: float) -> None:
    """Draw the p-th root of the running mean of p-th powers for growing p, and AdaMax's u."""
    for p, color, style in ((2, BLUE, ":"), (5, GREEN, "-."), (20, PURPLE, "--")):
        v, roots = 0.0, []
        for g in np.abs(gradients):
            v = beta**p * v + (1 - beta**p) * g**p
            roots.append(v ** (1 / p))
        axes.plot(roots, style, color=color, label=f"p = {p}")
    w, optimizer, largest = np.zeros(1), AdaMax(betas=(0.9, beta)), []
    for g in gradients:
        optimizer.step([w], [np.array([g])])
        largest.append(optimizer.state_dict()["largest"][0][0])
    axes.plot(largest, color=ORANGE, label="AdaMax")
    axes.plot(np.abs(gradients), ".", color=GREY, ms=4, label="|g|")
    axes.figure.legend(loc="outside lower center", ncols=3)
    axes.set_ylim(0, None)


@plot(height=3.2, xlabel="step", ylabel="learning rate", ylim=(0, None))
def schedules(axes: Axes, steps: int, curves: dict[str, Callable[[int], float]]) -> None:
    """Draw learning rates by step."""
    rates = {name: [rate(step) for step in range(steps)] for name, rate in curves.items()}
    lines(axes.plot, np.arange(steps), rates)
    axes.figure.legend(loc="outside lower center", ncols=2)
