"""Images with a mask of what is to be found in them, and the neighbourhood of each pixel."""

import numpy as np

from ..arrays.settings import count, generator
from .core import Part, numbers

__all__ = ["patches", "spots"]


def spots(n: int, *, rng: np.random.Generator, side: int = 32, noise: float = 0.3) -> Part:
    """Draw noisy images of one to three bright discs, with masks of where the discs are.

    About 3 % of the pixels are foreground. A disc has a radius of 1.2 to 3.2 pixels and one shade
    from 0.5 to 1 on a background of 0; where discs overlap, the last one is seen.

    Parameters
    ----------
    n : int
        How many images.
    rng : numpy.random.Generator
    side : int
        Width and height in pixels, at least 9.
    noise : float
        The standard deviation of the noise of each pixel.

    Returns
    -------
    Part
        With images x and masks y of 0 and 1, both of shape (n, side, side).

    Raises
    ------
    ValueError
        If `n` is less than 1 or `side` less than 9.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = spots(100, rng=np.random.default_rng(0))
    >>> x.shape, round(float(y.mean()), 2)
    ((100, 32, 32), 0.03)
    """
    n = count.read(n, "n")
    generator.read(rng)
    if side < 9:
        raise ValueError(f"side: expected at least 9 pixels, got {side!r}")
    rows, columns = np.mgrid[:side, :side]
    x, y = np.zeros((n, side, side)), np.zeros((n, side, side), np.int64)
    for image, mask in zip(x, y, strict=True):
        for _ in range(rng.integers(1, 4)):
            row, column = rng.uniform(4, side - 4, 2)
            disc = (rows - row) ** 2 + (columns - column) ** 2 <= rng.uniform(1.2, 3.2) ** 2
            image[disc], mask[disc] = rng.uniform(0.5, 1.0), 1
    return Part(x + noise * rng.standard_normal(x.shape), y)


def patches(images: np.ndarray, size: int = 7) -> np.ndarray:
    """Give the neighbourhood of every pixel, a row per pixel; beyond the edge it is 0.

    Parameters
    ----------
    images : array, shape (N, height, width)
    size : int
        Width and height of a neighbourhood, an odd number.

    Returns
    -------
    array, shape (N · height · width, size²)

    Raises
    ------
    ValueError
        If `size` is even or less than 1, or the images are not (N, height, width), with a pixel.
    TypeError
        If the images do not hold numbers.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.arange(1, 5).reshape(1, 2, 2)
    >>> patches(image, 3)[0]  # around the upper left pixel
    array([0, 0, 0, 0, 1, 2, 0, 3, 4])
    """
    size = count.read(size, "size")
    if size % 2 == 0:
        raise ValueError(f"size: expected an odd number, got {size}")
    images = numbers(images, "images")
    if images.ndim != 3 or 0 in images.shape[1:]:
        raise ValueError(
            f"images: expected shape (N, height, width), a pixel or more, got {images.shape}"
        )
    around = size // 2
    padded = np.pad(images, ((0, 0), (around, around), (around, around)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    return windows.reshape(-1, size * size)
