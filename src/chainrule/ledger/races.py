"""The claim of section 1.2.6: clipping."""

import math

import numpy as np

from ..optimizers import clip_norm
from .core import Claim, Oracle
from .oracles import torch_oracle


def _clipped_by_loops(gradients: list, max_norm: float) -> list:
    length = math.sqrt(sum(float(x) ** 2 for g in gradients for x in np.ravel(g)))
    return [g * min(1.0, max_norm / length) for g in gradients]


def _clipped_by_torch(torch, gradients: list, max_norm: float) -> list:
    leaves = [torch.nn.Parameter(g.clone()) for g in gradients]
    for leaf, g in zip(leaves, gradients, strict=True):
        leaf.grad = g
    torch.nn.utils.clip_grad_norm_(leaves, max_norm)
    return [leaf.grad for leaf in leaves]


CLAIMS = (
    Claim(
        label="1.2.6a",
        title="clipping by the norm",
        code="optimizers.clip_norm",
        implementation=clip_norm,
        cases=lambda rng: (
            ([rng.standard_normal((2, 3)), rng.standard_normal(4)], max_norm)
            for max_norm in (0.5, 3.0, 100.0)
        ),
        oracles=(
            Oracle("loops in Python floats", _clipped_by_loops, 1e-14),
            torch_oracle(
                "torch.nn.utils.clip_grad_norm_, which adds 1e-6 to the norm",
                _clipped_by_torch,
                1e-5,
            ),
        ),
        saboteur=lambda gradients, max_norm: [
            part for g in gradients for part in clip_norm([g], max_norm)
        ],
        mistake="each array clipped by itself, which turns the whole vector",
    ),
)
