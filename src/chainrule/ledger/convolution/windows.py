"""The claims of sections 2.1 and 2.1.1: convolution, im2col and col2im, and their gradients."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from scipy import signal

from ... import convolution
from ...arrays import library
from ...convolution import Geometry
from ...oracles import autograd, complex_step
from ..core import Claim, Oracle
from ..oracles import CLOSE, EXACT, loops_oracle, torch_oracle
from . import counts, twins
from .cases import (
    GEOMETRIES,
    NONE,
    ONE,
    convolution_of,
    convolutions,
    one_image,
    sizes,
    torch_convolution,
    unfold,
)

# ---- cases ---------------------------------------------------------------------------------------


def _pictures(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield an image of one channel and a kernel."""
    for size, kernel, *_ in GEOMETRIES:
        yield rng.standard_normal(size), rng.standard_normal(kernel)


def _grouped(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the same with groups, the last time one for every channel."""
    for (size, kernel, *rest), groups in zip(GEOMETRIES[:3], (2, 2, 3), strict=True):
        read = 3 - groups + 1
        x = rng.standard_normal((2, read * groups, *size))
        w = rng.standard_normal((2 * groups, read, *kernel))
        yield x, w, rng.standard_normal(len(w)), *rest, groups


def _errors(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield images, kernels, δ, and how the windows stand."""
    for x, w, _, *rest in convolutions(rng):
        outputs = twins.counted_outputs(x.shape[2:], w.shape[2:], *rest)
        yield x, w, rng.standard_normal((len(x), len(w), *outputs)), *rest


def _unfolded(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield images and how the windows stand."""
    for size, *rest in GEOMETRIES:
        yield rng.standard_normal((2, 3, *size)), *rest


def _unfolded_and_columns(rng: np.random.Generator) -> Iterator[tuple]:
    for x, *rest in _unfolded(rng):
        yield x, rng.standard_normal(twins.columns(x, *rest).shape), *rest


def _folded(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield columns, the size of the images, and how the windows stand."""
    for x, z, *rest in _unfolded_and_columns(rng):
        yield z, x.shape[2:], *rest


def _loop_sizes(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield size, kernel, stride, padding, channels."""
    yield (7, 7), (3, 3), ONE, NONE, 1
    yield (5, 6), (2, 3), (2, 1), (1, 2), 3


# ---- 2.1: convolution ----------------------------------------------------------------------------


def _correlation(x: Any, w: Any) -> Any:
    return convolution.conv2d(x[None, None], w[None, None])[0, 0]


def _true_convolution(x: Any, w: Any) -> Any:
    turned = library(w).flip(w)
    padding = [k - 1 for k in w.shape]
    return convolution.conv2d(x[None, None], turned[None, None], padding=padding)[0, 0]


def _torch_true_convolution(torch: Any, x: Any, w: Any) -> Any:
    return torch.nn.functional.conv_transpose2d(x[None, None], w[None, None])[0, 0]


def _torch_outputs(torch: Any, size: Any, kernel: Any, *rest: Any) -> list[int]:
    image, one = torch.zeros(1, 1, *size), torch.zeros(1, 1, *kernel)
    return list(torch_convolution(torch, image, one, None, *rest).shape[2:])


def _sliding_outputs(size: Any, kernel: Any, *rest: Any) -> list[int]:
    return list(twins.sliding(np.zeros((1, 1, *size)), kernel, *rest).shape[2:4])


def _rounded_up(size: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> list[int]:
    every = zip(size, kernel, stride, padding, dilation, strict=True)
    return [-(-(h + 2 * p - d * (k - 1) - 1) // s) + 1 for h, k, s, p, d in every]


def _zeros_after(x: Any, w: Any, b: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    around = [(0, 0), (0, 0), *((0, 2 * p) for p in padding)]
    return twins.scipy_convolve(np.pad(x, around), w, b, stride, NONE, dilation)


def _in_turn(x: Any, w: Any, b: Any, *rest: Any) -> Any:
    groups = rest[-1]
    return twins.scipy_convolve(x, w, b, *rest, group_of=lambda o: o % groups)


def _loop_operations(size: Any, kernel: Any, stride: Any, padding: Any, channels: int) -> list:
    geometry = Geometry.of(size, kernel, stride, padding)
    return list(convolution.loop_operations(geometry, channels))


def _sliding_operations(size: Any, kernel: Any, stride: Any, padding: Any, channels: int) -> list:
    """Count what is in the windows, and the windows."""
    found = twins.sliding(np.zeros((1, channels, *size)), kernel, stride, padding)
    return [found.size, found.size - found[0, 0, :, :, 0, 0].size]


def _sympy_operations(size: Any, kernel: Any, stride: Any, padding: Any, channels: int) -> list:
    """Write every output down, and let SymPy count."""
    import sympy

    k_h, k_w = kernel
    w = sympy.symbols(f"w:{channels * k_h * k_w}")
    total = sympy.Integer(0)
    for row in range(int(np.prod(twins.counted_outputs(size, kernel, stride, padding, ONE)))):
        terms = [w_i * sympy.Symbol(f"x{row}_{i}") for i, w_i in enumerate(w)]
        total += sympy.count_ops(sympy.Add(*terms), visual=True)
    return [int(total.coeff(sympy.Symbol(operation))) for operation in ("MUL", "ADD")]


def _additions_too_many(size: Any, kernel: Any, stride: Any, padding: Any, channels: int) -> list:
    multiplications, _ = counts.loop_tally(size, kernel, stride, padding, channels)
    return [multiplications, multiplications]


CONVOLUTION = (
    Claim(
        label="2.1a",
        title="cross-correlation",
        code="convolution.conv2d",
        implementation=_correlation,
        cases=_pictures,
        oracles=(
            Oracle("loops in exact fractions", twins.correlate, EXACT),
            Oracle(
                "scipy.signal.correlate2d", lambda x, w: signal.correlate2d(x, w, "valid"), EXACT
            ),
            torch_oracle(
                "torch.nn.functional.conv2d",
                lambda torch, x, w: torch_convolution(torch, x[None, None], w[None, None])[0, 0],
            ),
        ),
        saboteur=lambda x, w: signal.convolve2d(x, w, "valid"),
        mistake="the kernel turned",
    ),
    Claim(
        label="2.1b",
        title="the mathematician's convolution",
        code="convolution.conv2d",
        implementation=_true_convolution,
        cases=_pictures,
        oracles=(
            loops_oracle(twins.turned),
            Oracle("scipy.signal.convolve2d", lambda x, w: signal.convolve2d(x, w), EXACT),
            torch_oracle("torch.nn.functional.conv_transpose2d", _torch_true_convolution),
        ),
        saboteur=lambda x, w: signal.correlate2d(x, w),
        mistake="the kernel not turned",
    ),
    Claim(
        label="2.1c",
        title="the size of the output",
        code="convolution.Geometry.of",
        implementation=lambda *case: list(Geometry.of(*case).output_size),
        cases=sizes,
        oracles=(
            Oracle("windows moved and counted", twins.counted_outputs, EXACT),
            Oracle("NumPy's sliding windows", _sliding_outputs, EXACT),
            torch_oracle("torch.nn.functional.conv2d", _torch_outputs),
        ),
        saboteur=_rounded_up,
        mistake="rounded up: a window over the edge",
    ),
    Claim(
        label="2.1d",
        title="convolution with channels, stride, padding, dilation and bias",
        code="convolution.conv2d",
        implementation=convolution_of,
        cases=convolutions,
        oracles=(
            loops_oracle(twins.convolve),
            Oracle("scipy.signal.correlate2d", twins.scipy_convolve, EXACT),
            torch_oracle("torch.nn.functional.conv2d", torch_convolution, EXACT),
        ),
        saboteur=_zeros_after,
        mistake="all zeros put below and right",
    ),
    Claim(
        label="2.1e",
        title="the operations of one kernel",
        code="convolution.loop_operations",
        implementation=_loop_operations,
        cases=_loop_sizes,
        oracles=(
            Oracle("loops, counted", counts.loop_tally, EXACT),
            Oracle("NumPy's sliding windows, counted", _sliding_operations, EXACT),
            Oracle("sympy.count_ops", _sympy_operations, EXACT, needs="sympy"),
        ),
        saboteur=_additions_too_many,
        mistake="an addition for every multiplication: the first product is added to nothing",
    ),
    Claim(
        label="2.1f",
        title="convolution in groups",
        code="convolution.conv2d",
        implementation=convolution_of,
        cases=_grouped,
        oracles=(
            loops_oracle(twins.convolve),
            Oracle("scipy.signal.correlate2d", twins.scipy_convolve, EXACT),
            torch_oracle("torch.nn.functional.conv2d", torch_convolution, EXACT),
        ),
        saboteur=_in_turn,
        mistake="kernels dealt out to the groups in turn",
    ),
)

# ---- 2.1.1: im2col and col2im --------------------------------------------------------------------


def _im2col(x: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    return convolution.im2col(x, kernel, stride=stride, padding=padding, dilation=dilation)


def _fold(
    torch: Any, z: Any, size: Any, kernel: Any, stride: Any, padding: Any, dilation: Any
) -> Any:
    return torch.nn.functional.fold(z, size, kernel, dilation, padding, stride)


def _col2im(z: Any, size: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    return convolution.col2im(z, size, kernel, stride=stride, padding=padding, dilation=dilation)


def _channels_last(x: Any, *rest: Any) -> Any:
    """Give columns that hold their window place by place, each channel by channel."""
    found = twins.sliding_columns(x, *rest)
    by_place = found.reshape(len(x), x.shape[1], -1, found.shape[-1]).swapaxes(1, 2)
    return by_place.reshape(found.shape)


def _times_columns(columns: Callable) -> Callable:
    """Give W X + b 1ᵀ for one image, with the columns made in this way."""

    def product(x: Any, w: Any, b: Any, *rest: Any) -> Any:
        found = columns(x[None], w.shape[2:], *rest)[0]
        return w.reshape(len(w), -1) @ found + b[:, None]

    return product


def _as_rows(convolve: Callable) -> Callable:
    """Give what a convolution makes of one image, every channel as a row."""

    def rows(x: Any, w: Any, b: Any, *rest: Any) -> Any:
        return convolve(x[None], w, b, *rest).reshape(len(w), -1)

    return rows


def _by_im2col(x: Any, w: Any, b: Any, stride: Any, padding: Any, dilation: Any) -> Any:
    return convolution.conv2d(
        x, w, b, stride=stride, padding=padding, dilation=dilation, method="im2col"
    )


def _inner_with(fold: Callable) -> Callable:
    """Give ⟨x, col2im(Z)⟩, with col2im made in this way."""
    return lambda x, z, *rest: (x * fold(z, x.shape[2:], *rest)).sum()


def _overwritten(z: Any, *rest: Any) -> Any:
    return twins.images(z, *rest, overwritten=True)


IM2COL = (
    Claim(
        label="2.1.1a",
        title="im2col",
        code="convolution.im2col",
        implementation=_im2col,
        cases=_unfolded,
        oracles=(
            loops_oracle(twins.columns),
            Oracle("NumPy's sliding windows", twins.sliding_columns, EXACT),
            torch_oracle("torch.nn.functional.unfold", unfold),
        ),
        saboteur=_channels_last,
        mistake="the channels last in a column",
    ),
    Claim(
        label="2.1.1b",
        title="convolution as a matrix product",
        code="convolution.conv2d",
        implementation=_as_rows(_by_im2col),
        cases=one_image,
        oracles=(
            loops_oracle(_as_rows(twins.convolve)),
            Oracle(
                "product with NumPy's sliding windows", _times_columns(twins.sliding_columns), EXACT
            ),
            torch_oracle(
                "torch.nn.functional.conv2d",
                lambda torch, *case: _as_rows(lambda *images: torch_convolution(torch, *images))(
                    *case
                ),
            ),
        ),
        saboteur=_times_columns(_channels_last),
        mistake="rows and columns in different orders",
    ),
    Claim(
        label="2.1.1c",
        title="col2im",
        code="convolution.col2im",
        implementation=_col2im,
        cases=_folded,
        oracles=(
            loops_oracle(twins.images),
            Oracle("the matrix of im2col, transposed", twins.by_transpose, EXACT),
            torch_oracle("torch.nn.functional.fold", _fold),
        ),
        saboteur=_overwritten,
        mistake="= in the place of +=: the last number instead of the sum",
    ),
    Claim(
        label="2.1.1d",
        title="col2im is the transpose of im2col",
        code="convolution.im2col",
        implementation=lambda x, z, *rest: (_im2col(x, *rest) * z).sum(),
        cases=_unfolded_and_columns,
        oracles=(
            loops_oracle(_inner_with(twins.images), CLOSE),
            Oracle("the matrix of im2col, transposed", _inner_with(twins.by_transpose), CLOSE),
            torch_oracle(
                "torch.nn.functional.fold",
                lambda torch, *case: _inner_with(lambda *columns: _fold(torch, *columns))(*case),
                CLOSE,
            ),
        ),
        saboteur=_inner_with(_overwritten),
        mistake="col2im with = in the place of +=",
        roundoffs=64,  # a long sum whose terms nearly cancel
    ),
)

# ---- 2.1.1: gradients ----------------------------------------------------------------------------


def _vjp(wanted: int, method: str = "auto") -> Callable:
    def gradient(x: Any, w: Any, delta: Any, stride: Any, padding: Any, dilation: Any) -> Any:
        return convolution.conv2d_vjp(
            x, w, delta, stride=stride, padding=padding, dilation=dilation, method=method
        )[wanted]

    return gradient


def _complex(wanted: int) -> Oracle:
    """Give an oracle: a step in the imaginary direction, of the loops."""

    def expected(x: Any, w: Any, delta: Any, *rest: Any) -> Any:
        arrays = [x, w, np.zeros(len(w))]

        def cost(changed: Any) -> Any:
            given = [*arrays[:wanted], changed, *arrays[wanted + 1 :]]
            return twins.upstream_cost(*given, delta, *rest)

        return complex_step(cost, arrays[wanted])

    return Oracle("complex step of the loops", expected, EXACT)


def _torch_gradient(wanted: int) -> Oracle:
    def expected(x: Any, w: Any, delta: Any, *rest: Any) -> Any:
        import torch

        def y(*tensors: Any) -> Any:
            return torch_convolution(torch, *tensors, *rest)

        return autograd(y, [x, w, np.zeros(len(w))], delta)[wanted]

    return Oracle("torch.autograd", expected, EXACT, needs="torch")


def _weight_by_columns(x: Any, w: Any, delta: Any, *rest: Any) -> Any:
    found = twins.columns(x, w.shape[2:], *rest)
    return np.einsum("nol,nkl->ok", delta.reshape(*delta.shape[:2], -1), found).reshape(w.shape)


def _image_by(fold: Callable) -> Callable:
    """Give col2im(Wᵀ δ), with col2im made in this way."""

    def gradient(x: Any, w: Any, delta: Any, *rest: Any) -> Any:
        z = w.reshape(len(w), -1).T @ delta.reshape(*delta.shape[:2], -1)
        return fold(z, x.shape[2:], w.shape[2:], *rest)

    return gradient


def _bias_loops(x: Any, w: Any, delta: Any, *rest: Any) -> Any:
    total = [0.0] * len(w)
    for n, o, u, v in np.ndindex(delta.shape):
        total[o] += delta[n, o, u, v]
    return total


def _torch_transposed(
    torch: Any, x: Any, w: Any, delta: Any, stride: Any, padding: Any, dilation: Any
) -> Any:
    """Give the transposed convolution, with as many rows and columns more as no window reached."""
    size, outputs, kernel = x.shape[2:], delta.shape[2:], w.shape[2:]
    every = zip(size, outputs, kernel, stride, padding, dilation, strict=True)
    more = [h - ((o - 1) * s - 2 * p + d * (k - 1) + 1) for h, o, k, s, p, d in every]
    return torch.nn.functional.conv_transpose2d(
        delta, w, None, stride, padding, more, dilation=dilation
    )


def _scipy_with(rule: Callable) -> Callable:
    return lambda *case: twins.scipy_image_gradient(*case, rule=rule)


GRADIENTS = (
    Claim(
        label="2.1.1e",
        title="the gradient of the kernels",
        code="convolution.conv2d_vjp",
        implementation=_vjp(1, "im2col"),
        cases=_errors,
        oracles=(
            Oracle("product with columns made by loops", _weight_by_columns, EXACT),
            _complex(1),
            _torch_gradient(1),
        ),
        saboteur=lambda x, *rest: _weight_by_columns(x, *rest) / len(x),
        mistake="the mean over the images",
    ),
    Claim(
        label="2.1.1f",
        title="the gradient of the biases",
        code="convolution.conv2d_vjp",
        implementation=_vjp(2),
        cases=_errors,
        oracles=(loops_oracle(_bias_loops), _complex(2), _torch_gradient(2)),
        saboteur=lambda x, w, delta, *rest: delta.sum(0).mean((1, 2)),
        mistake="the mean over the pixels",
    ),
    Claim(
        label="2.1.1g",
        title="the gradient of the images, by col2im",
        code="convolution.conv2d_vjp",
        implementation=_vjp(0, "im2col"),
        cases=_errors,
        oracles=(
            Oracle("the matrix of im2col, transposed", _image_by(twins.by_transpose), EXACT),
            _complex(0),
            _torch_gradient(0),
        ),
        saboteur=_image_by(_overwritten),
        mistake="col2im with = in the place of +=",
    ),
    Claim(
        label="2.1.1h",
        title="the gradient of the images, pixel by pixel",
        code="convolution.conv2d_vjp",
        implementation=_vjp(0),
        cases=_errors,
        oracles=(
            loops_oracle(twins.image_gradient),
            Oracle("scipy.signal.convolve2d", _scipy_with(signal.convolve2d), EXACT),
            torch_oracle("torch.nn.functional.conv_transpose2d", _torch_transposed, EXACT),
        ),
        saboteur=_scipy_with(signal.correlate2d),
        mistake="the kernel turned once too often",
    ),
)

CLAIMS = (*CONVOLUTION, *IM2COL, *GRADIENTS)
