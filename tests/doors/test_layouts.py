"""Strides, byte orders, locks and widths of numbers: the numbers alone count."""

import re

import numpy as np
import pytest
import torch
from callables import LIBRARIES, assert_all, assert_close, attempt, in64, libraries
from rows import DOORS

from chainrule import losses
from chainrule.device import to


def spread(a):
    """Give a view of every second number along every axis."""
    wide = np.zeros([2 * n for n in a.shape], a.dtype)
    view = wide[tuple(slice(None, None, 2) for _ in a.shape)]
    view[...] = a
    return view


def unaligned(a):
    raw = np.zeros(a.nbytes + 1, np.uint8)[1:].view(a.dtype).reshape(a.shape)
    raw[...] = a
    return raw


def locked(a):
    a = a.copy()
    a.flags.writeable = False
    return a


def repeated(a):
    """Give an array whose first axis is one row again and again; nothing can be written there."""
    return np.broadcast_to(a[:1], a.shape)


LAYOUTS = {
    "backwards": lambda a: a[::-1].copy()[::-1],
    "backwards along all axes": lambda a: np.flip(np.flip(a).copy()),
    "Fortran": np.asfortranarray,
    "transposed": lambda a: a.T.copy().T,
    "every second": spread,
    "unaligned": unaligned,
    "another byte order": lambda a: a.astype(a.dtype.newbyteorder()),
    "another byte order, backwards": lambda a: a[::-1].astype(a.dtype.newbyteorder())[::-1],
    "read-only": locked,
    "one row repeated": repeated,
}
TENSORS = {
    "transposed": lambda a: torch.tensor(a.T.copy()).permute(*range(a.ndim)[::-1]),
    "every second": lambda a: torch.tensor(spread(a).base)[
        tuple(slice(None, None, 2) for _ in a.shape)
    ],
    "one row repeated": lambda a: torch.tensor(a[:1].copy()).expand(a.shape),
}
each_door = pytest.mark.parametrize("door", DOORS, ids=lambda d: d.name)
each_library = pytest.mark.parametrize("convert", LIBRARIES.values(), ids=LIBRARIES)
each_tensor_door = pytest.mark.parametrize(
    "door", [d for d in DOORS if d.tensors], ids=lambda d: d.name
)
# all classes alike make no triplets and no weights
SAME = ("MinedTriplet", "mine_triplets", "balanced_weights")


@each_door
def test_only_the_numbers_of_an_array_count(door):
    def check(layout):
        alike = layout is repeated and any(name in door.name for name in SAME)
        arrays = [a if alike and a.dtype.kind == "i" else layout(a) for a in door.values()]
        before = [a.copy() for a in arrays]
        in_place = layout is repeated or door.name == "training.fit"
        found = door(*arrays, convert=np.asarray if in_place else layout)
        assert_close(found, door(*map(in64, arrays)), 1e-9)
        if not door.name.endswith((".step", ".load_state_dict")):  # they change or copy theirs
            assert all(a.dtype.isnative for a in found if isinstance(a, np.ndarray)), "byte order"
        for a, b in zip(arrays, before, strict=True):
            np.testing.assert_array_equal(a, b)

    assert_all(LAYOUTS.items(), check)


@each_tensor_door
def test_only_the_numbers_of_a_tensor_count(door):
    def check(layout):
        arrays = [layout(a) if a.dtype.kind == "f" else torch.tensor(a) for a in door.values()]
        before = [a.clone() for a in arrays]
        assert_close(door(*arrays, convert=torch.tensor), door(*map(in64, arrays)))
        assert all(torch.equal(a, b) for a, b in zip(arrays, before, strict=True))

    assert_all(TENSORS.items(), check)


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "int64", "uint8"])
def test_an_array_of_any_layout_is_moved(layout, dtype):
    array = layout((10 * np.random.default_rng(0).random((3, 4))).astype(dtype))
    moved = to(array, "cpu")
    assert moved.dtype == getattr(torch, dtype)
    np.testing.assert_array_equal(moved.numpy(), array)
    moved[...] = 1  # a copy
    assert not (np.asarray(array) == 1).all()


