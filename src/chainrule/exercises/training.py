"""The exercises of section 1.1."""

from collections.abc import Iterator
from math import ceil

import numpy as np

from .core import Exercise
from .variants import Drawn


def _updates(rng: np.random.Generator) -> Iterator[tuple]:
    for size, lr in ((3, 0.3), (1, 0.05), (2, 0.125), (4, 0.7)):
        yield rng.standard_normal(size).round(1), rng.standard_normal(size).round(1), lr
    yield np.array([2.0, 0.0, -1.0]), np.array([0.0, -3.0, 0.5]), 0.01
    yield *rng.standard_normal((2, 2, 2)).round(1), 0.2


def _epoch(batch: int = 32, epoch: int = 30) -> Exercise:
    full, rest = divmod(1077, batch)
    updates, update = full + 1, epoch * (full + 1)
    return (
        Exercise(difficulty=2, solution=epoch)
        .wrong(
            ceil(update / full),
            f"you counted fewer than {updates} updates an epoch: the smaller batch makes one, too",
        )
        .wrong(
            update * batch / 1077,
            f"not every update takes {batch} samples: the last of an epoch takes {rest}",
        )
        .wrong(
            epoch - 1,
            f"updates {update - full} to {update} are one epoch: count the epochs from 1, not from "
            "0",
        )
        .wrong(full, "that is how many full batches an epoch has; a smaller one follows them")
        .wrong(updates, f"that is how many updates an epoch makes; how many epochs make {update}?")
    )


EXERCISES = {
    "steps-order": Exercise(difficulty=1, solution="c")
    .wrong("a", "feedforward reads the inputs, and loading the data is what sets them")
    .wrong("b", "the loss reads the answers a, and feedforward is what sets them")
    .wrong("d", "the update reads dw and db, and the backward pass is what sets them"),
    "updates-per-epoch": _epoch(),
    "descent-step": Exercise(
        difficulty=1,
        solution=lambda w, gradient, lr: w - lr * gradient,
        cases=_updates,
    )
    .wrong(lambda w, g, lr: w + lr * g, "this climbs: the gradient points uphill, so subtract")
    .wrong(lambda w, g, lr: w - g, "the learning rate is missing: multiply the gradient by it")
    .wrong(lambda w, g, lr: -lr * g, "this is the change of w; add it to w")
    .wrong(lambda w, g, lr: lr * g, "this is what has to be subtracted from w")
    .wrong(lambda w, g, lr: w - g / lr, "a smaller rate makes a smaller step: multiply, not divide")
    .wrong(lambda w, g, lr: lr * (w - g), "the rate belongs to the gradient alone, not to w")
    .wrong(lambda w, g, lr: g - lr * w, "w and its gradient have changed places")
    .wrong(
        lambda w, g, lr: w - lr * np.sign(g),
        "the step is as long as the gradient says: its size counts, not only its sign",
    ),
    "which-part": Exercise(difficulty=1, solution="d")
    .wrong(
        "a",
        "the parameters were fitted to the training part: a network that knows it by heart "
        "looks best there",
    )
    .wrong(
        "b",
        "the best of five on the test part is partly the best by luck, and the number that "
        "you report has that luck in it",
    )
    .wrong(
        "c",
        "choosing there is right; but the winner's score there is too good, for that score is "
        "what it won by",
    ),
}

DRAWN = {
    "updates-per-epoch": Drawn(
        _epoch,
        {"batch": (16, 24, 40, 64), "epoch": (20, 40, 50)},
        lambda batch, epoch: [f"batches of {batch}", f"{epoch * (1077 // batch + 1)}th update"],
    ),
}
