"""Arrays whose numbers mean something else are refused by the name of the argument, or right."""

import numpy as np
import pytest
import torch
from callables import assert_all, assert_close, attempt, in64
from rows import DOORS

from chainrule.device import to


class Plain(np.ndarray):
    """A subclass that changes nothing."""


def masked(a):
    return np.ma.array(a, mask=np.arange(a.size).reshape(a.shape) == 1)


def mapped_file(a):
    file = np.memmap("numbers", a.dtype, "w+", shape=a.shape)
    file[...] = a
    return file


# what has numbers that may be taken for what they are
READABLE = {
    "a plain subclass": lambda a: a.view(Plain),
    "a memmap": mapped_file,
    "bool": lambda a: a > 0,
    "objects": lambda a: a.astype(object),
    "Python numbers": lambda a: a.tolist(),
    "a masked array without a mask": np.ma.array,
}
OTHER = {
    "a matrix": lambda a: np.asmatrix(a) if a.ndim == 2 else None,
    "a masked array": masked,
    "the masked number": lambda a: np.ma.masked,
    "complex": lambda a: a.astype(complex),
    "fields": lambda a: a.astype([("x", a.dtype)]),
    "dates": lambda a: a.astype(int).astype("datetime64[s]"),
    "durations": lambda a: a.astype(int).astype("timedelta64[s]"),
    "texts": lambda a: a.astype(str),
    "bytes": lambda a: a.astype("S"),
    "a text": lambda a: "numbers",
    "a dictionary": lambda a: {0: a},
}
TENSORS = {
    "sparse": lambda a: torch.tensor(a).to_sparse(),
    "sparse rows": lambda a: torch.tensor(a).to_sparse_csr() if a.ndim == 2 else None,
    "complex": lambda a: torch.tensor(a).to(torch.complex128),
    "quantized": lambda a: torch.quantize_per_tensor(torch.tensor(a).float(), 0.1, 0, torch.qint8),
    "nested": lambda a: torch.nested.nested_tensor(list(torch.tensor(a))) if a.ndim > 1 else None,
}
READABLE_TENSORS = {
    "requires grad": lambda a: torch.tensor(a, requires_grad=a.dtype.kind == "f"),
    "a parameter": lambda a: torch.nn.Parameter(torch.tensor(a), a.dtype.kind == "f"),
    "bool": lambda a: torch.tensor(a) > 0,
    "negated lazily": lambda a: torch._neg_view(torch.tensor(-a)),
    "inference": lambda a: inference(a),
}


def inference(a):
    with torch.inference_mode():
        return torch.tensor(a)


# what only moves arrays has no need to know what they mean
COMPUTING = [door for door in DOORS if door.name != "device.to"]
each_door = pytest.mark.parametrize("door", COMPUTING, ids=lambda d: d.name)
each_tensor_door = pytest.mark.parametrize(
    "door", [d for d in COMPUTING if d.tensors], ids=lambda d: d.name
)


def tried(door, changes, convert):
    """Yield the name of a change and of an argument, that argument, the changed, and all."""
    for label, change in changes.items():
        for i, (name, array) in enumerate(door.arrays.items()):
            other = change(array)
            if other is not None:
                yield f"{label} as {name}", name, other, door.replaced(i, other, convert)


def assert_refused(door, changes, convert):
    def check(name, other, arrays):
        assert attempt(door, arrays, name, convert=convert) is None, "was taken"

    assert_all(tried(door, changes, convert), check)


def assert_right_or_refused(door, changes, convert):
    def check(name, other, arrays):
        found = attempt(door, arrays, name, convert=convert)
        if found is not None:
            same = [in64(other) if a is other else a for a in arrays]
            same = [in64(s).astype(a.dtype) for s, a in zip(same, door.values(), strict=True)]
            assert_close(found, door(*same), 1e-6)  # PyTorch's default float has 32 bits

    assert_all(tried(door, changes, convert), check)


@pytest.mark.parametrize("array", [masked(np.ones((2, 2))), np.ma.masked, "text", {}, None])
def test_what_would_be_lost_is_not_moved(array):
    with pytest.raises(TypeError, match=r"^thing: expected an array or a network, got "):
        to(array, "cpu")


@each_door
@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
def test_other_arrays_are_refused(door):
    assert_refused(door, OTHER, np.asarray)


@each_tensor_door
@pytest.mark.filterwarnings("ignore:.*(beta state|prototype|deprecated):UserWarning")
def test_other_tensors_are_refused(door):
    assert_refused(door, TENSORS, torch.tensor)


@each_door
def test_what_has_numbers_is_read_rightly_or_refused(door, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert_right_or_refused(door, READABLE, np.asarray)


@each_tensor_door
def test_what_has_numbers_as_a_tensor_is_read_rightly_or_refused(door):
    assert_right_or_refused(door, READABLE_TENSORS, torch.tensor)


@each_tensor_door
def test_arrays_of_several_libraries_are_refused_or_right(door):
    def check(name, other, arrays):
        found = attempt(door, arrays, convert=torch.tensor)
        if found is not None:
            assert_close(found, door(*door.values()))

    assert_all(tried(door, {"NumPy's": np.asarray}, torch.tensor), check)


@each_tensor_door
def test_tensors_without_numbers_are_refused_where_these_are_needed(door):
    """A shape is all that some functions need; what they give then has no numbers either."""

    def without(a):
        return torch.as_tensor(a).to("meta")

    found = attempt(door, list(map(without, door.values())), convert=without)
    assert found is None or all(a.device.type == "meta" for a in found)


@pytest.mark.parametrize(
    "door", [d for d in COMPUTING if d.tensors and len(d.arrays) > 1], ids=lambda d: d.name
)
def test_tensors_of_several_devices_are_refused(door):
    def check(name, other, arrays):
        assert attempt(door, arrays, convert=torch.tensor) is None, "was taken"

    changes = {"without numbers": lambda a: torch.tensor(a).to("meta")}
    assert_all(tried(door, changes, torch.tensor), check)
