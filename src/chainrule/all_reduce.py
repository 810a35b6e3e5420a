"""A sum over many processes: the ring that computes it, and what it costs (section 3.2).

A number out of the range that is named raises a ValueError; so do parts that are not vectors of one
length, of a number for each process at least. Parts that are not arrays of real numbers, all of one
library, raise a TypeError.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import ceil

from .arrays import Array, library, real
from .arrays.rules import cast, together
from .arrays.settings import count, not_negative, positive

__all__ = ["hiding_batch", "ring_all_reduce", "ring_rounds", "ring_seconds"]


def ring_rounds(parts: list[Array]) -> list[list[Array]]:
    """Give what each process of a ring holds, before the first round and after every one.

    In a round every process sends one of P chunks to the next process. In the first P − 1 rounds
    the receiver adds it to its own, and in the other P − 1 it replaces its own.

    Parameters
    ----------
    parts : list of array, shape (n,)
        What each of the P processes has; at least P numbers.

    Returns
    -------
    list of list of array
        2 (P − 1) + 1 states, each with an array per process.

    Examples
    --------
    >>> import numpy as np
    >>> parts = [np.array([1.0, 2.0]), np.array([10.0, 20.0])]
    >>> before, between, after = ring_rounds(parts)
    >>> between
    [array([ 1., 22.]), array([11., 20.])]
    >>> after
    [array([11., 22.]), array([11., 22.])]
    """
    size = len(parts)
    count.read(size, "the number of parts")
    parts = of_one_library(parts, "parts")
    shapes = sorted({tuple(part.shape) for part in parts})
    if len(shapes) > 1 or len(shapes[0]) != 1 or shapes[0][0] < size:
        raise ValueError(f"parts: expected vectors of one length, at least {size}, got {shapes}")
    cuts = [len(parts[0]) * i // size for i in range(size + 1)]
    parts, dtype = together(*parts)
    chunks = [[part[start:end] for start, end in pairwise(cuts)] for part in parts]
    concat = library(parts[0]).concat
    return [[cast(concat(own), dtype) for own in held] for held in rounds(chunks)]


def of_one_library(arrays: Sequence[Array], name: str, end: str = "") -> list[Array]:
    """Give arrays of floating-point numbers; refuse, as ``name[i]end``, what is no such array."""
    found: list[Array] = []
    for i, array in enumerate(arrays):
        if not hasattr(array, "dtype"):
            raise TypeError(f"{name}[{i}]{end}: expected an array, got {type(array).__name__}")
        found.append(real(array, f"{name}[{i}]{end}", like=found[0] if found else None))
    return found


def rounds(held):
    """Yield the chunks that every process holds, before the first round and after each."""
    size = len(held)
    yield held
    for number in range(2 * (size - 1)):
        sent, held = held, [list(chunks) for chunks in held]
        for sender in range(size):
            receiver, i = (sender + 1) % size, (sender - number) % size
            if number < size - 1:
                held[receiver][i] = sent[receiver][i] + sent[sender][i]
            else:
                held[receiver][i] = sent[sender][i]
        yield held


def ring_all_reduce(parts: list[Array]) -> list[Array]:
    """Give every process the sum of what all of them have (equation 3.2b).

    Parameters
    ----------
    parts : list of array, shape (n,)
        As in `ring_rounds`.

    Returns
    -------
    list of array
        The sum, once for each process, the same to the last bit.

    Examples
    --------
    >>> import numpy as np
    >>> ring_all_reduce([np.array([1.0, 2.0]), np.array([10.0, 20.0])])
    [array([11., 22.]), array([11., 22.])]
    """
    return ring_rounds(parts)[-1]


def ring_seconds(size: int, n_bytes: float, latency: float, bandwidth: float) -> float:
    """Give the seconds that an all-reduce on a ring takes (equation 3.2c).

    Parameters
    ----------
    size : int
        P, how many processes; at least 1.
    n_bytes : float
        S, how many bytes each of them has; at least 0.
    latency : float
        Seconds from the start of a message to its first byte; at least 0.
    bandwidth : float
        Bytes a second that a process sends, while it receives as many; positive.

    Returns
    -------
    float

    Examples
    --------
    A hundred megabytes over 10 GB/s, with 10 microseconds before every message:

    >>> sizes = (1, 2, 8, 64)
    >>> seconds = [ring_seconds(size, 1e8, 1e-5, 1e10) for size in sizes]
    >>> [round(1e3 * each, 2) for each in seconds]
    [0.0, 10.02, 17.64, 20.95]
    """
    size = count.read(size, "size")
    n_bytes = not_negative.read(n_bytes, "n_bytes")
    latency = not_negative.read(latency, "latency")
    bandwidth = positive.read(bandwidth, "bandwidth")
    return 2 * (size - 1) * (latency + n_bytes / size / bandwidth)


def hiding_batch(communication: float, per_sample: float) -> int:
    """Give how many samples a process needs for its backward pass to hide the sum (3.2d).

    Parameters
    ----------
    communication : float
        Seconds that the all-reduce takes; at least 0.
    per_sample : float
        t, the seconds that the backward pass takes for one sample; positive.

    Returns
    -------
    int
        The smallest share of a batch whose backward pass takes at least as long. Where the
        quotient of the two arguments is all but whole, its rounding decides.

    Examples
    --------
    >>> hiding_batch(communication=0.018, per_sample=0.005)
    4
    """
    communication = not_negative.read(communication, "communication")
    per_sample = positive.read(per_sample, "per_sample")
    return ceil(communication / per_sample)
