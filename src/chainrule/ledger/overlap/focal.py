"""Focal loss: 1.4.6."""

import numpy as np

from ... import losses
from ...arrays import to_numpy
from ..core import CLOSE, Claim, Oracle
from ..libraries import special
from ..losses.cases import answers, labelled
from ..losses.entropy import torch_cross_entropy
from ..oracles import complex_oracle, torch_oracle, torch_vjp
from . import twins


def _torch_right(torch, z, y):
    p = torch.sigmoid(z)
    return torch.where(y == 1, p, 1 - p)


def _torch_binary_focal(torch, z, y, gamma: float, alpha: float):
    p_t = _torch_right(torch, z, y)
    return -torch.where(y == 1, alpha, 1 - alpha) * (1 - p_t) ** gamma * p_t.log()


def _binary_focal(z, y, gamma: float, alpha: float):
    return losses.BinaryFocal(gamma=gamma, alpha=alpha, reduction="none")(z, y)


def _torch_focal(torch, z, classes, gamma: float, alpha):
    log_loss = torch_cross_entropy(torch, z, classes, reduction="none")
    return (alpha[classes] * (1 - torch.exp(-log_loss)) ** gamma * log_loss).sum()


def _without_product_rule(z, classes, gamma: float, alpha):
    p, y = special.softmax(z, 1), np.eye(z.shape[1])[classes]
    rest = 1 - p[np.arange(len(z)), classes]
    return (alpha[classes] * rest**gamma)[:, None] * (p - y)


FOCAL = (
    Claim(
        label="1.32",
        title="the probability of the right answer",
        code="losses.BinaryFocal.__call__",
        implementation=lambda z, y: np.exp(
            -to_numpy(losses.BinaryFocal(gamma=0.0, reduction="none")(z, y))
        ),
        cases=answers,
        oracles=(Oracle("loops", twins.right_probabilities), torch_oracle("torch", _torch_right)),
        saboteur=lambda z, y: special.expit(z),
        mistake="p for both answers",
    ),
    Claim(
        label="1.33",
        title="focal loss",
        code="losses.BinaryFocal.__call__",
        implementation=_binary_focal,
        cases=lambda rng: (
            (*case, gamma, 0.25) for gamma, case in zip((0.5, 2.0), answers(rng), strict=True)
        ),
        oracles=(
            Oracle("loops", twins.binary_focal, CLOSE),
            torch_oracle("torch", _torch_binary_focal, CLOSE),
        ),
        saboteur=lambda z, y, gamma, alpha: 2 * alpha * _binary_focal(z, y, gamma, 0.5),
        mistake="the listing's: one α for both answers",
    ),
    Claim(
        label="1.4.6a",
        title="the gradient of the focal loss",
        code="losses.Focal.gradient",
        implementation=lambda z, classes, gamma, alpha: losses.Focal(
            gamma=gamma, alpha=alpha, reduction="sum"
        ).gradient(z, classes),
        cases=lambda rng: (
            (*case, gamma, np.array([0.5, 1.0, 3.0]))
            for gamma, case in zip((0.5, 2.0), labelled(rng), strict=True)
        ),
        oracles=(torch_vjp(_torch_focal, CLOSE), complex_oracle(twins.focal, CLOSE)),
        saboteur=_without_product_rule,
        mistake="(1 − p_t)^γ taken for a constant",
    ),
)
