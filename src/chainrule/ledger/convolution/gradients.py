"""The gradients of a convolution: 2.1.1."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ... import convolution
from ...oracles import autograd, complex_step
from ..core import Claim, Oracle
from ..oracles import torch_oracle
from . import cases, twins
from .columns import overwritten


def _vjp(wanted: int, method: str = "auto") -> Callable:
    """Give the gradient of the images (0), the kernels (1) or the biases (2)."""
    return lambda x, w, delta, *how: convolution.conv2d_vjp(
        x, w, delta, **cases.standing(*how), method=method
    )[wanted]


def differentiated(wanted: int) -> tuple[Oracle, Oracle]:
    """Give two oracles: the loops, differentiated by the complex step, and PyTorch's autograd."""

    def by_step(x, w, delta, *how):
        arrays = [x, w, np.zeros(len(w))]

        def cost(changed):  # its gradient with respect to the output is δ
            given = [*arrays[:wanted], changed, *arrays[wanted + 1 :]]
            return np.sum(twins.convolve(*given, *how) * delta)

        return complex_step(cost, arrays[wanted])

    def by_torch(torch, x, w, delta, *how):
        arrays = [x, w, torch.zeros(len(w), dtype=w.dtype)]
        return autograd(lambda *y: cases.torch_convolution(torch, *y, *how), arrays, delta)[wanted]

    return Oracle("complex step of the loops", by_step), torch_oracle("torch.autograd", by_torch)


def weight_by_columns(x, w, delta, *rest):
    """Give ∂C/∂w as products of δ and the columns, equation 2.1.1e."""
    found = twins.columns(x, w.shape[2:], *rest)
    return np.einsum("nol,nkl->ok", delta.reshape(*delta.shape[:2], -1), found).reshape(w.shape)


def _image_by(fold: Callable) -> Callable:
    """Give col2im(Wᵀ δ), with col2im made in this way."""

    def gradient(x, w, delta, *rest):
        z = w.reshape(len(w), -1).T @ delta.reshape(*delta.shape[:2], -1)
        return fold(z, x.shape[2:], w.shape[2:], *rest)

    return gradient


def _bias_loops(x, w, delta, *rest):
    total = [0.0] * len(w)
    for n, o, u, v in np.ndindex(delta.shape):
        total[o] += delta[n, o, u, v]
    return total


def _torch_transposed(torch, x, w, delta, stride, padding, dilation):
    """Give the transposed convolution, with as many rows and columns more as no window reached."""
    size, outputs, kernel = x.shape[2:], delta.shape[2:], w.shape[2:]
    every = zip(size, outputs, kernel, stride, padding, dilation, strict=True)
    more = [h - ((o - 1) * s - 2 * p + d * (k - 1) + 1) for h, o, k, s, p, d in every]
    return torch.nn.functional.conv_transpose2d(
        delta, w, None, stride, padding, more, dilation=dilation
    )


GRADIENTS = (
    Claim(
        label="2.1.1e",
        title="the gradient of the kernels",
        code="convolution.conv2d_vjp",
        implementation=_vjp(1, "im2col"),
        cases=cases.errors,
        oracles=(
            Oracle("product with columns made by loops", weight_by_columns),
            *differentiated(1),
        ),
        saboteur=lambda x, *rest: weight_by_columns(x, *rest) / len(x),
        mistake="the mean over the images",
    ),
    Claim(
        label="2.1.1f",
        title="the gradient of the biases",
        code="convolution.conv2d_vjp",
        implementation=_vjp(2),
        cases=cases.errors,
        oracles=(Oracle("loops", _bias_loops), *differentiated(2)),
        saboteur=lambda x, w, delta, *rest: delta.sum(0).mean((1, 2)),
        mistake="the mean over the pixels",
    ),
    Claim(
        label="2.1.1g",
        title="the gradient of the images, by col2im",
        code="convolution.conv2d_vjp",
        implementation=_vjp(0, "im2col"),
        cases=cases.errors,
        oracles=(
            Oracle("the matrix of im2col, transposed", _image_by(twins.by_transpose)),
            *differentiated(0),
        ),
        saboteur=_image_by(overwritten),
        mistake="col2im with = instead of +=",
    ),
    Claim(
        label="2.1.1h",
        title="the gradient of the images, pixel by pixel",
        code="convolution.conv2d_vjp",
        implementation=_vjp(0),
        cases=cases.errors,
        oracles=(
            Oracle("loops", twins.image_gradient),
            Oracle("scipy.signal.convolve2d", twins.scipy_image_gradient),
            torch_oracle("torch.nn.functional.conv_transpose2d", _torch_transposed),
        ),
        saboteur=partial(twins.scipy_image_gradient, rule="correlate2d"),
        mistake="the kernel turned once too often",
    ),
)
