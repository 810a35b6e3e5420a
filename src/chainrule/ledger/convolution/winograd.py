"""The claims of section 2.1.1, third part: Winograd's method, its gradient, and how it rounds."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ... import convolution
from ...precision import dot_bound
from ..core import CLOSE, Claim, Oracle
from ..oracles import sympy_oracle
from . import cases, toom_cook, twins
from .gradients import differentiated, weight_by_columns
from .twins import NONE, ONE


def _four_pixels(rng: np.random.Generator) -> Iterator[tuple]:
    yield np.array([1.0, 2.0, 3.0]), np.array([1.0, 0.0, 1.0, 10.0])
    yield rng.standard_normal((5, 3)), rng.standard_normal((5, 4))


def _three_by_three(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield images, kernels, padding, a tile's side; one tile, and sizes that no tiles fill."""
    rows = (
        ((1, 1, 4, 4), 1, NONE, 2),
        ((1, 1, 6, 6), 1, NONE, 4),
        ((2, 3, 5, 6), 2, NONE, 2),
        ((1, 2, 5, 4), 3, (1, 2), 2),
        ((2, 2, 5, 9), 2, (1, 0), 4),
    )
    for shape, o, *rest in rows:
        yield rng.standard_normal(shape), rng.standard_normal((o, shape[1], 3, 3)), *rest


def _tiled_errors(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield the same with δ after the kernels."""
    for x, w, padding, m in _three_by_three(rng):
        outputs = twins.counted_outputs(x.shape[2:], (3, 3), ONE, padding, ONE)
        yield x, w, rng.standard_normal((len(x), len(w), *outputs)), padding, m


def _all_around(oracle: Oracle) -> Oracle:
    """Ask an oracle of the other claims, which wants stride, padding and dilation."""
    return replace(
        oracle,
        expected=lambda x, w, delta, padding, m: oracle.expected(x, w, delta, ONE, padding, ONE),
    )


def _correlate_rows(w, x):
    pairs = zip(w.reshape(-1, 3), x.reshape(-1, 4), strict=True)
    return np.array([np.correlate(x_i, w_i) for w_i, x_i in pairs]).reshape(*x.shape[:-1], 2)


def _sympy_polynomials(sympy, w, x):
    """Find the two outputs among the coefficients of a product of polynomials."""
    t, found = sympy.Symbol("t"), []
    for w_i, x_i in zip(w.reshape(-1, 3).tolist(), x.reshape(-1, 4).tolist(), strict=True):
        factors = (sympy.Poly(map(sympy.Rational, numbers), t) for numbers in (w_i, x_i[::-1]))
        product = sympy.prod(factors)
        found.append([float(product.coeff_monomial(t**power)) for power in (2, 3)])
    return np.array(found).reshape(*x.shape[:-1], 2)


def _sign_lost(w, x):
    a, b, g = (m.astype(float) for m in toom_cook.toom_cook(2, 3))
    return (w @ g.T) * (x @ b) @ abs(a)


def _plain_bound(m, channels, bits):
    ones = np.ones(9 * channels)
    return dot_bound(ones, ones, 52, bits)


WINOGRAD = (
    Claim(
        label="2.1.1n",
        title="Winograd's method for two outputs",
        code="convolution.winograd_pair",
        implementation=convolution.winograd_pair,
        cases=_four_pixels,
        oracles=(
            Oracle("Toom and Cook's, in exact fractions", toom_cook.toom_cook_pairs),
            Oracle("numpy.correlate", _correlate_rows),
            sympy_oracle(_sympy_polynomials, name="SymPy, a product of polynomials"),
        ),
        saboteur=_sign_lost,
        mistake="the signs of A lost",
    ),
    Claim(
        label="2.1.1o",
        title="Winograd's method for images",
        code="convolution.conv2d",
        implementation=lambda x, w, padding, m: convolution.conv2d(
            x, w, padding=padding, method=f"winograd-{m}"
        ),
        cases=_three_by_three,
        oracles=cases.oracles_of(
            lambda convolve: lambda x, w, padding, m: convolve(x, w, padding=padding)
        ),
        saboteur=toom_cook.b_transposed,
        mistake="B x Bᵀ instead of Bᵀ x B",
        use="in tiles of 2 × 2 and of 4 × 4 outputs",
        roundoffs=64,  # its transforms add what partly cancels later
    ),
    Claim(
        label="2.1.1p",
        title="how many multiplications that saves",
        code="convolution.winograd_saving",
        implementation=convolution.winograd_saving,
        cases=lambda rng: iter(((2, 3), (4, 3), (3, 2), (2, 5))),
        oracles=(
            Oracle("loops and Toom and Cook's way, counted", toom_cook.saving_by_running),
            Oracle("sets of pixels, counted", toom_cook.saving_by_sets),
        ),
        saboteur=lambda m, k: m * k / (m + k - 1),
        mistake="that of one dimension",
    ),
    Claim(
        label="2.1.1q",
        title="the gradient of the kernels, tile by tile",
        code="convolution.conv2d_vjp",
        implementation=lambda x, w, delta, padding, m: convolution.conv2d_vjp(
            x, w, delta, padding=padding, wrt="weight", method=f"winograd-{m}"
        )[1],
        cases=_tiled_errors,
        oracles=(
            Oracle("Toom and Cook's, in exact fractions", toom_cook.sum_of_tiles),
            *map(
                _all_around,
                (
                    Oracle("product with columns made by loops", weight_by_columns),
                    *differentiated(1),
                ),
            ),
        ),
        saboteur=toom_cook.last_tile,
        mistake="the last tile instead of their sum",
        use="in tiles of 2 × 2 and of 4 × 4 outputs",
        roundoffs=64,  # its transforms add what partly cancels later
    ),
    Claim(
        label="2.1.1r",
        title="how much Winograd's method can be wrong",
        code="convolution.winograd_bound",
        implementation=convolution.winograd_bound,
        cases=lambda rng: iter(((2, 1, 10), (4, 1, 10), (2, 98, 23), (4, 30, 23), (2, 64, 7))),
        oracles=(
            Oracle("exact fractions", toom_cook.bound_in_fractions, CLOSE),
            Oracle(
                "errors of rounded tiles",
                toom_cook.largest_error,
                applies=lambda m, channels, bits: bits in toom_cook.FORMATS,
                error=lambda bound, error: float(np.maximum(0.0, error / bound - 1)),
            ),
        ),
        saboteur=_plain_bound,
        mistake="the bound of a plain sum",
    ),
)
