"""What the doors of layers and of convolutions let in, and how they compute with it."""

import inspect
from functools import partial

import array_api_strict
import numpy as np
import pytest
import torch
from torch.nn import functional as F

from chainrule.arrays import to_numpy
from chainrule.convolution import (
    AvgPool2d,
    Conv2d,
    Flatten,
    MaxPool2d,
    col2im,
    conv2d,
    conv2d_fft,
    conv2d_vjp,
    conv2d_winograd,
    im2col,
    winograd_pair,
)
from chainrule.figures import show_source
from chainrule.layers import Layer
from chainrule.network import Linear
from chainrule.oracles import relative_error

LIBRARIES = {
    "numpy": np.asarray,
    "torch": torch.as_tensor,
    "array_api_strict": array_api_strict.asarray,
}
METHODS = ("auto", "tiled", "im2col", "loops")


def draw(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def as_list(found):
    return list(found) if isinstance(found, tuple | list) else [found]


def of_layer(make, rule, *arrays):
    """Apply a layer, made anew with the first two of the arrays as its parameters, if any."""
    layer = make()
    if hasattr(layer, "parameters"):
        new = iter(arrays)
        layer, arrays = layer.map(lambda p: next(new)), arrays[2:]
    return (layer if rule == "value" else getattr(layer, rule))(*arrays)


RNG = np.random.default_rng(0)
LAYERS = {  # how to make one, what it is applied to, and the shape of its output
    "Linear": (lambda: Linear(300, 2, rng=RNG), (40, 300), (40, 2)),
    "Conv2d": (lambda: Conv2d(8, 4, 5, padding=2, rng=RNG), (3, 8, 9, 9), (3, 4, 9, 9)),
    "Conv2d, groups": (
        lambda: Conv2d(8, 4, (2, 3), stride=(2, 1), dilation=(1, 2), groups=2, rng=RNG),
        (3, 8, 9, 9),
        (3, 4, 4, 5),
    ),
    "MaxPool2d": (lambda: MaxPool2d((3, 5), stride=1, padding=1), (2, 3, 9, 9), (2, 3, 9, 7)),
    "AvgPool2d": (lambda: AvgPool2d((4, 5), stride=1), (2, 3, 9, 9), (2, 3, 6, 5)),
    "Flatten": (Flatten, (2, 3, 2, 2), (2, 12)),
}
FUNCTIONS = {}  # every function of arrays, and arrays for it
for name, (make, shape, output) in LAYERS.items():
    own = [p + draw(*p.shape, seed=3) for p in getattr(make(), "parameters", ())]
    x, upstream = draw(*shape), draw(*output, seed=1)
    FUNCTIONS[name] = partial(of_layer, make, "value"), [*own, x]
    FUNCTIONS[f"{name}, vjp"] = partial(of_layer, make, "vjp"), [*own, x, upstream]
    if own:
        rule = partial(of_layer, make, "parameter_vjp")
        FUNCTIONS[f"{name}, parameter_vjp"] = rule, [*own, x, upstream]
X, W, B = draw(3, 8, 7, 7), draw(4, 8, 3, 3, seed=1), draw(4, seed=2)
FUNCTIONS |= {
    "im2col": (partial(im2col, kernel_size=3), [X]),
    "col2im": (partial(col2im, output_size=9, kernel_size=5), [draw(2, 50, 25)]),
    "conv2d": (conv2d, [X, W, B]),
    "conv2d_vjp": (conv2d_vjp, [X, W, draw(3, 4, 5, 5)]),
    "conv2d_fft": (conv2d_fft, [X, W]),
    "conv2d_winograd": (conv2d_winograd, [X, W]),
    "winograd_pair": (winograd_pair, [draw(20, 3), draw(20, 4)]),
}
WINOGRAD = {
    f"{function.__name__}, {method}": (partial(function, method=method), [X, W, last])
    for function, last in ((conv2d, B), (conv2d_vjp, draw(3, 4, 5, 5)))
    for method in ("winograd-2", "winograd-4")
}
FUNCTIONS |= WINOGRAD
OF_NUMPY = {
    f"conv2d, {method}": (partial(conv2d, method=method), [X[:1, :, :5], W, B])
    for method in METHODS
} | {
    f"conv2d_vjp, {method}": (
        partial(conv2d_vjp, method=method),
        [X[:1, :, :5], W, draw(1, 4, 3, 5)],
    )
    for method in METHODS
}
each_function = pytest.mark.parametrize("name", FUNCTIONS)
each_of_numpy = pytest.mark.parametrize("name", FUNCTIONS | OF_NUMPY)
each_library = pytest.mark.parametrize("convert", LIBRARIES.values(), ids=LIBRARIES)
# in 32 bits they err more
ROUNDED = {"conv2d_fft", "conv2d_winograd", "winograd_pair", *WINOGRAD}


def wide(arrays):
    return [to_numpy(a).astype(float) for a in arrays]


def assert_rounded_once(name, found, exact, eps):
    """Hold numbers to being the exact ones, rounded: nothing in between had so few bits."""
    for one, right in zip(as_list(found), as_list(exact), strict=True):
        error = np.abs(to_numpy(one).astype(float) - right)
        slack = 1e-5 * np.max(np.abs(right)) if name in ROUNDED else 1e-6
        assert (error <= 0.51 * eps * np.abs(right) + slack).all()


@each_of_numpy
def test_16_bits_are_stored_and_not_computed_with(name):
    function, arrays = (FUNCTIONS | OF_NUMPY)[name]
    arrays = [a.astype("float16") for a in arrays]
    found = function(*arrays)
    assert {one.dtype for one in as_list(found)} == {np.dtype("float16")}
    assert_rounded_once(name, found, function(*wide(arrays)), np.finfo("float16").eps)


@each_function
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_16_bits_are_stored_and_not_computed_with_in_tensors(name, dtype):
    function, arrays = FUNCTIONS[name]
    arrays = [torch.as_tensor(a).to(dtype) for a in arrays]
    found = function(*arrays)
    assert {one.dtype for one in as_list(found)} == {dtype}
    assert_rounded_once(name, found, function(*wide(arrays)), torch.finfo(dtype).eps)


def test_a_mean_of_large_16_bit_numbers_does_not_overflow():
    x = np.full((1, 1, 2, 2), 60000.0, "float16")
    assert AvgPool2d(2)(x) == np.float16(60000)


@each_library
@each_function
def test_arrays_of_two_dtypes_are_computed_with_in_the_wider(name, convert):
    function, arrays = FUNCTIONS[name]
    narrow = [a.astype("float32") for a in arrays]
    exact = as_list(function(*wide(narrow)))
    for i in range(len(arrays)):
        mixed = [a.astype(float) if i == j else a for j, a in enumerate(narrow)]
        for found, right in zip(as_list(function(*map(convert, mixed))), exact, strict=True):
            assert found.dtype == convert(np.ones(1)).dtype
            assert relative_error(to_numpy(found), right) < 1e-12


@each_function
def test_tensors_of_two_halves_are_computed_with_in_32_bits(name):
    function, arrays = FUNCTIONS[name]
    if len(arrays) > 1:
        tensors = [torch.as_tensor(a).half() for a in arrays]
        found = function(tensors[0].bfloat16(), *tensors[1:])
        assert {one.dtype for one in as_list(found)} == {torch.float32}


class Scale(Layer):
    """A layer with a parameter and no way to map it, which keeps what it was applied to."""

    def __init__(self, w):
        self.parameters = [w]

    def value(self, x):
        self.seen = x
        return x * self.parameters[0]

    def _output_shape(self, x):
        return x.shape


REPLACED = {
    "Linear": (lambda: Linear(2, 2, rng=np.random.default_rng(0)), (1, 2), (1, 3)),
    "Conv2d": (lambda: Conv2d(2, 2, 1, rng=np.random.default_rng(0)), (1, 2, 3, 3), (1, 3, 3, 3)),
}


@pytest.mark.parametrize(("make", "right", "wrong"), REPLACED.values(), ids=REPLACED)
def test_of_two_things_that_do_not_fit_x_is_named_first(make, right, wrong):
    layer = make()
    for door in (layer.vjp, layer.parameter_vjp):
        with pytest.raises(ValueError, match=r"^x: expected"):
            door(np.zeros(wrong), "abc")
        with pytest.raises(TypeError, match=r"^upstream: expected"):
            door(np.zeros(right), "abc")


@pytest.mark.parametrize(("make", "right", "wrong"), REPLACED.values(), ids=REPLACED)
def test_a_weight_that_was_replaced_by_one_of_other_axes_is_named(make, right, wrong):
    layer = make()
    for axes in (layer.weight.ndim - 1, layer.weight.ndim + 1):
        layer.weight = np.ones((2,) * axes)
        with pytest.raises(ValueError, match=r"^weight: expected .* axes"):
            layer(np.zeros(right))


@pytest.mark.parametrize("convert", [np.array, torch.tensor], ids=["numpy", "torch"])
def test_a_formula_of_one_dtype_is_applied_by_the_layer_itself(convert):
    layer, x = Scale(convert(np.full(3, 2.0))), convert(np.ones((2, 3)))
    np.testing.assert_array_equal(layer(x), np.full((2, 3), 2.0))
    assert layer.seen is x


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int64", "uint64"])
@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor], ids=["numpy", "torch"])
@each_function
def test_whole_numbers_of_any_size_become_the_default_float(name, convert, dtype):
    function, arrays = FUNCTIONS[name]
    whole = [np.rint(np.abs(3 * a)).astype(dtype) for a in arrays]
    exact = as_list(function(*wide(whole)))
    given, layer = [*map(convert, whole)], "Linear" in name or "Conv2d" in name
    if layer:  # its parameters are no whole numbers
        given[:2] = [convert(a.astype(float)) for a in whole[:2]]
    default = torch.float32 if convert is torch.as_tensor and not layer else given[0].dtype
    for found, right in zip(as_list(function(*given)), exact, strict=True):
        assert found.dtype == (np.float64 if convert is np.asarray else default)
        assert relative_error(to_numpy(found), right) < 1e-5


