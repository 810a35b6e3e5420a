"""How many multiplications the two passes need."""

from collections.abc import Sequence
from itertools import pairwise

from ..arrays import require_count


def multiplications(sizes: Sequence[int], samples: int = 1) -> tuple[int, int]:
    """Count the multiplications in the matrix products of both passes (1.5.3a and 1.5.3b).

    Parameters
    ----------
    sizes : sequence of int
        The number of inputs, then of the neurons of each layer.
    samples : int
        The size of the batch, N.

    Returns
    -------
    tuple of int
        Of the forward pass, one for each weight and sample; and of the backward pass, two for each
        weight and sample, but one in the first layer, whose inputs need no error.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or one of them or `samples` is less than 1.

    Examples
    --------
    >>> multiplications([64, 128, 10])
    (9472, 10752)
    """
    require_count(samples, "samples")
    if len(sizes) < 2:
        raise ValueError(f"sizes: expected at least two, got {list(sizes)}")
    for size in sizes:
        require_count(size, "sizes")
    return products([int(size) for size in sizes], int(samples))


def products(sizes, samples):
    """Give the multiplications of the forward and of the backward pass; the formulas alone."""
    weights = [n_in * n_out for n_in, n_out in pairwise(sizes)]
    return samples * sum(weights), samples * (2 * sum(weights) - weights[0])
