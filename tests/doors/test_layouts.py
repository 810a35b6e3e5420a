"""Strides, byte orders, locks, widths of integers and shapes: the numbers alone count."""

import re

import numpy as np
import pytest
import torch
from callables import LIBRARIES, assert_all, assert_close, attempt, in64, libraries
from rows import BY_NAME, DOORS

from chainrule import convolution, losses
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
    p, y = rng.random((200, 140)), rng.integers(0, 128, 200)
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


# ---- shapes --------------------------------------------------------------------------------------


# those that call the reader's own functions, or whose answer to other shapes is infinity
FREE = ("oracles.adjoint_error", "oracles.count_multiplications", "oracles.relative_error")
each_shaped = pytest.mark.parametrize(
    "door", [d for d in DOORS if d.name not in FREE], ids=lambda d: d.name
)


def assert_no_nonsense(cases):
    """Hold what is called with odd shapes to being refused by name, or finite."""

    def check(door, arrays, convert):
        found = attempt(door, list(map(convert, arrays)), convert=convert)
        assert found is None or all(np.isfinite(in64(a)).all() for a in found), "NaN or infinity"

    assert_all(cases, check)


@each_shaped
def test_a_number_in_the_place_of_an_array_is_refused_or_right(door):
    assert_no_nonsense(
        (f"{name}, {library}", door, door.replaced(i, array.flat[0]), convert)
        for i, (name, array) in enumerate(door.arrays.items())
        for library, convert in libraries(door)
    )


def without(array, axis, length):
    """Give the array with nothing along an axis, if it is as long there."""
    alike = axis < array.ndim and array.shape[axis] == length
    return np.take(array, [], axis) if alike else array


@each_shaped
def test_an_empty_array_is_refused_or_gives_an_empty_one(door):
    """Along each axis of each array; and of all arrays that are as long there, too."""
    cases = []
    for i, (name, array) in enumerate(door.arrays.items()):
        for axis, length in enumerate(array.shape):
            one = door.replaced(i, without(array, axis, length))
            every = [without(a, axis, length) for a in door.values()]
            for library, convert in libraries(door):
                label = f"axis {axis} of {name}, {library}"
                cases += [(label, door, one, convert), (f"{label}, all", door, every, convert)]
    assert_no_nonsense(cases)


IMAGES = np.zeros((2, 3, 4, 4))
NONE, FEW = IMAGES[:0], np.ones((5, 3, 3, 3))
EMPTY = [  # what is applied to what, and the shape that comes out
    ("convolution.conv2d-auto", [NONE, FEW, None], (0, 5, 2, 2)),
    ("convolution.conv2d-auto", [IMAGES, FEW[:0], None], (2, 0, 2, 2)),
    ("convolution.conv2d-im2col", [NONE, FEW, None], (0, 5, 2, 2)),
    ("convolution.conv2d-im2col", [IMAGES, FEW[:0], None], (2, 0, 2, 2)),
    ("convolution.im2col", [NONE], (0, 27, 4)),
    ("convolution.col2im", [np.ones((0, 36, 12))], (0, 4, 6, 5)),
    ("convolution.conv2d_fft", [NONE, FEW], (0, 5, 2, 2)),
    ("convolution.conv2d_fft", [IMAGES, FEW[:0]], (2, 0, 2, 2)),
    ("convolution.conv2d_winograd", [NONE, FEW], (0, 5, 2, 2)),
    ("convolution.conv2d_winograd", [IMAGES, FEW[:0]], (2, 0, 2, 2)),
    ("convolution.MaxPool2d.__call__", [NONE], (0, 3, 3, 3)),
    ("convolution.AvgPool2d.__call__", [NONE], (0, 3, 3, 2)),
    ("convolution.Flatten.__call__", [NONE], (0, 48)),
    ("convolution.winograd_pair", [np.ones((0, 3)), np.ones((0, 4))], (0, 2)),
    ("network.Linear.__call__", [np.ones((0, 4))], (0, 3)),
    ("network.Linear.vjp", [np.ones((0, 4)), np.ones((0, 3))], (0, 4)),
    ("activations.Softmax.__call__", [np.ones((0, 4))], (0, 4)),
    ("activations.Maxout.__call__", [np.ones((3, 0))], (3, 0)),
    ("datasets.patches", [np.ones((0, 4, 4))], (0, 9)),
    ("precision.rounded", [np.ones((0, 4))], (0, 4)),
    ("optimizers.clip_norm", [np.ones(0), np.ones((2, 0))], (0,)),
    ("optimizers.Adam.step", [np.ones(0), np.ones(2)] * 2, (0,)),
]


@pytest.mark.parametrize(("name", "arrays", "shape"), EMPTY)
def test_nothing_gives_nothing(name, arrays, shape):
    assert BY_NAME[name](*arrays)[0].shape == shape


@each_library
def test_no_kernels_have_no_gradients(convert):
    arrays = IMAGES, np.ones((0, 3, 2, 2)), np.ones((2, 0, 3, 3))
    for method in ("auto", "im2col"):
        found = convolution.conv2d_vjp(*map(convert, arrays), method=method)
        assert [tuple(a.shape) for a in found] == [(2, 3, 4, 4), (0, 3, 2, 2), (0,)]
        assert not in64(found[0]).any()


@each_library
@pytest.mark.parametrize("value", [-np.inf, -1e300, np.inf])
def test_what_is_pooled_beside_the_padding_gets_the_gradient(convert, value):
    """The padding counts as −∞, but no gradient goes there."""
    x, pool = np.full((1, 1, 2, 2), value), convolution.MaxPool2d(2, padding=1)
    expected = torch.nn.functional.max_pool2d
    tensor = torch.tensor(x, requires_grad=True)
    expected(tensor, 2, padding=1).sum().backward()
    assert_close([pool(convert(x))], [expected(tensor, 2, padding=1)])
    assert_close([pool.vjp(convert(x), convert(np.ones((1, 1, 2, 2))))], [tensor.grad])
