"""How losses of numbers are judged, and the wrong forms of them that are known."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ..ledger import claim
from ..ledger.core import Claim
from . import added
from .activations import UPSTREAM
from .calling import Call
from .core import Part, Subject, Wrong
from .theirs import Option


def loss(
    name: str,
    call: str,
    labels: tuple[str, str],
    value: Wrong,
    gradient: Wrong,
    *,
    options: dict[str, Option] | None = None,
    asked: Callable[[str], Claim] = claim,
) -> Subject:
    """Give a loss whose settings come last in a case."""
    options = options or {}

    def reads(prediction: Any, target: Any, *given: float) -> Call:
        named = dict(zip(options, given, strict=True))
        return Call((prediction, target), options=named, overflows=added.is_large(prediction))

    def forgets(prediction: Any, target: Any, upstream: Any, **given: float) -> Any:
        return claim(labels[1]).implementation(prediction, target, *given.values())

    gradient = (*gradient, (forgets, UPSTREAM))
    return Subject(
        name,
        call,
        (
            Part(asked(labels[0]), (reads,), wrong=value),
            Part(asked(labels[1]), (reads,), gradient=True, wrong=gradient),
        ),
        options,
    )


SUM = "that is the sum over the samples; the loss is their mean"
ROWS = "divided by the number of rows: N counts every number"
NO_MEAN = "the mean is missing: divide by N"
SIGN = "the sign is wrong: that is minus the gradient"


def _huber(e: Any, delta: float) -> Any:
    r = np.minimum(np.abs(e), delta)
    return r * (np.abs(e) - r / 2)


SUBJECTS = (
    loss(
        *("MSE", "MSE(prediction, target)", ("1.25", "1.4.1a")),
        asked=added.with_tables,
        value=(
            (lambda y_hat, y: np.mean((y_hat - y) ** 2) / 2, "the ½ is not in (1.25)"),
            (lambda y_hat, y: np.sqrt(np.mean((y_hat - y) ** 2)), "the root is not in (1.25)"),
            (lambda y_hat, y: np.mean(np.abs(y_hat - y)), "that is the mean absolute error"),
            (lambda y_hat, y: (y_hat - y) ** 2, "the mean is missing: that is each square"),
        ),
        gradient=(
            (lambda y_hat, y: 2 * (y - y_hat) / y.size, SIGN),
            (lambda y_hat, y: 2 * (y_hat - y), NO_MEAN),
            (lambda y_hat, y: 2 * (y_hat - y) / len(y), ROWS),
            (lambda y_hat, y: (y_hat - y) / y.size, "the 2 is missing: 2 (ŷ − y)/N"),
            (lambda y_hat, y: y_hat - y, "the 2 and the mean are missing: 2 (ŷ − y)/N"),
        ),
    ),
    loss(
        *("MAE", "MAE(prediction, target)", ("1.26", "1.4.2a")),
        asked=added.with_tables,
        value=(
            (lambda y_hat, y: np.sum(np.abs(y_hat - y)), SUM),
            (lambda y_hat, y: np.mean((y_hat - y) ** 2), "that is the mean squared error"),
            (lambda y_hat, y: np.median(np.abs(y_hat - y)), "that is the median, not the mean"),
        ),
        gradient=(
            (lambda y_hat, y: np.sign(y_hat - y), NO_MEAN),
            (lambda y_hat, y: np.sign(y_hat - y) / len(y), ROWS),
            (lambda y_hat, y: np.sign(y - y_hat) / y.size, SIGN),
            (lambda y_hat, y: (y_hat - y) / y.size, "the slope of |e| has the size 1"),
            (lambda y_hat, y: np.ones(y.shape) / y.size, "below the target the slope is −1"),
        ),
    ),
    loss(
        *("Huber", "Huber(prediction, target, delta=1.0)", ("1.27", "1.4.3a")),
        asked=added.with_tables,
        value=(
            (lambda y_hat, y, delta: np.sum(_huber(y_hat - y, delta)), SUM),
            (
                lambda y_hat, y, delta: np.mean(_huber(y_hat - y, delta)) / delta,
                "that is divided by δ, PyTorch's SmoothL1Loss",
            ),
            (lambda y_hat, y, delta: np.mean(_huber(y_hat - y, 1.0)), "δ is missing: it stays 1"),
            (
                lambda y_hat, y, delta: 2 * np.mean(_huber(y_hat - y, delta)),
                "the ½ is missing: ½ e² near the target",
            ),
        ),
        gradient=(
            (lambda y_hat, y, delta: np.clip(y_hat - y, -delta, delta), NO_MEAN),
            (lambda y_hat, y, delta: np.clip(y_hat - y, -delta, delta) / len(y), ROWS),
            (
                lambda y_hat, y, delta: np.clip(y_hat - y, -1, 1) / y.size,
                "δ is missing: it stays 1",
            ),
            (lambda y_hat, y, delta: np.clip(y - y_hat, -delta, delta) / y.size, SIGN),
            (
                lambda y_hat, y, delta: np.minimum(y_hat - y, delta) / y.size,
                "cut off above only: an error below −δ has the slope −δ",
            ),
        ),
        options={"delta": Option(1.0, ("d",))},
    ),
)
