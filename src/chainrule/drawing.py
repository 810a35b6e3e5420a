"""A drawn digit, read by the network of section 2.2 with the weights of a recorded training.

The digits that the network knows were bitmaps of 32 × 32 once. Of each block of 4 × 4 cells the
data set keeps how many have ink, which makes 8 × 8 grey values from 0 to 16. What is drawn here
goes the same way.
"""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import numpy as np

from .activations import ReLU, Softmax
from .convolution import Conv2d, Flatten, MaxPool2d
from .datasets import digits
from .network import Linear, Network

__all__ = ["DigitReader", "bitmap", "convolutional", "counts", "filled"]

RECORD = Path(__file__).with_name("records") / "drawing.json"
SIDE, BLOCK = 32, 4
SMALL = SIDE // BLOCK
INK = BLOCK * BLOCK
KEPT_AFTER = {1: "first convolution", 3: "second convolution", 4: "pooling"}  # ReLU included


def convolutional(rng: np.random.Generator) -> Network:
    """Give the convolutional network of section 2.2 at its start.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where the weights come from.

    Returns
    -------
    Network

    Examples
    --------
    >>> import numpy as np
    >>> sum(p.size for p in convolutional(np.random.default_rng(0)).parameters)
    6586
    """
    first, second = Conv2d(1, 12, 3, padding=1, rng=rng), Conv2d(12, 24, 3, padding=1, rng=rng)
    last = Linear(24 * 4 * 4, 10, rng=rng)
    return Network([first, ReLU(), second, ReLU(), MaxPool2d(2), Flatten(), last])


def counts(pixels: Any) -> np.ndarray:
    """Count the ink in each block of 4 × 4 cells, as was done for the data set.

    Parameters
    ----------
    pixels : array_like, shape (32, 32)
        0 where there is paper, 1 where there is ink.

    Returns
    -------
    array of int, shape (8, 8)
        From 0 to 16.

    Raises
    ------
    ValueError
        If it is no such bitmap.

    Examples
    --------
    >>> import numpy as np
    >>> counts(np.eye(32))[0]
    array([4, 0, 0, 0, 0, 0, 0, 0])
    """
    return _read(pixels, "pixels", SIDE, 1).reshape(SMALL, BLOCK, SMALL, BLOCK).sum(axis=(1, 3))


def bitmap(image: Any) -> np.ndarray:
    """Give a bitmap that has so much ink in each block of 4 × 4 cells.

    There are many such bitmaps. In this one the ink of a block lies where its neighbours have ink.

    Parameters
    ----------
    image : array_like, shape (8, 8)
        Whole numbers from 0 to 16.

    Returns
    -------
    array of int, shape (32, 32)
        0 where there is paper, 1 where there is ink.

    Raises
    ------
    ValueError
        If there is another number, or another shape.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.arange(64).reshape(8, 8) % 17
    >>> bool((counts(bitmap(image)) == image).all())
    True
    """
    given = _read(image, "image", SMALL, INK)
    places = (np.arange(SIDE) + 0.5) / BLOCK - 0.5  # of the cells, where blocks lie at 0, 1, …
    nearby = np.clip(1 - np.abs(places[:, None] - np.arange(SMALL)), 0, None)
    smooth = (nearby @ given @ nearby.T).reshape(SMALL, BLOCK, SMALL, BLOCK)
    blocks = smooth.swapaxes(1, 2).reshape(SMALL, SMALL, INK)
    rank = (-blocks).argsort(axis=2, kind="stable").argsort(axis=2)
    ink = (rank < given[..., None]).reshape(SMALL, SMALL, BLOCK, BLOCK)
    return ink.swapaxes(1, 2).reshape(SIDE, SIDE).astype(int)


