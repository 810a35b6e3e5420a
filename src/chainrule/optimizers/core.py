"""What the optimizers share: a step is checked whole before it changes anything."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from array_api_compat import device

from ..arrays import (
    Array,
    detached,
    kind,
    library,
    require_not_negative,
    require_positive,
    to_numpy,
)

BLOCK = 131_072
"""How many numbers of a NumPy array are updated at a time: few enough to stay in the cache."""

SMALL = 65_536
"""Up to how many numbers NumPy adds, which rounds alike everywhere, and not BLAS, whose threads pay
only for more."""


class Optimizer:
    """What every optimizer is: a learning rate, settings of its own, and what it remembers.

    Parameters
    ----------
    lr : float
        The learning rate, positive. It may be reassigned between steps; the other settings are
        fixed when the optimizer is made.

    Attributes
    ----------
    steps : int
        How many steps it has made.
    """

    def __init__(self, lr: float):
        self.lr = lr
        self.steps = 0
        self._memory: dict[str, list[Array]] = {}

    def __repr__(self) -> str:
        settings = (f"{name}={value!r}" for name, value in self._settings().items())
        return f"{type(self).__name__}({', '.join(settings)})"

    @property
    def lr(self) -> float:
        """The learning rate."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        require_positive(value, "lr")
        self._lr = float(value)  # a NumPy scalar would turn 32-bit updates into 64-bit ones

    def step(
        self, parameters: Sequence[Array], gradients: Sequence[Array], check_finite: bool = False
    ) -> None:
        """Update the parameters in place.

        Parameters
        ----------
        parameters : list of arrays
            The same at every step, in the same order.
        gradients : list of arrays
            Of the same shapes, dtypes and devices, in the same order. They are left as they are.
        check_finite : bool
            Whether to refuse a gradient that is NaN or infinite.

        Raises
        ------
        ValueError
            If the lists do not fit each other or what was remembered of earlier steps, or a
            gradient is not finite under `check_finite`. Nothing is changed then.
        TypeError
            If these are not lists of arrays, or a gradient has another dtype than its parameter.
            Nothing is changed then.
        """
        _require_fit(parameters, gradients)
        if check_finite:
            _require_finite(gradients)
        parameters = [detached(p) for p in parameters]
        gradients = [detached(g) for g in gradients]
        self._memory = self._recalled(parameters)
        self._advance()
        scratch = _Scratch(parameters)
        for arrays in zip(parameters, gradients, *self._memory.values(), strict=True):
            xp = library(arrays[0])
            for w, g, *memory in _blocks(arrays):
                self._update(xp, *scratch.like(w), w, g, *memory)

    def _remembers(self) -> dict[str, float]:
        """Name what is kept of every parameter between steps, with the number it starts from."""
        return {}

    def _advance(self) -> None:
        """Count the step."""
        self.steps += 1

    def _update(
        self, xp: Any, room: Array, spare: Array, w: Array, g: Array, *memory: Array
    ) -> None:
        """Change a part of a parameter, and of what is remembered of it, in place.

        `room` and `spare` are arrays of the same shape to write into on the way.
        """
        raise NotImplementedError

    def _recalled(self, parameters: list[Array]) -> dict[str, list[Array]]:
        """Give what is remembered, on the parameters' library and device; at first, fresh arrays.

        Nothing is changed, so that a step can still be refused.
        """
        memory = {}
        for name, initial in self._remembers().items():
            old = self._memory.get(name)
            if old is None:
                memory[name] = [_filled(p, initial) for p in parameters]
                continue
            shapes, expected = ([tuple(a.shape) for a in arrays] for arrays in (parameters, old))
            if shapes != expected:
                raise ValueError(
                    f"parameters: expected shapes {expected} (those of the steps before), "
                    f"got {shapes}"
                )
            memory[name] = [_alike(a, p) for a, p in zip(old, parameters, strict=True)]
        return memory

    @property
    def state_bytes(self) -> int:
        """How many bytes of arrays the optimizer keeps between steps."""
        return sum(array.nbytes for arrays in self._memory.values() for array in arrays)

    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def _counters(self) -> dict[str, Any]:
        """Give the numbers, other than arrays, that change from step to step."""
        return {"steps": self.steps}

    def state_dict(self) -> dict[str, Any]:
        """Give all that an optimizer of this class needs to go on, as a dictionary.

        The name of the class, its settings, the number of steps and, by name, a list with an array
        for every parameter. The arrays are copies.
        """
        memory = {name: self._memory.get(name, []) for name in self._remembers()}
        copies = {name: [_copy(array) for array in arrays] for name, arrays in memory.items()}
        return {"class": type(self).__name__, **self._settings(), **self._counters(), **copies}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` gave, the settings included.

        Parameters
        ----------
        state : dict
            The arrays in it are copied.

        Raises
        ------
        ValueError
            If the dictionary is not one of this optimizer's, or is of another class's. Nothing is
            changed then.
        TypeError
            If something in it is not of the type that it should be. Nothing is changed then.
        """
        if not isinstance(state, Mapping):
            raise TypeError(f"state: expected a dictionary, got {type(state).__name__}")
        own = type(self).__name__
        if state.get("class", own) != own:
            raise ValueError(f"state: expected that of {own}, got that of {state['class']}")
        settings = self._settings()
        if not set(settings) <= set(state):
            raise ValueError(
                f"state: expected the keys {sorted(self.state_dict())}, got {sorted(state)}"
            )
        fresh = type(self)(**{name: state[name] for name in settings})
        expected = set(fresh.state_dict())
        if set(state) != expected:
            raise ValueError(f"state: expected the keys {sorted(expected)}, got {sorted(state)}")
        for name, zero in fresh._counters().items():
            setattr(fresh, name, _counter(state[name], name, type(zero)))
        memory = {name: state[name] for name in fresh._remembers()}
        for name, arrays in memory.items():
            _require_arrays(arrays, f"state[{name!r}]")
        if len({tuple(tuple(a.shape) for a in arrays) for arrays in memory.values()}) > 1:
            raise ValueError(f"state: expected arrays of the same shapes in {sorted(memory)}")
        if fresh.steps:
            fresh._memory = {name: [_copy(a) for a in arrays] for name, arrays in memory.items()}
        vars(self).update(vars(fresh))


def into(room: Array, function: Any, *arguments: Any) -> Array:
    """Give a function's result in the array `room`, if the library can without another array."""
    if isinstance(room, np.ndarray) or hasattr(room, "add_"):
        return function(*arguments, out=room)
    room[...] = function(*arguments)
    return room


def with_decay(xp: Any, spare: Array, w: Array, g: Array, weight_decay: float) -> Array:
    """Give the gradient of the cost with the penalty ρ/2 ‖w‖² added to it, g + ρ w, in `spare`."""
    if not weight_decay:
        return g
    into(spare, xp.multiply, w, weight_decay)
    spare += g
    return spare


def add_scaled(y: Array, a: float, x: Array, room: Array) -> None:
    """Do y := y + a x in place, with `room` to write into on the way, which may be x."""
    if isinstance(y, np.ndarray):
        axpy = _axpy(y.dtype)
        # BLAS gets a copy of what is not an aligned row of numbers, and the row does not change
        if axpy is not None and y.size > SMALL and y.ndim == 1 and y.flags.carray:
            axpy(x, y, a=a)
        else:
            np.multiply(x, a, out=room)
            y += room
    elif hasattr(y, "add_"):
        y.add_(x, alpha=a)
    else:
        y += a * x


@cache
def _axpy(dtype: np.dtype) -> Any:
    """Give BLAS's function for y := y + a x, or None if it has none for this dtype.

    It goes through the memory once, where NumPy goes twice.
    """
    from scipy.linalg import blas

    return {np.dtype("float32"): blas.saxpy, np.dtype("float64"): blas.daxpy}.get(dtype)


def move_mean(m: Array, g: Array, beta: float, room: Array) -> None:
    """Do m := β m + (1 − β) g in place: a running mean, which forgets at the rate 1 − β."""
    m *= beta
    add_scaled(m, 1 - beta, g, room)


def not_negative(value: float, name: str) -> float:
    """Give the value as a Python float; raise an error that names it unless it is at least 0."""
    require_not_negative(value, name)
    return float(value)


def share(value: float, name: str) -> float:
    """Give the value as a Python float; raise an error that names it unless 0 ≤ value < 1."""
    require_not_negative(value, name)
    if value >= 1:
        raise ValueError(f"{name}: expected a number less than 1, got {value!r}")
    return float(value)


def pair_of_shares(betas: Sequence[float]) -> tuple[float, float]:
    """Give β₁ and β₂; raise an error that names `betas` unless both are shares."""
    if isinstance(betas, str) or not hasattr(betas, "__len__") or len(betas) != 2:
        raise TypeError(f"betas: expected a pair of numbers, got {betas!r}")
    return share(betas[0], "betas[0]"), share(betas[1], "betas[1]")


def _filled(parameter: Array, value: float) -> Array:
    xp = library(parameter)
    return xp.full_like(parameter, value)


def _copy(array: Array) -> Array:
    xp = library(array)
    return xp.asarray(array, copy=True)


def _alike(array: Array, parameter: Array) -> Array:
    """Give the array on the library, dtype and device of the parameter."""
    same = type(array) is type(parameter) and array.dtype == parameter.dtype
    if same and (isinstance(array, np.ndarray) or device(array) == device(parameter)):
        return array
    xp = library(parameter)
    return xp.asarray(to_numpy(array), dtype=parameter.dtype, device=device(parameter), copy=True)


class _Scratch:
    """Two arrays to write into for every block that is updated: for NumPy, the same two again."""

    def __init__(self, parameters: list[Array]):
        sizes = (p.size for p in parameters if isinstance(p, np.ndarray))
        self._size = min(BLOCK, max(sizes, default=0))
        self._rows: dict[np.dtype, list[np.ndarray]] = {}

    def like(self, w: Array) -> list[Array]:
        if not isinstance(w, np.ndarray):
            xp = library(w)
            return [xp.empty_like(w), xp.empty_like(w)]
        if w.dtype not in self._rows:
            self._rows[w.dtype] = [np.empty(self._size, w.dtype) for _ in range(2)]
        rows = self._rows[w.dtype]
        return [row[: w.size] if w.ndim == 1 else row[: w.size].reshape(w.shape) for row in rows]


def _blocks(arrays: Sequence[Array]) -> Iterator[Sequence[Array]]:
    """Cut NumPy arrays of one shape, alike, into views of at most `BLOCK` numbers.

    Other libraries get their arrays whole: on a GPU, small pieces would be slow.
    """
    first = arrays[0]
    if not isinstance(first, np.ndarray):
        yield arrays
    elif not first.size:
        return
    elif first.ndim > 1 and all(array.flags.c_contiguous for array in arrays):
        yield from _blocks([array.reshape(-1) for array in arrays])
    elif first.size <= BLOCK:
        yield arrays
    elif first[0].size > BLOCK:
        for i in range(len(first)):
            yield from _blocks([array[i] for array in arrays])
    else:
        rows = BLOCK // first[0].size
        for start in range(0, len(first), rows):
            yield [array[start : start + rows] for array in arrays]


def _counter(value: Any, name: str, kind_of_number: type) -> Any:
    """Give the number as an int or a float; raise an error that names it unless it is one."""
    name = f"state[{name!r}]"
    require_not_negative(value, name)
    if not isinstance(value, (int, float)) or kind_of_number(value) != value:
        raise TypeError(f"{name}: expected {kind_of_number.__name__}, got {value!r}")
    return kind_of_number(value)


def _require_fit(parameters: Sequence[Array], gradients: Sequence[Array]) -> None:
    _require_arrays(parameters, "parameters")
    _require_arrays(gradients, "gradients")
    if len(parameters) != len(gradients):
        raise ValueError(
            f"gradients: expected one per parameter ({len(parameters)}), got {len(gradients)}"
        )
    for i, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
        if isinstance(parameter, np.generic):
            raise TypeError(
                f"parameters[{i}]: expected an array to update in place, got a number, a "
                f"{type(parameter).__name__}"
            )
        if isinstance(parameter, np.ndarray) and not parameter.flags.writeable:
            raise ValueError(f"parameters[{i}]: expected an array to update, got a read-only one")
        if parameter.shape != gradient.shape:
            raise ValueError(
                f"gradients[{i}]: expected shape {tuple(parameter.shape)} (its parameter's), "
                f"got {tuple(gradient.shape)}"
            )
        if parameter.dtype != gradient.dtype:
            raise TypeError(
                f"gradients[{i}]: expected dtype {parameter.dtype} (its parameter's), "
                f"got {gradient.dtype}"
            )
        if not isinstance(parameter, np.ndarray) and device(parameter) != device(gradient):
            raise ValueError(
                f"gradients[{i}]: expected it on the device {device(parameter)} (its parameter's), "
                f"got it on {device(gradient)}"
            )


def _require_arrays(arrays: Sequence[Array], name: str) -> None:
    if hasattr(arrays, "dtype") or not hasattr(arrays, "__len__"):
        raise TypeError(f"{name}: expected a list of arrays, got one {type(arrays).__name__}")
    for i, array in enumerate(arrays):
        if not hasattr(array, "dtype"):
            raise TypeError(f"{name}[{i}]: expected an array, got {type(array).__name__}")
        if kind(array) != "real floating":
            raise TypeError(
                f"{name}[{i}]: expected floating-point numbers, got an array of {array.dtype}"
            )


def _require_finite(gradients: Sequence[Array]) -> None:
    for i, gradient in enumerate(gradients):
        xp = library(gradient)
        if not bool(xp.all(xp.isfinite(gradient))):
            raise ValueError(f"gradients[{i}]: expected finite numbers, got NaN or infinity")
