"""What is refused before a step changes anything."""

from collections.abc import Sequence

import numpy as np

from ..arrays import Array, copied, detached, kind, library, plain, same_library, same_shape
from ..arrays.memory import require_writable, same_places, share_memory


def fitting(
    parameters: Sequence[Array], gradients: Sequence[Array]
) -> tuple[Sequence[Array], Sequence[Array]]:
    """Give what a step is made with; raise an error that names what does not fit."""
    if _fit_at_once(parameters, gradients):
        return parameters, gradients  # as nearly always; what follows is slow
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


def _fit_at_once(parameters: Sequence[Array], gradients: Sequence[Array]) -> bool:
    """Say whether these are lists of plain arrays that fit, and no memory is in both."""
    if not type(parameters) is type(gradients) is list or len(parameters) != len(gradients):
        return False
    if not all(map(_plain_pair, parameters, gradients)):
        return False
    return {*map(id, map(_owner, gradients))}.isdisjoint(map(id, [None, *parameters]))


def _plain_pair(parameter: Array, gradient: Array) -> bool:
    """Say whether these are plain arrays that fit each other, the parameter in its own memory."""
    return (
        type(parameter) is type(gradient) is np.ndarray
        and parameter.dtype is gradient.dtype
        and parameter.dtype.char in "def"
        and parameter.dtype.isnative
        and parameter.shape == gradient.shape
        and parameter.flags.owndata
        and parameter.flags.carray  # writable, too
    )


def _owner(x: np.ndarray) -> np.ndarray | None:
    """Give the plain array whose memory this one shows, None if there is none."""
    if x.flags.owndata:
        return x
    return x.base if type(x.base) is np.ndarray and x.base.flags.owndata else None


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
