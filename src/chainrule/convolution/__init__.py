"""Convolution (chapter 2): im2col and col2im, the convolution made of them, pooling, and layers.

Images are (N, C, H, W). What is called convolution here, as in all such libraries, is the
cross-correlation: the kernel is not flipped. A size, stride, padding or dilation is one number for
both directions, or a pair (vertical, horizontal).
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
    "winograd_pair",
    "winograd_saving",
]
