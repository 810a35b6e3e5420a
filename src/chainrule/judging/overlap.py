"""How losses of overlap are judged, and the wrong forms of them that are known."""

from typing import Any

import numpy as np

from ..ledger import claim
from ..ledger.core import Claim
from ..losses import Dice, Tversky
from . import added
from .losses import SIGN, loss
from .theirs import Option


def _sums(p: Any, y: Any) -> Any:
    """Give Σ p y, Σ p and Σ y of each class."""
    return (a.swapaxes(0, 1).reshape(p.shape[1], -1).sum(1) for a in (p * y, p, y))


def _dice(p: Any, y: Any, smooth: float, above: float = 2.0, below: float = 0.0) -> Any:
    """Give the mean score, or what it is if the hits count otherwise above or below."""
    hit, found, true = _sums(p, y)
    return np.mean((above * hit + smooth) / (found + true - below * hit + smooth))


def _tversky(p: Any, y: Any, alpha: float, beta: float, smooth: float, hits: float = 1.0) -> Any:
    """Give the mean score, or what it is if the hits count more than once."""
    hit, found, true = _sums(p, y)
    wrong = alpha * (found - hit) + beta * (true - hit)
    return np.mean((hits * hit + smooth) / (hits * hit + wrong + smooth))


def _tversky_asked(label: str) -> Claim:
    options = {"alpha": (0.5, 0.3), "beta": (0.5, 0.2), "smooth": (1e-5, 0.1)}
    return added.with_each(claim(label), options)


def _dice_slope(p: Any, y: Any, smooth: float) -> Any:
    return Dice(smooth=smooth).gradient(p, y)


SUBJECTS = (
    loss(
        *("Dice", "Dice(probabilities, target, smooth=1e-5), both (N, K, …)", ("1.31", "1.4.5a")),
        value=(
            (lambda p, y, smooth: _dice(p, y, smooth), "that is the score: 1 minus it"),
            (lambda p, y, smooth: 1 - _dice(p, y, smooth, 1.0), "the 2 is missing"),
            (
                lambda p, y, smooth: 1 - _dice(p, y, smooth, 1.0, 1.0),
                "that is Jaccard's: Dice counts the common pixels twice",
            ),
            (lambda p, y, smooth: 1 - _dice(p, y, 1.0), "smooth plays no part: it stays 1"),
        ),
        gradient=(
            (lambda p, y, smooth: -_dice_slope(p, y, smooth), SIGN),
            (
                lambda p, y, smooth: p.shape[1] * _dice_slope(p, y, smooth),
                "the mean over the classes is missing: divide by K",
            ),
            (lambda p, y, smooth: _dice_slope(p, y, 1.0), "smooth plays no part: it stays 1"),
        ),
        options={"smooth": Option(1e-5, ("eps", "epsilon", "smoothing"))},
    ),
    loss(
        "Tversky",
        "Tversky(probabilities, target, alpha=0.5, beta=0.5, smooth=1e-5), both (N, K, …)",
        ("1.4.8a", "1.4.8b"),
        value=(
            (
                lambda p, y, alpha, beta, smooth: _tversky(p, y, alpha, beta, smooth),
                "that is the score: 1 minus it",
            ),
            (
                lambda p, y, alpha, beta, smooth: 1 - _tversky(p, y, 0.5, 0.5, smooth),
                "α and β play no part: that is Dice",
            ),
            (
                lambda p, y, alpha, beta, smooth: 1 - _tversky(p, y, alpha, beta, smooth, 2.0),
                "the hits count twice, as in Dice: α and β weigh against one of them",
            ),
        ),
        gradient=(
            (lambda p, y, **how: -Tversky(**how).gradient(p, y), SIGN),
            (
                lambda p, y, **how: p.shape[1] * Tversky(**how).gradient(p, y),
                "the mean over the classes is missing: divide by K",
            ),
        ),
        options={
            "alpha": Option(0.5, ("a",)),
            "beta": Option(0.5, ("b",)),
            "smooth": Option(1e-5, ("eps", "epsilon", "smoothing")),
        },
        asked=_tversky_asked,
    ),
)
