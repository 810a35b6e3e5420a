"""Losses of overlap: 1.4.5 and 1.4.8."""

from typing import Any

import numpy as np
from sklearn import metrics

from ... import losses
from ..core import Claim, Oracle
from ..oracles import complex_oracle, torch_oracle, torch_vjp
from . import twins
from .cases import hard_masks, masks, tversky_masks


def _torch_sums(torch: Any, p: Any, y: Any) -> tuple[Any, Any, Any]:
    """Give Σ p y, Σ p and Σ y of each class."""
    p, y = (x.transpose(0, 1).flatten(1) for x in (p, y.to(p.dtype)))
    return torch.einsum("ks,ks->k", p, y), p.sum(1), y.sum(1)


def _torch_dice(torch: Any, p: Any, y: Any, smooth: float) -> Any:
    hit, found, true = _torch_sums(torch, p, y)
    return 1 - ((2 * hit + smooth) / (found + true + smooth)).mean()


def _torch_tversky(torch: Any, p: Any, y: Any, alpha: float, beta: float, smooth: float) -> Any:
    hit, found, true = _torch_sums(torch, p, y)
    below = hit + alpha * (found - hit) + beta * (true - hit)
    return 1 - ((hit + smooth) / (below + smooth)).mean()


def _sums(x: Any) -> Any:
    """Give the sum of each class."""
    return x.sum(tuple(i for i in range(x.ndim) if i != 1))


def _jaccard(p: Any, y: Any, smooth: float) -> float:
    hit = _sums(p * y)
    return 1 - np.mean((2 * hit + smooth) / (_sums(p) + _sums(y) - hit + smooth))


def _dice_without_quotient_rule(p: Any, y: Any, smooth: float) -> Any:
    below = _sums(p) + _sums(y) + smooth
    return -2 * y / below[:, None] / p.shape[1]


def _tversky(alpha: float, beta: float, smooth: float) -> losses.Tversky:
    return losses.Tversky(alpha=alpha, beta=beta, smooth=smooth)


OVERLAP_DICE = (
    Claim(
        label="1.31",
        title="Dice loss",
        code="losses.Dice.__call__",
        implementation=lambda p, y, smooth: losses.Dice(smooth=smooth)(p, y),
        cases=hard_masks,
        oracles=(
            Oracle("loops", twins.dice),
            Oracle(
                "1 − F₁ of sklearn, for hard masks",
                lambda p, y, _: 1 - metrics.f1_score(y.argmax(1), p.argmax(1), average="macro"),
                applies=lambda p, y, smooth: smooth == 0,
            ),
            torch_oracle("torch", _torch_dice),
        ),
        saboteur=_jaccard,
        mistake="the union below the line, but not in Jaccard's way",
    ),
    Claim(
        label="1.4.5a",
        title="the gradient of the Dice loss",
        code="losses.Dice.gradient",
        implementation=lambda p, y, smooth: losses.Dice(smooth=smooth).gradient(p, y),
        cases=masks,
        oracles=(torch_vjp(_torch_dice), complex_oracle(twins.dice)),
        saboteur=_dice_without_quotient_rule,
        mistake="the denominator taken for a constant",
    ),
)

OVERLAP_TVERSKY = (
    Claim(
        label="1.4.8a",
        title="Tversky loss",
        code="losses.Tversky.__call__",
        implementation=lambda p, y, *settings: _tversky(*settings)(p, y),
        cases=tversky_masks,
        oracles=(Oracle("loops", twins.tversky), torch_oracle("torch", _torch_tversky)),
        saboteur=lambda p, y, alpha, beta, smooth: twins.tversky(p, y, beta, alpha, smooth),
        mistake="α and β swapped",
    ),
    Claim(
        label="1.4.8b",
        title="the gradient of the Tversky loss",
        code="losses.Tversky.gradient",
        implementation=lambda p, y, *settings: _tversky(*settings).gradient(p, y),
        cases=tversky_masks,
        oracles=(torch_vjp(_torch_tversky), complex_oracle(twins.tversky)),
        saboteur=lambda p, y, a, b, smooth: _tversky(b, a, smooth).gradient(p, y),
        mistake="α and β swapped",
    ),
)
