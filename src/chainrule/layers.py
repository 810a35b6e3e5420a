"""What the layers share, and the dense layer (section 1.1).

A layer states its formulas. How an array is let in, and in how many bits a formula is computed,
stands once, in `Layer` and `Weighted`.
"""

import copy
from collections.abc import Callable
from math import sqrt
from operator import is_
from typing import Any, Self

import numpy as np

from .arrays import Array, floating_dtype, real, same_shape
from .arrays.functions import sum
from .arrays.rules import alike, cast, together
from .arrays.settings import count, generator

__all__ = ["Linear", "initial_std"]


class Layer:
    """A differentiable function, which states its formulas `value` and `back`.

    It takes one array x and gives one of another shape. Arrays of several dtypes are computed with
    in the one that they promote to, 16-bit numbers in 32 bits; the result comes back in the former.
    One with `parameters` has a method `map` for that, as `Weighted`.
    """

    def __call__(self, x: Array) -> Array:
        """Give the layer's output for x; a ValueError if x is not of the shape that it takes."""
        return self._run("value", x)

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
        return self._run("back", x, upstream)

    def value(self, x):
        """Give the output; the formula alone."""
        raise NotImplementedError

    def back(self, x, upstream):
        """Give ∂C/∂x, given the upstream ∂C/∂output; the formula alone."""
        raise NotImplementedError

    def _output_shape(self, x: Array) -> tuple[int, ...]:
        """Give the shape of the output for x; a ValueError if x is not of one the layer takes."""
        raise NotImplementedError

    def _run(self, rule: str, x: Array, *upstream: Array) -> Any:
        own = getattr(self, "parameters", ())
        as_they_are = alike(*own, x, *upstream)
        if not as_they_are:
            x = real(x, like=next(iter(own), None))
        shape = self._output_shape(x)
        if not as_they_are:
            upstream = tuple(real(each, "upstream", like=x) for each in upstream)
        for each in upstream:
            same_shape(each, shape, "upstream", "the shape of the output")
        if as_they_are:
            return getattr(self, rule)(x, *upstream)
        given, dtype = together(*own, x, *upstream)
        layer: Any = self
        if not all(map(is_, own, given)):  # the layer itself keeps its parameters as they are
            in_turn = iter(given)
            layer = self.map(lambda parameter: next(in_turn))  # type: ignore[attr-defined]
        found = getattr(layer, rule)(*given[len(own) :])
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
        """Give ∂C/∂weight and ∂C/∂bias, shaped like these; x and upstream are those of `vjp`."""
        return self._run("parameters_back", x, upstream)

    def parameters_back(self, x, upstream):
        """Give ∂C/∂weight and ∂C/∂bias, given the upstream; the formulas alone."""
        raise NotImplementedError


def he(n_in, n_out):
    """Give the variance of a weight under which ReLU keeps the activations' size."""
    return 2 / n_in


def xavier(n_in, n_out):
    """Give the compromise between what keeps activations and what keeps errors, under tanh."""
    return 2 / (n_in + n_out)


VARIANCES = {"he": he, "xavier": xavier}


def initial_std(n_in: int, n_out: int, init: str = "he") -> float:
    """Give the standard deviation with which the weights of a layer should start.

    "he" keeps the size of the activations from layer to layer under ReLU (equation 1.1.2f);
    "xavier" is the compromise between activations and errors under tanh (equation 1.1.2e).

    Parameters
    ----------
    n_in, n_out : int
        How many neurons the layer reads and has.
    init : {"he", "xavier"}

    Returns
    -------
    float
        √(2 / n_in) or √(2 / (n_in + n_out)).

    Raises
    ------
    ValueError
        If `init` is neither, or `n_in` or `n_out` is less than 1.

    See Also
    --------
    torch.nn.init.kaiming_normal_, torch.nn.init.xavier_normal_

    References
    ----------
    Glorot and Bengio, 2010; He, Zhang, Ren and Sun, 2015.

    Examples
    --------
    >>> initial_std(50, 30, "he"), initial_std(50, 150, "xavier")
    (0.2, 0.1)
    """
    n_in = count.read(n_in, "n_in")
    n_out = count.read(n_out, "n_out")
    if init not in VARIANCES:
        raise ValueError(f"init: expected 'he' or 'xavier', got {init!r}")
    return sqrt(VARIANCES[init](n_in, n_out))


class Linear(Weighted):
    """A layer's weighted inputs, z = w a + b; for a batch of rows, Z = A Wᵀ + b (equation 1.1.1a).

    Its vjp carries the error back, Δ w, the wᵀ δ of equation 1.7; its parameter_vjp is Δᵀ A and the
    sum of the rows of Δ (equations 1.9 and 1.8). The weights start as normal random numbers with
    the standard deviation `initial_std`, the biases as 0.

    Parameters
    ----------
    n_in, n_out : int
        How many neurons the layer reads and has: it takes (N, n_in) and gives (N, n_out).
    rng : numpy.random.Generator
        Where the initial weights come from.
    dtype : str or dtype
        Of the parameters.
    init : {"he", "xavier"}

    Attributes
    ----------
    weight : array, shape (n_out, n_in)
        w_jk links neuron k of the layer before to neuron j of this one.
    bias : array, shape (n_out,)

    Raises
    ------
    ValueError
        If `n_in` or `n_out` is less than 1, or `init` is unknown.
    TypeError
        If `rng` is not a generator, or `dtype` is not a floating-point one.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Linear(2, 1, rng=np.random.default_rng(0))
    >>> layer.weight[:], layer.bias[:] = [[3.0, -1.0]], [0.5]
    >>> layer(np.array([[1.0, 2.0]]))
    array([[1.5]])

    See Also
    --------
    torch.nn.Linear
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        rng: np.random.Generator,
        dtype: Any = "float64",
        init: str = "he",
    ):
        generator.read(rng)
        self._start((n_out, n_in), initial_std(n_in, n_out, init), rng, dtype)

    def __repr__(self) -> str:
        n_out, n_in = self.weight.shape
        return f"Linear({n_in}, {n_out})"

    def value(self, a):
        """Give Z = A Wᵀ + b for a batch a."""
        return a @ self.weight.T + self.bias

    def back(self, a, delta):
        """Give Δ W for the errors delta, whatever a was."""
        return delta @ self.weight

    def parameters_back(self, a, delta):
        """Give Δᵀ A, and the sum of the rows of Δ, for a batch a and its errors delta."""
        return [delta.T @ a, sum(delta, axis=0)]

    def _output_shape(self, x: Array) -> tuple[int, ...]:
        if self.weight.ndim != 2:
            raise ValueError(f"weight: expected two axes, got shape {tuple(self.weight.shape)}")
        n_out, n_in = self.weight.shape
        if x.ndim != 2 or x.shape[1] != n_in:
            raise ValueError(f"x: expected a batch of shape (N, {n_in}), got {tuple(x.shape)}")
        return x.shape[0], n_out
