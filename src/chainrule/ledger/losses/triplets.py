"""Triplet loss: 1.4.7."""

from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from ... import losses
from ...oracles import autograd, complex_step
from ..core import Claim, Oracle
from ..oracles import EXACT, loops_oracle, torch_oracle
from . import twins
from .cases import _triplets, embeddings


def _triplet(three: Any, margin: float, eps: float) -> Any:
    return losses.Triplet(margin=margin, eps=eps, reduction="none")(*three)


def _triplet_gradient(three: Any, margin: float, eps: float) -> list[Any]:
    return list(losses.Triplet(margin=margin, eps=eps, reduction="sum").gradient(*three))


def _torch_triplet(torch: Any, three: Any, margin: float, eps: float) -> Any:
    return torch.nn.functional.triplet_margin_loss(*three, margin=margin, eps=eps, reduction="none")


def _triplet_parts(three: Any, margin: float, eps: float) -> list[Any]:
    return list(complex_step(lambda t: sum(twins.triplet(t, margin, eps)), three))


def _torch_triplet_parts(three: Any, margin: float, eps: float) -> list[Any]:
    import torch

    return list(autograd(lambda t: _torch_triplet(torch, t, margin, eps).sum(), [three])[0])


def _anchor_ignores_negative(three: Any, margin: float, eps: float) -> list[Any]:
    _, positive, negative = _triplet_gradient(three, margin, eps)
    return [-positive, positive, negative]


def _mined(x: Any, classes: Any) -> list[Any]:
    return list(losses.mine_triplets(x, classes))


def _by_cdist(x: Any, classes: Any, hardest: bool = True) -> list[Any]:
    """Mine with SciPy's distances; every sample has a positive and a negative here."""
    distance, same = cdist(x, x), classes[:, None] == classes
    itself = np.eye(len(x), dtype=bool)
    near_positive = np.where(same & ~itself, distance, np.inf).argmin(1)
    far_positive = np.where(same & ~itself, distance, -np.inf).argmax(1)
    near_negative = np.where(same, np.inf, distance).argmin(1)
    far_negative = np.where(same, -np.inf, distance).argmax(1)
    pair = (far_positive, near_negative) if hardest else (near_positive, far_negative)
    return [np.arange(len(x)), *pair]


def _torch_mined(x: Any, classes: Any) -> list[Any]:
    import torch

    x, classes = torch.as_tensor(x), torch.as_tensor(classes)
    distance, same = torch.cdist(x, x), classes[:, None] == classes
    far = (distance * same).argmax(1)
    near = (distance + 1e9 * same).argmin(1)
    return [np.arange(len(x)), far.numpy(), near.numpy()]


TRIPLET = (
    Claim(
        label="1.4.7a",
        title="triplet loss",
        code="losses.Triplet.__call__",
        implementation=_triplet,
        cases=_triplets,
        oracles=(loops_oracle(twins.triplet), torch_oracle("torch", _torch_triplet)),
        saboteur=lambda three, margin, eps: np.maximum(
            ((three[0] - three[1]) ** 2).sum(1) - ((three[0] - three[2]) ** 2).sum(1) + margin, 0
        ),
        mistake="squared distances",
    ),
    Claim(
        label="1.4.7b",
        title="the gradient of the triplet loss",
        code="losses.Triplet.gradient",
        implementation=_triplet_gradient,
        cases=_triplets,
        oracles=(
            Oracle("torch.autograd", _torch_triplet_parts, EXACT, needs="torch"),
            Oracle("complex step", _triplet_parts, EXACT),
        ),
        saboteur=_anchor_ignores_negative,
        mistake="the anchor not pushed away from the negative",
    ),
    Claim(
        label="1.4.7c",
        title="the hardest triplets of a batch",
        code="losses.mine_triplets",
        implementation=_mined,
        cases=embeddings,
        oracles=(
            loops_oracle(twins.hardest),
            Oracle("scipy.spatial.distance.cdist", _by_cdist, EXACT),
            Oracle("torch.cdist", _torch_mined, EXACT, needs="torch"),
        ),
        saboteur=lambda x, classes: _by_cdist(x, classes, hardest=False),
        mistake="the easiest ones",
    ),
)
