"""Data to train on: scikit-learn's digits, masks made here, MNIST from the reader's own disk."""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from .arrays import require_count, require_generator

__all__ = [
    "Part",
    "Split",
    "digits",
    "mnist",
    "patches",
    "rare_digit",
    "read_idx",
    "shifted",
    "spots",
]


class Part(NamedTuple):
    """Inputs and targets that belong together.

    Attributes
    ----------
    x : array, shape (N, features)
        Grey values between 0 (paper) and 1 (ink).
    y : array of int, shape (N,)
        Classes.
    """

    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Split:
    """Data in three parts.

    Attributes
    ----------
    train : Part
        To learn from.
    validation : Part
        To choose on: how long to train, which learning rate, which network.
    test : Part
        To report on, once everything is chosen.
    """

    train: Part
    validation: Part
    test: Part


def digits(*, seed: int = 0, dtype: Any = "float64") -> Split:
    """Give scikit-learn's 1797 handwritten digits, 8 × 8 pixels each, in three parts.

    60 % to train, 20 % to choose on, 20 % to report on; shuffled, and each digit equally frequent
    in all three.

    Parameters
    ----------
    seed : int
        Of the shuffle: the same seed gives the same split.
    dtype : str or dtype
        Of the inputs.

    Returns
    -------
    Split
        With x of shape (N, 64).

    References
    ----------
    Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998.

    Examples
    --------
    >>> data = digits()
    >>> data.train.x.shape, data.validation.x.shape, data.test.x.shape
    ((1077, 64), (360, 64), (360, 64))
    """
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(dtype)
    rest_x, test_x, rest_y, test_y = train_test_split(
        x, y, test_size=0.2, stratify=y, random_state=seed
    )
    train_x, validation_x, train_y, validation_y = train_test_split(
        rest_x, rest_y, test_size=0.25, stratify=rest_y, random_state=seed
    )
    return Split(Part(train_x, train_y), Part(validation_x, validation_y), Part(test_x, test_y))


