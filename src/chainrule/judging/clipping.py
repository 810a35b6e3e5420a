"""How clipping by the norm is judged, and the wrong forms of it that are known."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from ..ledger import claim
from ..ledger.core import Oracle
from .calling import Call, read
from .core import Part, Subject


def _flat(arrays: Any) -> np.ndarray:
    return np.concatenate([read(array).ravel() for array in arrays])


def _flattened(function: Callable) -> Callable:
    return lambda *case: _flat(function(*case))


def _norm(gradients: list) -> float:
    return float(np.linalg.norm(_flat(gradients)))


def _of_lists(gradients: list, max_norm: float) -> Call:
    return Call((gradients,), (max_norm,), then=_flat)


def _of_zeros(gradients: list, max_norm: float) -> Call:
    return replace(_of_lists(gradients, max_norm), overflows=True)  # min(1, c / 0) is 1


_clip = claim("1.2.6a")
_flat_clip = replace(
    _clip,
    implementation=_flattened(_clip.implementation),
    saboteur=_flattened(_clip.saboteur),
    oracles=tuple(replace(o, expected=_flattened(o.expected)) for o in _clip.oracles),
)
CLIP = Subject(
    "clip_norm",
    "clip_norm(gradients, max_norm) -> a list of arrays",
    (
        Part(
            _flat_clip,
            (_of_lists,),
            wrong=(
                (
                    lambda gs, most: [g * min(1.0, most / (_norm(gs) + 1e-6)) for g in gs],
                    "that adds 1e-6 to the norm, as PyTorch does; here nothing is added",
                ),
                (
                    lambda gs, most: [g * most / _norm(gs) for g in gs],
                    "a vector that is short enough is made longer: leave it as it is",
                ),
                (
                    lambda gs, most: [np.clip(g, -most, most) for g in gs],
                    "each number is clipped by itself, which turns the vector",
                ),
                (
                    lambda gs, most: [g * min(1.0, most / _norm(gs) ** 2) for g in gs],
                    "the root is missing: that is the square of the length",
                ),
                (
                    lambda gs, most: [g * min(1.0, most / np.abs(_flat(gs)).max()) for g in gs],
                    "that is the largest entry: the length is the root of the sum of squares",
                ),
            ),
        ),
        Part(
            replace(
                _flat_clip,
                title="a gradient of zeros, which has no direction",
                cases=lambda rng: iter([([np.zeros((2, 3)), np.zeros(4)], 3.0)]),
                oracles=(Oracle("zeros", lambda gradients, max_norm: np.zeros(10), 1e-14),),
            ),
            (_of_zeros,),
        ),
    ),
)

SUBJECTS = (CLIP,)
