"""im2col and col2im: 2.1.1."""

from collections.abc import Callable
from functools import partial

from ... import convolution
from ..core import CLOSE, Claim, Oracle
from ..oracles import torch_oracle
from . import cases, twins


def _im2col(x, kernel, *how):
    return convolution.im2col(x, kernel, **cases.standing(*how))


def _fold(torch, z, size, kernel, stride, padding, dilation):
    return torch.nn.functional.fold(z, size, kernel, dilation, padding, stride)


def _channels_last(x, *rest):
    """Give columns that hold their window place by place, each channel by channel."""
    found = twins.sliding_columns(x, *rest)
    by_place = found.reshape(len(x), x.shape[1], -1, found.shape[-1]).swapaxes(1, 2)
    return by_place.reshape(found.shape)


def _times_columns(columns: Callable) -> Callable:
    """Give W X + b 1ᵀ for one image, with the columns made in this way."""

    def product(x, w, b, *rest):
        found = columns(x[None], w.shape[2:], *rest)[0]
        return w.reshape(len(w), -1) @ found + b[:, None]

    return product


def _as_rows(convolve: Callable) -> Callable:
    """Give what a convolution makes of one image, every channel as a row."""

    def rows(x, w, b, *rest):
        return convolve(x[None], w, b, *rest).reshape(len(w), -1)

    return rows


def _inner_with(fold: Callable) -> Callable:
    """Give ⟨x, col2im(Z)⟩, with col2im made in this way."""
    return lambda x, z, *rest: (x * fold(z, x.shape[2:], *rest)).sum()


def overwritten(z, *rest):
    """Give col2im with the last number instead of the sum."""
    return twins.images(z, *rest, overwritten=True)


IM2COL = (
    Claim(
        label="2.1.1a",
        title="im2col",
        code="convolution.im2col",
        implementation=_im2col,
        cases=cases.unfolded,
        oracles=(
            Oracle("loops", twins.columns),
            Oracle("NumPy's sliding windows", twins.sliding_columns),
            torch_oracle("torch.nn.functional.unfold", cases.unfold),
        ),
        saboteur=_channels_last,
        mistake="the channels last in a column",
    ),
    Claim(
        label="2.1.1b",
        title="convolution as a matrix product",
        code="convolution.conv2d",
        implementation=_as_rows(partial(cases.convolution_of, method="im2col")),
        cases=cases.one_image,
        oracles=cases.oracles_of(
            _as_rows,
            Oracle("product with NumPy's sliding windows", _times_columns(twins.sliding_columns)),
        ),
        saboteur=_times_columns(_channels_last),
        mistake="rows and columns in different orders",
    ),
    Claim(
        label="2.1.1c",
        title="col2im",
        code="convolution.col2im",
        implementation=lambda z, size, kernel, *how: convolution.col2im(
            z, size, kernel, **cases.standing(*how)
        ),
        cases=lambda rng: (
            (z, x.shape[2:], *rest) for x, z, *rest in cases.unfolded_and_columns(rng)
        ),
        oracles=(
            Oracle("loops", twins.images),
            Oracle("the matrix of im2col, transposed", twins.by_transpose),
            torch_oracle("torch.nn.functional.fold", _fold),
        ),
        saboteur=overwritten,
        mistake="= instead of +=: the last number instead of the sum",
    ),
    Claim(
        label="2.1.1d",
        title="col2im is the transpose of im2col",
        code="convolution.im2col",
        implementation=lambda x, z, *rest: (_im2col(x, *rest) * z).sum(),
        cases=cases.unfolded_and_columns,
        oracles=(
            Oracle("loops", _inner_with(twins.images), CLOSE),
            Oracle("the matrix of im2col, transposed", _inner_with(twins.by_transpose), CLOSE),
            torch_oracle(
                "torch.nn.functional.fold",
                lambda torch, *case: _inner_with(partial(_fold, torch))(*case),
                CLOSE,
            ),
        ),
        saboteur=_inner_with(overwritten),
        mistake="col2im with = instead of +=",
        roundoffs=64,  # a long sum whose terms nearly cancel
    ),
)
