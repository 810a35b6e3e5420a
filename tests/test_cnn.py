"""Pooling, and a network of images, against PyTorch."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from chainrule.convolution import AvgPool2d, Conv2d, Flatten, MaxPool2d
from chainrule.oracles import relative_error

SIZES, ZEROS = st.integers(1, 9), st.integers(0, 2)
PAIRS = st.tuples(st.integers(1, 3), st.integers(1, 3))


@pytest.mark.slow
@settings(deadline=None)
@given(st.tuples(SIZES, SIZES), PAIRS, PAIRS, st.tuples(ZEROS, ZEROS), st.integers(0, 9))
def test_pooling_is_that_of_pytorch(size, kernel, stride, zeros, seed):
    padding = tuple(min(p, k // 2) for p, k in zip(zeros, kernel, strict=True))
    assume(all(k <= s + 2 * p for k, s, p in zip(kernel, size, padding, strict=True)))
    x = np.random.default_rng(seed).integers(-3, 3, (2, 2, *size)).astype(float)  # with ties
    for ours, theirs in ((MaxPool2d, F.max_pool2d), (AvgPool2d, F.avg_pool2d)):
        layer = ours(kernel, stride=stride, padding=padding)
        leaf = torch.tensor(x, requires_grad=True)
        expected = theirs(leaf, kernel, stride, padding)
        upstream = np.random.default_rng(1).standard_normal(expected.shape)
        expected.backward(torch.tensor(upstream))
        assert relative_error(layer(x), expected.detach().numpy()) < 1e-14
        assert relative_error(layer.vjp(x, upstream), leaf.grad.numpy()) < 1e-14


def test_windows_lie_side_by_side_by_default():
    assert MaxPool2d(2)(np.zeros((1, 1, 5, 5))).shape == (1, 1, 2, 2)


def test_max_pooling_sends_the_error_to_a_pixel_that_is_not_a_number():
    x = np.array([[[[1.0, np.nan], [2.0, 3.0]]]])
    assert MaxPool2d(2).vjp(x, np.ones((1, 1, 1, 1))).tolist() == [[[[0.0, 1.0], [0.0, 0.0]]]]


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
