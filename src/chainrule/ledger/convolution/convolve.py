"""Convolution: 2.1."""

import numpy as np

from ... import convolution
from ...arrays import library
from ...convolution import Geometry
from ..core import Claim, Oracle
from ..libraries import signal
from ..oracles import sympy_oracle, torch_oracle
from . import cases, counts, twins
from .twins import NONE, ONE


def _one_channel(x, w, padding=NONE):
    return convolution.conv2d(x[None, None], w[None, None], padding=padding)[0, 0]


def _torch_outputs(torch, size, kernel, *rest) -> list[int]:
    image, one = torch.zeros(1, 1, *size), torch.zeros(1, 1, *kernel)
    return list(cases.torch_convolution(torch, image, one, None, *rest).shape[2:])


def _rounded_up(size, kernel, stride, padding, dilation) -> list[int]:
    every = zip(size, kernel, stride, padding, dilation, strict=True)
    return [-(-(h + 2 * p - d * (k - 1) - 1) // s) + 1 for h, k, s, p, d in every]


def _zeros_after(x, w, b, stride, padding, dilation):
    around = [(0, 0), (0, 0), *((0, 2 * p) for p in padding)]
    return twins.scipy_convolve(np.pad(x, around), w, b, stride, NONE, dilation)


def _loop_operations(*case) -> list[int]:
    return list(convolution.loop_operations(Geometry.of(*case[:4]), case[4]))


def _sliding_operations(size, kernel, stride, padding, channels: int) -> list:
    """Count what is in the windows, and the windows."""
    found = twins.sliding(np.zeros((1, channels, *size)), kernel, stride, padding)
    return [found.size, found.size - found[0, 0, :, :, 0, 0].size]


def _sympy_operations(sympy, size, kernel, stride, padding, channels: int) -> list[int]:
    """Write every output down, and let SymPy count."""
    w = sympy.symbols(f"w:{channels * kernel[0] * kernel[1]}")
    total = sympy.Integer(0)
    for row in range(int(np.prod(twins.counted_outputs(size, kernel, stride, padding, ONE)))):
        terms = [w_i * sympy.Symbol(f"x{row}_{i}") for i, w_i in enumerate(w)]
        total += sympy.count_ops(sympy.Add(*terms), visual=True)
    return [int(total.coeff(sympy.Symbol(operation))) for operation in ("MUL", "ADD")]


CONVOLUTION = (
    Claim(
        label="2.1a",
        title="cross-correlation",
        code="convolution.conv2d",
        implementation=_one_channel,
        cases=cases.pictures,
        oracles=(
            Oracle("loops in exact fractions", twins.correlate),
            Oracle("scipy.signal.correlate2d", lambda x, w: signal.correlate2d(x, w, "valid")),
            torch_oracle(
                "torch.nn.functional.conv2d",
                lambda torch, x, w: torch.nn.functional.conv2d(x[None], w[None, None])[0],
            ),
        ),
        saboteur=lambda x, w: signal.convolve2d(x, w, "valid"),
        mistake="the kernel turned",
    ),
    Claim(
        label="2.1b",
        title="the mathematician's convolution",
        code="convolution.conv2d",
        implementation=lambda x, w: _one_channel(x, library(w).flip(w), [k - 1 for k in w.shape]),
        cases=cases.pictures,
        oracles=(
            Oracle("loops", twins.turned),
            Oracle("scipy.signal.convolve2d", lambda x, w: signal.convolve2d(x, w)),
            torch_oracle(
                "torch.nn.functional.conv_transpose2d",
                lambda torch, x, w: torch.nn.functional.conv_transpose2d(x[None], w[None, None])[0],
            ),
        ),
        saboteur=lambda x, w: signal.correlate2d(x, w),
        mistake="the kernel not turned",
    ),
    Claim(
        label="2.1c",
        title="the size of the output",
        code="convolution.Geometry.of",
        implementation=lambda *case: list(Geometry.of(*case).output_size),
        cases=cases.sizes,
        oracles=(
            Oracle("windows moved and counted", twins.counted_outputs),
            Oracle(
                "NumPy's sliding windows",
                lambda size, *rest: list(twins.sliding(np.zeros((1, 1, *size)), *rest).shape[2:4]),
            ),
            torch_oracle("torch.nn.functional.conv2d", _torch_outputs),
        ),
        saboteur=_rounded_up,
        mistake="rounded up: a window over the edge",
    ),
    Claim(
        label="2.1d",
        title="convolution with channels, stride, padding, dilation and bias",
        code="convolution.conv2d",
        implementation=cases.convolution_of,
        cases=cases.convolutions,
        oracles=cases.oracles_of(lambda convolve: convolve),
        saboteur=_zeros_after,
        mistake="all zeros put below and right",
    ),
    Claim(
        label="2.1e",
        title="the operations of one kernel",
        code="convolution.loop_operations",
        implementation=_loop_operations,
        cases=lambda rng: iter(
            (((7, 7), (3, 3), ONE, NONE, 1), ((5, 6), (2, 3), (2, 1), (1, 2), 3))
        ),
        oracles=(
            Oracle("loops, counted", counts.loop_tally),
            Oracle("NumPy's sliding windows, counted", _sliding_operations),
            sympy_oracle(_sympy_operations, name="sympy.count_ops"),
        ),
        saboteur=lambda *case: counts.loop_tally(*case)[:1] * 2,
        mistake="an addition for every multiplication: the first product is added to nothing",
    ),
    Claim(
        label="2.1f",
        title="convolution in groups",
        code="convolution.conv2d",
        implementation=cases.convolution_of,
        cases=cases.grouped,
        oracles=cases.oracles_of(lambda convolve: convolve),
        saboteur=lambda *case: twins.scipy_convolve(*case, dealt=True),
        mistake="kernels dealt out to the groups in turn",
    ),
)
