"""The exercises of chapter 1.1."""

from collections.abc import Iterator

import numpy as np

from .core import Exercise, vectors


def _updates(rng: np.random.Generator) -> Iterator[tuple]:
    for w, gradient in vectors(rng):
        yield w, gradient, 0.1


EXERCISES = {
    "steps-order": Exercise(difficulty=1, solution="c")
    .wrong("a", "the backward pass goes back over what the feedforward pass left behind")
    .wrong("b", "the weights cannot be updated before their gradient is known")
    .wrong("d", "the loss compares the output with the target: the output has to be there first"),
    "updates-per-epoch": Exercise(difficulty=1, solution=34)
    .wrong(1077 / 32, "a batch counts whole, a smaller one too: round up")
    .wrong(33, "the last batch of an epoch is smaller, but it is a batch: round up")
    .wrong(32, "that is the size of a batch, not their number")
    .wrong(1077, "that would be one update per sample: batches of 1")
    .wrong(1, "that would be one update per epoch: a batch of all 1077 samples"),
    "descent-step": Exercise(
        difficulty=1,
        solution=lambda w, gradient, lr: [
            w_i - lr * g_i for w_i, g_i in zip(w, gradient, strict=True)
        ],
        cases=_updates,
    )
    .wrong(lambda w, g, lr: w + lr * g, "this climbs: the gradient points uphill, so subtract")
    .wrong(lambda w, g, lr: w - g, "the learning rate is missing")
    .wrong(lambda w, g, lr: -lr * g, "this is the change of w; add it to w"),
    "which-part": Exercise(difficulty=1, solution="b")
    .wrong("a", "the training part is what the parameters were fitted to: it flatters")
    .wrong(
        "c",
        "looking at the test part to choose makes it one more validation part: what is "
        "reported on it afterwards flatters too",
    )
    .wrong("d", "whoever chooses on everything has nothing left to report on"),
}
