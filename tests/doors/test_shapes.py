"""Arrays with no axis and arrays with nothing in them, and what stands beside padding."""

import numpy as np
import pytest
import torch
from callables import LIBRARIES, assert_all, assert_close, attempt, in64, libraries
from rows import BY_NAME, DOORS

from chainrule import convolution

each_library = pytest.mark.parametrize("convert", LIBRARIES.values(), ids=LIBRARIES)
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
