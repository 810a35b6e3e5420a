"""Where an expression has a value: a model, and the numbers that its indices stand for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any


class Undefined(LookupError):
    """An expression has no value: a layer that is not there, or an index without one range."""


@dataclass(frozen=True)
class Scope:
    """Where an expression has a value: a model, and the numbers that some indices stand for.

    Attributes
    ----------
    model : Model
        What the names mean.
    indices : dict from str to int
        Such as the layer, ``{"l": 1}``.
    """

    model: Any
    indices: dict[str, Any]

    def bind(self, **indices: Any) -> Scope:
        """Give the same scope with some `indices` set."""
        return replace(self, indices=self.indices | indices)

    def range_of(self, index: Any, *expressions: Any) -> list[Any]:
        """Give what an index runs over in some expressions: the axis that it stands on."""
        if index.name in self.model.ranges:
            return self.model.ranges[index.name]
        found = {n for e in expressions for n in e._extents(index, self)}
        if len(found) != 1:
            raise Undefined(f"{index.name} runs over {sorted(map(str, found)) or 'nothing'}")
        return self.model.places(found.pop())
