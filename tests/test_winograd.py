"""Winograd's method, as a way of `conv2d` and of its gradients, against PyTorch."""

import tracemalloc
from math import inf

import array_api_strict
import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from chainrule.arrays import to_numpy
from chainrule.convolution import conv2d, conv2d_vjp, products, winograd, winograd_bound
from chainrule.convolution.products import aligned, multiply
from chainrule.oracles import relative_error
from chainrule.precision import dot_bound

METHODS = ("winograd-2", "winograd-4", "winograd")
LIBRARIES = {
    "numpy": np.asarray,
    "torch": torch.as_tensor,
    "array_api_strict": array_api_strict.asarray,
}
each_method = pytest.mark.parametrize("method", METHODS)
each_library = pytest.mark.parametrize("convert", LIBRARIES.values(), ids=LIBRARIES)


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def all_four(x, weight, bias, upstream, convert=np.asarray, **options):
    """Give the outputs and the three gradients, as NumPy's arrays."""
    x, weight, bias, upstream = map(convert, (x, weight, bias, upstream))
    found = conv2d(x, weight, bias, **options), *conv2d_vjp(x, weight, upstream, **options)
    return [to_numpy(array) for array in found]


def of_pytorch(x, weight, bias, upstream, **options):
    leaves = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
    y = F.conv2d(*leaves, **options)
    y.backward(torch.tensor(upstream))
    return [y.detach().numpy(), *(leaf.grad.numpy() for leaf in leaves)]


@st.composite
def convolutions(draw):
    """Draw images, kernels, biases, errors, and options."""
    padding = draw(
        st.one_of(
            st.integers(0, 3),
            st.tuples(st.integers(0, 3), st.integers(0, 3)),
            st.sampled_from(["same", "valid"]),
        )
    )
    size = draw(st.tuples(st.integers(1, 13), st.integers(1, 13)))
    around = np.broadcast_to({"same": 1, "valid": 0}.get(padding, padding), 2)
    outputs = [side + 2 * p - 2 for side, p in zip(size, around, strict=True)]
    assume(min(outputs) > 0)
    n, c, o, groups = (draw(st.integers(1, 3)) for _ in range(4))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    shapes = (
        (n, c * groups, *size),
        (o * groups, c, 3, 3),
        (o * groups,),
        (n, o * groups, *outputs),
    )
    return [rng.standard_normal(shape) for shape in shapes], {"padding": padding, "groups": groups}


@pytest.mark.slow
@each_method
@each_library
@settings(deadline=None)
@given(case=convolutions(), most=st.sampled_from([1, 4000, 10**7]))
def test_outputs_and_gradients_are_those_of_pytorch(convert, method, case, most):
    """However few bytes there are for a part: then there are many parts."""
    arrays, options = case
    expected = of_pytorch(*arrays, **options)
    with pytest.MonkeyPatch.context() as patch:
        for limit in ("BLOCK", "WEIGHTS", "GRADIENTS"):
            patch.setattr(winograd, limit, most)
        for dtype, bound in (("float64", 1e-10), ("float32", 1e-4)):
            narrow = [array.astype(dtype) for array in arrays]
            for a, b in zip(
                all_four(*narrow, convert, method=method, **options), expected, strict=True
            ):
                assert a.dtype == dtype
                assert a.shape == b.shape
                assert relative_error(a, b) < bound


@each_method
@each_library
@pytest.mark.parametrize("limit", ["BLOCK", "WEIGHTS", "GRADIENTS", "SMALL"])
def test_parts_give_what_all_at_once_gives(limit, convert, method, monkeypatch):
    arrays = drawn(3, 8, 13, 11), drawn(128, 4, 3, 3), drawn(128), drawn(3, 128, 13, 11)
    shapes, multiply = [], winograd.both_sides

    def spy(matrix, x):
        shapes.append(x.shape)
        return multiply(matrix, x)

    def made(**limits):
        shapes.clear()
        for name, most in limits.items():
            monkeypatch.setattr(products if name == "SMALL" else winograd, name, most)
        found = all_four(*arrays, convert, method=method, padding=1, groups=2)
        return found, len(shapes)

    monkeypatch.setattr(winograd, "both_sides", spy)
    at_once, few = made(BLOCK=10**9, WEIGHTS=10**9, GRADIENTS=10**9, SMALL=10**9)
    in_parts, many = made(**{limit: 30_000})
    for a, b in zip(in_parts, at_once, strict=True):
        assert relative_error(a, b) < 1e-12
    assert many > few or limit == "SMALL"


