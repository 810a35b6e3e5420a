"""What the names in a proof stand for: concrete networks with abstract activations and costs."""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import sympy

from .expressions import Entry, Expression
from .operators import Partial
from .scope import Scope, Undefined


@cache
def abstract(name: str, orders: tuple[int, ...] = ()) -> Any:
    """Give a function of which it is only known that it is real and differentiable, or its slope.

    It has been differentiated by the arguments numbered `orders`.

    >>> import sympy
    >>> x, f = sympy.Symbol("x"), abstract("f")
    >>> sympy.diff(f(x**2), x)
    2*x*f_1(x**2)
    """

    def fdiff(self: Any, argindex: int = 1) -> Any:
        return abstract(name, tuple(sorted((*orders, argindex))))(*self.args)

    shown = name + "".join(f"_{order}" for order in orders)
    return type(shown, (sympy.Function,), {"fdiff": fdiff, "is_real": True})


class Exponential(sympy.Function):
    """The exponential function, of which a proof uses that it is its own slope and positive."""

    is_positive = True

    def fdiff(self, argindex: int = 1) -> Any:
        """Give the slope with respect to argument `argindex`, the only one."""
        return self


class Model:
    """What names mean. A name is a number, a matrix (a vector is one column) or a sequence.

    Attributes
    ----------
    names : dict from str, or (str, layer), to value
    functions : dict from (str, order of the derivative) to function
    ranges : dict from str to list
        What an index runs over, where no axis says it.
    condition : dict from symbol to expression
        A condition that lines may use, solved for one symbol.
    slacks : tuple of symbols
        Symbols that stand for how far an inequality is from an equality.
    """

    def __init__(
        self,
        names: dict[Any, Any],
        functions: dict[tuple[str, int], Callable[..., Any]] | None = None,
        ranges: dict[str, list[Any]] | None = None,
        condition: dict[Any, Any] | None = None,
        slacks: tuple[Any, ...] = (),
    ) -> None:
        self.names = {n if isinstance(n, tuple) else (n, None): v for n, v in names.items()}
        self.functions, self.ranges = functions or {}, ranges or {}
        self.condition, self.slacks = condition or {}, slacks

    def look_up(self, name: str, layer: int | None) -> Any:
        """Give all of a named thing, of a `layer` or without one."""
        if (name, layer) not in self.names:
            raise Undefined(f"there is no {name} of layer {layer}")
        return self.names[name, layer]

    def entry(self, name: str, layer: int | None, lower: tuple[Any, ...]) -> Any:
        """Give the entry of `name` at the indices `lower`, which begin at 1."""
        value = self.look_up(name, layer)
        if not lower:
            return value
        if isinstance(value, dict):
            if lower[0] not in value:
                raise Undefined(f"there is no {name} at {lower[0]}")
            return value[lower[0]]
        if not isinstance(value, sympy.MatrixBase):
            raise Undefined(f"{name} has no entries")
        places = [int(place) - 1 for place in lower]
        if any(not 0 <= p < n for p, n in zip(places, value.shape, strict=False)):
            raise Undefined(f"there is no {name} at {lower}")
        if len(lower) == 1 and value.cols > 1:
            return value[places[0], :].T
        return value[(*places, 0)[:2]]

    def extent(self, name: str, layer: int | None, axis: int) -> int:
        """Give how many values an index has on an `axis` of `name`."""
        value = self.look_up(name, layer)
        if not isinstance(value, sympy.MatrixBase):
            raise Undefined(f"{name} has no axis {axis}")
        return value.shape[axis]

    def function(self, name: str, order: int, layer: int | None) -> Callable[..., Any]:
        """Give a function, or its derivative if `order` is 1; an activation is of a `layer`."""
        if (name, order) not in self.functions:
            raise Undefined(f"there is no function {name}")
        return self.functions[name, order]

    def given(self, name: str, layer: int | None) -> "Model":
        """Give the model in which `name` of a `layer` is a variable."""
        return self

    def resolve(self, value: Any, name: str, layer: int | None) -> Any:
        """Put into a `value` that was found in ``given(name, layer)`` what the variable is here."""
        return value

    def expectation(self, body: Expression, scope: Scope) -> Any:
        """Give the expectation of a random expression."""
        raise Undefined("nothing is random")


def matrix(name: str, rows: int, columns: int = 1, **assumptions: Any) -> Any:
    """Give a matrix of symbols, with assumptions of SymPy's such as ``real=True``.

    >>> matrix("v", 2)
    Matrix([
    [v_1_1],
    [v_2_1]])
    """
    return sympy.ImmutableMatrix(
        rows, columns, lambda i, j: sympy.Symbol(f"{name}_{i + 1}_{j + 1}", **assumptions)
    )


