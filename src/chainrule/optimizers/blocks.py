"""How parameters are cut into blocks, to which a rule is applied one after another.

A rule is a formula for whole arrays. Its temporaries cost little where they stay in the cache, and
calling it pays where there is something to do: so large NumPy arrays are cut into blocks, small
ones are joined to one, and each block keeps what is remembered of its numbers. An array between, or
of another library, is a block as it is: on a GPU, small pieces would be slow.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from array_api_compat import device

from ..arrays import Array, copied, library, to_numpy, wide_dtype
from ..arrays.memory import share_memory
from ..arrays.rules import cast, widened

BLOCK = 131_072
"""How many numbers make a block at most: few enough to stay in the cache."""

SMALL = 4096
"""Below how many numbers an array is joined with others: copying them costs less than a call."""

Arrays = Sequence[Array]


class Block:
    """Some of the numbers of some of the parameters, and what is remembered of them.

    Parameters
    ----------
    of : list of int
        Which parameters.
    piece : slice, ... or None
        Where in the row of the one parameter; ... for all of it; None where several are joined.
    few_bits : bool
        Whether their dtype has fewer than 32.

    Attributes
    ----------
    size : int
        How many numbers are joined.
    """

    def __init__(self, of: list[int], piece: Any, few_bits: bool):
        self.of = of
        self.piece = piece
        self.few_bits = few_bits
        self.size = 0
        self.memory: list[Array | None] = []

    def read(self, arrays: Arrays) -> Array:
        """Give the block's numbers in these arrays: a view, if it can be one."""
        if self.piece is None:
            return np.concatenate([arrays[i] for i in self.of], axis=None)
        array = arrays[self.of[0]]
        return array if self.piece is ... else _row(array)[self.piece]

    def computed(self, rule: Callable[..., tuple], parameters: Arrays, gradients: Arrays) -> tuple:
        """Apply a rule to the block; nothing is written yet. 16 bits are computed with in 32."""
        w, g = self.read(parameters), self.read(gradients)
        if not self.few_bits:
            new, *memory = rule(w, g, *self.memory)
            return new, [a if a is None else _apart(a, w, g) for a in memory]
        new, *memory = rule(*(a if a is None else widened(a) for a in (w, g, *self.memory)))
        return cast(new, w.dtype), [a if a is None else cast(a, w.dtype) for a in memory]

    def write(self, arrays: Arrays, numbers: Array) -> None:
        """Put the block's numbers into these arrays."""
        if self.piece is not None:
            array = arrays[self.of[0]]
            (array if self.piece is ... else _row(array))[self.piece] = numbers
            return
        at, numbers = 0, numbers.reshape(self.size)  # so that each part is as long as its array
        for i in self.of:
            array, end = arrays[i], at + arrays[i].size
            own = numbers[at:end]
            array[...] = own if array.ndim == 1 else own.reshape(array.shape)
            at = end


class Layout:
    """The blocks of some parameters.

    Parameters
    ----------
    parameters : list of arrays
    start : dict of str to float or None
        What is remembered of every number, and what it starts from.
    memory : dict of str to list of arrays
        What is remembered already, in any library, an array for every parameter.
    """

    def __init__(
        self, parameters: Arrays, start: dict[str, float | None], memory: dict[str, list[Array]]
    ):
        self.like = _descriptions(parameters)
        self.start = start
        self.blocks = _blocks(parameters)
        # whether all blocks can be computed before the first is written
        self.small = len(self.blocks) == 1 or (
            all(isinstance(p, np.ndarray) for p in parameters)
            and sum(p.size for p in parameters) <= BLOCK
        )
        for name, initial in start.items():
            known = initial is not None and name in memory
            arrays = [*map(_alike, memory[name], parameters)] if known else parameters
            for block in self.blocks:
                numbers = block.read(arrays)
                xp = library(numbers)
                if known:
                    block.memory.append(copied(numbers))
                else:
                    block.memory.append(None if initial is None else xp.full_like(numbers, initial))

    def fits(self, parameters: Arrays, start: dict[str, float | None]) -> bool:
        """Tell whether these parameters are like those that the blocks were cut for."""
        return start == self.start and _descriptions(parameters) == self.like

    def memory(self) -> dict[str, list[Array]]:
        """Give what is remembered, by name, an array for every parameter."""
        found: dict[str, list[Array]] = {}
        for k, (name, initial) in enumerate(self.start.items()):
            if initial is not None:
                found[name] = [
                    np.empty(shape, dtype) if issubclass(cls, np.ndarray) else None
                    for cls, dtype, shape, _ in self.like
                ]
                for block in self.blocks:
                    if block.piece is ...:
                        found[name][block.of[0]] = block.memory[k]
                    else:
                        block.write(found[name], block.memory[k])
        return found


def _blocks(parameters: Arrays) -> list[Block]:
    blocks: list[Block] = []
    joined: dict[Any, Block] = {}  # by dtype, the block of small arrays that has room left
    room: dict[Any, int] = {}
    for i, p in enumerate(parameters):
        few_bits = wide_dtype(p) is not None
        if not isinstance(p, np.ndarray) or SMALL <= p.size <= BLOCK:
            blocks.append(Block([i], ..., few_bits))
        elif p.size > BLOCK:
            starts = range(0, p.size, BLOCK)
            blocks += [Block([i], slice(start, start + BLOCK), few_bits) for start in starts]
        elif p.size:
            if room.get(p.dtype, 0) < p.size:
                joined[p.dtype], room[p.dtype] = Block([], None, few_bits), BLOCK
                blocks.append(joined[p.dtype])
            joined[p.dtype].of.append(i)
            joined[p.dtype].size += p.size
            room[p.dtype] -= p.size
    return blocks


def _apart(a: Array, w: Array, g: Array) -> Array:
    """Give what a rule gives to remember, copied if it lies in an array that the rule was given."""
    if a.__class__ is np.ndarray and a.base is None:  # as nearly always
        return copied(a) if a is w or a is g else a
    return copied(a) if share_memory(a, w) or share_memory(a, g) else a


def _row(array: np.ndarray) -> Any:
    """Give an array's numbers one after the other, to read from and to write to."""
    return array.reshape(-1) if array.flags.c_contiguous else array.flat


def _descriptions(parameters: Arrays) -> list[tuple]:
    return [(type(p), p.dtype, p.shape, p.device) for p in parameters]


def _alike(array: Array, parameter: Array) -> Array:
    """Give the array on the library, dtype and device of the parameter."""
    same = type(array) is type(parameter) and array.dtype == parameter.dtype
    if same and (isinstance(array, np.ndarray) or device(array) == device(parameter)):
        return array
    xp = library(parameter)
    return xp.asarray(to_numpy(array), dtype=parameter.dtype, device=device(parameter), copy=True)
