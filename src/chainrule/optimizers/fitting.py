"""What is refused before a step changes anything."""

from collections.abc import Sequence
from operator import is_

import numpy as np
from numpy import ndarray

from ..arrays import Array, copied, detached, kind, library, plain, same_library, same_shape
from ..arrays.memory import require_writable, same_places, share_memory


class Seen:
    """The parameters of the step before; what was looked at then need not be again.

    They are held themselves: by its `id` alone, a new array can be taken for one that is gone.
    """

    def __init__(self, parameters: Sequence[Array] = ()):
        self.parameters = [*parameters]
        self.kinds = [*map(_kind, parameters)]
        self.owners = {*map(_owner, parameters)}

    def __reduce__(self):  # with a copy of an optimizer, other parameters may be stepped
        return Seen, ()

    def are(self, parameters: Sequence[Array]) -> bool:
        """Tell whether these are the same arrays, and lie where they did."""
        if len(parameters) != len(self.parameters):
            return False
        same = all(map(is_, parameters, self.parameters))
        return same and [*map(_kind, parameters)] == self.kinds

    def fit(self, parameters: Sequence[Array], gradients: Sequence[Array]) -> bool:
        """Tell whether they can be stepped with as they are: NumPy's, and no memory is in both."""
        if not type(parameters) is type(gradients) is list:
            return False
        if not self.owners or None in self.owners:
            return False
        if not len(parameters) == len(gradients) == len(self.kinds):
            return False
        known = zip(self.parameters, self.kinds, parameters, gradients, strict=True)
        for seen, (dtype, shape, strides), p, g in known:
            owner = id(g) if g.__class__ is ndarray and g.flags.owndata else _owner(g)
            if p is not seen or owner is None or owner in self.owners:
                return False
            if not (dtype is p.dtype is g.dtype or dtype == p.dtype == g.dtype):
                return False
            if not shape == p.shape == g.shape:
                return False
            if strides != p.strides or not p.flags.writeable:
                return False
        return True


def _kind(x: Array) -> tuple:
    """Give all that can be changed of an array without changing a number."""
    if isinstance(x, ndarray):
        return x.dtype, x.shape, x.strides
    place = (x.data_ptr(), x.stride()) if hasattr(x, "data_ptr") else ()
    return x.dtype, x.shape, *place


def _owner(x: Array) -> int | None:
    """Give the number of the plain array in whose memory this one lies, None if it is in none."""
    if x.__class__ is ndarray and not x.flags.owndata:
        x = x.base
    return id(x) if x.__class__ is ndarray and x.flags.owndata else None


def fitting(
    parameters: Sequence[Array], gradients: Sequence[Array]
) -> tuple[Sequence[Array], Sequence[Array]]:
    """Give what a step is made with; raise an error that names what does not fit."""
    require_arrays(parameters, "parameters")
    gradients = require_arrays(gradients, "gradients")
    if len(parameters) != len(gradients):
        raise ValueError(
            f"gradients: expected one per parameter ({len(parameters)}), got {len(gradients)}"
        )
    for i, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
        require_writable(parameter, f"parameters[{i}]")
        name = f"gradients[{i}]"
        same_shape(gradient, parameter.shape, name, "its parameter's")
        own = parameter.dtype
        own = own.newbyteorder("=") if isinstance(parameter, np.ndarray) else own
        if own != gradient.dtype:
            raise TypeError(
                f"{name}: expected dtype {parameter.dtype} (its parameter's), got {gradient.dtype}"
            )
        same_library(gradient, parameter, name)
    apart = [_apart_from(parameters, i, g) for i, g in enumerate(gradients)]
    return [*map(detached, parameters)], [*map(detached, apart)]


def require_apart(parameters: Sequence[Array]) -> None:
    """Raise a ValueError if two parameters share memory: a step would change it twice."""
    for i, p in enumerate(parameters):
        for j in range(i):
            if share_memory(parameters[j], p):
                raise ValueError(
                    f"parameters[{i}]: expected memory of its own, got some of parameters[{j}]'s"
                )


def _apart_from(parameters: Sequence[Array], own: int, gradient: Array) -> Array:
    """Give the gradient, copied if it lies in the memory of a parameter, not as its own."""
    for i, p in enumerate(parameters):
        if share_memory(p, gradient) and not (i == own and same_places(p, gradient)):
            return copied(gradient)
    return gradient


def require_arrays(arrays: Sequence[Array], name: str) -> list[Array]:
    """Give a list of plain arrays of floating-point numbers; refuse anything else by name."""
    if hasattr(arrays, "dtype") or not hasattr(arrays, "__len__"):
        raise TypeError(f"{name}: expected a list of arrays, got one {type(arrays).__name__}")
    for i, array in enumerate(arrays):
        if not hasattr(array, "dtype"):
            raise TypeError(f"{name}[{i}]: expected an array, got {type(array).__name__}")
    read = [plain(array, f"{name}[{i}]") for i, array in enumerate(arrays)]
    for i, array in enumerate(read):
        if kind(array) != "real floating":
            raise TypeError(
                f"{name}[{i}]: expected floating-point numbers, got an array of {array.dtype}"
            )
    return read


def require_finite(gradients: Sequence[Array]) -> None:
    """Raise a ValueError that names a gradient with NaN or infinity in it."""
    for i, gradient in enumerate(gradients):
        xp = library(gradient)
        if not bool(xp.all(xp.isfinite(gradient))):
            raise ValueError(f"gradients[{i}]: expected finite numbers, got NaN or infinity")
