"""Losses of overlap: 1.4.5 and 1.4.8."""

import numpy as np

from ... import losses
from ..core import Oracle
from ..libraries import metrics
from ..losses.pairs import value_and_gradient
from ..oracles import complex_oracle
from . import twins
from .cases import hard_masks, masks, tversky_masks


def _torch_sums(torch, p, y) -> tuple:
    """Give Σ p y, Σ p and Σ y of each class."""
    p, y = (x.transpose(0, 1).flatten(1) for x in (p, y.to(p.dtype)))
    return torch.einsum("ks,ks->k", p, y), p.sum(1), y.sum(1)


def _torch_dice(torch, p, y, smooth: float):
    hit, found, true = _torch_sums(torch, p, y)
    return 1 - ((2 * hit + smooth) / (found + true + smooth)).mean()


def _torch_tversky(torch, p, y, alpha: float, beta: float, smooth: float):
    hit, found, true = _torch_sums(torch, p, y)
    below = hit + alpha * (found - hit) + beta * (true - hit)
    return 1 - ((hit + smooth) / (below + smooth)).mean()


def _sums(x):
    """Give the sum of each class."""
    return x.sum(tuple(i for i in range(x.ndim) if i != 1))


def _jaccard(p, y, smooth: float) -> float:
    hit = _sums(p * y)
    return 1 - np.mean((2 * hit + smooth) / (_sums(p) + _sums(y) - hit + smooth))


DICE = (
    *value_and_gradient(
        losses.Dice,
        "smooth",
        labels=("1.31", "1.4.5a"),
        name="the Dice loss",
        cases=hard_masks,
        gradient_cases=masks,
        torch=_torch_dice,
        value=(
            Oracle("loops", twins.dice),
            Oracle(
                "1 − F₁ of sklearn, for hard masks",
                lambda p, y, _: 1 - metrics.f1_score(y.argmax(1), p.argmax(1), average="macro"),
                applies=lambda p, y, smooth: smooth == 0,
            ),
        ),
        gradient=complex_oracle(twins.dice),
        wrong_value=("the union below the line, but not in Jaccard's way", _jaccard),
        wrong_gradient=(
            "the denominator taken for a constant",
            lambda p, y, smooth: -2 * y / (_sums(p) + _sums(y) + smooth)[:, None] / p.shape[1],
        ),
    ),
)

TVERSKY = value_and_gradient(
    losses.Tversky,
    *("alpha", "beta", "smooth"),
    labels=("1.4.8a", "1.4.8b"),
    name="the Tversky loss",
    cases=tversky_masks,
    torch=_torch_tversky,
    value=(Oracle("loops", twins.tversky),),
    gradient=complex_oracle(twins.tversky),
    wrong_value=("α and β swapped", lambda p, y, a, b, smooth: twins.tversky(p, y, b, a, smooth)),
    wrong_gradient=(
        "α and β swapped",
        lambda p, y, a, b, smooth: losses.Tversky(alpha=b, beta=a, smooth=smooth).gradient(p, y),
    ),
)
