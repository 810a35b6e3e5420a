"""The claims of section 2.1.1, second part: what convolution costs, and frequencies."""

from collections.abc import Callable
from functools import partial

import numpy as np

from ... import convolution
from ...convolution import Geometry
from ...oracles import count_multiplications
from ..core import Claim, Oracle
from ..libraries import signal
from ..oracles import torch_oracle
from . import cases, counts, twins
from .twins import NONE, ONE


def _growth_of(columns: Callable) -> Callable:
    """Make the columns of an image in this way, and compare how many numbers there are."""
    return lambda size, *rest: columns(np.zeros((1, 1, *size)), *rest).size / np.prod(size)


def _one(convolve: Callable) -> Callable:
    """Give what a convolution makes of one image, the bias left out."""
    return lambda x, w, *rest: convolve(x[None], w, None, *rest)[0]


def _byte_count(c_in: int, c_out: int, size, kernel, *rest) -> int:
    outputs = twins.counted_outputs(size, kernel, *rest)
    shapes = (c_in, *size), (c_out, c_in, *kernel), (c_out, *outputs)
    return sum(np.zeros(shape, "float32").nbytes for shape in shapes)


def _multiplied(c_in: int, c_out: int, size, kernel, *rest) -> int:
    columns = twins.columns(np.zeros((1, c_in, *size)), kernel, *rest)[0]
    rows = np.zeros((c_out, len(columns)))
    return count_multiplications(lambda rows, columns: rows @ columns, rows, columns)


def _loop_multiplications(c_in: int, c_out: int, *geometry) -> int:
    """Count every product of a number of a window and one of a kernel, zeros around included."""
    size, kernel, stride, padding, dilation = geometry
    x = np.ones((1, c_in, *(h + 2 * p for h, p in zip(size, padding, strict=True))))
    w = np.ones((c_out, c_in, *kernel))
    return int(twins.convolve(x, w, None, stride, NONE, dilation).sum())


def _torch_intensity(torch, c_in: int, c_out: int, size, kernel, *rest):
    from torch.utils.flop_counter import FlopCounterMode

    x, w = torch.zeros(1, c_in, *size), torch.zeros(c_out, c_in, *kernel)
    with FlopCounterMode(display=False) as counter:
        y = cases.torch_convolution(torch, x, w, None, *rest)
    return counter.get_total_flops() / (x.nbytes + w.nbytes + y.nbytes)


def _padded(convolve: Callable) -> Callable:
    return lambda x, w, padding: convolve(x, w, padding=padding)


def _scipy_fft(x, w, padding):
    turned = w[:, :, ::-1, ::-1]
    x = twins.zeros_around(x, padding)[:, None]
    return signal.fftconvolve(x, turned[None], "valid", axes=(3, 4)).sum(2)


def _not_conjugated(x, w, padding):
    x = twins.zeros_around(x, padding)
    outputs = [h - k + 1 for h, k in zip(x.shape[2:], w.shape[2:], strict=True)]
    product = np.fft.fft2(w, x.shape[2:]) * np.fft.fft2(x)[:, None]
    return np.fft.ifft2(product.sum(2)).real[..., : outputs[0], : outputs[1]]


CLAIMS = (
    Claim(
        label="2.1.1i",
        title="how much larger the columns are",
        code="convolution.column_growth",
        implementation=lambda *case: convolution.column_growth(Geometry.of(*case)),
        cases=cases.sizes,
        oracles=(
            Oracle("columns made by loops, counted", _growth_of(twins.columns)),
            Oracle("NumPy's sliding windows, counted", _growth_of(twins.sliding_columns)),
            torch_oracle(
                "torch.nn.functional.unfold",
                lambda torch, size, *rest: (
                    cases.unfold(torch, torch.zeros(1, 1, *size), *rest).numel() / np.prod(size)
                ),
            ),
        ),
        saboteur=lambda size, kernel, *rest: kernel[0] * kernel[1],
        mistake="a window for every pixel",
    ),
    Claim(
        label="2.1.1j",
        title="convolution as a sum of products with shifted images",
        code="convolution.conv2d",
        implementation=_one(cases.convolution_of),
        cases=lambda rng: ((x, w, *rest) for x, w, _, *rest in cases.one_image(rng)),
        oracles=cases.oracles_of(_one, Oracle("slices and numpy.einsum", twins.shifted)),
        saboteur=partial(twins.shifted, apart=ONE),
        mistake="shifted by i and j, without d",
    ),
    Claim(
        label="2.1.1k",
        title="operations per byte",
        code="convolution.intensity",
        implementation=lambda c_in, c_out, *geometry: convolution.intensity(
            Geometry.of(*geometry), c_in, c_out
        ),
        cases=lambda rng: (
            (c_in, c_out, *cases.GEOMETRIES[i])
            for i, (c_in, c_out) in enumerate(((1, 1), (3, 2), (4, 5), (2, 8)))
        ),
        oracles=(
            Oracle(
                "loops over ones, and bytes in NumPy",
                lambda *case: 2 * _loop_multiplications(*case) / _byte_count(*case),
            ),
            Oracle(
                "the matrix product, counted",
                lambda *case: 2 * _multiplied(*case) / _byte_count(*case),
            ),
            torch_oracle("torch.utils.flop_counter", _torch_intensity),
        ),
        saboteur=lambda *case: _multiplied(*case) / _byte_count(*case),
        mistake="the additions not counted",
    ),
    Claim(
        label="2.1.1l",
        title="convolution by Fourier's transform",
        code="convolution.conv2d_fft",
        implementation=_padded(convolution.conv2d_fft),
        cases=lambda rng: (
            (rng.standard_normal((2, 3, *size)), rng.standard_normal((2, 3, *kernel)), padding)
            for size, kernel, padding in (((4, 4), (2, 2), NONE), ((5, 7), (3, 2), (1, 2)))
        ),
        oracles=cases.oracles_of(_padded, Oracle("scipy.signal.fftconvolve", _scipy_fft)),
        saboteur=_not_conjugated,
        mistake="not conjugated: the kernel turned, and round the edge",
    ),
    Claim(
        label="2.1.1m",
        title="the multiplications of that",
        code="convolution.fft_multiplications",
        implementation=convolution.fft_multiplications,
        cases=lambda rng: iter((((8, 8), 1, 1), ((4, 8), 3, 2), ((2, 1), 2, 3))),
        oracles=(
            Oracle("a recursive transform, counted", counts.radix_2_tally),
            Oracle("butterflies, counted", counts.butterflies),
        ),
        saboteur=lambda size, c_in, c_out: (
            counts.transforms(size, c_in + c_out) + c_in * c_out * size[0] * size[1]
        ),
        mistake="the transforms of the kernels forgotten",
    ),
)
