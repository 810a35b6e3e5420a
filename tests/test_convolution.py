"""im2col, col2im and convolution against PyTorch, over what Hypothesis draws."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import array_api_strict
import numpy as np
import pytest
import sympy
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from chainrule.activations import ReLU
from chainrule.arrays import to_numpy
from chainrule.convolution import (
    AvgPool2d,
    Conv2d,
    Flatten,
    Geometry,
    MaxPool2d,
    col2im,
    column_growth,
    conv2d,
    conv2d_fft,
    conv2d_vjp,
    conv2d_winograd,
    fft_multiplications,
    im2col,
    intensity,
    loop_operations,
    products,
    tiled,
    winograd_pair,
    winograd_saving,
)
from chainrule.convolution.winograd import MATRICES
from chainrule.ledger.convolution import counts
from chainrule.network import Network
from chainrule.oracles import adjoint_error, relative_error

PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))
PADDINGS = st.tuples(st.integers(0, 2), st.integers(0, 2))


@st.composite
def geometries(draw):
    """Draw sizes, and the arguments of a window that fits."""
    size = draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    options = {"stride": draw(PAIRS), "padding": draw(PADDINGS), "dilation": draw(PAIRS)}
    kernel = draw(PAIRS)
    spans = [d * (k - 1) + 1 for d, k in zip(options["dilation"], kernel, strict=True)]
    fits = zip(spans, size, options["padding"], strict=True)
    assume(all(span <= s + 2 * p for span, s, p in fits))
    return size, kernel, options


@st.composite
def convolutions(draw):
    size, kernel, options = draw(geometries())
    options["groups"] = draw(st.integers(1, 3))
    n, c, o = (draw(st.integers(1, 3)) for _ in range(3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    x = rng.standard_normal((n, c * options["groups"], *size))
    weight = rng.standard_normal((o * options["groups"], c, *kernel))
    return x, weight, rng.standard_normal(len(weight)), options, rng


@pytest.mark.slow
@settings(deadline=None)
@given(geometries(), st.integers(1, 2), st.integers(1, 3))
def test_im2col_and_col2im_are_unfold_and_fold(geometry, n, c):
    size, kernel, options = geometry
    x = np.random.default_rng(0).standard_normal((n, c, *size))
    columns = im2col(x, kernel, **options)
    np.testing.assert_array_equal(columns, F.unfold(torch.tensor(x), kernel, **options).numpy())
    folded = F.fold(torch.tensor(columns), size, kernel, **options).numpy()
    assert relative_error(col2im(columns, size, kernel, **options), folded) < 1e-15


@given(geometries())
def test_col2im_is_the_transpose_of_im2col(geometry):
    size, kernel, options = geometry
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 2, *size))
    y = rng.standard_normal(im2col(x, kernel, **options).shape)
    there, back = (
        lambda x: im2col(x, kernel, **options),
        lambda y: col2im(y, size, kernel, **options),
    )
    assert adjoint_error(there, back, x, y) < 1e-13


METHODS = ("auto", "tiled", "im2col", "loops")


@pytest.mark.slow
@settings(deadline=None)
@given(convolutions(), st.sampled_from(METHODS))
def test_convolution_is_that_of_pytorch(drawn, method):
    x, weight, bias, options, _ = drawn
    tensors = map(torch.tensor, (x, weight, bias))
    expected = F.conv2d(*tensors, **options).numpy()
    assert relative_error(conv2d(x, weight, bias, **options, method=method), expected) < 1e-13


@pytest.mark.slow
@settings(deadline=None)
@given(convolutions(), st.sampled_from(METHODS))
def test_gradients_are_those_of_pytorch(drawn, method):
    x, weight, bias, options, rng = drawn
    leaves = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
    output = F.conv2d(*leaves, **options)
    upstream = rng.standard_normal(output.shape)
    output.backward(torch.tensor(upstream))
    found = conv2d_vjp(x, weight, upstream, **options, method=method)
    for gradient, leaf in zip(found, leaves, strict=True):
        assert relative_error(gradient, leaf.grad.numpy()) < 1e-12


@pytest.mark.parametrize("buffer", [1, 50_000])  # a window a tile, or some rows
@pytest.mark.parametrize(("images", "few"), [(1, 8), (150_000, 8), (150_000, 3)])  # 1; 4 and 3
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 2), (3, 2)])
@pytest.mark.parametrize("many", [0, 3])  # kernels are turned never, or with a stride of 1
def test_blocks_and_tiles_give_what_one_product_gives(
    buffer, images, few, stride, dilation, many, monkeypatch
):
    limits = {"BUFFER": buffer, "IMAGES": images, "FEW": few, "MANY": many, "PIECE": buffer}
    for name, value in limits.items():
        monkeypatch.setattr(tiled, name, value)
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((7, 4, 33, 26)), rng.standard_normal((6, 2, 3, 5))
    options = {"stride": stride, "padding": (2, 1), "dilation": dilation, "groups": 2}
    expected = conv2d(x, weight, **options, method="im2col")
    assert relative_error(conv2d(x, weight, **options, method="tiled"), expected) < 1e-13
    upstream = rng.standard_normal(expected.shape)
    ways = [
        conv2d_vjp(x, weight, upstream, **options, method=method) for method in ("tiled", "im2col")
    ]
    for found, gradient in zip(*ways, strict=True):
        assert relative_error(found, gradient) < 1e-13


@pytest.mark.parametrize(("stride", "below"), [((1, 2), 1), ((2, 1), 2), ((3, 3), 3), ((4, 1), 3)])
def test_columns_of_rows_of_windows_share_memory_as_far_as_they_overlap(stride, below):
    rng = np.random.default_rng(0)
    x, w = rng.standard_normal((2, 4, 14, 9)), np.ones((2, 3, 2, 3, 5))
    geometry = Geometry.of((14, 9), (3, 5), stride, 1)
    tiles = tiled.Tiles(x, w, geometry)
    (block,) = tiles.blocks(2)
    (tile,) = tiles.tiles(block)
    tiles.lay_out(x)
    found = tiles.columns(tile)
    oh, ow = geometry.output_size
    expected = im2col(x, (3, 5), stride=stride, padding=1).reshape(2, 2, 2, 3, 5, oh, ow)
    expected = expected.transpose(1, 5, 3, 2, 4, 6, 0).reshape(2, oh, 30, ow * 2)
    np.testing.assert_array_equal(found, expected)
    a_strip = found.strides[2]
    assert found.strides[1] == below * 10 * a_strip
    assert tiles.below == below


@pytest.mark.parametrize("shape", [(4, 3, 700, 2), (1, 40, 30, 50), (5, 60, 90, 200)])
def test_a_long_product_is_the_sum_over_matrices(shape, monkeypatch):
    many, m, terms, n = shape
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal((2, many, m, terms)), rng.standard_normal((2, many, n, terms))
    expected = np.einsum("gimt,gint->gmn", a, b)
    for small, piece in ((10**9, 1), (0, 1), (0, 2 * expected.nbytes), (0, many * expected.nbytes)):
        monkeypatch.setattr(products, "SMALL", small)
        monkeypatch.setattr(products, "PIECE", piece)
        assert relative_error(products.long_product(a, b), expected) < 1e-13


def test_a_weight_that_is_infinite_spoils_no_pixel_that_it_does_not_meet():
    x, w, delta = np.ones((1, 1, 4, 4)), np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))
    w[0, 0, 0, 0] = np.inf
    found, expected = (conv2d_vjp(x, w, delta, method=m)[0] for m in ("tiled", "loops"))
    np.testing.assert_array_equal(found, expected)
    assert np.isfinite(found).sum() == 12


def test_many_small_images_are_cut_into_blocks_of_some_megabytes():
    x, w = np.zeros((100_000, 1, 1, 1), "float32"), np.zeros((1, 256, 1, 1, 1), "float32")
    tiles = tiled.Tiles(x, w, Geometry((1, 1), (1, 1)))
    assert tiles.images < 5000
    assert tiles._strips.nbytes + tiles._outputs.nbytes <= tiled.BUFFER


def test_where_kernels_stand_on_the_errors():
    geometry = Geometry.of((6, 9), (3, 5), padding=(2, 1), dilation=(2, 1))
    back = geometry.back
    assert (back.before, back.after) == ((2, 3), (2, 3))
    assert back.output_size == (6, 9)
    assert Geometry.of((6, 9), 3, stride=(1, 2)).back is None
    assert Geometry.of((6, 9), 3, padding=(0, 3)).back is None


@pytest.mark.parametrize("method", ["tiled", "im2col", "winograd"])
def test_threads_can_share_the_images(method):
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((8, 4, 30, 31)), rng.standard_normal((6, 4, 3, 3))
    delta = rng.standard_normal((8, 6, 30, 31))
    convolve = partial(conv2d, weight=weight, padding=1, method=method)
    back = partial(conv2d_vjp, padding=1, method=method)
    parts = [slice(at, at + 2) for at in range(0, 8, 2)] * 10
    with ThreadPoolExecutor(4) as workers:
        y = [*workers.map(lambda part: convolve(x[part]), parts)]
        gradients = [*workers.map(lambda part: back(x[part], weight, delta[part]), parts)]
    for part, outputs, found in zip(parts, y, gradients, strict=True):
        np.testing.assert_array_equal(outputs, convolve(x[part]))
        for a, b in zip(found, back(x[part], weight, delta[part]), strict=True):
            np.testing.assert_array_equal(a, b)


def test_small_images_come_last_in_memory_from_layer_to_layer_and_back():
    rng = np.random.default_rng(0)
    layers = Conv2d(2, 3, 3, padding=1, rng=rng), ReLU(), MaxPool2d(2), Flatten()
    x = rng.standard_normal((16, 2, 6, 8))
    trace = Network(layers).forward(x)
    images = trace.inputs[1:]
    assert [np.argmin(a.strides) for a in images] == [0, 0, 0]
    assert np.shares_memory(trace.output, images[-1])  # rows without a copy
    delta = rng.standard_normal(trace.output.shape)
    for layer, a in zip(layers[:0:-1], images[::-1], strict=True):
        delta = layer.vjp(a, delta)
        assert np.argmin(delta.strides) == 0
    back = conv2d_vjp(x, layers[0].weight, delta, padding=1, method="loops")
    ordered = conv2d_vjp(x, layers[0].weight, np.ascontiguousarray(delta), padding=1)
    for found, expected in zip(ordered, back, strict=True):
        assert relative_error(found, expected) < 1e-13


LAYERS = [  # N, C, side, O, kernel, stride, padding: those of benchmarks/convolution.py
    (8, 3, 224, 64, 7, 2, 3),
    (8, 64, 56, 64, 3, 1, 1),
    (8, 128, 28, 128, 3, 1, 1),
    (8, 256, 14, 256, 3, 1, 1),
    (8, 512, 7, 512, 3, 1, 1),
    (64, 1, 28, 8, 3, 1, 1),
    (64, 8, 14, 16, 3, 1, 1),
]


@pytest.mark.slow
@pytest.mark.parametrize("layer", LAYERS)
def test_by_itself_convolution_needs_less_than_16_mb(layer):
    n, c, side, o, k, stride, padding = layer
    x, weight = np.ones((n, c, side, side), "float32"), np.ones((o, c, k, k), "float32")
    bias, options = np.ones(o, "float32"), {"stride": stride, "padding": padding}
    tracemalloc.start()
    y = conv2d(x, weight, bias, **options)
    peaks = [tracemalloc.get_traced_memory()[1] - y.nbytes]
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    gradients = conv2d_vjp(x, weight, y, **options)
    peak = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    peaks.append(peak - sum(gradient.nbytes for gradient in gradients))
    assert all(0 < peak < 16e6 for peak in peaks)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@pytest.mark.parametrize("kernel", [1, 2, 3, (2, 5)])
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("dilation", [(1, 1), (2, 1), (1, 2)])  # an odd number of zeros either way
def test_padding_by_name(kernel, padding, dilation):
    x = np.random.default_rng(0).standard_normal((2, 2, 7, 10))
    weight = np.random.default_rng(1).standard_normal((3, 2, *np.broadcast_to(kernel, 2)))
    expected = F.conv2d(torch.tensor(x), torch.tensor(weight), padding=padding, dilation=dilation)
    found = conv2d(x, weight, padding=padding, dilation=dilation)
    assert relative_error(found, expected.numpy()) < 1e-13


def test_only_what_is_asked_for_is_computed():
    x, weight = np.ones((1, 1, 3, 3)), np.ones((2, 1, 2, 2))
    upstream = np.ones((1, 2, 2, 2))
    assert [g is None for g in conv2d_vjp(x, weight, upstream, wrt=("weight",))] == [1, 0, 1]
    with pytest.raises(ValueError, match="wrt: expected names among"):
        conv2d_vjp(x, weight, upstream, wrt=("kernel",))


def test_the_operations_of_the_source_counted_right():
    """Erratum E29: a 3 × 3 kernel on 7 × 7 pixels makes 5 × 5 outputs."""
    assert Geometry.of((7, 7), 3).output_size == (5, 5)
    assert Geometry((7, 7), (3, 3)) == Geometry.of((7, 7), 3)  # no zeros, if nothing is said


BAD = {
    "no window fits": (lambda: im2col(np.ones((1, 1, 2, 2)), 3), ValueError, "kernel_size: .*fits"),
    "not images": (lambda: im2col(np.ones((2, 2)), 1), ValueError, r"x: .*\(N, C, H, W\)"),
    "stride 0": (
        lambda: im2col(np.ones((1, 1, 2, 2)), 1, stride=0),
        ValueError,
        "stride: .*at least 1",
    ),
    "kernel 1.5": (lambda: im2col(np.ones((1, 1, 2, 2)), 1.5), TypeError, "kernel_size: .*whole"),
    "three numbers": (lambda: Geometry.of((2, 2), (1, 1, 1)), TypeError, "kernel_size: .*pair"),
    "padding -1": (lambda: Geometry.of((2, 2), 1, 1, -1), ValueError, "padding: .*at least 0"),
    "padding full": (lambda: Geometry.of((2, 2), 1, 1, "full"), ValueError, "padding: .*'valid'"),
    "same, stride 2": (lambda: Geometry.of((2, 2), 1, 2, "same"), ValueError, "padding: .*'same'"),
    "columns": (lambda: col2im(np.ones((1, 5, 4)), 3, 2), ValueError, r"columns: .*\(1, 5, 4\)"),
    "groups": (
        lambda: conv2d(np.ones((1, 3, 2, 2)), np.ones((2, 3, 1, 1)), groups=2),
        ValueError,
        "groups: .*divides the 3 channels",
    ),
    "channels": (
        lambda: conv2d(np.ones((1, 3, 2, 2)), np.ones((2, 2, 1, 1))),
        ValueError,
        "weight: expected kernels of 3 channels",
    ),
    "weight": (
        lambda: conv2d(np.ones((1, 3, 2, 2)), np.ones((2, 3))),
        ValueError,
        "weight: expected shape",
    ),
    "bias": (
        lambda: conv2d(np.ones((1, 1, 2, 2)), np.ones((2, 1, 1, 1)), np.ones(3)),
        ValueError,
        "bias: .*one number for each kernel",
    ),
    "method": (
        lambda: conv2d(np.ones((1, 1, 2, 2)), np.ones((1, 1, 1, 1)), method="fft"),
        ValueError,
        "method: expected 'auto' or one of",
    ),
    "loops of tensors": (
        lambda: conv2d(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 1, 1), method="loops"),
        TypeError,
        "method: expected NumPy arrays",
    ),
    "upstream": (
        lambda: conv2d_vjp(np.ones((1, 1, 2, 2)), np.ones((1, 1, 1, 1)), np.ones((1, 1, 1, 1))),
        ValueError,
        "upstream: .*the shape of the output",
    ),
    "pool padding": (lambda: MaxPool2d(2, padding=2), ValueError, "padding: .*half of the window"),
    "layer groups": (
        lambda: Conv2d(3, 4, 1, groups=2, rng=np.random.default_rng(0)),
        ValueError,
        "groups: .*divides 3 and 4",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named(name):
    call, error, message = BAD[name]
    with pytest.raises(error, match=message):
        call()


# ---- transforms --------------------------------------------------------------------------------

TRANSFORMS = {"fft": (conv2d_fft, None), "winograd": (conv2d_winograd, (3, 3))}
each_transform = pytest.mark.parametrize(
    ("transform", "kernel"), TRANSFORMS.values(), ids=TRANSFORMS
)


@st.composite
def plain_convolutions(draw, kernel):
    """Draw images, kernels of this size or of any, and a padding, by number or by name."""
    kernel = kernel or draw(PAIRS)
    padding = draw(st.one_of(st.integers(0, 3), PADDINGS, st.sampled_from(["same", "valid"])))
    size = draw(st.tuples(st.integers(1, 11), st.integers(1, 11)))
    around = np.broadcast_to(0 if isinstance(padding, str) else padding, 2)
    fits = zip(kernel, size, around, strict=True)
    assume(padding == "same" or all(k <= s + 2 * p for k, s, p in fits))
    n, c, o = (draw(st.integers(1, 3)) for _ in range(3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    return rng.standard_normal((n, c, *size)), rng.standard_normal((o, c, *kernel)), padding


@pytest.mark.slow
@each_transform
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
@settings(deadline=None)
@given(data=st.data())
def test_transform_is_the_convolution_of_pytorch(transform, kernel, data):
    x, weight, padding = data.draw(plain_convolutions(kernel))
    expected = F.conv2d(torch.tensor(x), torch.tensor(weight), padding=padding).numpy()
    assert relative_error(transform(x, weight, padding=padding), expected) < 1e-10
    of_tensors = transform(torch.tensor(x), torch.tensor(weight), padding=padding)
    assert relative_error(of_tensors.numpy(), expected) < 1e-10


@each_transform
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor, array_api_strict.asarray])
def test_transform_keeps_library_and_dtype(transform, kernel, dtype, convert):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 3, 7, 9)).astype(dtype)
    weight = rng.standard_normal((4, 3, 3, 3)).astype(dtype)
    y = transform(convert(x), convert(weight), padding=1)
    assert type(y) is type(convert(x))
    assert y.dtype == convert(x).dtype
    bound = {"float32": 1e-5, "float64": 1e-13}[dtype]
    expected = conv2d(x.astype("float64"), weight.astype("float64"), padding=1)
    assert relative_error(np.from_dlpack(y), expected) < bound


@each_transform
def test_autograd_passes_through_a_transform(transform, kernel):
    rng = np.random.default_rng(0)
    arrays = rng.standard_normal((1, 2, 5, 6)), rng.standard_normal((3, 2, 3, 3))
    gradients = []
    for function in (transform, F.conv2d):
        leaves = [torch.tensor(array, requires_grad=True) for array in arrays]
        (function(*leaves, padding=1) ** 2).sum().backward()
        gradients.append([leaf.grad.numpy() for leaf in leaves])
    assert relative_error(*gradients) < 1e-12


@each_transform
def test_transform_leaves_what_it_is_given(transform, kernel):
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((1, 2, 5, 6)), rng.standard_normal((3, 2, 3, 3))
    before = x.copy(), weight.copy()
    transform(x, weight)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(weight, before[1])


@each_transform
def test_transform_takes_integers(transform, kernel):
    x, weight = np.arange(16).reshape(1, 1, 4, 4), np.ones((1, 1, 3, 3), int)
    np.testing.assert_allclose(transform(x, weight), [[[[45, 54], [81, 90]]]], atol=1e-12)


@each_transform
@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor, array_api_strict.asarray])
@pytest.mark.parametrize("of_x", ["float32", "float64"])
def test_transform_of_two_dtypes_gives_the_wider_one(transform, kernel, convert, of_x):
    of_weight = {"float32": "float64", "float64": "float32"}[of_x]
    rng = np.random.default_rng(0)
    x = rng.standard_normal((2, 3, 6, 5)).astype(of_x)
    weight = rng.standard_normal((4, 3, *(kernel or (3, 2)))).astype(of_weight)
    found = transform(convert(x), convert(weight))
    assert found.dtype == convert(np.ones(1)).dtype
    assert relative_error(to_numpy(found), conv2d(x, weight)) < 1e-12


@pytest.mark.parametrize("m", MATRICES)
def test_winograds_matrices_hold_for_any_numbers(m):
    """The identity itself, for symbols, in one dimension and in two."""
    a, b, g = (sympy.Matrix(matrix).applyfunc(sympy.nsimplify) for matrix in MATRICES[m])
    t = m + 2
    w, x = sympy.Matrix(sympy.symbols("w:3")), sympy.Matrix(sympy.symbols(f"x:{t}"))
    y = a.T * (g * w).multiply_elementwise(b.T * x)
    for u in range(m):
        assert sympy.expand(y[u] - sum(w[i] * x[u + i] for i in range(3))) == 0
    w = sympy.Matrix(3, 3, sympy.symbols("w:9"))
    x = sympy.Matrix(t, t, sympy.symbols(f"x:{t * t}"))
    y = a.T * (g * w * g.T).multiply_elementwise(b.T * x * b) * a
    for u, v in np.ndindex(m, m):
        window = x[u : u + 3, v : v + 3]
        assert sympy.expand(y[u, v] - sum(w.multiply_elementwise(window))) == 0


def test_winograd_pair_goes_along_the_last_axis():
    rng = np.random.default_rng(0)
    w, x = rng.standard_normal((2, 1, 3)), rng.standard_normal((5, 4))
    expected = np.stack([(w * x[:, :3]).sum(-1), (w * x[:, 1:]).sum(-1)], -1)
    assert relative_error(winograd_pair(w, x), expected) < 1e-15
    found = winograd_pair(torch.tensor(w).float(), torch.tensor(x).float())
    assert found.dtype == torch.float32
    assert relative_error(found.numpy(), expected) < 1e-6


# ---- costs -------------------------------------------------------------------------------------


def test_operations_of_the_source():
    """Erratum E29: 25 outputs of 9 multiplications and 8 additions."""
    assert loop_operations(Geometry.of((7, 7), 3)) == (225, 200)
    assert sum(loop_operations(Geometry.of((7, 7), 3))) == 425


def test_operations_with_channels_and_stride():
    geometry = Geometry.of((5, 6), (2, 3), stride=2)  # 2 × 2 outputs
    assert loop_operations(geometry, channels=3) == (4 * 18, 4 * 17)
    assert loop_operations(Geometry.of((4, 4), 1)) == (16, 0)


def test_growth():
    assert column_growth(Geometry.of((7, 7), 3)) == 225 / 49
    assert column_growth(Geometry.of((4, 4), 2, stride=2)) == 1
    geometry = Geometry.of((6, 8), (3, 2), stride=2, padding=1, dilation=2)
    x = np.ones((1, 1, 6, 8))
    columns = im2col(x, (3, 2), stride=2, padding=1, dilation=2)
    assert column_growth(geometry) == columns.size / x.size


def test_intensity():
    geometry = Geometry.of((2, 2), 1)
    # 2 · 3 · 2 · 4 operations; 8 numbers of x, 6 of w and 12 of y
    assert intensity(geometry, 2, 3) == 48 / (4 * 26)
    assert intensity(geometry, 2, 3, itemsize=2) == 48 / (2 * 26)


def test_multiplications_of_fourier_transforms():
    assert fft_multiplications(4, 1, 1) == 32 * 3 + 16  # 8 transforms of 4 numbers, 4 each
    assert fft_multiplications((2, 8), 3, 2) == 32 * (3 + 6 + 2) + 6 * 16
    assert fft_multiplications(1, 1, 1) == 1


def test_saving_of_winograd():
    assert winograd_saving(2, 3) == 2.25
    assert winograd_saving(4, 3) == 4
    assert winograd_saving(1, 3) == 1


def test_what_the_ledger_counts_is_a_convolution():
    """An oracle that counts should have run the right thing."""
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((2, 8, 4)), rng.standard_normal((3, 2, 3, 2))
    y, multiplications = counts.radix_2_convolution(x, weight)
    assert relative_error(y, conv2d(x[None], weight)[0]) < 1e-13
    assert multiplications == fft_multiplications((8, 4), 2, 3)


GEOMETRY = Geometry.of((4, 4), 3)
BAD_COSTS = {
    "kernel 2 × 2": (
        lambda: conv2d_winograd(np.ones((1, 1, 4, 4)), np.ones((1, 1, 2, 2))),
        ValueError,
        r"weight: expected kernels of 3 × 3, got \(2, 2\)",
    ),
    "no window": (
        lambda: conv2d_winograd(np.ones((1, 1, 2, 4)), np.ones((1, 1, 3, 3))),
        ValueError,
        "kernel_size: .*fits",
    ),
    "no images": (
        lambda: conv2d_fft(np.ones((2, 2)), np.ones((1, 1, 3, 3))),
        ValueError,
        r"x: .*\(N, C, H, W\)",
    ),
    "other channels": (
        lambda: conv2d_fft(np.ones((1, 2, 4, 4)), np.ones((1, 1, 3, 3))),
        ValueError,
        "weight: expected kernels of 2 channels",
    ),
    "another library": (
        lambda: conv2d_winograd(torch.ones(1, 1, 4, 4), np.ones((1, 1, 3, 3))),
        TypeError,
        "weight: ",
    ),
    "four weights": (lambda: winograd_pair(np.ones(4), np.ones(4)), ValueError, r"w: .*\(4,\)"),
    "three pixels": (lambda: winograd_pair(np.ones(3), np.ones(3)), ValueError, r"x: .*\(3,\)"),
    "a number": (lambda: winograd_pair(np.ones(3), 1.0), ValueError, r"x: .*\(\)"),
    "two pairs and three": (
        lambda: winograd_pair(torch.ones(2, 3), torch.ones(3, 4)),
        ValueError,
        "x: expected a shape to go with w's",
    ),
    "channels": (lambda: loop_operations(GEOMETRY, 0), ValueError, "channels: .*at least 1"),
    "c_in": (lambda: intensity(GEOMETRY, 1.5, 1), TypeError, "c_in: .*whole number"),
    "c_out": (lambda: intensity(GEOMETRY, 1, 0), ValueError, "c_out: .*at least 1"),
    "itemsize": (lambda: intensity(GEOMETRY, 1, 1, 0), ValueError, "itemsize: .*at least 1"),
    "size 6": (lambda: fft_multiplications((6, 8), 1, 1), ValueError, "size: .*powers of 2"),
    "size 0": (lambda: fft_multiplications(0, 1, 1), ValueError, "size: .*at least 1"),
    "transforms": (lambda: fft_multiplications(8, 0, 1), ValueError, "c_in: .*at least 1"),
    "m": (lambda: winograd_saving(0, 3), ValueError, "m: .*at least 1"),
    "k": (lambda: winograd_saving(2, 0), ValueError, "k: .*at least 1"),
}


@pytest.mark.parametrize("name", BAD_COSTS)
def test_bad_input_of_transforms_and_costs_is_named(name):
    call, error, message = BAD_COSTS[name]
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("method", METHODS)
def test_no_image_at_all_gives_no_output_and_no_gradient(method):
    x, weight = np.zeros((0, 2, 5, 5)), np.ones((3, 2, 3, 3))
    y = conv2d(x, weight, method=method)
    assert y.shape == (0, 3, 3, 3)
    dx, dweight, dbias = conv2d_vjp(x, weight, y, method=method)
    assert dx.shape == x.shape
    assert not dweight.any()
    assert not dbias.any()
    assert im2col(x, 3).shape == (0, 18, 9)


@pytest.mark.parametrize("method", METHODS)
def test_arrays_of_two_dtypes_give_the_wider_one(method):
    x, weight = np.ones((1, 2, 5, 5), "float32"), np.ones((3, 2, 3, 3), "float32")
    assert conv2d(x, weight, np.ones(3), method=method).dtype == "float64"
    assert conv2d(x, weight, np.ones(3, "float32"), method=method).dtype == "float32"
    gradients = conv2d_vjp(x, weight, np.ones((1, 3, 3, 3)), method=method)
    assert [gradient.dtype for gradient in gradients] == ["float64"] * 3


def test_tensors_of_two_dtypes_give_the_wider_one():
    x, weight = torch.ones(1, 2, 5, 5), torch.ones(3, 2, 3, 3, dtype=torch.float64)
    assert conv2d(x, weight).dtype == torch.float64


def test_what_is_wanted_may_be_one_name_or_an_iterator():
    x, weight, upstream = np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2))
    for wrt in ("weight", iter(["weight"])):
        dx, dweight, dbias = conv2d_vjp(x, weight, upstream, wrt=wrt)
        assert dx is None
        assert dbias is None
        assert dweight.tolist() == [[[[4.0, 4.0], [4.0, 4.0]]]]


IMAGE, KERNEL, UPSTREAM = np.ones((1, 2, 6, 6)), np.ones((1, 2, 2, 2)), np.ones((1, 1, 5, 5))
WITH_SIZES = {  # functions of sizes, what they take besides, and the least that each size may be
    "Geometry.of": (Geometry.of, ["size", "kernel_size", "stride", "padding", "dilation"]),
    "im2col": (partial(im2col, IMAGE), ["kernel_size", "stride", "padding", "dilation"]),
    "col2im": (
        partial(col2im, np.ones((1, 8, 25))),
        ["output_size", "kernel_size", "stride", "padding", "dilation"],
    ),
    "conv2d": (partial(conv2d, IMAGE, KERNEL), ["stride", "padding", "dilation"]),
    "conv2d_vjp": (partial(conv2d_vjp, IMAGE, KERNEL, UPSTREAM), ["stride", "padding", "dilation"]),
    "conv2d_fft": (partial(conv2d_fft, IMAGE, KERNEL), ["padding"]),
    "conv2d_winograd": (partial(conv2d_winograd, IMAGE, np.ones((1, 2, 3, 3))), ["padding"]),
    "Conv2d": (
        partial(Conv2d, 2, 1, rng=np.random.default_rng(0)),
        ["kernel_size", "stride", "padding", "dilation"],
    ),
    "MaxPool2d": (MaxPool2d, ["kernel_size", "stride", "padding"]),
    "AvgPool2d": (AvgPool2d, ["kernel_size", "stride", "padding"]),
}
FITTING = {"size": 6, "output_size": 6, "kernel_size": 2, "stride": 1, "padding": 0, "dilation": 1}


@pytest.mark.parametrize(
    ("name", "argument"), [(name, a) for name, (_, row) in WITH_SIZES.items() for a in row]
)
def test_every_size_is_checked_in_both_directions(name, argument):
    function, arguments = WITH_SIZES[name]
    fitting = {a: FITTING[a] for a in arguments}
    function(**fitting)
    least, right = (0 if argument == "padding" else 1), FITTING[argument]
    if right == least:
        function(**fitting | {argument: (np.int64(least), least)})
    for wrong in (least - 1, (right, least - 1), (least - 1, right), [right, least - 1], (-5, -5)):
        with pytest.raises(ValueError, match=f"^{argument}: expected at least {least}, got ") as e:
            function(**fitting | {argument: wrong})
        assert str(e.value).endswith(repr(wrong))
    for wrong in (
        True,
        1.0,
        (1, 1.0),
        (True, 1),
        (1,),
        (1, 1, 1),
        (),
        "11",
        None,
        [[1, 1]],
        {1: 1},
    ):
        if (argument, wrong) in (("padding", "11"), ("stride", None)):
            continue  # a name, and what pooling understands
        with pytest.raises(TypeError, match=f"^{argument}: expected a whole number or a pair"):
            function(**fitting | {argument: wrong})


@pytest.mark.parametrize("size", [(2, 9), (9, 2), (2, 2)])
def test_a_window_has_to_fit_in_both_directions(size):
    assert Geometry.of(size, 2).output_size == (size[0] - 1, size[1] - 1)
    with pytest.raises(
        ValueError, match=r"kernel_size: expected a window that fits into .*\(3, 3\)"
    ):
        Geometry.of(size, 3)
    with pytest.raises(ValueError, match="kernel_size: expected a window that fits"):
        Geometry.of(size, 2, dilation=2)
    Geometry.of(size, 2, padding=1, dilation=2)


@pytest.mark.parametrize(
    "shape", [(1, 4, 3), (1, 4, 5), (1, 4, 0), (1, 5, 4), (4, 4), (1, 1, 4, 4)]
)
def test_columns_have_to_be_as_many_as_the_windows(shape):
    assert col2im(np.ones((1, 4, 4)), 3, 2).shape == (1, 1, 3, 3)
    with pytest.raises(ValueError, match=r"columns: expected shape \(N, C·4, 4\), got "):
        col2im(np.ones(shape), 3, 2)


def test_a_layer_names_a_setting_that_cannot_be():
    for wrong, message in (
        ({"stride": 0}, "stride: expected at least 1"),
        ({"padding": "some"}, "padding: expected numbers"),
        ({"padding": "same", "stride": 2}, "padding: expected numbers with stride"),
        ({"dilation": (1, 2, 3)}, "dilation: expected a whole number or a pair"),
    ):
        with pytest.raises((ValueError, TypeError), match=message):
            Conv2d(1, 1, 3, rng=np.random.default_rng(0), **wrong)
    with pytest.raises(ValueError, match="x: expected shape"):
        Flatten()(np.ones(3))
