"""Chapter 2 once more, from its definitions: loops, an explicit matrix, and SciPy.

Sizes, strides, paddings and dilations are pairs here. The loops take complex numbers too, so the
complex step can differentiate them.
"""

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ..libraries import signal
from ..oracles import fractions

ONE, NONE = (1, 1), (0, 0)


def counted_outputs(size, kernel, stride, padding, dilation) -> list[int]:
    """Count the windows that fit, by moving one until it does not, down and then to the right."""
    found = []
    for h, k, s, p, d in zip(size, kernel, stride, padding, dilation, strict=True):
        outputs = 0
        while outputs * s + d * (k - 1) <= h + 2 * p - 1:
            outputs += 1
        found.append(outputs)
    return found


def _meetings(size, kernel, stride, padding, dilation) -> Iterator[tuple[tuple, tuple, tuple]]:
    """Yield output (u, v), place (i, j) and the pixel (a, b) that it meets, if there is one."""
    (h, w), (s_h, s_w), (p_h, p_w), (d_h, d_w) = size, stride, padding, dilation
    outputs = counted_outputs(size, kernel, stride, padding, dilation)
    for u, v in product(*map(range, outputs)):
        for i, j in product(*map(range, kernel)):
            a, b = s_h * u + d_h * i - p_h, s_w * v + d_w * j - p_w
            if 0 <= a < h and 0 <= b < w:
                yield (u, v), (i, j), (a, b)


def convolve(x, w, b=None, stride=ONE, padding=NONE, dilation=ONE, groups: int = 1) -> np.ndarray:
    """Equation 2.1f, product by product."""
    (n_images, n_channels, *size), (n_kernels, n_read, *kernel) = np.shape(x), np.shape(w)
    outputs = counted_outputs(size, kernel, stride, padding, dilation)
    y = np.zeros((n_images, n_kernels, *outputs), object)
    for n, o in product(range(n_images), range(n_kernels)):
        first = o * groups // n_kernels * (n_channels // groups)
        for (u, v), (i, j), pixel in _meetings(size, kernel, stride, padding, dilation):
            for c in range(n_read):
                y[n, o, u, v] += w[o, c, i, j] * x[(n, first + c, *pixel)]
        if b is not None:
            y[n, o] += b[o]
    return y


def correlate(x, w) -> np.ndarray:
    """Equation 2.1a, in exact fractions."""
    return convolve(fractions(x)[None, None], fractions(w)[None, None])[0, 0].astype(float)


def turned(x, w) -> list[list[float]]:
    """Equation 2.1b: the convolution of mathematicians, zeros outside the image."""
    (h, width), (k_h, k_w) = np.shape(x), np.shape(w)
    y = [[0.0] * (width + k_w - 1) for _ in range(h + k_h - 1)]
    for u, v in product(range(h + k_h - 1), range(width + k_w - 1)):
        for i, j in product(range(k_h), range(k_w)):
            if 0 <= u - i < h and 0 <= v - j < width:
                y[u][v] += float(w[i][j]) * float(x[u - i][v - j])
    return y


def columns(x, kernel, *rest) -> np.ndarray:
    """Equation 2.1.1a for every image, number by number."""
    (n_images, n_channels, *size), (k_h, k_w) = x.shape, kernel
    o_h, o_w = counted_outputs(size, kernel, *rest)
    found = np.zeros((n_images, n_channels * k_h * k_w, o_h * o_w))
    for n, c in np.ndindex(n_images, n_channels):
        for (u, v), (i, j), pixel in _meetings(size, kernel, *rest):
            found[n, (c * k_h + i) * k_w + j, u * o_w + v] = x[(n, c, *pixel)]
    return found


