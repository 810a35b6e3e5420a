"""What the optimizers share: a step is checked whole before it changes anything."""

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import numpy as np

from ..arrays import Array, copied, with_numbers
from ..arrays.settings import Settings, not_negative, positive
from .blocks import Layout
from .fitting import Seen, fitting, require_apart, require_arrays, require_finite


@dataclass(eq=False)
class Optimizer(Settings):
    """What every optimizer is: a learning rate, settings of its own, and what it remembers.

    A setting may be reassigned between steps, and is read as when the optimizer is made.

    Attributes
    ----------
    steps : int
        How many steps it has made.
    """

    lr: float = positive(sentence="α, the learning rate")
    weight_decay = 0.0  # most make a setting of it

    def __post_init__(self):
        self._require_together()
        self.steps = 0
        self._memory: dict[str, list[Array]] = {}  # what was loaded and not yet laid out
        self._layout: Layout | None = None
        self._seen = Seen()  # the parameters, found to be apart

    def __setattr__(self, name: str, value: Any) -> None:
        declared = type(self).__dataclass_fields__.get(name)
        if declared is not None and "read" in declared.metadata:
            value = declared.metadata["read"](value, name)
        super().__setattr__(name, value)

    def _require_together(self) -> None:
        """Raise a ValueError if the settings do not go together."""

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
        """Update the parameters in place; a step that is refused changes nothing.

        Parameters
        ----------
        parameters : list of arrays
            The same at every step, in the same order; the optimizer holds on to them.
        gradients : list of arrays
            Of the same shapes, dtypes and devices, in the same order. They are left as they are.
        check_finite : bool
            Whether to refuse a gradient that is NaN or infinite.

        Raises
        ------
        ValueError
            If the lists do not fit each other or what was remembered of earlier steps, a gradient
            is not finite under `check_finite`, or settings no longer go together.
        TypeError
            If these are not lists of arrays, or a gradient has another dtype than its parameter.
        """
        self._require_together()
        layout, seen = self._layout, self._seen
        known = layout is not None and layout.start == self.start()
        known = known and seen.fit(parameters, gradients)  # as nearly always
        w, g = (parameters, gradients) if known else fitting(parameters, gradients)
        if check_finite:
            require_finite(g)
        if layout is None or not known:  # where it is known, there is a layout
            if not seen.are(parameters):
                require_apart(parameters)
                seen = Seen(parameters)
            layout = self._laid_out(w)
        before = self.counters()
        self.advance()
        rule = self._decayed_rule()
        results: Iterable[tuple] = (block.computed(rule, w, g) for block in layout.blocks)
        try:
            if layout.small:  # then what fails fails before anything is written
                results = [*results]
            elif _may_raise():
                for block in layout.blocks:
                    block.computed(rule, w, g)
            for block, (new, memory) in zip(layout.blocks, results, strict=True):
                block.write(w, new)
                block.memory = memory
        except BaseException:
            vars(self).update(before)
            raise
        if not (layout is self._layout and seen is self._seen):
            vars(self).update(_layout=layout, _memory={}, _seen=seen)

    def advance(self) -> None:
        """Count the step."""
        self.steps += 1

    def _decayed_rule(self) -> Any:
        """Give the rule as a function of w, g and the memory, with the decay before it."""
        t = self.steps
        if not self.weight_decay:
            return partial(self.rule, t)
        return lambda w, g, *memory: self.rule(t, *self.decay(w, g), *memory)

    def _laid_out(self, parameters: Sequence[Array]) -> Layout:
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
        arrays = {name: [copied(a) for a in kept.get(name, [])] for name in self._remembers()}
        return {"class": type(self).__name__, **self._settings(), **self.counters(), **arrays}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over the `state` that `state_dict` gave, the settings included.

        Its arrays are copied; a state that is refused changes nothing.

        Raises
        ------
        ValueError
            If the dictionary is not one of this optimizer's, or is of another class's.
        TypeError
            If something in it is not of the type that it should be.
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
            for i, array in enumerate(require_arrays(arrays, f"state[{name!r}]")):
                with_numbers(array, f"state[{name!r}][{i}]")
        if len({tuple(tuple(a.shape) for a in arrays) for arrays in memory.values()}) > 1:
            raise ValueError(f"state: expected arrays of the same shapes in {sorted(memory)}")
        if fresh.steps:
            fresh._memory = {name: [copied(a) for a in arrays] for name, arrays in memory.items()}
        vars(self).update(vars(fresh))


def _may_raise() -> bool:
    """Say whether a number that overflows, or is no number, may end a step by an error."""
    raises = {"raise", "call"} & set(np.geterr().values())
    return bool(raises) or "error" in {each[0] for each in warnings.filters}


def _counter(value: Any, name: str, kind_of_number: type) -> Any:
    """Give the number as an int or a float; raise an error that names it unless it is one."""
    name = f"state[{name!r}]"
    not_negative.read(value, name)
    if not isinstance(value, (int, float)) or kind_of_number(value) != value:
        raise TypeError(f"{name}: expected {kind_of_number.__name__}, got {value!r}")
    return kind_of_number(value)
