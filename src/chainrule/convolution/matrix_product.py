"""Convolution by im2col: one product of the kernels, as rows, and the windows, as columns.

W holds a kernel in each row, X a window in each column, and delta is ∂C/∂output with a row for
each kernel; all are cut into the groups.
"""

from math import prod

from ..arrays.functions import reshape, sum
from .columns import columns, images


def convolve(x, w, b, geometry, groups):
    """Give the convolution, Y = W X + b: equation 2.1.1b."""
    W, X = cut(w[None, ...], groups), cut(columns(x, geometry), groups)
    shape = x.shape[0], w.shape[0], *geometry.output_size
    return reshape(W @ X, shape) + b


def gradient_of_weight(x, w, delta, geometry, groups):
    """Give ∂C/∂W, the sum of δ Xᵀ over the samples: equation 2.1.1e."""
    X, delta = cut(columns(x, geometry), groups), cut(delta, groups)
    return reshape(sum(delta @ X.mT, axis=0), w.shape)


def gradient_of_images(x, w, delta, geometry, groups):
    """Give ∂C/∂x = col2im(Wᵀ δ): equation 2.1.1g."""
    W, delta = cut(w[None, ...], groups), cut(delta, groups)
    return images(join(W.mT @ delta), geometry)


def cut(rows, groups):
    """Give rows (N, R, …) as a matrix for each group, shape (N, groups, R/groups, numbers)."""
    n, r, *rest = rows.shape
    return reshape(rows, (n, groups, r // groups, prod(rest)))


def join(matrices):
    """Give the matrices of all groups, one below the other, as one for each sample."""
    n, groups, rows, columns = matrices.shape
    return reshape(matrices, (n, groups * rows, columns))
