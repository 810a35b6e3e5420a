"""MNIST and what is stored as it is, on the reader's own disk."""

import gzip
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from .core import Part, Split, numbers, set_aside

__all__ = ["mnist", "read_idx", "write_idx"]

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
    return Split(*set_aside(parts["train"], 0.2, seed), parts["test"])


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


def write_idx(path: str | Path, array: Any) -> None:
    """Write an array of bytes as an IDX file, which `read_idx` reads.

    Parameters
    ----------
    path : str or Path
        The file; it is packed if its name ends in ``.gz``.
    array : array_like of int
        From 0 to 255, with at most 255 axes.

    Raises
    ------
    ValueError
        If a number is no byte.
    TypeError
        If it does not hold numbers.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "two-labels")
    ...     write_idx(path, [7, 3])
    ...     print([*path.read_bytes()], read_idx(path))
    [0, 0, 8, 1, 0, 0, 0, 2, 7, 3] [7 3]
    """
    path, given = Path(path), numbers(array, "array")
    if not np.isin(given, np.arange(256)).all():
        raise ValueError("array: expected whole numbers from 0 to 255")
    data = given.astype(np.uint8)
    header = bytes([0, 0, 8, data.ndim]) + np.array(data.shape, ">u4").tobytes()
    content = header + data.tobytes()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