@each_method
@each_library
@pytest.mark.parametrize(
    ("panel", "few", "expected"), [(10**9, 32, 1), (96 * 8 * 48, 32, 2), (1, 32, 3), (1, 16, 6)]
)
def test_panels_give_what_all_at_once_gives(panel, few, expected, convert, method, monkeypatch):
    """As many columns in each as have so few bytes, or these few; all have equally many."""
    arrays = drawn(1, 192, 4, 4), drawn(192, 96, 3, 3), drawn(192), drawn(1, 192, 4, 4)
    shapes, by_rows = [], winograd.by_rows

    def spy(a, b):
        shapes.append(b.shape[3:])
        return by_rows(a, b)

    def made(**limits):
        for name, most in limits.items():
            monkeypatch.setattr(winograd, name, most)
        return all_four(*arrays, convert, method=method, padding=1, groups=2)

    at_once = made(PANEL=10**9, WEIGHTS=10**9)
    monkeypatch.setattr(winograd, "by_rows", spy)
    for a, b in zip(made(PANEL=panel, FEW=few), at_once, strict=True):
        assert relative_error(a, b) < 1e-12
    of_kernels, of_pixels = (
        {panels for panels, rows, columns in shapes if (rows == 96) is kind}
        for kind in (True, False)
    )
    assert of_kernels == {expected}
    assert of_pixels == {expected if panel == 1 else 1}  # they have few rows, a tile each
    assert {panels * columns for panels, _, columns in shapes} == {96}


@pytest.mark.parametrize(("most", "parts"), [(96, 1), (95, 2), (47, 3), (16, 6), (15, 1), (0, 1)])
def test_equal_parts_are_few_and_of_16_at_least(most, parts):
    assert products.equal_parts(96, most) == parts


@each_method
def test_kernels_are_transformed_once_for_all_blocks(method, monkeypatch):
    shapes, both_sides = [], winograd.both_sides

    def spy(matrix, x):
        shapes.append(matrix.shape)
        return both_sides(matrix, x)

    monkeypatch.setattr(winograd, "both_sides", spy)
    monkeypatch.setattr(winograd, "BLOCK", 1)
    conv2d(drawn(3, 2, 8, 8), drawn(2, 2, 3, 3), padding=1, method=method)
    assert [columns for _, columns in shapes].count(3) == 1  # of G, which has three
    assert len(shapes) > 6