def filled(pixels: Any) -> np.ndarray:
    """Make a drawing as large as the field is high, and put it into the middle.

    So the digits of the data set were normalised. What is wider than it is high becomes as wide as
    the field.

    Parameters
    ----------
    pixels : array_like, shape (32, 32)
        0 where there is paper, 1 where there is ink.

    Returns
    -------
    array of int, shape (32, 32)

    Raises
    ------
    ValueError
        If it is no such bitmap.

    Examples
    --------
    >>> import numpy as np
    >>> small = np.zeros((32, 32), int)
    >>> small[3:11, 20:24] = 1
    >>> large = filled(small)
    >>> np.flatnonzero(large[0])[[0, -1]], int(large.sum())
    (array([ 8, 23]), 512)
    """
    given = _read(pixels, "pixels", SIDE, 1)
    if not given.any():
        return given
    ends = [np.flatnonzero(given.any(axis=axis))[[0, -1]] for axis in (1, 0)]
    shape = [int(last - first) + 1 for first, last in ends]
    large, found = np.zeros_like(given), []
    for (first, _), size in zip(ends, shape, strict=True):
        wanted = max(1, round(size * SIDE / max(shape)))
        own = first + (np.arange(wanted) + 0.5) * size // wanted
        start = (SIDE - wanted) // 2
        found.append((own.astype(int), slice(start, start + wanted)))
    (rows, down), (columns, across) = found
    large[down, across] = given[np.ix_(rows, columns)]
    return large


class DigitReader:
    """Reads a drawn digit, and shows what each layer makes of it.

    A page asks it in a reader's browser, so what it takes and gives are lists of numbers.

    Examples
    --------
    >>> reader = DigitReader()
    >>> found = reader.read(reader.example(8))
    >>> max(range(10), key=found["probabilities"].__getitem__)
    8
    >>> [(name, len(maps)) for name, maps in found["maps"].items()]
    [('first convolution', 12), ('second convolution', 24), ('pooling', 24)]
    """

    def __init__(self) -> None:
        record = json.loads(RECORD.read_text(encoding="utf-8"))
        weights = iter(record["weights"])
        self.network = convolutional(np.random.default_rng(0)).map(
            lambda p: np.frombuffer(b64decode(next(weights)), "<f4").reshape(p.shape).astype(float)
        )
        self._test = digits().test

    def read(self, pixels: Any) -> dict[str, Any]:
        """Give what the network says of a bitmap of 32 × 32.

        Parameters
        ----------
        pixels : array_like, shape (32, 32)
            0 where there is paper, 1 where there is ink.

        Returns
        -------
        dict
            "image", the 8 × 8 counts; "maps", for each layer a list of its maps after ReLU; and
            "probabilities", ten of them.
        """
        image = counts(pixels)
        trace = self.network.forward(image[None, None] / INK)
        made = [*trace.inputs[1:], trace.output]
        return {
            "image": image.tolist(),
            "maps": {name: made[at][0].round(3).tolist() for at, name in KEPT_AFTER.items()},
            "probabilities": Softmax()(trace.output)[0].tolist(),
        }

    def example(self, digit: int, number: int = 0) -> list[list[int]]:
        """Give a digit of the test part as a bitmap; its counts are those of the data set.

        Parameters
        ----------
        digit : int
            From 0 to 9.
        number : int
            Which of them; after the last comes the first again.

        Returns
        -------
        list of list of int
        """
        found = self._test.x[self._test.y == digit]
        if not len(found):
            raise ValueError(f"digit: expected 0 … 9, got {digit!r}")
        image = found[number % len(found)].reshape(SMALL, SMALL) * INK
        return bitmap(image.round().astype(int)).tolist()

    def fill(self, pixels: Any) -> list[list[int]]:
        """Give a drawing as large as the field is high, as `filled` does.

        Parameters
        ----------
        pixels : array_like, shape (32, 32)

        Returns
        -------
        list of list of int
        """
        return filled(pixels).tolist()


def _read(values: Any, name: str, side: int, most: int) -> np.ndarray:
    """Give a square of whole numbers up to the largest; refuse by its name what is none."""
    try:
        given = np.asarray(values)
    except ValueError:  # rows of different lengths
        given = np.asarray(values, dtype=object)
    wrong = given[~np.isin(given, range(most + 1))]
    if given.shape != (side, side) or len(wrong):
        got = f"shape {given.shape}" if given.shape != (side, side) else repr(wrong.tolist()[0])
        raise ValueError(
            f"{name}: expected {side} × {side} whole numbers from 0 to {most}, got {got}"
        )
    return given.astype(int)