def images(found, size, kernel, *rest, overwritten: bool = False) -> np.ndarray:
    """Equation 2.1.1c, number by number; or with the last number instead of the sum."""
    k_h, k_w = kernel
    o_w = counted_outputs(size, kernel, *rest)[1]
    x = np.zeros((len(found), found.shape[1] // (k_h * k_w), *size))
    for n, c in np.ndindex(x.shape[:2]):
        for (u, v), (i, j), pixel in _meetings(size, kernel, *rest):
            number = found[n, (c * k_h + i) * k_w + j, u * o_w + v]
            x[(n, c, *pixel)] = number + (0 if overwritten else x[(n, c, *pixel)])
    return x


def image_gradient(x, w, delta, stride, padding, dilation):
    """Equation 2.1.1h, pixel by pixel: look for the outputs that it takes part in."""
    gradient = np.zeros(x.shape)
    for n, c, a, b in np.ndindex(x.shape):
        for i, j, u, v in np.ndindex(*w.shape[2:], *delta.shape[2:]):
            row = stride[0] * u + dilation[0] * i - padding[0]
            column = stride[1] * v + dilation[1] * j - padding[1]
            if (row, column) == (a, b):
                for o in range(len(w)):
                    gradient[n, c, a, b] += w[o, c, i, j] * delta[n, o, u, v]
    return gradient


def _window(x, place: tuple, kernel, stride, padding) -> list[tuple]:
    """Give the pixels of a pooling window, row by row, without those outside."""
    n, c, u, v = place
    top, left = stride[0] * u - padding[0], stride[1] * v - padding[1]
    places = product(range(top, top + kernel[0]), range(left, left + kernel[1]))
    return [(n, c, a, b) for a, b in places if 0 <= a < x.shape[2] and 0 <= b < x.shape[3]]


def pool(rule: Callable, x, kernel, stride, padding) -> np.ndarray:
    """Give what a rule makes of the numbers of every window."""
    outputs = counted_outputs(x.shape[2:], kernel, stride, padding, ONE)
    y = np.zeros((*x.shape[:2], *outputs), object)
    for place in np.ndindex(y.shape):
        y[place] = rule([x[pixel] for pixel in _window(x, place, kernel, stride, padding)])
    return y


def to_the_largest(x, delta, *rest, last: bool = False) -> np.ndarray:
    """Equation 2.2b: send δ to the first of the largest, or to the last of them."""
    gradient = np.zeros(x.shape)
    for place in np.ndindex(delta.shape):
        window = _window(x, place, *rest)
        chosen = max(reversed(window) if last else window, key=x.__getitem__)
        gradient[chosen] += delta[place]
    return gradient


def to_all(x, delta, kernel, *rest) -> np.ndarray:
    """Equation 2.2d: share δ out among the pixels of the window."""
    gradient = np.zeros(x.shape)
    for place in np.ndindex(delta.shape):
        for pixel in _window(x, place, kernel, *rest):
            gradient[pixel] += delta[place] / (kernel[0] * kernel[1])
    return gradient


def zeros_around(x, padding, outside: float = 0.0) -> np.ndarray:
    """Give images with as many zeros (or other numbers) on every side."""
    p_h, p_w = padding
    return np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)), constant_values=outside)


def spread(w, steps) -> np.ndarray:
    """Give arrays with zeros between their numbers, which then stand so many steps apart."""
    *front, h, width = w.shape
    wide = np.zeros((*front, steps[0] * (h - 1) + 1, steps[1] * (width - 1) + 1))
    wide[..., :: steps[0], :: steps[1]] = w
    return wide


def scipy_convolve(
    x, w, b=None, stride=ONE, padding=NONE, dilation=ONE, groups: int = 1, *, dealt: bool = False
) -> np.ndarray:
    """Give the convolution as sums of SciPy's correlations, of which the stride picks some.

    Kernels can be dealt out to the groups in turn, which is wrong.
    """
    x, w = zeros_around(x, padding), spread(w, dilation)
    n_kernels, n_read = w.shape[:2]

    def one(image, o: int):
        group = o % groups if dealt else o // (n_kernels // groups)
        read = image[group * n_read :][:n_read]
        return sum(signal.correlate2d(a, b, "valid") for a, b in zip(read, w[o], strict=True))

    y = [[one(image, o) for o in range(n_kernels)] for image in x]
    found = np.array(y)[..., :: stride[0], :: stride[1]]
    return found if b is None else found + b[:, None, None]


