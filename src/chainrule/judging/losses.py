"""How losses are judged, and the wrong forms of them that are known."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..ledger import claim
from ..ledger.core import Claim
from ..ledger.libraries import special
from ..ledger.losses import cases
from . import added
from .activations import UPSTREAM, sigmoid, softmax
from .calling import Call
from .core import Part, Reads, Subject, Wrong
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


REGRESSION = (
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


# ---- of classes ----------------------------------------------------------------------------------


def _labelled(rng: np.random.Generator) -> Any:
    return ((z, np.eye(3)[t]) for z, t in cases.labelled(rng))


def _mean_of(of_samples: Claim) -> Claim:
    """Give a claim about the loss of each sample as one about their mean."""

    def mean(function: Callable) -> Callable:
        return lambda *case: np.mean(np.asarray(function(*case), float))

    oracles = tuple(replace(o, expected=mean(o.expected)) for o in of_samples.oracles)
    return replace(
        of_samples,
        implementation=mean(of_samples.implementation),
        oracles=oracles,
        saboteur=mean(of_samples.saboteur),
    )


def _known_gradient(z: Any, y: Any) -> Any:
    return (special.softmax(z, 1) - y) / len(z)


def _classes(*options: str) -> tuple[Reads, ...]:
    """Ask with targets as classes; where that cannot be done, as probabilities."""

    def of_classes(z: Any, y: Any, *given: Any) -> Call:
        y = y.argmax(1) if y.ndim == 2 else y
        return Call((z, y), options=dict(zip(options, given, strict=True)))

    def of_rows(z: Any, y: Any, *given: Any) -> Call:
        y = y if y.ndim == 2 else np.eye(z.shape[1])[y]
        return Call((z, y), options=dict(zip(options, given, strict=True)))

    return of_classes, of_rows


def _hot(z: Any, y: Any) -> Any:
    return y if y.ndim == 2 else np.eye(z.shape[1])[y]


def _log_loss(z: Any, y: Any) -> Any:
    """Give the loss of each sample."""
    z = z - z.max(1, keepdims=True)
    return np.log(np.exp(z).sum(1)) - (z * _hot(z, y)).sum(1)


def _stable(ask: Callable) -> Callable:
    return lambda z, t: ask(Call((z, t)))


def _of_probabilities(ask: Callable) -> Callable:
    return lambda p, t: ask(Call((np.log(p), t)))


_ENTROPY: Wrong = (
    (lambda z, y: _log_loss(z, y).sum(), SUM),
    (lambda z, y: -_log_loss(z, y).mean(), "the sign is wrong: a loss is not negative"),
    (lambda z, y: _log_loss(softmax(z), y).mean(), "softmax is applied twice"),
    (lambda z, y: _log_loss(z, y).mean() / np.log(2), "that is the logarithm to base 2"),
    (lambda z, y: _log_loss(z, y).mean() / z.shape[1], "a mean over the classes, too: only a sum"),
    (lambda z, y: _log_loss(z, y), "the mean is missing: that is the loss of each sample"),
)
CROSS_ENTROPY = Subject(
    "CrossEntropy",
    "CrossEntropy(logits, target), logits of shape (N, K), target classes, or rows of shape (N, K)",
    (
        Part(
            replace(claim("1.28"), cases=_labelled),
            _classes(),
            wrong=_ENTROPY,
            exercises=(("stable-cross-entropy", _stable),),
        ),
        Part(
            _mean_of(claim("1.4.4c")),
            _classes(),
            wrong=_ENTROPY,
            exercises=(("stable-cross-entropy", _stable),),
        ),
        Part(claim("1.4.4d"), _classes("label_smoothing")),
        Part(claim("1.4.4g"), _classes("weight")),
        Part(
            added.with_large(
                replace(claim("1.4.4b"), cases=_labelled), added.labelled, _known_gradient
            ),
            _classes(),
            gradient=True,
            wrong=(
                (lambda z, y: (_hot(z, y) - softmax(z)) / len(z), SIGN),
                (lambda z, y: softmax(z) - _hot(z, y), NO_MEAN),
                (lambda z, y: softmax(z) / len(z), "the target plays no part: p − y"),
                (
                    lambda z, y: (softmax(z) - _hot(z, y)) / z.size,
                    "divided by N · K: the sum over the classes is a sum, not a mean",
                ),
                (
                    lambda z, y: -_hot(z, y) / softmax(z) / len(z),
                    "that is the gradient with respect to p; softmax's own is missing",
                ),
            ),
            exercises=(("cross-entropy-gradient", _of_probabilities),),
        ),
    ),
    {"label_smoothing": Option(0.0, ("smoothing",)), "weight": Option(None, ("weights",))},
)


def _yes_or_no(z: Any, y: Any) -> Any:
    return np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - z * y


def _yes_or_no_asked(label: str) -> Claim:
    known = {
        "1.4.4e": lambda z, y: -np.mean(y * special.log_expit(z) + (1 - y) * special.log_expit(-z)),
        "1.4.4f": lambda z, y: (special.expit(z) - y) / y.size,
    }
    return added.with_large(added.with_tables(label), added.answers, known[label])


YES_OR_NO = loss(
    *("BinaryCrossEntropy", "BinaryCrossEntropy(logits, target)", ("1.4.4e", "1.4.4f")),
    value=(
        (lambda z, y: _yes_or_no(z, y).sum(), SUM),
        (lambda z, y: -_yes_or_no(z, y).mean(), "the sign is wrong: a loss is not negative"),
        (lambda z, y: _yes_or_no(sigmoid(z), y).mean(), "the sigmoid is applied twice"),
        (lambda z, y: _yes_or_no(z, 1 - y).mean(), "yes and no have changed places"),
    ),
    gradient=(
        (lambda z, y: sigmoid(z) - y, NO_MEAN),
        (lambda z, y: (sigmoid(z) - y) / len(z), ROWS),
        (lambda z, y: (y - sigmoid(z)) / z.size, SIGN),
        (lambda z, y: (z - y) / z.size, "the sigmoid is missing: p − y"),
    ),
    asked=_yes_or_no_asked,
)

SUBJECTS = (*REGRESSION, CROSS_ENTROPY, YES_OR_NO)
