"""Products of matrices in parts, which BLAS multiplies faster where the matrices are small."""

import numpy as np

SMALL = 10**6
"""So many multiplications BLAS does at once without copying the factors into an order of its own.

What is more is worth the copies only if each number is used often, as in wide matrices.
"""


def multiply(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """Write the products a b of matrices, a few columns of b at a time if the parts are small.

    What b holds may be anything where no one looks: no overflow is reported.
    """
    with np.errstate(all="ignore"):
        _multiply(a, b, out)


def _multiply(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    columns = b.shape[-1]
    most = SMALL // (a.shape[-2] * a.shape[-1])
    size = min(256, most // 64 * 64)  # of such widths BLAS is fond
    if most >= columns or not size:
        np.matmul(a, b, out=out)
        return
    many = columns // size * size
    b_parts, out_parts = (
        np.moveaxis(x[..., :many].reshape(*x.shape[:-1], -1, size), -2, -3) for x in (b, out)
    )
    np.matmul(a[..., None, :, :], b_parts, out=out_parts)
    if many < columns:
        np.matmul(a, b[..., many:], out=out[..., many:])
