"""The cases in which proofs are checked: which sizes, and how they are called."""

from collections.abc import Callable, Iterable, Sequence
from numbers import Integral
from typing import Any

from .core import Case
from .models import Network

CHECKED = "Each line equals the line before for all values of its free indices and symbols."
SIZES = ((2, 3, 2), (1, 2, 3, 2), (3, 1, 2))


def require_sizes(
    sizes: Any, name: str, at_least: int, what: str, at_most: int | None = None
) -> list[tuple[int, ...]]:
    """Refuse anything but a sequence of tuples of positive numbers.

    Parameters
    ----------
    sizes : sequence of sequences of int
    name : str
        The argument's name.
    at_least, at_most : int
        How many numbers belong in one of the tuples.
    what : str
        What was expected.

    Returns
    -------
    list of tuple of int

    Raises
    ------
    ValueError
        If it is something else; the message begins with the argument's name.

    Examples
    --------
    >>> require_sizes([[2, 3]], "sizes", 2, "layers")
    [(2, 3)]
    """
    found = list(sizes) if isinstance(sizes, Sequence) else []
    good = bool(found) and all(
        isinstance(each, Sequence)
        and at_least <= len(each) <= (at_most or len(each))
        and all(isinstance(n, Integral) and int(n) >= 1 for n in each)
        for each in found
    )
    if not good:
        raise ValueError(f"{name}: expected {what}, got {sizes!r}")
    return [tuple(map(int, each)) for each in found]


def listed(sizes: Sequence[Sequence[int]], between: str = "-") -> str:
    """Name sizes in a sentence.

    Parameters
    ----------
    sizes : sequence of sequences of int
    between : str
        What stands between the numbers.

    Returns
    -------
    str

    Examples
    --------
    >>> listed([(2, 3, 2), (1, 2), (3, 1)])
    '2-3-2, 1-2 and 3-1'
    """
    *others, last = (between.join(map(str, each)) for each in sizes)
    return f"{', '.join(others)} and {last}" if others else last


def network_cases(
    sizes: Any,
    shortest: int,
    layers: Callable[[int], Iterable[int]],
    kind: Callable[[tuple[int, ...]], Network] = Network,
) -> tuple[Case, ...]:
    """Give a case for each network and each of some of its layers l.

    Parameters
    ----------
    sizes : sequence of sequences of int
    shortest : int
        The fewest layers that a network may have, counting the input.
    layers : callable
        Takes the number of the last layer and gives those that are meant.
    kind : callable
        Makes a network from its sizes.

    Returns
    -------
    tuple of Case

    Raises
    ------
    ValueError
        If a network is too short or has an empty layer.

    Examples
    --------
    >>> [str(case) for case in network_cases([(2, 3, 2)], 3, lambda last: range(1, last))]
    ['layers 2-3-2 (l = 1, L = 2)']
    """
    what = f"networks of at least {shortest} layers, the input counted, each with a neuron or more"
    return tuple(
        Case(network, {"l": layer, "L": len(each) - 1}, f"layers {listed([each])}")
        for each in require_sizes(sizes, "sizes", shortest, what)
        for network in [kind(each)]
        for layer in layers(len(each) - 1)
    )
