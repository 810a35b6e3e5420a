"""What the layers share: how an array is let in, and in how many bits a formula is computed."""

import copy
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from ..arrays import Array, floating_dtype, upstream_of
from ..arrays.rules import agree, cast, together


class Layer:
    """A differentiable function, which states its formulas `value` and `back`.

    It takes one array x and gives one of another shape. Arrays of several dtypes are computed with
    in the one that they promote to, 16-bit numbers in 32 bits; the result comes back in the former.
    """

    def __call__(self, x: Array) -> Array:
        """Give the layer's output for x; a ValueError if x is not of the shape that it takes."""
        return self._run("value", self._read(x))

    def vjp(self, x: Array, upstream: Array) -> Array:
        """Carry a gradient back through the layer.

        Parameters
        ----------
        x : array
            What the layer was applied to.
        upstream : array, shaped like the output
            ∂C/∂output.

        Returns
        -------
        array, shaped like x
            ∂C/∂x.

        Raises
        ------
        ValueError
            If a shape does not fit.
        """
        return self._run("back", *self._read_both(x, upstream))

    def value(self, x):
        """Give the output; the formula alone."""
        raise NotImplementedError

    def back(self, x, upstream):
        """Give ∂C/∂x, given the upstream ∂C/∂output; the formula alone."""
        raise NotImplementedError

    def _read(self, x: Array) -> Array:
        """Give x as an array that the layer takes; refuse any other."""
        raise NotImplementedError

    def _output_shape(self, x: Array) -> tuple[int, ...]:
        """Give the shape of the output for such an x."""
        raise NotImplementedError

    def _read_both(self, x: Array, upstream: Array) -> tuple[Array, Array]:
        x = self._read(x)
        return x, upstream_of(upstream, self._output_shape(x), "the shape of the output", like=x)

    def _run(self, rule: str, *arrays: Array) -> Any:
        own = getattr(self, "parameters", ())
        if agree(*own, *arrays):  # as nearly always; what follows is slow
            return getattr(self, rule)(*arrays)
        given, dtype = together(*own, *arrays)
        in_turn = iter(given)
        layer: Any = self.map(lambda parameter: next(in_turn)) if own else self  # type: ignore[attr-defined]
        found = getattr(layer, rule)(*in_turn)
        return [cast(g, dtype) for g in found] if isinstance(found, list) else cast(found, dtype)


class Weighted(Layer):
    """A layer with a weight and a bias, which states `parameters_back` besides.

    Its x is an array of their library.
    """

    weight: Array
    bias: Array

    def _start(self, shape: tuple[int, ...], std: float, rng: np.random.Generator, dtype: Any):
        """Make weights that are normal random numbers, and biases that are 0."""
        dtype = floating_dtype(dtype)
        self.weight = (std * rng.standard_normal(shape)).astype(dtype)
        self.bias = np.zeros(shape[0], dtype)

    @property
    def parameters(self) -> list[Array]:
        """The weight and the bias."""
        return [self.weight, self.bias]

    def map(self, function: Callable[[Array], Array]) -> Self:
        """Give the same layer with every parameter replaced by `function` of it."""
        mapped = copy.copy(self)
        mapped.weight, mapped.bias = function(self.weight), function(self.bias)
        return mapped

    def parameter_vjp(self, x: Array, upstream: Array) -> list[Array]:
        """Give ∂C/∂weight and ∂C/∂bias.

        Parameters
        ----------
        x : array
            What the layer was applied to.
        upstream : array, shaped like the output
            ∂C/∂output.

        Returns
        -------
        list of two arrays, shaped like the weight and the bias

        Raises
        ------
        ValueError
            If a shape does not fit.
        """
        return self._run("parameters_back", *self._read_both(x, upstream))

    def parameters_back(self, x, upstream):
        """Give ∂C/∂weight and ∂C/∂bias, given the upstream; the formulas alone."""
        raise NotImplementedError
