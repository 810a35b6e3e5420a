"""How cross-entropies are judged, and the wrong forms of them that are known."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ..ledger import claim
from ..ledger.core import Claim
from ..ledger.libraries import special
from ..ledger.losses import cases, twins
from ..ledger.losses.entropy import torch_cross_entropy
from ..ledger.oracles import complex_oracle, torch_vjp
from ..losses import CrossEntropy
from . import added
from .activations import sigmoid
from .calling import Call
from .core import Part, Reads, Subject, Wrong
from .losses import NO_MEAN, ROWS, SIGN, SUM, loss
from .several import FROM_0, IN_SIZE, softmax
from .theirs import Option


def _labelled(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield logits, and as targets rows that name a class, and rows of probabilities."""
    yield from ((z, np.eye(3)[t]) for z, t in cases.labelled(rng))
    yield from cases.logits(rng)


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


def _weighted_mean(z: Any, t: Any, weight: Any) -> Any:
    return sum(twins.weighted_losses(z, t, weight)) / weight[t].sum()


def _with_option(option: str, label: str, title: str, twin: Callable) -> Part:
    """Give the claim of the gradient where an option is given."""
    own = claim(label)

    def torch(torch: Any, z: Any, t: Any, given: Any) -> Any:
        return torch_cross_entropy(torch, z, t, **{option: given})

    def ignored(z: Any, t: Any, given: Any) -> Any:
        return CrossEntropy().gradient(z, t)

    return Part(
        replace(
            own,
            label="1.4.4b",
            title=f"the gradient of cross-entropy, {title}",
            implementation=lambda z, t, given: CrossEntropy(**{option: given}).gradient(z, t),
            oracles=(torch_vjp(torch), complex_oracle(twin)),
            saboteur=ignored,
            mistake=f"{option} plays no part",
        ),
        _classes(option),
        gradient=True,
    )


def _classes(*options: str) -> tuple[Reads, ...]:
    """Ask with targets as classes where rows name them, with all as rows, or with classes alone."""

    def asked(z: Any, y: Any, *given: Any) -> Call:
        return Call((z, y), options=dict(zip(options, given, strict=True)))

    def of_both(z: Any, y: Any, *given: Any) -> Call:
        return asked(z, y.argmax(1) if _names_classes(y) else y, *given)

    def of_rows(z: Any, y: Any, *given: Any) -> Call:
        return asked(z, _hot(z, y), *given)

    def of_classes(z: Any, y: Any, *given: Any) -> Call:
        refused = "" if y.ndim == 1 or _names_classes(y) else "it takes no probabilities as targets"
        return replace(of_both(z, y, *given), refused=refused)

    return of_both, of_rows, of_classes


def _names_classes(y: Any) -> bool:
    """Say whether these are rows of zeros, each with a one."""
    return y.ndim == 2 and bool((y.max(1) == 1).all())


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


def _far_from(m: Callable) -> Callable:
    """Give the mean loss with another number than the largest taken off."""

    def loss(z: Any, y: Any) -> Any:
        with np.errstate(all="ignore"):
            z = z - m(z)
            return (np.log(np.exp(z).sum(1)) - (z * _hot(z, y)).sum(1)).mean()

    return loss


_TOO_FAR: Wrong = (
    (_far_from(lambda z: np.maximum(z.max(1, keepdims=True), 0)), FROM_0),
    (_far_from(lambda z: np.abs(z).max(1, keepdims=True)), IN_SIZE),
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
            _mean_of(added.below_too(claim("1.4.4c"))),
            _classes(),
            wrong=(*_ENTROPY, *_TOO_FAR),
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
        _with_option(
            *("label_smoothing", "1.4.4d", "labels smoothed"),
            lambda z, t, share: twins.cross_entropy(z, twins.smoothed(t, 3, share)),
        ),
        _with_option("weight", "1.4.4g", "classes weighted", _weighted_mean),
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

SUBJECTS = (CROSS_ENTROPY, YES_OR_NO)
