"""What the optimizers share: a step is checked whole before it changes anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..arrays import Array, detached, kind, library, require_not_negative
from ..arrays.settings import positive
from .blocks import BLOCK, Layout, row  # noqa: F401


@dataclass(eq=False)
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

    lr: float = positive()
    weight_decay = 0.0  # most make a setting of it

    def __post_init__(self):
        self.steps = 0
        self._memory: dict[str, list[Array]] = {}  # what was loaded and not yet laid out
        self._layout: Layout | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        declared = type(self).__dataclass_fields__.get(name)
        if declared is not None and "read" in declared.metadata:
            value = declared.metadata["read"](value, name)
        super().__setattr__(name, value)

    # ---- what an optimizer says of itself -------------------------------------------------------

    def start(self) -> dict[str, float | None]:
        """Name what is remembered of every number, and what it starts from; None: it is not."""
        return {}

    def decay(self, w, g):
        """Give w and g, with the slope of the penalty ρ/2 ‖w‖² added to the gradient g."""
        return w, g + self.weight_decay * w

    def rule(self, t, w, g, *memory):
        """Give w after step t and what is then remembered, from w, the gradient g and memory."""
        raise NotImplementedError

    # ---- what it is asked for -------------------------------------------------------------------

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
        require_fit(parameters, gradients)
        if check_finite:
            _require_finite(gradients)
        parameters = [detached(p) for p in parameters]
        layout, rule = self._laid_out(parameters), self._decayed_rule()
        self.advance()  # nothing is refused from here on
        self._layout, self._memory = layout, {}
        w, g = [row(p) for p in parameters], [row(detached(a)) for a in gradients]
        for block in layout.blocks:
            block.update(rule, w, g)

    def advance(self) -> None:
        """Count the step."""
        self.steps += 1

    def _decayed_rule(self) -> Any:
        """Give the rule as a function of w, g and the memory, with the decay before it."""
        t = self.steps + 1
        if not self.weight_decay:
            return lambda w, g, *memory: self.rule(t, w, g, *memory)
        return lambda w, g, *memory: self.rule(t, *self.decay(w, g), *memory)

    def _laid_out(self, parameters: list[Array]) -> Layout:
        """Give the memory laid out like the parameters. Nothing is changed: it may be refused."""
        start = self.start()
        if self._layout is not None and self._layout.fits(parameters, start):
            return self._layout
        memory = {name: arrays for name, arrays in self._kept().items() if name in start}
        for arrays in memory.values():
            shapes, expected = ([tuple(a.shape) for a in each] for each in (parameters, arrays))
            if shapes != expected:
                raise ValueError(
                    f"parameters: expected shapes {expected} (those of the steps before), "
                    f"got {shapes}"
                )
        return Layout(parameters, start, memory)

    # ---- its state ------------------------------------------------------------------------------

    def _kept(self) -> dict[str, list[Array]]:
        return self._memory if self._layout is None else self._layout.memory()

    @property
    def state_bytes(self) -> int:
        """How many bytes of arrays the optimizer keeps between steps."""
        return sum(array.nbytes for arrays in self._kept().values() for array in arrays)

    def _settings(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def counters(self) -> dict[str, Any]:
        """Give the numbers, other than arrays, that change from step to step."""
        return {"steps": self.steps}

    def _remembers(self) -> list[str]:
        return [name for name, initial in self.start().items() if initial is not None]

    def state_dict(self) -> dict[str, Any]:
        """Give all that an optimizer of this class needs to go on, as a dictionary.

        The name of the class, its settings, the number of steps and, by name, a list with an array
        for every parameter. The arrays are copies.
        """
        kept = self._kept()
        arrays = {name: [_copy(a) for a in kept.get(name, [])] for name in self._remembers()}
        return {"class": type(self).__name__, **self._settings(), **self.counters(), **arrays}

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
        for name, zero in fresh.counters().items():
            setattr(fresh, name, _counter(state[name], name, type(zero)))
        memory = {name: state[name] for name in fresh._remembers()}
        for name, arrays in memory.items():
            _require_arrays(arrays, f"state[{name!r}]")
        if len({tuple(tuple(a.shape) for a in arrays) for arrays in memory.values()}) > 1:
            raise ValueError(f"state: expected arrays of the same shapes in {sorted(memory)}")
        if fresh.steps:
            fresh._memory = {name: [_copy(a) for a in arrays] for name, arrays in memory.items()}
        vars(self).update(vars(fresh))


def _copy(array: Array) -> Array:
    xp = library(array)
    return xp.asarray(array, copy=True)


def _counter(value: Any, name: str, kind_of_number: type) -> Any:
    """Give the number as an int or a float; raise an error that names it unless it is one."""
    name = f"state[{name!r}]"
    require_not_negative(value, name)
    if not isinstance(value, (int, float)) or kind_of_number(value) != value:
        raise TypeError(f"{name}: expected {kind_of_number.__name__}, got {value!r}")
    return kind_of_number(value)


# ---- what is refused before anything is changed --------------------------------------------------


def require_fit(parameters: Sequence[Array], gradients: Sequence[Array]) -> None:
    """Raise an error that names the argument unless a step can be made with these."""
    _require_arrays(parameters, "parameters")
    _require_arrays(gradients, "gradients")
    if len(parameters) != len(gradients):
        raise ValueError(
            f"gradients: expected one per parameter ({len(parameters)}), got {len(gradients)}"
        )
    for i, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
        _require_writable(parameter, f"parameters[{i}]")
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
        if not isinstance(parameter, np.ndarray) and parameter.device != gradient.device:
            raise ValueError(
                f"gradients[{i}]: expected it on the device {parameter.device} (its parameter's), "
                f"got it on {gradient.device}"
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


def _require_writable(array: Array, name: str) -> None:
    """Raise an error unless every number of the array has a place of its own to be written to."""
    if isinstance(array, np.generic):
        raise TypeError(
            f"{name}: expected an array to update in place, got a number, a {type(array).__name__}"
        )
    if isinstance(array, np.ndarray):
        if not array.flags.writeable:
            raise ValueError(f"{name}: expected an array to update, got a read-only one")
        strides = () if array.flags.forc else array.strides
    else:
        strides = array.stride() if hasattr(array, "stride") else ()
        try:  # writes nothing, or one number over itself; some arrays cannot be written to at all
            nothing = detached(array)[:0, ...] if array.ndim else detached(array)
            nothing[...] = nothing
        except (TypeError, ValueError, RuntimeError) as error:
            raise ValueError(f"{name}: expected an array to update, got {error}") from error
    if 0 in strides and any(
        stride == 0 and n > 1 for stride, n in zip(strides, array.shape, strict=True)
    ):
        raise ValueError(f"{name}: expected a place for each number, got one that several share")


def _require_finite(gradients: Sequence[Array]) -> None:
    for i, gradient in enumerate(gradients):
        xp = library(gradient)
        if not bool(xp.all(xp.isfinite(gradient))):
            raise ValueError(f"gradients[{i}]: expected finite numbers, got NaN or infinity")
