"""What is called, what with, and how what comes back is judged; the table itself is in `rows`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch


@dataclass(frozen=True)
class Door:
    """A public function, and arrays that it takes.

    `call` takes a function first, which makes the arrays that the row itself holds (a layer's
    weights) of the library and dtype that is tried, and then the arrays in their order.
    """

    name: str
    call: Callable[..., Any]
    arrays: dict[str, np.ndarray]
    own_dtype: bool = True  # the result comes back in that of the first array
    roundings: int = 1  # to the bits of the dtype, one after the other
    tensors: bool = True

    def __call__(self, *arrays, convert=np.asarray):
        return flat(self.call(convert, *arrays))

    def values(self):
        return list(self.arrays.values())

    def floats(self):
        return [i for i, a in enumerate(self.values()) if a.dtype.kind == "f"]

    def replaced(self, i, array, convert=np.asarray):
        """Give the arguments with another one in one place, or in all places (None) by a rule."""
        return [array if i == j else convert(a) for j, a in enumerate(self.values())]


LIBRARIES = {"numpy": np.asarray, "torch": torch.tensor}


def libraries(door):
    """Give what makes arrays of the libraries that a function takes."""
    return LIBRARIES.items() if door.tensors else [("numpy", np.asarray)]


def draw(*shape, seed=0):
    return 2 * np.random.default_rng(seed).standard_normal(shape)


def flat(result):
    """Give the arrays that a function gave, however they are nested."""
    if isinstance(result, (list, tuple)):
        return [array for part in result for array in flat(part)]
    if result is None:
        return []
    return [np.asarray(result) if isinstance(result, int | float) else result]


def in64(array):
    """Give an array as NumPy's, contiguous and in 64 bits."""
    if isinstance(array, torch.Tensor):
        array = array.detach().resolve_neg().cpu()
        array = (array.double() if array.is_floating_point() else array).numpy()
    array = np.asarray(array)
    return np.array(array, np.float64 if array.dtype.kind in "fO" else np.int64, order="C")


def result_of(call, *names):
    """Give what a call gives; None if it is refused by the name of one of these arguments."""
    try:
        return call()
    except (TypeError, ValueError) as error:
        text = str(error)
    stems = "|".join({re.split(r"[\[.]", name)[0] for name in names})
    assert re.match(rf"({stems})[\w.\[\]']*: ", text), f"raw: {text}"
    return None


def attempt(door, arrays, *names, convert=np.asarray):
    """Give what the function gives; None if it is refused by the name of an argument."""
    names = names or (*door.arrays, "network", "weight", "pos_weight", "alpha")
    return result_of(lambda: door(*arrays, convert=convert), *names)


def assert_close(found, expected, eps=1e-12):
    """Hold numbers to others, as far as rounding goes."""
    assert found is not None, "refused"
    assert [tuple(a.shape) for a in found] == [tuple(a.shape) for a in expected]
    for a, b in zip(map(in64, found), map(in64, expected), strict=True):
        finite = np.isfinite(b)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        assert (same | finite).all(), f"expected {b[~same]}, got {a[~same]}"
        error, largest = np.abs(a[finite] - b[finite]), np.max(np.abs(b[finite]), initial=0.0)
        assert (error <= eps * largest + 1e-30).all(), f"off by {error.max() / largest:.1e}"


def assert_all(cases, check):
    """Check all of the cases, which have names; fail with the names of those that fail."""
    failed = {}
    for name, *case in cases:
        try:
            check(*case)
        except Exception as error:  # a warning is one, too
            failed[name] = f"{type(error).__name__}: {str(error).split(chr(10))[0][:120]}"
    assert not failed, "\n".join(["", *(f"{name}: {why}" for name, why in failed.items())])
