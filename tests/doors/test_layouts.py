"""Strides, byte orders, locks, widths of integers and shapes: the numbers alone count."""

import numpy as np
import pytest
import torch
from callables import BY_NAME, DOORS, assert_close, attempt, flat, in64

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
each_tensor_door = pytest.mark.parametrize(
    "door", [d for d in DOORS if d.tensors], ids=lambda d: d.name
)
# all classes alike make no triplets and no weights
SAME = ("MinedTriplet", "mine_triplets", "balanced_weights")


@each_door
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_only_the_numbers_of_an_array_count(door, layout):
    arrays = list(map(layout, door.values()))
    if layout is repeated and any(name in door.name for name in SAME):
        arrays = [repeated(a) if a.dtype.kind == "f" else a for a in door.values()]
    before = [a.copy() for a in arrays]
    in_place = layout is repeated or door.name == "training.fit"
    found = flat(door(*arrays, convert=np.asarray if in_place else layout))
    assert_close(found, flat(door(*map(in64, arrays))), 1e-9)
    if not door.name.endswith((".step", ".load_state_dict")):  # they change or copy what they get
        assert all(a.dtype.isnative for a in found if isinstance(a, np.ndarray)), "byte order"
    for a, b in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(a, b)


@each_tensor_door
@pytest.mark.parametrize("layout", TENSORS.values(), ids=TENSORS)
def test_only_the_numbers_of_a_tensor_count(door, layout):
    arrays = [layout(a) if a.dtype.kind == "f" else torch.tensor(a) for a in door.values()]
    before = [a.clone() for a in arrays]
    found = flat(door(*arrays, convert=torch.tensor))
    assert_close(found, flat(door(*map(in64, arrays))))
    assert all(torch.equal(a, b) for a, b in zip(arrays, before, strict=True))


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

WHOLE = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "uint64"]


@pytest.mark.parametrize("door", [d for d in DOORS if d.integers()], ids=lambda d: d.name)
@pytest.mark.parametrize("dtype", WHOLE)
def test_classes_may_be_of_any_width(door, dtype):
    arrays = [a.astype(dtype) if a.dtype.kind == "i" else a for a in door.values()]
    assert_close(flat(door(*arrays)), flat(door(*door.values())))
    if door.tensors:
        found = attempt(door, list(map(torch.tensor, arrays)), convert=torch.tensor)
        if found is not None or dtype in ("int8", "uint8", "int16", "int32"):
            assert_close(found, flat(door(*door.values())))