def scipy_image_gradient(
    x, w, delta, stride, padding, dilation, *, rule: str = "convolve2d"
) -> np.ndarray:
    """Give ∂C/∂x as full convolutions of δ, spread by the stride, with the dilated kernels."""
    delta, w = spread(delta, stride), spread(w, dilation)
    around = zeros_around(np.zeros(x.shape), padding)
    for n, c, o in product(range(x.shape[0]), range(x.shape[1]), range(len(w))):
        full = getattr(signal, rule)(delta[n, o], w[o, c], "full")
        around[n, c, : full.shape[0], : full.shape[1]] += full
    (p_h, p_w), (h, width) = padding, x.shape[2:]
    return around[:, :, p_h : p_h + h, p_w : p_w + width]


def sliding(x, kernel, stride, padding, dilation=ONE, *, outside: float = 0.0) -> np.ndarray:
    """Give NumPy's sliding windows, shape (N, C, oh, ow, kh, kw)."""
    span = tuple(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
    found = sliding_window_view(zeros_around(x, padding, outside), span, axis=(2, 3))
    return found[:, :, :: stride[0], :: stride[1], :: dilation[0], :: dilation[1]]


def sliding_columns(x, kernel, stride, padding, dilation) -> np.ndarray:
    """Give those windows as columns."""
    found = np.moveaxis(sliding(x, kernel, stride, padding, dilation), (4, 5), (2, 3))
    n, c, k_h, k_w, o_h, o_w = found.shape
    return found.reshape(n, c * k_h * k_w, o_h * o_w)


def sliding_argmax(x, delta, kernel, stride, padding) -> np.ndarray:
    """Equation 2.2b: the numbers of the pixels slide, too, and NumPy's argmax picks one."""
    pixels = np.arange(x.size, dtype=float).reshape(x.shape)
    numbers = sliding(x, kernel, stride, padding, outside=-np.inf).reshape(*delta.shape, -1)
    pixels = sliding(pixels, kernel, stride, padding, outside=-1).reshape(*delta.shape, -1)
    chosen = np.take_along_axis(pixels, numbers.argmax(-1)[..., None], -1)
    gradient = np.zeros(x.size)
    np.add.at(gradient, chosen.astype(int).ravel(), delta.ravel())
    return gradient.reshape(x.shape)


def shifted(x, w, stride, padding, dilation, apart=None) -> np.ndarray:
    """Equation 2.1.1j for one image: the shifted pictures by slices, the products by einsum."""
    (s_h, s_w), (d_h, d_w) = stride, apart or dilation
    o_h, o_w = counted_outputs(x.shape[1:], w.shape[2:], stride, padding, dilation)
    x = zeros_around(x[None], padding)[0]
    y = np.zeros((len(w), o_h, o_w))
    for i, j in np.ndindex(w.shape[2:]):
        view = x[:, d_h * i :, d_w * j :][:, ::s_h, ::s_w][:, :o_h, :o_w]
        y += np.einsum("oc,cuv->ouv", w[:, :, i, j], view)
    return y


def by_transpose(found, size, kernel, *rest) -> np.ndarray:
    """Give col2im as the transpose of the matrix of im2col, of zeros and ones, for one channel."""
    outputs = counted_outputs(size, kernel, *rest)
    matrix = np.zeros((*kernel, *outputs, *size))
    for output, place, pixel in _meetings(size, kernel, *rest):
        matrix[(*place, *output, *pixel)] = 1
    rows = found.reshape(len(found), -1, np.prod(matrix.shape[:4]))
    return (rows @ matrix.reshape(rows.shape[-1], -1)).reshape(*rows.shape[:2], *size)
