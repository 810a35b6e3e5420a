"""Convolution by loops: every product of the definition by itself (section 2.1), and slowly."""

import numpy as np


def convolve(x, w, b, geometry, groups):
    """Give the convolution, shape (N, O, oh, ow), for biases b of shape (O, 1, 1)."""
    y = np.zeros((len(x), len(w), *geometry.output_size), x.dtype) + b
    for output, weight, pixel in meetings(x, w, geometry, groups):
        y[output] += w[weight] * x[pixel]
    return y


def gradient_of_weight(x, w, delta, geometry, groups):
    """Give ∂C/∂w."""
    gradient = np.zeros(w.shape, w.dtype)
    for output, weight, pixel in meetings(x, w, geometry, groups):
        gradient[weight] += delta[output] * x[pixel]
    return gradient


def gradient_of_images(x, w, delta, geometry, groups):
    """Give ∂C/∂x."""
    gradient = np.zeros(x.shape, x.dtype)
    for output, weight, pixel in meetings(x, w, geometry, groups):
        gradient[pixel] += w[weight] * delta[output]
    return gradient


def meetings(x, w, geometry, groups):
    """Yield where an output, a weight and a pixel meet in one product."""
    (samples, _, nh, nw), (kernels, channels, kh, kw) = x.shape, w.shape
    (sh, sw), (dh, dw) = geometry.stride, geometry.dilation
    ph, pw = geometry.before
    for n, o, u, v in np.ndindex(samples, kernels, *geometry.output_size):
        first = o * groups // kernels * channels  # of the kernel's group
        for c, i, j in np.ndindex(channels, kh, kw):
            a, b = sh * u + dh * i - ph, sw * v + dw * j - pw
            if 0 <= a < nh and 0 <= b < nw:
                yield (n, o, u, v), (o, c, i, j), (n, first + c, a, b)
