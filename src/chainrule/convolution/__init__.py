"""Convolution (chapter 2): im2col and col2im, the convolution made of them, pooling, and layers.

Images are (N, C, H, W). What is called convolution here, as in all such libraries, is the
cross-correlation: the kernel is not flipped. A size, stride, padding or dilation is one number for
both directions, or a pair (vertical, horizontal).
"""

from .columns import col2im, im2col
from .direct import conv2d, conv2d_vjp
from .geometry import Geometry
from .layers import AvgPool2d, Conv2d, Flatten, MaxPool2d

__all__ = [
    "AvgPool2d",
    "Conv2d",
    "Flatten",
    "Geometry",
    "MaxPool2d",
    "col2im",
    "conv2d",
    "conv2d_vjp",
    "im2col",
]