# ---- integers ------------------------------------------------------------------------------------

WHOLE = ["int8", "uint8", "int16", "int32", "uint16", "uint32", "uint64"]


@pytest.mark.parametrize(
    "door", [d for d in DOORS if len(d.floats()) < len(d.arrays)], ids=lambda d: d.name
)
def test_classes_may_be_of_any_width(door):
    """PyTorch has no arithmetic of wide unsigned numbers: these may be refused."""

    def check(dtype, library, convert):
        arrays = [convert(a.astype(dtype) if a.dtype.kind == "i" else a) for a in door.values()]
        found = attempt(door, arrays, convert=convert)
        if found is not None or library == "numpy" or dtype in WHOLE[:4]:
            assert_close(found, door(*door.values()))

    cases = [(f"{t} in {n}", t, n, convert) for t in WHOLE for n, convert in libraries(door)]
    assert_all(cases, check)


@each_door
def test_integers_are_read_as_the_default_float_or_refused(door):
    """Sums and differences do not wrap around: the numbers are near the ends of the dtype."""
    shares = re.search("Dice|Tversky|Binary|load_state", door.name)

    def check(dtype, places):
        top = 1 if shares else min(np.iinfo(dtype).max, 10_000)
        low, rng = 0 if shares or dtype[0] == "u" else -top, np.random.default_rng(0)
        arrays, exact = door.values(), door.values()
        for i in places:
            arrays[i] = rng.integers(low, top, arrays[i].shape, dtype, endpoint=True)
            exact[i] = arrays[i].astype(float)
        found = attempt(door, arrays)
        if found is not None:
            assert_close(found, door(*exact))

    every = [door.floats(), *([i] for i in door.floats())]
    assert_all([(f"{t} at {places}", t, places) for t in WHOLE for places in every], check)


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
@each_library
@pytest.mark.parametrize("name", ["CrossEntropy", "Focal", "Dice", "Tversky"])
def test_many_classes_and_many_samples_fit_narrow_targets(name, dtype, convert):
    loss, rng = getattr(losses, name)(), np.random.default_rng(0)
    p, y = rng.random((200, 300)), rng.integers(0, 128, 200)
    narrow = convert(y.astype(dtype))
    assert_close([loss(convert(p), narrow)], [loss(p, y)])
    assert_close([loss.gradient(convert(p), narrow)], [loss.gradient(p, y)])


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@each_library
def test_many_samples_fit_narrow_classes(dtype, convert):
    y = np.arange(300) % 100
    narrow, x = convert(y.astype(dtype)), np.random.default_rng(0).random((300, 2))
    assert_close([losses.balanced_weights(narrow, 100)], [losses.balanced_weights(y, 100)])
    found = losses.mine_triplets(convert(x), narrow)
    assert_close(list(found), list(losses.mine_triplets(x, y)))


# ---- dtypes together -----------------------------------------------------------------------------


@each_door
def test_mixed_dtypes_follow_the_promotion_or_are_refused(door):
    """One array after another is wider than the others, and then narrower; so are weights."""

    def check(one, others, i, convert):
        kinds = [one if i == j else others for j in range(len(door.arrays))]
        pairs = zip(kinds, door.values(), strict=True)
        arrays = [a.astype(k) if a.dtype.kind == "f" else a for k, a in pairs]

        def inside(a):
            return convert(in64(a).astype(one if i is None else others))

        found = attempt(door, list(map(convert, arrays)), convert=inside)
        if found is not None:
            exact = door(*map(in64, arrays), convert=lambda a: in64(inside(a)))
            assert_close(found, exact, 2e-2 if "float16" in (one, others) else 2e-6)

    assert_all(
        [
            (f"{one} at {i} among {others}, {library}", one, others, i, convert)
            for pair in (("float32", "float64"), ("float16", "float32"))
            for one, others in (pair, pair[::-1])
            for i in (*door.floats(), None)
            for library, convert in libraries(door)
        ],
        check,
    )
