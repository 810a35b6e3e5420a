"""What data are, inputs and targets in three parts, and scikit-learn's digits as such."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..arrays import from_python, plain
from ..arrays.settings import count

__all__ = ["Part", "Split", "digits", "rare_digit", "shifted"]

KEPT = Path(__file__).with_name("digits.npz")


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


def numbers(x: Any, name: str) -> np.ndarray:
    """Give NumPy's array of numbers, whole ones as they are; refuse by name what is none."""
    found = plain(x, name) if isinstance(x, np.ndarray) else from_python(x, name)
    if found.dtype.kind not in "biuf":
        raise TypeError(f"{name}: expected numbers, got an array of {found.dtype}")
    return found


def set_aside(part: Part, share: float, seed: int) -> tuple[Part, Part]:
    """Give the rest of a part and what is set aside, each class equally frequent in both."""
    from sklearn.model_selection import train_test_split

    x, aside_x, y, aside_y = train_test_split(
        *part, test_size=share, stratify=part.y, random_state=seed
    )
    return Part(x, y), Part(aside_x, aside_y)


def digits(*, seed: int = 0, dtype: Any = "float64") -> Split:
    """Give scikit-learn's 1797 handwritten digits, 8 × 8 pixels each, in three parts.

    60 % to train, 20 % to choose on, 20 % to report on; shuffled, and each digit equally frequent
    in all three. Where scikit-learn is missing, they come from a file of the package, in the order
    of seed 0.

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

    Raises
    ------
    ModuleNotFoundError
        If scikit-learn is missing, for another seed than 0.

    References
    ----------
    Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998.

    Examples
    --------
    >>> data = digits()
    >>> data.train.x.shape, data.validation.x.shape, data.test.x.shape
    ((1077, 64), (360, 64), (360, 64))
    """
    if find_spec("sklearn") is None:
        return _kept(seed, dtype)
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    rest, test = set_aside(Part((x / 16).astype(dtype), y), 0.2, seed)
    return Split(*set_aside(rest, 0.25, seed), test)


def _kept(seed: int, dtype: Any) -> Split:
    """Read the split of seed 0: the grey values and classes of its parts, one after the other."""
    if seed != 0:
        raise ModuleNotFoundError("seed: another shuffle than 0 needs scikit-learn", name="sklearn")
    with np.load(KEPT) as kept:
        x, y = (kept["x"] / 16).astype(dtype), kept["y"].astype(int)
        ends = kept["ends"]
    return Split(*map(Part, np.split(x, ends), np.split(y, ends)))


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
    keep = count.read(keep, "keep")
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
        If x has another shape, or there is not one y for each.
    TypeError
        If x or y does not hold numbers.

    Examples
    --------
    >>> import numpy as np
    >>> more = shifted(Part(np.array([[[[1, 2], [3, 4]]]]), np.array([7])))
    >>> more.x[1, 0], more.y
    (array([[0, 1],
           [0, 3]]), array([7, 7, 7, 7, 7]))
    """
    x, y = numbers(part.x, "part.x"), numbers(part.y, "part.y")
    if x.ndim != 4 or y.shape[:1] != x.shape[:1]:
        raise ValueError(
            f"part: expected x of shape (N, C, height, width) and y of N, "
            f"got {x.shape} and {y.shape}"
        )
    h, w = x.shape[2:]
    around = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    places = ((1, 1), (1, 0), (1, 2), (0, 1), (2, 1))  # of the upper left corner: in the middle, …
    copies = [around[:, :, top : top + h, left : left + w] for top, left in places]
    return Part(np.concatenate(copies), np.concatenate([y] * len(places)))
