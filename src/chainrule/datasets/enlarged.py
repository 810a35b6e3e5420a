"""As many digits of 28 × 28 as one likes, made of the 8 × 8 ones."""

import numpy as np

from ..arrays.settings import count, generator, not_negative
from .core import Part, digits

__all__ = ["enlarged_digits"]

SIDE, SMALL, TIMES = 28, 8, 3
LARGE = SMALL * TIMES


def enlarged_digits(
    n: int, *, rng: np.random.Generator, part: str = "train", noise: float = 0.2
) -> Part:
    """Draw images of 28 × 28 from scikit-learn's digits: enlarged, moved at random, with noise.

    Each is one of the 8 × 8 images, three times as wide and as high, at one of 25 places, and each
    of its pixels is changed by noise of its own. So no two are alike, however many are drawn, but
    there are only so many hands that wrote them.

    Parameters
    ----------
    n : int
        How many images.
    rng : numpy.random.Generator
    part : str
        The part of `digits` that they are made of: "train", "validation" or "test".
    noise : float
        The standard deviation of the noise, where ink is 1; what leaves 0 … 1 is cut off.

    Returns
    -------
    Part
        With x of shape (n, 28, 28), in bytes from 0 (paper) to 255 (ink) as in an IDX file, and
        the classes y, in bytes too.

    Raises
    ------
    ValueError
        If there is no such part, `n` is less than 1 or `noise` below 0.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = enlarged_digits(100, rng=np.random.default_rng(0))
    >>> x.shape, x.dtype, int(x.max())
    ((100, 28, 28), dtype('uint8'), 255)
    """
    n, noise = count.read(n, "n"), not_negative.read(noise, "noise")
    generator.read(rng)
    if part not in ("train", "validation", "test"):
        raise ValueError(f"part: expected 'train', 'validation' or 'test', got {part!r}")
    small, classes = getattr(digits(dtype="float32"), part)
    which, at = rng.integers(len(small), size=n), rng.integers(SIDE - LARGE + 1, size=(n, 2))
    places = (np.arange(LARGE) + 0.5) / TIMES - 0.5  # of the pixels, where the small ones are 0 … 7
    near = np.clip(1 - abs(places[:, None] - np.arange(SMALL)), 0, None).astype("float32")
    large = near @ small.reshape(-1, SMALL, SMALL) @ near.T
    images = np.zeros((n, SIDE, SIDE), "float32")
    for row, column in np.ndindex(SIDE - LARGE + 1, SIDE - LARGE + 1):
        here = np.flatnonzero((at == (row, column)).all(1))
        images[here, row : row + LARGE, column : column + LARGE] = large[which[here]]
    images += noise * rng.standard_normal(images.shape, dtype="float32")
    return Part(np.rint(255 * images.clip(0, 1)).astype("uint8"), classes[which].astype("uint8"))
