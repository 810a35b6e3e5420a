"""im2col, col2im, convolution and pooling against PyTorch, over what Hypothesis draws."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from chainrule.convolution import (
    AvgPool2d,
    Conv2d,
    Flatten,
    Geometry,
    MaxPool2d,
    col2im,
    conv2d,
    conv2d_vjp,
    im2col,
)
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


@settings(deadline=None)
@given(convolutions(), st.sampled_from(["auto", "im2col", "loops"]))
def test_convolution_is_that_of_pytorch(drawn, method):
    x, weight, bias, options, _ = drawn
    tensors = map(torch.tensor, (x, weight, bias))
    expected = F.conv2d(*tensors, **options).numpy()
    assert relative_error(conv2d(x, weight, bias, **options, method=method), expected) < 1e-13


@settings(deadline=None)
@given(convolutions())
def test_gradients_are_those_of_pytorch(drawn):
    x, weight, bias, options, rng = drawn
    leaves = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
    output = F.conv2d(*leaves, **options)
    upstream = rng.standard_normal(output.shape)
    output.backward(torch.tensor(upstream))
    found = conv2d_vjp(x, weight, upstream, **options)
    for gradient, leaf in zip(found, leaves, strict=True):
        assert relative_error(gradient, leaf.grad.numpy()) < 1e-12


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


@given(geometries(), st.integers(0, 9))
def test_pooling_is_that_of_pytorch(geometry, seed):
    size, kernel, options = geometry
    padding = tuple(min(p, k // 2) for p, k in zip(options["padding"], kernel, strict=True))
    assume(all(k <= s + 2 * p for k, s, p in zip(kernel, size, padding, strict=True)))
    x = np.random.default_rng(seed).integers(-3, 3, (2, 2, *size)).astype(float)  # with ties
    for ours, theirs in ((MaxPool2d, F.max_pool2d), (AvgPool2d, F.avg_pool2d)):
        layer = ours(kernel, stride=options["stride"], padding=padding)
        leaf = torch.tensor(x, requires_grad=True)
        expected = theirs(leaf, kernel, options["stride"], padding)
        upstream = np.random.default_rng(1).standard_normal(expected.shape)
        expected.backward(torch.tensor(upstream))
        assert relative_error(layer(x), expected.detach().numpy()) < 1e-14
        assert relative_error(layer.vjp(x, upstream), leaf.grad.numpy()) < 1e-14


def test_windows_lie_side_by_side_by_default():
    assert MaxPool2d(2)(np.zeros((1, 1, 5, 5))).shape == (1, 1, 2, 2)


def test_the_operations_of_the_source_counted_right():
    """Erratum E29: a 3 × 3 kernel on 7 × 7 pixels makes 5 × 5 outputs."""
    assert Geometry.of((7, 7), 3).output_size == (5, 5)


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
        "method: expected one of",
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


def test_a_network_of_images_learns_as_pytorchs_does():
    rng = np.random.default_rng(0)
    layers = [Conv2d(1, 3, 3, padding=1, rng=rng), MaxPool2d(2), Flatten()]
    x = rng.standard_normal((4, 1, 6, 6))
    twin = torch.nn.Sequential(
        torch.nn.Conv2d(1, 3, 3, padding=1), torch.nn.MaxPool2d(2), torch.nn.Flatten()
    ).double()
    with torch.no_grad():
        twin[0].weight[:] = torch.tensor(layers[0].weight)
        twin[0].bias[:] = torch.tensor(layers[0].bias)
    output, inputs = x, []
    for layer in layers:
        inputs.append(output)
        output = layer(output)
    expected = twin(torch.tensor(x))
    assert relative_error(output, expected.detach().numpy()) < 1e-14
    upstream = rng.standard_normal(output.shape)
    expected.backward(torch.tensor(upstream))
    for layer, given_to in zip(layers[:0:-1], inputs[:0:-1], strict=True):
        upstream = layer.vjp(given_to, upstream)
    for found, parameter in zip(
        layers[0].parameter_vjp(x, upstream), twin[0].parameters(), strict=True
    ):
        assert relative_error(found, parameter.grad.numpy()) < 1e-13
