"""Convolution (chapter 2): im2col and col2im, the convolution made of them, pooling, and layers.

Images are (N, C, H, W). What is called convolution here, as in PyTorch, is the
cross-correlation: the kernel is not flipped. A size, stride, padding or dilation is one number for
both directions, or a pair (vertical, horizontal); `c_in` is how many channels images have, and
`c_out` how many kernels there are.

A ValueError names what does not fit: an array of another shape than is documented, a kernel that
spans more than the padded image, a number less than 1, or than 0 for a padding. What is no number,
or no array of real numbers, is a TypeError.
"""

from .columns import col2im, im2col
from .costs import (
    column_growth,
    fft_multiplications,
    im2col_traffic,
    intensity,
    loop_operations,
    winograd_saving,
)
from .geometry import Geometry
from .layers import Conv2d, Flatten
from .methods import conv2d, conv2d_vjp
from .pooling import AvgPool2d, MaxPool2d
from .transforms import conv2d_fft, conv2d_winograd, winograd_pair
from .winograd import winograd_bound

__all__ = [
    "AvgPool2d",
    "Conv2d",
    "Flatten",
    "Geometry",
    "MaxPool2d",
    "col2im",
    "column_growth",
    "conv2d",
    "conv2d_fft",
    "conv2d_vjp",
    "conv2d_winograd",
    "fft_multiplications",
    "im2col",
    "im2col_traffic",
    "intensity",
    "loop_operations",
    "winograd_bound",
    "winograd_pair",
    "winograd_saving",
]
