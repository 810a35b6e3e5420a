"""What the names in a proof stand for: concrete networks with abstract activations and costs."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import sympy

from .expressions import Entry, Expression
from .normal import alike
from .operators import Partial
from .scope import Scope, Undefined
from .symbolic import Grid, Place, at, filled, functional, in_all, put, total


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
        return at(value, lower)

    def extent(self, name: str, layer: int | None, axis: int) -> Any:
        """Give how many values an index has on an `axis` of `name`."""
        shape = getattr(self.look_up(name, layer), "shape", None)
        if shape is None:
            raise Undefined(f"{name} has no axis {axis}")
        return shape[axis]

    def places(self, extent: Any) -> list[Any]:
        """Give what an index runs over: the numbers, or a letter for them if there is one."""
        return [*range(1, extent + 1)] if isinstance(extent, int) else [Place.fresh(extent)]

    def between(self, first: Any, last: Any, term: Callable[[Any], Any], symbol: str) -> Any:
        """Give the sum or the product of a term from `first` to `last`."""
        if not sympy.sympify(last).is_number:
            letter = sympy.Dummy("i", integer=True, positive=True)
            return sympy.summation(term(letter), (letter, first, last))
        terms = map(term, range(int(first), int(last) + 1))
        return sympy.Mul(*terms) if symbol == r"\prod" else sympy.Add(*terms)

    def within(self, batch: Any, term: Callable[[Any], Any]) -> Any:
        """Give the sum of a term over all samples of a batch."""
        return in_all(term, batch)

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

    def meaning(self, entry: Entry) -> Expression | None:
        """Give what an entry is by its definition, if that is not a value but an expression."""
        return None

    def under_condition(self, value: Any) -> Any:
        """Give a value where the condition holds."""
        return alike(value).xreplace(self.condition)

    def expectation(self, body: Expression, scope: Scope) -> Any:
        """Give the expectation of a random expression."""
        raise Undefined("nothing is random")


def matrix(name: str, rows: Any, columns: Any = 1, **assumptions: Any) -> Any:
    """Give a matrix of symbols, with assumptions of SymPy's such as ``real=True``.

    Where the sizes are letters, so are the indices.

    >>> matrix("v", 2)
    Matrix([
    [v_1_1],
    [v_2_1]])
    """
    if isinstance(rows, int):
        return sympy.ImmutableMatrix(
            rows, columns, lambda i, j: sympy.Symbol(f"{name}_{i + 1}_{j + 1}", **assumptions)
        )
    base = sympy.IndexedBase(name, **assumptions)
    return Grid((rows, columns), lambda i, j: base[i] if columns == 1 else base[i, j])


def cost(name: str, vector: Any, *which: Any) -> Any:
    """Give an abstract function of the entries of a vector; `which` tells it from others."""
    if isinstance(vector, Grid):
        return functional(name, vector, *which)
    return abstract("".join(map(str, (name, *which))))(*vector)


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

    def __init__(self, sizes: tuple[Any, ...], variable: tuple[str, int] | None = None) -> None:
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
        return put(value, there, here)

    def meaning(self, entry: Entry) -> Expression | None:
        """Give ∂C/∂z for an error."""
        error, inner = self.error
        return Partial(Entry("C"), replace(entry, name=inner)) if entry.name == error else None

    def look_up(self, name: str, layer: int | None) -> Any:
        """Find an error by its definition, ∂C/∂z^l, and anything else in the forward pass."""
        error, inner = self.error
        if name == error and (inner, layer) in self.names and (name, layer) not in self.names:
            slopes = Partial(Entry("C"), Entry(inner)(layer))
            self.names[name, layer] = slopes.value(Scope(self, {}))
        return super().look_up(name, layer)


class Network(Composed):
    """A network with an abstract activation in each layer and an abstract cost.

    Its sizes are how many neurons each layer has, the input first. The cost is a function of the
    last layer's activations or, as what follows this layer makes it, of its weighted inputs.
    """

    inner = ("z", "a")
    error = (r"\delta", "z")

    def __init__(
        self,
        sizes: tuple[Any, ...],
        variable: tuple[str, int] | None = None,
        cost_of: str = "a",
    ) -> None:
        self.cost_of = cost_of
        super().__init__(sizes, variable)

    def beginning_from(self, variable: tuple[str, int]) -> "Network":
        """Give the same network from a layer's weighted inputs or activations on."""
        return Network(self.sizes, variable, self.cost_of)

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
            z = matrix(f"z{l}", n_out) if variable == ("z", l) else w @ a + b
            a = z.applyfunc(self.function(r"\sigma", 0, l))
            if variable == ("a", l):
                a = matrix(f"a{l}", n_out)
            names |= {("w", l): w, ("b", l): b, ("z", l): z, ("a", l): a}
        return names | {"C": cost("C", names[self.cost_of, len(self.sizes) - 1])}


class Batch(Composed):
    """One layer that reads a batch of rows; each sample has an abstract cost of its own.

    Its sizes are how many samples, inputs and neurons there are.
    """

    inner = ("Z",)
    error = (r"\Delta", "Z")

    def meaning(self, entry: Entry) -> Expression | None:
        """Give ∂c_n/∂Z_ni for an error: a sample's cost is the one that its errors are about."""
        if entry.name != self.error[0] or not entry.lower:
            return None
        return Partial(Entry("c")[entry.lower[0]], replace(entry, name="Z"))

    def beginning_from(self, variable: tuple[str, int]) -> "Batch":
        """Give the same batch from its weighted inputs on."""
        return Batch(self.sizes, variable)

    def forward(self, variable: tuple[str, int] | None) -> dict[Any, Any]:
        """Give the weighted inputs, equation 1.1.1a, and the costs."""
        samples, n_in, n_out = self.sizes
        A, w, b = matrix("A", samples, n_in), matrix("w", n_out, n_in), matrix("b", n_out)
        ones = filled(samples, 1, lambda n, _: sympy.Integer(1))
        Z = matrix("Z", samples, n_out) if variable else A @ w.T + ones @ b.T
        costs = filled(samples, 1, lambda n, _: cost("c", Z.row(n), n))
        names = {("A", 0): A, ("w", 1): w, ("b", 1): b, ("Z", 1): Z}
        return names | {"c": costs, "C": total(costs)}