def negative_strides(a):
    every = tuple(slice(None, None, -1) for _ in a.shape)
    return np.ascontiguousarray(a[every])[every]


def every_second(a):
    return np.repeat(a, 2, axis=-1)[..., ::2]


def read_only(a):
    a = a.copy()
    a.flags.writeable = False
    return a


LAYOUTS = {
    "negative strides": negative_strides,
    "every second": every_second,
    "Fortran": np.asfortranarray,
    "big-endian": lambda a: a.astype(">f8"),
    "little-endian": lambda a: a.astype("<f8"),
    "read-only": read_only,
}


@pytest.mark.parametrize("layout", LAYOUTS)
@each_of_numpy
def test_how_an_array_lies_in_memory_makes_no_difference(name, layout):
    function, arrays = (FUNCTIONS | OF_NUMPY)[name]
    given = [LAYOUTS[layout](a) for a in arrays]
    for found, right in zip(as_list(function(*given)), as_list(function(*arrays)), strict=True):
        assert found.dtype == np.dtype(float)
        assert relative_error(found, right) < 1e-14
    for array, old in zip(given, arrays, strict=True):
        np.testing.assert_array_equal(array, old)


@each_function
@pytest.mark.parametrize(
    "wrong", ["complex", "bool", "object", "str", "tensor complex", "tensor bool"]
)
def test_what_is_no_array_of_real_numbers_is_refused_by_name(name, wrong):
    function, arrays = FUNCTIONS[name]
    convert = torch.as_tensor if wrong.startswith("tensor") else np.asarray
    bad = arrays[-1].astype(wrong.split()[-1] if wrong != "object" else object)
    with pytest.raises(TypeError, match=r"^(x|upstream|bias|weight|columns): expected .*real"):
        function(*map(convert, arrays[:-1]), convert(bad))