def rare_digit(digit: int = 9, *, keep: int = 20, seed: int = 0, dtype: Any = "float64") -> Split:
    """Give the digits as a question of yes and no, with few examples of yes to learn from.

    The class is 1 for the digit and 0 for the nine others. Of the digit only some images stay in
    the training part; the other parts keep all of theirs, so there is something to count on.

    Parameters
    ----------
    digit : int
        0 … 9.
    keep : int
        How many images of it the training part keeps, at least 1.
    seed : int
        Of the shuffle, and of which images are kept.
    dtype : str or dtype
        Of the inputs.

    Returns
    -------
    Split
        With x of shape (N, 64).

    Raises
    ------
    ValueError
        If there is no such digit, or the training part does not have so many of it.

    Examples
    --------
    >>> train = rare_digit().train
    >>> len(train.y), int(train.y.sum())
    (989, 20)
    """
    require_count(keep, "keep")
    if digit not in range(10):
        raise ValueError(f"digit: expected 0 … 9, got {digit!r}")
    split = digits(seed=seed, dtype=dtype)
    x, y = split.train
    rare = np.flatnonzero(y == digit)
    if keep > len(rare):
        raise ValueError(f"keep: expected at most {len(rare)} (there are no more), got {keep}")
    dropped = np.random.default_rng(seed).permutation(rare)[keep:]
    x, y = np.delete(x, dropped, 0), np.delete(y, dropped)
    parts = (Part(x, y), split.validation, split.test)
    return Split(*(Part(part.x, (part.y == digit).astype(part.y.dtype)) for part in parts))


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
    require_count(n, "n")
    require_generator(rng)
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
        If `size` is even or less than 1, or the images are not (N, height, width).

    Examples
    --------
    >>> import numpy as np
    >>> patches(np.arange(1, 5).reshape(1, 2, 2), 3)[0]  # around the upper left pixel
    array([0, 0, 0, 0, 1, 2, 0, 3, 4])
    """
    require_count(size, "size")
    if size % 2 == 0:
        raise ValueError(f"size: expected an odd number, got {size}")
    if images.ndim != 3:
        raise ValueError(f"images: expected shape (N, height, width), got {images.shape}")
    around = size // 2
    padded = np.pad(images, ((0, 0), (around, around), (around, around)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size), axis=(1, 2))
    return windows.reshape(-1, size * size)


def shifted(part: Part) -> Part:
    """Give images and four more copies of each, moved by one pixel right, left, down and up.

    A digit moved by a pixel is the same digit, so this is five times as much to learn from. What
    moves out of the image is lost, and zeros come in on the other side.

    Parameters
    ----------
    part : Part
        With x of shape (N, C, height, width).

    Returns
    -------
    Part
        With 5 N samples: all as they are, then all moved right, and so on.

    Raises
    ------
    ValueError
        If x has another shape.

    Examples
    --------
    >>> import numpy as np
    >>> more = shifted(Part(np.array([[[[1, 2], [3, 4]]]]), np.array([7])))
    >>> more.x[1, 0], more.y
    (array([[0, 1],
           [0, 3]]), array([7, 7, 7, 7, 7]))
    """
    if part.x.ndim != 4:
        raise ValueError(f"part: expected x of shape (N, C, height, width), got {part.x.shape}")
    h, w = part.x.shape[2:]
    around = np.pad(part.x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    places = ((1, 1), (1, 0), (1, 2), (0, 1), (2, 1))  # of the upper left corner: in the middle, …
    copies = [around[:, :, top : top + h, left : left + w] for top, left in places]
    return Part(np.concatenate(copies), np.tile(part.y, len(places)))


MNIST_FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


def mnist(folder: str | Path, *, seed: int = 0, dtype: Any = "float32") -> Split:
    """Read MNIST, or Fashion-MNIST, from the four IDX files in a folder.

    The 10 000 test images are kept for reporting, as everybody does; of the 60 000 others a fifth
    is set aside to choose on, each class equally frequent in it.

    Parameters
    ----------
    folder : str or Path
        Where ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte``, ``t10k-images-idx3-ubyte``
        and ``t10k-labels-idx1-ubyte`` are, each as it is or with ``.gz`` behind its name.
    seed : int
        Of the shuffle.
    dtype : str or dtype
        Of the inputs.

    Returns
    -------
    Split
        With x of shape (N, 784).

    Raises
    ------
    FileNotFoundError
        If a file is missing.
    ValueError
        If a file is damaged, or images and labels do not fit together.

    Examples
    --------
    >>> mnist("nowhere")
    Traceback (most recent call last):
    FileNotFoundError: folder: no train-images-idx3-ubyte (or .gz) in nowhere
    """
    parts = {}
    for part, (images_name, labels_name) in MNIST_FILES.items():
        images, labels = _read_named(folder, images_name), _read_named(folder, labels_name)
        if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels):
            raise ValueError(
                f"folder: expected as many labels as images in {folder}, got {part} images of "
                f"shape {images.shape} and labels of shape {labels.shape}"
            )
        x = (images.reshape(len(images), -1) / 255).astype(dtype)
        parts[part] = Part(x, labels.astype(np.int64))
    train_x, validation_x, train_y, validation_y = train_test_split(
        *parts["train"], test_size=0.2, stratify=parts["train"].y, random_state=seed
    )
    return Split(Part(train_x, train_y), Part(validation_x, validation_y), parts["test"])


def _read_named(folder: str | Path, name: str) -> np.ndarray:
    for path in (Path(folder) / name, Path(folder) / f"{name}.gz"):
        if path.exists():
            return read_idx(path)
    raise FileNotFoundError(f"folder: no {name} (or .gz) in {folder}")


def read_idx(path: str | Path) -> np.ndarray:
    """Read an IDX file of bytes, the format of MNIST.

    Two zero bytes, the type (8: unsigned bytes), the number of dimensions, each dimension as four
    bytes, most significant first, and then the data.

    Parameters
    ----------
    path : str or Path
        The file; it is unpacked if its name ends in ``.gz``.

    Returns
    -------
    array of uint8

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not an IDX file of bytes, or is cut short or too long.

    References
    ----------
    LeCun, Cortes and Burges, The MNIST database of handwritten digits, 1998.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "two-labels")
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]))
    ...     read_idx(path)
    array([7, 3], dtype=uint8)
    """
    path = Path(path)
    data = path.read_bytes()
    if path.suffix == ".gz":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"path: {path} cannot be unpacked ({error})") from error
    header = 4 + 4 * data[3] if len(data) >= 4 else 4
    if len(data) < header or data[:3] != b"\0\0\x08":
        raise ValueError(f"path: {path} is not an IDX file of bytes (it starts with {data[:4]!r})")
    shape = tuple(int(n) for n in np.frombuffer(data, ">u4", data[3], offset=4))
    expected = header + int(np.prod(shape))
    if len(data) != expected:
        raise ValueError(
            f"path: {path} is damaged: its header announces shape {shape}, that is {expected} "
            f"bytes, and it has {len(data)}"
        )
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape).copy()