@each_method
@pytest.mark.parametrize("size", [(12, 8), (13, 11)])
def test_channels_come_last_in_what_is_given_back(size, method):
    """Rows may be longer in memory: of whole tiles."""
    x, weight, delta = drawn(3, 8, *size), drawn(16, 8, 3, 3), drawn(3, 16, *size)
    y = conv2d(x, weight, padding=1, method=method)
    dx, *_ = conv2d_vjp(x, weight, delta, padding=1, method=method)
    m = 2 if method == "winograd-2" else 4
    height, width = (-(-side // m) * m for side in size)
    for found, channels in ((y, 16), (dx, 8)):
        pixel = 8 * channels
        assert found.strides == (height * width * pixel, 8, width * pixel, pixel)


@pytest.mark.parametrize(
    ("small", "parts"), [(inf, 1), (96 * 35, 1), (96 * 35 - 1, 2), (600, 6), (0, 1)]
)
def test_a_product_is_cut_into_as_few_parts_as_are_small(small, parts, monkeypatch):
    U, V, cut = drawn(2, 3, 96, 5), drawn(2, 3, 5, 7), []

    class Watched(np.ndarray):
        def __matmul__(self, other):
            cut.append(self.shape[2])
            return np.asarray(self) @ other

    monkeypatch.setattr(products, "SMALL", small)
    np.testing.assert_allclose(products.by_rows(U.view(Watched), V), U @ V, atol=1e-14)
    assert cut == [parts]


@pytest.mark.parametrize("shape", [(2, 3), (1,), (5, 1, 7)])
def test_room_begins_with_a_line_of_the_cache(shape):
    many = [aligned(shape, np.dtype(dtype)) for dtype in ("float32", "float64") * 20]
    assert {(room.shape, room.ctypes.data % 64) for room in many} == {(shape, 0)}
    for number, room in enumerate(many):
        room[...] = number
    assert all((room == number).all() for number, room in enumerate(many))


@pytest.mark.parametrize("columns", [1, 63, 64, 300, 1000])
def test_products_in_parts_are_those_of_all_at_once(columns):
    a, b = drawn(2, 50, 60), drawn(2, 60, columns)
    room = np.full((2, 50, columns), np.nan)
    assert multiply(a, b, out=room) is room
    found = multiply(a, b)
    assert found.ctypes.data % 64 == 0
    for product in (found, room):
        np.testing.assert_allclose(product, a @ b, atol=1e-12)


@each_method
@each_library
def test_arrays_are_left_as_they_are(convert, method):
    arrays = drawn(2, 3, 7, 5), drawn(4, 3, 3, 3), drawn(4), drawn(2, 4, 7, 5)
    given = [convert(array.copy()) for array in arrays]
    all_four(*given, lambda array: array, method=method, padding=1)
    for a, b in zip(given, arrays, strict=True):
        np.testing.assert_array_equal(to_numpy(a), b)


@each_method
@pytest.mark.parametrize(
    ("kernel", "options", "message"),
    [
        ((2, 3), {}, r"^weight: expected kernels of 3 × 3, got \(2, 3\)"),
        ((5, 5), {"padding": 2}, r"^weight: expected kernels of 3 × 3, got \(5, 5\)"),
        ((3, 3), {"stride": 2}, r"^stride: expected 1 for method 'winograd.*', got \(2, 2\)"),
        ((3, 3), {"stride": (1, 2)}, r"^stride: expected 1 .*, got \(1, 2\)"),
        ((3, 3), {"dilation": (2, 1)}, r"^dilation: expected 1 .*, got \(2, 1\)"),
    ],
)
def test_what_the_method_is_not_for_is_refused(kernel, options, message, method):
    x, weight = drawn(1, 2, 9, 9), drawn(3, 2, *kernel)
    upstream = np.ones_like(conv2d(x, weight, **options))
    with pytest.raises(ValueError, match=message):
        conv2d(x, weight, **options, method=method)
    with pytest.raises(ValueError, match=message):
        conv2d_vjp(x, weight, upstream, **options, method=method)


@each_method
@each_library
@pytest.mark.parametrize(("n", "c", "o"), [(0, 2, 3), (2, 0, 3), (2, 2, 0), (0, 0, 0)])
def test_nothing_is_convolved_to_nothing(n, c, o, convert, method):
    arrays = drawn(n, c, 5, 6), drawn(o, c, 3, 3), drawn(o), drawn(n, o, 5, 6)
    found = all_four(*arrays, convert, method=method, padding=1)
    assert [a.shape for a in found] == [(n, o, 5, 6), *(a.shape for a in arrays[:3])]
    np.testing.assert_array_equal(found[0], np.broadcast_to(arrays[2][:, None, None], (n, o, 5, 6)))
    assert not found[1].any()
    assert not found[2].any()


# ---- which way is taken --------------------------------------------------------------------------


def taken(x, weight, **options):
    """Give by which method "auto" makes outputs, ∂C/∂x and ∂C/∂w, to the last bit."""
    upstream = drawn(*conv2d(x, weight, **options).shape, seed=2).astype("float32")
    every = {}
    for method in ("auto", "tiled", "winograd-2", "winograd-4"):
        if method.startswith("winograd") and options.get("stride", 1) == 2:
            continue
        of = options | {"method": method}
        every[method] = [conv2d(x, weight, **of), *conv2d_vjp(x, weight, upstream, **of)[:2]]
    found = every.pop("auto")
    return [
        [name for name, arrays in every.items() if np.array_equal(arrays[i], found[i])]
        for i in range(3)
    ]


T, W = ["tiled"], ["winograd-2"]
CHOSEN = {  # N, channels of a group, kernels of a group, size, options, and what is taken
    "large": (2, 128, 128, (16, 16), {}, [W, W, T]),
    "98 channels": (2, 98, 128, (16, 16), {}, [W, T, T]),  # ∂C/∂x has 98 kernels
    "97 channels": (2, 97, 128, (16, 16), {}, [T, T, T]),
    "98 kernels": (2, 128, 98, (16, 16), {}, [T, W, T]),  # ∂C/∂x has 98 channels
    "97 kernels": (2, 128, 97, (16, 16), {}, [T, T, T]),
    "64 kernels": (2, 128, 64, (16, 16), {}, [T, T, T]),
    "126 tiles": (1, 128, 128, (13, 36), {}, [T, T, T]),
    "128 tiles": (8, 128, 128, (7, 7), {}, [W, W, T]),
    "stride 2": (8, 128, 128, (16, 16), {"stride": 2}, [T, T, T]),
    "groups of 64": (2, 64, 64, (16, 16), {"groups": 2}, [T, T, T]),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CHOSEN)
def test_what_auto_takes(name):
    n, c, o, size, options, expected = CHOSEN[name]
    groups = options.get("groups", 1)
    x = drawn(n, c * groups, *size).astype("float32")
    weight = drawn(o * groups, c, 3, 3, seed=1).astype("float32")
    assert taken(x, weight, padding=1, **options) == expected


def test_auto_takes_another_way_for_another_kernel():
    x, weight = drawn(2, 128, 16, 16), drawn(128, 128, 3, 1)
    expected = conv2d(x, weight, padding=1, method="tiled")
    np.testing.assert_array_equal(conv2d(x, weight, padding=1), expected)


@pytest.mark.parametrize(
    ("size", "m"), [((2, 2), 2), ((4, 4), 4), ((5, 5), 2), ((6, 6), 2), ((7, 7), 4), ((1, 9), 2)]
)
def test_winograd_takes_what_multiplies_less(size, m):
    arrays = drawn(2, 3, *size), drawn(4, 3, 3, 3), drawn(4), drawn(2, 4, *size)
    found, small, large = (
        all_four(*arrays, method=method, padding=1)[:3]
        for method in ("winograd", "winograd-2", "winograd-4")
    )
    for either, a, b in zip(found, small, large, strict=True):
        assert not np.array_equal(a, b)
        np.testing.assert_array_equal(either, {2: a, 4: b}[m])


# ---- numbers that are none, memory, rounding -----------------------------------------------------


@each_method
@pytest.mark.parametrize("which", [0, 1, 3])
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_nan_is_at_least_where_the_definition_has_it(number, which, method):
    arrays = [drawn(2, 2, 9, 8), drawn(3, 2, 3, 3), drawn(3), drawn(2, 3, 9, 8)]
    arrays[which][(1, 0, 2, 1)] = number
    with np.errstate(invalid="ignore"):
        found = all_four(*arrays, method=method, padding=1)
        expected = all_four(*arrays, method="loops", padding=1)
    for a, b in zip(found, expected, strict=True):
        assert not np.isfinite(a[~np.isfinite(b)]).any()
    assert sum((~np.isfinite(b)).sum() for b in expected) > 0
    if which == 0:
        assert np.isfinite(found[0][0]).all()  # of the other image


LAYERS = [(8, 64, 56, 64), (8, 128, 28, 128), (8, 256, 14, 256), (8, 512, 7, 512)]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["winograd", "winograd-2", "winograd-4", "auto"])
@pytest.mark.parametrize("layer", LAYERS)
def test_less_than_16_mb_are_needed(layer, method):
    n, c, side, o = layer
    x, weight = np.ones((n, c, side, side), "float32"), np.ones((o, c, 3, 3), "float32")
    upstream, options = np.ones((n, o, side, side), "float32"), {"padding": 1, "method": method}
    calls = {
        "y": lambda: conv2d(x, weight, **options),
        **{
            name: lambda name=name: conv2d_vjp(x, weight, upstream, **options, wrt=name)
            for name in ("x", "weight")
        },
    }
    conv2d(x[:1, :1, :4, :4], weight[:1, :1], method="winograd-2")  # what is imported but once
    needed = {}
    for name, call in calls.items():
        tracemalloc.start()
        found = call()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        arrays = found if isinstance(found, tuple) else (found,)
        needed[name] = peak - sum(a.nbytes for a in arrays if a is not None)
    assert all(0 < each < 16e6 for each in needed.values()), needed


@pytest.mark.parametrize("m", [2, 4])
@pytest.mark.parametrize("channels", [1, 16, 150])
def test_errors_stay_below_the_bound(channels, m):
    rng = np.random.default_rng(0)
    x, weight = (
        rng.choice([-1.0, 1.0], shape) * rng.uniform(0.9, 1, shape)
        for shape in ((4, channels, 16, 16), (8, channels, 3, 3))
    )
    x, weight = x.astype("float32"), weight.astype("float32")
    exact = conv2d(x.astype("float64"), weight.astype("float64"), method="im2col")
    error = abs(conv2d(x, weight, method=f"winograd-{m}") - exact).max()
    assert 0 < error < winograd_bound(m, channels)


def test_the_bound_is_lower_than_a_sums_from_98_channels_on():
    several = range(1, 400)
    plain = {c: dot_bound(*np.ones((2, 9 * c)), 52) for c in several}
    assert [c for c in several if winograd_bound(2, c) <= plain[c]] == [*range(98, 400)]
    assert winograd_bound(4, 98) > 6 * plain[98]
    assert winograd_bound(2, 1, bits=52) == pytest.approx(64 * 27 * 2.0**-53, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((3, 8), ValueError, r"^m: expected one of \[2, 4\], got 3"),
        ((2, 0), ValueError, "^channels: expected at least 1"),
        ((2, 1.5), TypeError, "^channels: expected a whole number"),
        ((2, 8, 0), ValueError, "^bits: expected at least 1"),
    ],
)
def test_a_bound_of_what_cannot_be_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        winograd_bound(*arguments)