class Composed(Model):
    """A function of a function: the names after any of its inner quantities depend on that alone.

    Parameters
    ----------
    sizes : tuple of int
    variable : (str, int), optional
        The name and the layer of an inner quantity to begin from; it becomes free symbols.
    """

    inner: tuple[str, ...] = ()
    error = ("", "")  # the name of an error, and that of the inner quantity it is the slope in

    def __init__(self, sizes: tuple[int, ...], variable: tuple[str, int] | None = None) -> None:
        self.sizes = sizes
        self._given: dict[tuple[str, int], Composed] = {}
        super().__init__(self.forward(variable))

    def forward(self, variable: tuple[str, int] | None) -> dict[Any, Any]:
        """Give all names, with free symbols for the `variable`."""
        raise NotImplementedError

    def beginning_from(self, variable: tuple[str, int]) -> "Composed":
        """Give the same model with free symbols for the `variable`."""
        raise NotImplementedError

    def given(self, name: str, layer: int | None) -> Model:
        """Give the same model from an inner quantity on; parameters and inputs are free already."""
        if name not in self.inner or not layer:
            return self
        if (name, layer) not in self._given:
            self.look_up(name, layer)
            self._given[name, layer] = self.beginning_from((name, layer))
        return self._given[name, layer]

    def resolve(self, value: Any, name: str, layer: int | None) -> Any:
        """Put the quantity's own value instead of its free symbols."""
        here, there = self.look_up(name, layer), self.given(name, layer).look_up(name, layer)
        return value.xreplace(dict(zip(there, here, strict=True)))

    def look_up(self, name: str, layer: int | None) -> Any:
        """Find an error by its definition, ∂C/∂z^l, and anything else in the forward pass."""
        error, inner = self.error
        if name == error and (inner, layer) in self.names and (name, layer) not in self.names:
            slopes = Partial(Entry("C"), Entry(inner)(layer))
            self.names[name, layer] = slopes.value(Scope(self, {}))
        return super().look_up(name, layer)


class Network(Composed):
    """A network with an abstract activation in each layer and an abstract cost.

    Its sizes are how many neurons each layer has, the input first.
    """

    inner = ("z", "a")
    error = (r"\delta", "z")

    def beginning_from(self, variable: tuple[str, int]) -> "Network":
        """Give the same network from a layer's weighted inputs or activations on."""
        return Network(self.sizes, variable)

    def function(self, name: str, order: int, layer: int | None) -> Callable[..., Any]:
        """Give the activation of a layer or its slope."""
        if name != r"\sigma" or layer is None:
            raise Undefined(f"there is no function {name} of layer {layer}")
        return abstract(f"sigma{layer}", (1,) * order)

    def forward(self, variable: tuple[str, int] | None) -> dict[Any, Any]:
        """Run the forward pass, equations 1.1 and 1.2."""
        a = matrix("x", self.sizes[0])
        names: dict[Any, Any] = {("a", 0): a}
        for l, (n_in, n_out) in enumerate(pairwise(self.sizes), 1):  # noqa: E741 -- as on the page
            w, b = matrix(f"w{l}", n_out, n_in), matrix(f"b{l}", n_out)
            z = matrix(f"z{l}", n_out) if variable == ("z", l) else w * a + b
            a = z.applyfunc(self.function(r"\sigma", 0, l))
            if variable == ("a", l):
                a = matrix(f"a{l}", n_out)
            names |= {("w", l): w, ("b", l): b, ("z", l): z, ("a", l): a}
        return names | {"C": abstract("C")(*a)}


class Batch(Composed):
    """One layer that reads a batch of rows; each sample has an abstract cost of its own.

    Its sizes are how many samples, inputs and neurons there are.
    """

    inner = ("Z",)
    error = (r"\Delta", "Z")

    def beginning_from(self, variable: tuple[str, int]) -> "Batch":
        """Give the same batch from its weighted inputs on."""
        return Batch(self.sizes, variable)

    def forward(self, variable: tuple[str, int] | None) -> dict[Any, Any]:
        """Give the weighted inputs, equation 1.1.1a, and the costs."""
        samples, n_in, n_out = self.sizes
        A, w, b = matrix("A", samples, n_in), matrix("w", n_out, n_in), matrix("b", n_out)
        Z = matrix("Z", samples, n_out) if variable else A * w.T + sympy.ones(samples, 1) * b.T
        costs = sympy.ImmutableMatrix([abstract(f"c{n}")(*Z.row(n)) for n in range(samples)])
        names = {("A", 0): A, ("w", 1): w, ("b", 1): b, ("Z", 1): Z}
        return names | {"c": costs, "C": sum(costs)}
