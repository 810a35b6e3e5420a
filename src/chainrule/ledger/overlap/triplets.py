"""Triplet loss: 1.4.7."""

import numpy as np

from ... import losses
from ..core import Claim, Oracle
from ..libraries import distance as spatial
from ..oracles import complex_oracle, torch_oracle, torch_vjp
from . import twins
from .cases import threes


def _triplet_gradient(three, margin: float, eps: float) -> list:
    return list(losses.Triplet(margin=margin, eps=eps, reduction="sum").gradient(*three))


def _torch_triplet(torch, three, margin: float, eps: float):
    return torch.nn.functional.triplet_margin_loss(*three, margin=margin, eps=eps, reduction="none")


def _anchor_ignores_negative(*case) -> list:
    _, positive, negative = _triplet_gradient(*case)
    return [-positive, positive, negative]


def _by_cdist(x, classes, hardest: bool = True) -> list:
    """Mine with SciPy's distances; every sample has a positive and a negative here."""
    distance, same = spatial.cdist(x, x), classes[:, None] == classes
    others = same & ~np.eye(len(x), dtype=bool)
    sign = 1 if hardest else -1  # the easiest are the hardest where near and far change places
    positive = np.where(others, sign * distance, -np.inf).argmax(1)
    negative = np.where(same, np.inf, sign * distance).argmin(1)
    return [np.arange(len(x)), positive, negative]


def _torch_mined(torch, x, classes) -> list:
    distance, same = torch.cdist(x, x), classes[:, None] == classes
    far, near = (distance * same).argmax(1), (distance + 1e9 * same).argmin(1)
    return [np.arange(len(x)), far, near]


TRIPLET = (
    Claim(
        label="1.4.7a",
        title="triplet loss",
        code="losses.Triplet.__call__",
        implementation=lambda three, margin, eps: losses.Triplet(
            margin=margin, eps=eps, reduction="none"
        )(*three),
        cases=threes,
        oracles=(Oracle("loops", twins.triplet), torch_oracle("torch", _torch_triplet)),
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
        cases=threes,
        oracles=(
            torch_vjp(_torch_triplet),
            complex_oracle(lambda *case: sum(twins.triplet(*case))),
        ),
        saboteur=_anchor_ignores_negative,
        mistake="the anchor not pushed away from the negative",
    ),
    Claim(
        label="1.4.7c",
        title="the hardest triplets of a batch",
        code="losses.mine_triplets",
        implementation=lambda x, classes: list(losses.mine_triplets(x, classes)),
        cases=lambda rng: (
            (rng.standard_normal((9, 2)), rng.permutation(np.repeat(np.arange(3), 3)))
            for _ in range(2)
        ),
        oracles=(
            Oracle("loops", twins.hardest),
            Oracle("scipy.spatial.distance.cdist", _by_cdist),
            torch_oracle("torch.cdist", _torch_mined),
        ),
        saboteur=lambda x, classes: _by_cdist(x, classes, hardest=False),
        mistake="the easiest ones",
    ),
)