@each_door
@pytest.mark.parametrize("dtype", WHOLE)
def test_integers_are_read_as_the_default_float_or_refused(door, dtype):
    """Sums and differences do not wrap around: the numbers are near the ends of the dtype."""
    top = np.iinfo(dtype).max if "8" in dtype else 10_000
    low = 0 if dtype[0] == "u" else -top
    rng = np.random.default_rng(0)
    if "Dice" in door.name or "Tversky" in door.name:
        low, top = 0, 1
    if "load_state" in door.name or "Binary" in door.name:
        low, top = 0, 1
    whole = [
        rng.integers(low, top, a.shape, dtype, endpoint=True) if a.dtype.kind == "f" else a
        for a in door.values()
    ]
    found = attempt(door, whole)
    if found is not None:
        assert_close(found, flat(door(*(w.astype(float) if a.dtype.kind == "f" else w
                                        for w, a in zip(whole, door.values(), strict=True)))))  # fmt: skip
    for i in door.floats():
        arrays = [
            w if i == j else a for j, (w, a) in enumerate(zip(whole, door.values(), strict=True))
        ]
        found = attempt(door, arrays)
        if found is not None:
            assert_close(
                found, flat(door(*(a.astype(float) if i == j else a for j, a in enumerate(arrays))))
            )


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16"])
@pytest.mark.parametrize("convert", [np.asarray, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("name", ["CrossEntropy", "Focal", "Dice", "Tversky"])
def test_many_classes_and_many_samples_fit_narrow_targets(name, dtype, convert):
    loss, rng = getattr(losses, name)(), np.random.default_rng(0)
    p, y = rng.random((300, 200)), rng.integers(0, 128, 300)
    narrow = convert(y.astype(dtype))
    assert_close([loss(convert(p), narrow)], [loss(p, y)])
    assert_close([loss.gradient(convert(p), narrow)], [loss.gradient(p, y)])


@pytest.mark.parametrize("dtype", ["int8", "uint8"])
@pytest.mark.parametrize("convert", [np.asarray, torch.tensor], ids=["numpy", "torch"])
def test_many_samples_fit_narrow_classes(dtype, convert):
    y = np.arange(300) % 100
    narrow, x = convert(y.astype(dtype)), np.random.default_rng(0).random((300, 2))
    assert_close([losses.balanced_weights(narrow, 100)], [losses.balanced_weights(y, 100)])
    found = losses.mine_triplets(convert(x), narrow)
    assert_close(list(found), list(losses.mine_triplets(x, y)))


# ---- dtypes together -----------------------------------------------------------------------------


@each_door
@pytest.mark.parametrize("dtypes", [("float32", "float64"), ("float16", "float32")], ids="-".join)
@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_mixed_dtypes_follow_the_promotion_or_are_refused(door, dtypes, library):
    """One array after another is wider than the others, and then narrower; so are weights."""
    if library == "torch" and not door.tensors:
        pytest.skip("for NumPy arrays")
    convert = np.asarray if library == "numpy" else torch.tensor
    for few, many in (dtypes, dtypes[::-1]):
        for i in (*door.floats(), None):
            arrays = [
                a if a.dtype.kind != "f" else a.astype(few if i == j else many)
                for j, a in enumerate(door.values())
            ]
            inside = lambda a, t=few if i is None else many: convert(in64(a).astype(t))
            found = attempt(door, list(map(convert, arrays)), convert=inside)
            if found is not None:
                eps = 2e-6 if "float64" in dtypes else 2e-2
                exact = door(*map(in64, arrays), convert=lambda a: in64(inside(a)))
                assert_close(found, flat(exact), eps)
                assert {in64(a).dtype.kind for a in found} <= {"f", "i"}


# ---- shapes --------------------------------------------------------------------------------------


# those that call the reader's own functions, or whose answer to other shapes is infinity
FREE = ("oracles.adjoint_error", "oracles.count_multiplications", "oracles.relative_error")
each_shaped = pytest.mark.parametrize(
    "door", [d for d in DOORS if d.name not in FREE], ids=lambda d: d.name
)


@each_shaped
@pytest.mark.parametrize("convert", [np.asarray, torch.tensor], ids=["numpy", "torch"])
def test_a_number_in_the_place_of_an_array_is_refused_or_right(door, convert):
    if convert is torch.tensor and not door.tensors:
        pytest.skip("for NumPy arrays")
    for i in range(len(door.arrays)):
        arrays = [convert(a.flat[0] if i == j else a) for j, a in enumerate(door.values())]
        found = attempt(door, arrays, convert=convert)
        assert found is None or all(np.isfinite(in64(a)).all() for a in found)


@each_shaped
@pytest.mark.parametrize("convert", [np.asarray, torch.tensor], ids=["numpy", "torch"])
def test_an_empty_array_is_refused_or_gives_an_empty_one(door, convert):
    """Along each axis of each array; of all arrays that are as long, too."""
    if convert is torch.tensor and not door.tensors:
        pytest.skip("for NumPy arrays")
    for i, array in enumerate(door.values()):
        for axis in range(array.ndim):
            one, all_ = [], []
            for j, a in enumerate(door.values()):
                none = np.take(a, [], min(axis, a.ndim - 1))
                one.append(convert(none if i == j else a))
                alike = axis < a.ndim and a.shape[axis] == array.shape[axis]
                all_.append(convert(none if alike else a))
            for arrays in (one, all_):
                found = attempt(door, arrays, convert=convert)
                assert found is None or all(np.isfinite(in64(a)).all() for a in found)


IMAGES = np.zeros((2, 3, 4, 4))
EMPTY = {  # what is applied to what, and the shape that comes out, if one can
    "no images": ("convolution.conv2d-auto", [IMAGES[:0], np.ones((5, 3, 2, 2)), None], (0, 5, 3, 3)),
    "no kernels": ("convolution.conv2d-auto", [IMAGES, np.ones((0, 3, 2, 2)), None], (2, 0, 3, 3)),
    "no kernels, a product": (
        "convolution.conv2d-im2col", [IMAGES, np.ones((0, 3, 2, 2)), None], (2, 0, 3, 3),
    ),
    "no images to columns": ("convolution.im2col", [IMAGES[:0]], (0, 27, 16)),
    "no columns": ("convolution.col2im", [np.ones((0, 36, 12))], (0, 4, 6, 5)),
    "no images, frequencies": ("convolution.conv2d_fft", [IMAGES[:0], np.ones((5, 3, 2, 2))], (0, 5, 3, 3)),
    "no images, Winograd": (
        "convolution.conv2d_winograd", [IMAGES[:0], np.ones((5, 3, 3, 3))], (0, 5, 2, 2),
    ),
    "no kernels, frequencies": ("convolution.conv2d_fft", [IMAGES, np.ones((0, 3, 2, 2))], (2, 0, 3, 3)),
    "no kernels, Winograd": (
        "convolution.conv2d_winograd", [IMAGES, np.ones((0, 3, 3, 3))], (2, 0, 2, 2),
    ),
    "no images to pool": ("convolution.MaxPool2d.__call__", [IMAGES[:0]], (0, 3, 3, 3)),
    "no images to average": ("convolution.AvgPool2d.__call__", [IMAGES[:0]], (0, 3, 3, 2)),
    "no images to flatten": ("convolution.Flatten.__call__", [IMAGES[:0]], (0, 48)),
    "no rows": ("network.Linear.__call__", [np.ones((0, 4))], (0, 3)),
    "no rows back": ("network.Linear.vjp", [np.ones((0, 4)), np.ones((0, 3))], (0, 4)),
    "no rows to softmax": ("activations.Softmax.__call__", [np.ones((0, 4))], (0, 4)),
    "no units": ("activations.Maxout.__call__", [np.ones((3, 0))], (3, 0)),
    "no windows of images": ("datasets.patches", [np.ones((0, 4, 4))], (0, 9)),
    "no numbers to round": ("precision.rounded", [np.ones((0, 4))], (0, 4)),
    "no pairs": ("convolution.winograd_pair", [np.ones((0, 3)), np.ones((0, 4))], (0, 2)),
    "nothing to clip": ("optimizers.clip_norm", [np.ones(0), np.ones((2, 0))], (0,)),
    "nothing to step": ("optimizers.Adam.step", [np.ones(0), np.ones(2)] * 2, (0,)),
}  # fmt: skip


@pytest.mark.parametrize(("name", "arrays", "shape"), EMPTY.values(), ids=EMPTY)
def test_nothing_gives_nothing(name, arrays, shape):
    assert flat(BY_NAME[name](*arrays))[0].shape == shape


@pytest.mark.parametrize("convert", [np.asarray, torch.tensor], ids=["numpy", "torch"])
def test_no_kernels_have_no_gradients(convert):
    arrays = IMAGES, np.ones((0, 3, 2, 2)), np.ones((2, 0, 3, 3))
    for method in ("auto", "im2col"):
        found = convolution.conv2d_vjp(*map(convert, arrays), method=method)
        assert [tuple(a.shape) for a in found] == [(2, 3, 4, 4), (0, 3, 2, 2), (0,)]
        assert not in64(found[0]).any()


@pytest.mark.parametrize("convert", [np.asarray, torch.tensor], ids=["numpy", "torch"])
@pytest.mark.parametrize("value", [-np.inf, -1e300, np.inf])
def test_what_is_pooled_beside_the_padding_gets_the_gradient(convert, value):
    """The padding counts as −∞, but no gradient goes there."""
    x, pool = np.full((1, 1, 2, 2), value), convolution.MaxPool2d(2, padding=1)
    expected = torch.nn.functional.max_pool2d
    tensor = torch.tensor(x, requires_grad=True)
    expected(tensor, 2, padding=1).sum().backward()
    assert_close([pool(convert(x))], [expected(tensor, 2, padding=1)])
    assert_close([pool.vjp(convert(x), convert(np.ones((1, 1, 2, 2))))], [tensor.grad])
