"""Convolution by loops: every product of the definition by itself (section 2.1), and slowly."""

from collections.abc import Iterator

import numpy as np

from .geometry import Geometry

Place = tuple[int, ...]


def convolve(
    x: np.ndarray, weight: np.ndarray, bias: np.ndarray | None, geometry: Geometry, groups: int
) -> np.ndarray:
    """Give the convolution, shape (N, O, oh, ow)."""
    dtype = np.result_type(x, weight)
    y = np.zeros((len(x), len(weight), *geometry.output_size), dtype)
    for output, kernel, pixel in _meetings(x, weight, geometry, groups):
        y[output] += weight[kernel] * x[pixel]
    return y if bias is None else y + bias[:, None, None]


def gradient_of_weight(
    x: np.ndarray, weight: np.ndarray, upstream: np.ndarray, geometry: Geometry, groups: int
) -> np.ndarray:
    """Give ∂C/∂weight."""
    dweight = np.zeros(weight.shape, np.result_type(x, weight))
    for output, kernel, pixel in _meetings(x, weight, geometry, groups):
        dweight[kernel] += upstream[output] * x[pixel]
    return dweight


def gradient_of_images(
    x: np.ndarray, weight: np.ndarray, upstream: np.ndarray, geometry: Geometry, groups: int
) -> np.ndarray:
    """Give ∂C/∂x."""
    dx = np.zeros(x.shape, np.result_type(x, weight))
    for output, kernel, pixel in _meetings(x, weight, geometry, groups):
        dx[pixel] += weight[kernel] * upstream[output]
    return dx


def _meetings(
    x: np.ndarray, weight: np.ndarray, geometry: Geometry, groups: int
) -> Iterator[tuple[Place, Place, Place]]:
    """Give where an output, a number of a kernel and a pixel meet in one product."""
    (n, _, h, w), (kernels, channels, kh, kw) = x.shape, weight.shape
    (sh, sw), (dh, dw), (top, left) = geometry.stride, geometry.dilation, geometry.before
    for image, o, u, v in np.ndindex(n, kernels, *geometry.output_size):
        first = o // (kernels // groups) * channels
        for c, i, j in np.ndindex(channels, kh, kw):
            a, b = sh * u + dh * i - top, sw * v + dw * j - left
            if 0 <= a < h and 0 <= b < w:
                yield (image, o, u, v), (o, c, i, j), (image, first + c, a, b)
