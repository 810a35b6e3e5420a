"""The losses of classes: entropy, the source's example, binary cross-entropy, and focal loss."""

from typing import Any

import numpy as np

from ...arrays import to_numpy
from ...losses import MSE, BinaryCrossEntropy, BinaryFocal, CrossEntropy
from ..kit.drawing import diagram, note
from ..kit.grids import mark
from ..kit.picture import BLUE, GREY, ORANGE, RED, Axes, Picture, picture
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
    axes = ("probability *p*ₜ of the right class", "loss, and size of its slope")
    caption = (
        "The focal loss by the probability *p*ₜ of the right class, and the size of its slope in "
        "the logit. At *γ* = 0 it is the cross-entropy. The larger *γ*, the less is left of both "
        "where *p*ₜ is large."
    )
    return Slider(
        "focal",
        description,
        "*γ*",
        values,
        p,
        curves,
        (0.0, 3.0),
        start=3,
        axes=axes,
        caption=caption,
    )


@diagram((-2.7, 15.4), (5.6, -1.9))
def example(axes: Axes, probabilities: Any, labels: Any) -> None:
    """Figures 1.15 to 1.18: the probabilities of ten classes, and what the right ones cost."""
    p, y = to_numpy(probabilities), to_numpy(labels)
    right = p[np.arange(len(p)), y]
    note(axes, 5, -1.35, "probability of each class, in %")
    note(axes, 11.5, -0.9, "right\nclass", fontsize=10)
    note(axes, 14.1, -0.9, "its loss\n−log p", fontsize=10)
    for c in range(p.shape[1]):
        note(axes, c + 0.5, -0.45, str(c), fontsize=10, color=GREY)
    for i, row in enumerate(p):
        note(axes, -0.2, i + 0.5, f"sample {i}", fontsize=10, color=GREY, ha="right")
        for c, share in enumerate(row):
            mark(axes, (0, 0), (i, c), fill=float(share), width=0)
            look = "bold" if share == row.max() else "normal"
            note(
                axes,
                c + 0.5,
                i + 0.53,
                f"{100 * share:.0f}",
                fontsize=10,
                fontweight=look,
                zorder=4,
            )
        mark(axes, (0, 0), (i, y[i]), color=ORANGE, fill=0)
        note(axes, 11.5, i + 0.53, f"{right[i]:.4f}", fontsize=10, color=ORANGE)
        note(axes, 14.1, i + 0.53, f"{-np.log(right[i]):.3f}", fontsize=10)
    axes.plot([13, 15.2], [len(p) + 0.15] * 2, color=GREY, lw=0.8)
    note(axes, 11.5, len(p) + 0.8, "their mean", fontsize=10)
    note(axes, 14.1, len(p) + 0.8, f"{-np.log(right).mean():.3f}", fontsize=10, fontweight="bold")
