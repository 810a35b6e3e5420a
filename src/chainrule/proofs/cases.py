"""The cases in which proofs are checked: which sizes, and how they are called."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from numbers import Integral
from typing import Any

import sympy

from .core import Case
from .models import Network

CHECKED = "Each line equals the line before for all values of its free indices and symbols."
TRUSTED = "SymPy's rules of differentiation and of sums are trusted."
ANY_SIZES = "layers of any sizes"
SIZES = ((2, 3, 2), (1, 2, 1, 2))


OUTCOME = """\
Returns
-------
Proof

Raises
------
ValueError
    If `{argument}` is anything else.
ProofError
    If a line does not hold.

"""


def published(parameters: str = "", rule: Callable | None = None) -> Callable:
    """Put what all theorems say before the example in a function's docstring.

    Before it stand the `parameters` that several theorems share. The docstring and the name are
    those of a `rule` that the function is the door of, or its own.
    """

    def publish(door: Callable) -> Callable:
        of = rule or door
        said, heading, example = inspect.cleandoc(of.__doc__ or "").partition("Examples\n-")
        (argument,) = inspect.signature(door).parameters
        outcome = OUTCOME.format(argument=argument)
        usual = cache(door)

        def prove(*args: Any, **kwargs: Any) -> Any:
            # a proof never changes: that in the usual cases is made once
            return door(*args, **kwargs) if args or kwargs else usual()

        prove.__wrapped__ = door  # type: ignore[attr-defined]
        prove.__doc__ = said + parameters + outcome + heading + example
        prove.__module__ = of.__module__
        prove.__name__ = prove.__qualname__ = of.__name__
        return prove

    return publish


def require_sizes(
    sizes: Any, name: str, at_least: int, what: str, at_most: int | None = None
) -> list[tuple[int, ...]]:
    """Refuse anything but a sequence of tuples of at least and at most so many positive numbers.

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


def listed(sizes: Sequence[Sequence[Any]], between: str = "-") -> str:
    """Name sizes in a sentence.

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
    """Give a case for each network and each of its layers l that `layers` gives of the last one.

    A network has at least `shortest` layers, counting the input.

    >>> cases = network_cases([(2, 3, 2)], 3, lambda last: range(1, last))
    >>> [str(case) for case in cases]
    ['layers 2-3-2 (l = 1, L = 2)']
    """
    what = f"networks of at least {shortest} layers, the input counted, each with a neuron or more"
    return tuple(
        Case(network, {"l": layer, "L": len(each) - 1}, f"layers {listed([each])}")
        for each in require_sizes(sizes, "sizes", shortest, what)
        for network in [kind(each)]
        for layer in layers(len(each) - 1)
    )


def letters(*names: str) -> tuple[Any, ...]:
    """Give letters for sizes, which are whole and positive.

    >>> letters("n", "K")
    (n, K)
    """
    return sympy.symbols(names, integer=True, positive=True)


def any_network(*sizes: str, cost_of: str, **indices: int) -> Case:
    """Give the case of a network whose layers are as large as letters say.

    >>> str(any_network("n_0", "n_1", cost_of="a", L=1))
    'layers of any sizes (L = 1)'
    """
    return Case(Network(letters(*sizes), None, cost_of), indices, ANY_SIZES, every=True)
