"""Losses of overlap: 1.4.5 and 1.4.8."""

from typing import Any

import numpy as np
from sklearn import metrics

from ... import losses
from ..core import Claim, Oracle
from ..oracles import EXACT, complex_oracle, loops_oracle, torch_oracle, torch_vjp
from . import twins
from .cases import _masks, hard_masks, tversky_masks


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


def _f1(p: Any, y: Any, smooth: float) -> float:
    return 1 - metrics.f1_score(y.argmax(1), p.argmax(1), average="macro")


def _by_class(x: Any) -> Any:
    return np.moveaxis(np.asarray(x), 1, 0).reshape(x.shape[1], -1)


def _jaccard(p: Any, y: Any, smooth: float) -> float:
    p, y = _by_class(p), _by_class(y)
    hit = (p * y).sum(1)
    return 1 - np.mean((2 * hit + smooth) / (p.sum(1) + y.sum(1) - hit + smooth))


def _dice_without_quotient_rule(p: Any, y: Any, smooth: float) -> Any:
    below = _by_class(p).sum(1) + _by_class(y).sum(1) + smooth
    return -2 * y / below[:, None] / p.shape[1]


OVERLAP_DICE = (
    Claim(
        label="1.31",
        title="Dice loss",
        code="losses.Dice.__call__",
        implementation=lambda p, y, smooth: losses.Dice(smooth=smooth)(p, y),
        cases=hard_masks,
        oracles=(
            loops_oracle(twins.dice),
            Oracle(
                "1 − F₁ of sklearn, for hard masks",
                _f1,
                EXACT,
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
        cases=_masks,
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
        implementation=lambda p, y, alpha, beta, smooth: losses.Tversky(
            alpha=alpha, beta=beta, smooth=smooth
        )(p, y),
        cases=tversky_masks,
        oracles=(loops_oracle(twins.tversky), torch_oracle("torch", _torch_tversky)),
        saboteur=lambda p, y, alpha, beta, smooth: twins.tversky(p, y, beta, alpha, smooth),
        mistake="α and β swapped",
    ),
    Claim(
        label="1.4.8b",
        title="the gradient of the Tversky loss",
        code="losses.Tversky.gradient",
        implementation=lambda p, y, alpha, beta, smooth: losses.Tversky(
            alpha=alpha, beta=beta, smooth=smooth
        ).gradient(p, y),
        cases=tversky_masks,
        oracles=(torch_vjp(_torch_tversky), complex_oracle(twins.tversky)),
        saboteur=lambda p, y, alpha, beta, smooth: losses.Tversky(
            alpha=beta, beta=alpha, smooth=smooth
        ).gradient(p, y),
        mistake="α and β swapped",
    ),
)
