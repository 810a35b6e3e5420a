"""The pictures of section 2.1: sliding kernels, im2col and col2im, and what convolution costs."""

from .costs import crossover, memory, multiplications, roofline
from .matrices import (
    columns,
    columns_of_channels,
    kernel_row,
    kernel_row_of_channels,
    matrix,
    product,
)
from .stepping import Stepper, stepper
from .windows import IMAGE, KERNEL, KERNELS, convolved, dilated, overlap, photograph, sliding

__all__ = ["crossover", "memory", "multiplications", "roofline"]
__all__ += ["columns", "columns_of_channels", "kernel_row", "kernel_row_of_channels", "matrix"]
__all__ += ["product"]
__all__ += ["Stepper", "stepper"]
__all__ += ["IMAGE", "KERNEL", "KERNELS", "convolved", "dilated", "overlap", "photograph"]
__all__ += ["sliding"]