# ---- no image, no channel, no kernel -------------------------------------------------------------


@each_library
@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_of_no_sample_gives_none(name, convert):
    make, shape, output = LAYERS[name]
    layer = make()
    if hasattr(layer, "parameters"):
        layer = layer.map(convert)
    x, upstream = convert(np.ones((0, *shape[1:]))), convert(np.ones((0, *output[1:])))
    assert tuple(layer(x).shape) == (0, *output[1:])
    assert tuple(layer.vjp(x, upstream).shape) == (0, *shape[1:])
    if hasattr(layer, "parameters"):
        for gradient, p in zip(layer.parameter_vjp(x, upstream), layer.parameters, strict=True):
            assert tuple(gradient.shape) == tuple(p.shape)
            assert not to_numpy(gradient).any()


EMPTY = {  # N, C, O
    "no image": (0, 2, 3),
    "no channel": (2, 0, 3),
    "no kernel": (2, 2, 0),
    "nothing": (0, 0, 0),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("empty", EMPTY)
def test_a_sum_over_nothing_is_the_bias(empty, method):
    n, c, o = EMPTY[empty]
    x, weight, bias = np.ones((n, c, 5, 6)), np.ones((o, c, 3, 2)), np.arange(1.0, o + 1)
    y = conv2d(x, weight, bias, method=method)
    assert y.shape == (n, o, 3, 5)
    assert conv2d(x, weight, method=method).shape == y.shape
    if c == 0:
        np.testing.assert_array_equal(y, np.broadcast_to(bias[:, None, None], y.shape))
    dx, dweight, dbias = conv2d_vjp(x, weight, np.ones(y.shape), method=method)
    assert (dx.shape, dweight.shape) == (x.shape, weight.shape)
    assert not dx.any()
    assert not dweight.any()
    np.testing.assert_array_equal(dbias, np.full(o, 15.0 * n))


@each_library
@pytest.mark.parametrize("transform", [conv2d_fft, conv2d_winograd, conv2d])
@pytest.mark.parametrize("empty", EMPTY)
def test_nothing_is_transformed_to_nothing(empty, transform, convert):
    n, c, o = EMPTY[empty]
    y = transform(convert(np.ones((n, c, 5, 6))), convert(np.ones((o, c, 3, 3))), padding=1)
    assert tuple(y.shape) == (n, o, 5, 6)
    assert not to_numpy(y).any()


@each_library
@pytest.mark.parametrize("shape", [(0, 2, 5, 5), (2, 0, 5, 5)])
def test_windows_of_nothing_are_nothing(shape, convert):
    x = convert(np.ones(shape))
    columns = im2col(x, 3, padding=1)
    assert tuple(columns.shape) == (shape[0], shape[1] * 9, 25)
    assert tuple(col2im(columns, 5, 3, padding=1).shape) == shape
    for pool in (MaxPool2d(3, padding=1), AvgPool2d(3, padding=1)):
        assert tuple(pool(x).shape) == (*shape[:2], 2, 2)
        assert tuple(pool.vjp(x, pool(x)).shape) == shape


@pytest.mark.parametrize("shape", [(1, 1, 0, 5), (1, 1, 5, 0), (1, 5, 5), ()])
def test_images_without_a_pixel_are_refused_by_name(shape):
    x = np.ones(shape)
    for function in (
        partial(im2col, kernel_size=1),
        partial(conv2d, weight=np.ones((1, 1, 1, 1))),
        MaxPool2d(1),
        AvgPool2d(1),
        Conv2d(1, 1, 1, rng=RNG),
    ):
        with pytest.raises(ValueError, match=r"^x: expected images of shape \(N, C, H, W\)"):
            function(x)


def test_a_layer_names_images_of_other_channels():
    with pytest.raises(ValueError, match=r"^x: expected images of 4 channels, got \(1, 2, 3, 3\)"):
        Conv2d(4, 2, 1, groups=2, rng=RNG)(np.ones((1, 2, 3, 3)))


# ---- pooling beside the edge ---------------------------------------------------------------------

INF = float("inf")
SMALLEST = float(np.finfo("float64").min)


@each_library
@pytest.mark.parametrize("values", [(-INF, -INF, -INF), (-INF, SMALLEST, -INF), (-INF, 1.0, INF)])
@pytest.mark.parametrize("kernel", [2, 3, (3, 2)])
def test_the_error_goes_to_a_pixel_and_never_beyond_the_edge(values, kernel, convert):
    x = np.random.default_rng(3).choice(values, (3, 2, 4, 5))
    leaf = torch.tensor(x, requires_grad=True)
    expected = F.max_pool2d(leaf, kernel, 2, 1)
    upstream = draw(*expected.shape)
    expected.backward(torch.tensor(upstream))
    pool = MaxPool2d(kernel, stride=2, padding=1)
    np.testing.assert_array_equal(to_numpy(pool(convert(x))), expected.detach().numpy())
    found = to_numpy(pool.vjp(convert(x), convert(upstream)))
    assert relative_error(found, leaf.grad.numpy()) < 1e-15


def test_an_infinite_error_spoils_no_other_pixel():
    x, upstream = np.arange(16.0).reshape(1, 1, 4, 4), np.array([[[[INF, 1.0], [1.0, np.nan]]]])
    found = MaxPool2d(2).vjp(x, upstream)[0, 0]
    assert found[1, 1] == INF
    assert np.isnan(found[3, 3])
    assert (found == 0).sum() == 12


# ---- settings ------------------------------------------------------------------------------------

SAME = {  # what is given, and what it means
    "of NumPy": (np.int64(2), 2),
    "an array": (np.array([2, 1]), (2, 1)),
    "a list": ([2, 1], (2, 1)),
    "a pair of NumPy's": ((np.uint8(2), np.int16(1)), (2, 1)),
}


@pytest.mark.parametrize("kind", SAME)
def test_sizes_may_be_of_numpy_and_are_kept_as_plain_numbers(kind):
    given, plain = SAME[kind]
    x, weight = draw(1, 2, 9, 9), draw(3, 2, 3, 3)
    for function in (
        lambda s: conv2d(x, weight, stride=s, padding=s, dilation=s),
        lambda s: im2col(x, s, stride=s, padding=s, dilation=s),
        lambda s: col2im(np.ones((1, 4, 10 if np.ndim(s) else 25)), s, 2, padding=s),
    ):
        np.testing.assert_array_equal(function(given), function(plain))
    for make in (
        lambda s: MaxPool2d(s, stride=s, padding=0),
        lambda s: AvgPool2d(4, stride=s, padding=s),
        lambda s: Conv2d(2, 4, s, stride=s, padding=s, dilation=s, groups=1, rng=RNG),
    ):
        assert repr(make(given)) == repr(make(plain))
        assert "int" not in repr(make(given))
        assert "array" not in repr(make(given))
    assert hash(MaxPool2d(given)) == hash(MaxPool2d(plain))
    assert MaxPool2d(given) == MaxPool2d(plain)
    assert repr(Conv2d(np.int64(2), 4, 3, groups=np.int64(2), rng=RNG)) == (
        "Conv2d(2, 4, 3, groups=2)"
    )


@pytest.mark.parametrize(
    "wrong", [True, np.True_, (True, 1), [1, np.True_], np.array([True, True])]
)
def test_a_truth_value_is_no_size(wrong):
    for make in (MaxPool2d, AvgPool2d, partial(Conv2d, 1, 1, rng=RNG)):
        with pytest.raises(TypeError, match=r"^kernel_size: expected a whole number or a pair"):
            make(wrong)
        with pytest.raises(TypeError, match=r"^stride: expected a whole number or a pair"):
            make(1, stride=wrong)


# ---- rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LAYERS)
def test_a_rule_is_the_formula_of_the_door_and_changes_nothing(name):
    make, shape, output = LAYERS[name]
    layer = make()
    if hasattr(layer, "parameters"):
        layer = layer.map(read_only)
    x, upstream = read_only(draw(*shape)), read_only(draw(*output, seed=1))
    np.testing.assert_array_equal(layer.value(x), layer(x))
    np.testing.assert_array_equal(layer.back(x, upstream), layer.vjp(x, upstream))
    if hasattr(layer, "parameters"):
        for found, right in zip(
            layer.parameters_back(x, upstream), layer.parameter_vjp(x, upstream), strict=True
        ):
            np.testing.assert_array_equal(found, right)


def rules():
    """Give the functions that the pages on layers and convolution show."""
    from chainrule.convolution import columns, loops, matrix_product, pooling, tiled
    from chainrule.layers import he, xavier
    from chainrule.network import Network, bounds, products

    yield from (Linear.value, Linear.back, Linear.parameters_back, Network.errors)
    yield from (he, xavier, bounds, products)
    yield from (Conv2d.value, Conv2d.back, Conv2d.parameters_back, pooling.first_largest)
    yield from (Pool.pool for Pool in (MaxPool2d, AvgPool2d))
    yield from (Pool.share for Pool in (MaxPool2d, AvgPool2d))
    yield from (columns.windows, columns.columns, columns.images, columns.put_back)
    yield from (loops.convolve, loops.meetings, tiled.convolve)
    yield from (matrix_product.convolve, matrix_product.cut, matrix_product.gradient_of_weight)
    yield from (matrix_product.gradient_of_images, Flatten.value, Flatten.back)


@pytest.mark.parametrize("rule", [*rules()], ids=lambda rule: rule.__qualname__)
def test_a_listing_is_short_and_holds_the_formula_alone(rule):
    lines = show_source(rule).code.splitlines()
    code = "\n".join(line for line in lines if not line.startswith("#"))
    assert len(lines) <= 13
    assert max(map(len, lines)) <= 79
    for word in ("xp", "require_", "raise", "real(", "floating(", "dtype=", "_read"):
        assert word not in code
    assert not inspect.get_annotations(rule)
