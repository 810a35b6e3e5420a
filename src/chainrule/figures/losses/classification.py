"""The losses of classes: entropy, binary cross-entropy beside the squared error, and focal loss."""

from collections.abc import Sequence
from textwrap import fill

import numpy as np

from ...losses import MSE, BinaryCrossEntropy, BinaryFocal, CrossEntropy
from ..kit.picture import BLUE, GREY, ORANGE, RED, Axes, Picture, picture, plot
from ..kit.slider import Curve, Slider


@picture(height=2.5)
def entropy(figure: Picture) -> None:
    """Draw the entropy of a coin, and the cross-entropy of a class that is given a probability."""
    left, right = figure.subplots(1, 2)
    p = np.linspace(0.001, 0.999, 401)
    both = np.stack([p, 1 - p], 1)
    left.plot(p, CrossEntropy(reduction="none")(np.log(both), both), color=BLUE)
    left.set(title="entropy of a coin (nats)", xlabel="probability of heads")
    p = p[p > 0.02]
    logits, classes = np.log(np.stack([p, 1 - p], 1)), np.zeros(len(p), int)
    right.plot(p, CrossEntropy(reduction="none")(logits, classes), color=BLUE, label="−log p")
    slope = CrossEntropy(reduction="sum").gradient(logits, classes)[:, 0]
    right.plot(p, slope, "--", color=ORANGE, label="slope, p − 1")
    right.legend(loc="upper right")
    right.set(title="loss of the right class", xlabel="its probability p")


@picture(height=2.7)
def binary_curves(figure: Picture) -> None:
    """Draw binary cross-entropy by the logit, for "yes", beside the squared error of σ(z)."""
    left, right = figure.subplots(1, 2)
    z = np.linspace(-8, 4, 241)
    yes, p = np.ones_like(z), 1 / (1 + np.exp(-z))
    loss, square = BinaryCrossEntropy(reduction="none"), MSE(reduction="none")
    left.plot(z, loss(z, yes), color=BLUE, label="cross-entropy")
    left.plot(z, square(p, yes), "--", color=RED, label="(σ(z) − 1)²")
    figure.legend(loc="outside lower center", ncols=2)
    left.set(title="loss, if the answer is yes", xlabel="logit z")
    right.plot(z, loss.gradient(z, yes), color=BLUE)
    right.plot(z, square.gradient(p, yes) * p * (1 - p), "--", color=RED)
    right.set(title="its slope", xlabel="logit z")


def focal_slider() -> Slider:
    """Give a slider for the γ of the focal loss."""
    p = np.linspace(0.02, 0.999, 150)
    z, yes = np.log(p / (1 - p)), np.ones_like(p)
    values = [0.0, 0.5, 1.0, 2.0, 3.0, 5.0]
    each = [BinaryFocal(gamma=gamma, reduction="none") for gamma in values]
    description = (
        "The focal loss and the size of its slope in the logit, by the probability of the right "
        "class. The larger gamma, the earlier both come down to 0 as the probability grows."
    )
    curves = [
        Curve("focal loss", [loss(z, yes) for loss in each]),
        Curve("size of its slope in the logit", [-loss.gradient(z, yes) for loss in each]),
        Curve("cross-entropy", [each[0](z, yes)] * len(values)),
    ]
    return Slider("focal", description, "γ", values, p, curves, (0.0, 3.0), start=3)


@plot(ylabel="recall (%)", ylim=(0, 125))
def class_recalls(axes: Axes, recalls: dict[str, Sequence[float]], names: Sequence) -> None:
    """Draw the recall of each class, a group of bars for each loss."""
    width = 0.8 / len(names)
    for i, (name, color) in enumerate(zip(names, (ORANGE, GREY), strict=True)):
        at = np.arange(len(recalls)) + (i - (len(names) - 1) / 2) * width
        heights = [100 * each[i] for each in recalls.values()]
        axes.bar(at, heights, 0.9 * width, color=color, label=name)
        for place, height in zip(at, heights, strict=True):
            axes.text(place, height + 1, f"{height:.0f}", ha="center")
    axes.set_xticks(range(len(recalls)), [fill(name, 12) for name in recalls])
    axes.legend(ncol=2, loc="upper center")
    axes.grid(axis="x", visible=False)
