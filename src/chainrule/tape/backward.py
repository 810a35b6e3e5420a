"""Backpropagation along the arrows of any graph (section 1.6)."""

from collections.abc import Callable, Sequence
from typing import Any

from ..arrays import Array, real, upstream_of
from ..arrays.functions import full
from .nodes import Node

__all__ = ["apply", "gradients", "order"]


def order(output):
    """Give all that a value was made of and the value itself, each after what it was made of.

    Parameters
    ----------
    output : Node

    Returns
    -------
    list of Node

    Examples
    --------
    >>> x = Node(3.0)
    >>> y = x * x
    >>> [float(node.value) for node in order(y + x)]
    [3.0, 9.0, 12.0]
    """
    found, waiting = {}, [(output, False)]
    while waiting:
        node, complete = waiting.pop()
        if complete:
            found[node] = True
        elif node not in found:
            waiting.append((node, True))
            waiting += [(made_of, False) for made_of, _ in node.arrows]
    return [*found]


def carry_back(in_order, total, inputs):
    """Add up what comes back along the arrows, from the last of the nodes to the inputs.

    `total` has the gradient of the last one; nothing is carried where it meets no input.
    """
    leading = set(inputs)
    for node in in_order:
        if any(made_of in leading for made_of, _ in node.arrows):
            leading.add(node)
    for node in reversed(in_order):
        for made_of, back in node.arrows:
            if made_of in leading:
                part = back(total[node])
                known = made_of in total
                total[made_of] = total[made_of] + part if known else part
    return total


def gradients(output: Node, inputs: Sequence[Node], upstream: Any = None) -> list[Node]:
    """Give the gradients of a value in some of the nodes that it was made of (equation 1.6.1a).

    They are nodes, so a gradient can be differentiated again.

    Parameters
    ----------
    output : Node
    inputs : sequence of Node
    upstream : array or Node, shaped like the output
        ∂C/∂output; where left out, the output is the cost itself, a single number.

    Returns
    -------
    list of Node
        Shaped like the inputs; 0 where the output does not depend on one.

    Raises
    ------
    TypeError
        If the output or an input is not a node.
    ValueError
        If the output is not a single number and there is no upstream, or it has another shape.

    See Also
    --------
    torch.autograd.grad

    Examples
    --------
    >>> x = Node([1.0, 2.0])
    >>> (slope,) = gradients((x * x * x).sum(), [x])
    >>> slope.value, gradients(slope.sum(), [x])[0].value
    (array([ 3., 12.]), array([ 6., 12.]))
    """
    inputs = [inputs] if isinstance(inputs, Node) else inputs
    for name, node in [("output", output), *(("inputs", each) for each in inputs)]:
        if not isinstance(node, Node):
            raise TypeError(f"{name}: expected a Node, got {type(node).__name__}")
    if upstream is None:
        if output.shape:
            raise ValueError(
                f"output: expected a single number, or an upstream; got shape {output.shape}"
            )
        upstream = 1.0
    if not isinstance(upstream, Node):
        upstream = Node(real(upstream, "upstream", output.value))
    upstream_of(upstream.value, output.shape, "that of the output", output.value)
    total = carry_back(order(output), {output: upstream}, inputs)
    return [total[x] if x in total else Node(full(x.shape, 0.0, x.value)) for x in inputs]


def apply(function: Any, x: Any, *others: Array) -> Node:
    """Apply a function of this package that knows its way back: an activation, a loss, a layer.

    Parameters
    ----------
    function : callable
        With ``function.vjp(x, upstream)``, or of a loss ``function.gradient(x, target, upstream)``.
        A layer's own parameters are constants here.
    x : Node or array
        What is differentiated in.
    *others : arrays
        What a loss takes besides.

    Returns
    -------
    Node

    Raises
    ------
    TypeError
        If the function has neither.

    Examples
    --------
    >>> from chainrule.activations import Sigmoid
    >>> x = Node([0.0, 1.0])
    >>> gradients(apply(Sigmoid(), x).sum(), [x])[0].value.round(4)
    array([0.25  , 0.1966])
    """
    if not hasattr(function, "vjp") and not hasattr(function, "gradient"):
        raise TypeError(f"function: expected one with a vjp or a gradient, got {function!r}")
    return applied(function, x if isinstance(x, Node) else Node(real(x, "x")), *others)


def applied(function, x, *others):
    """Give function(x, …); the gradient goes back by the function's own rule."""

    def back(g):
        if hasattr(function, "vjp"):
            found = function.vjp(x.value, g.value)
        else:
            found = function.gradient(x.value, *others, upstream=g.value)
        return Node(found, (x, refused(function)), (g, refused(function)))

    return Node(function(x.value, *others), (x, back))


def refused(function: Any) -> Callable[[Node], Node]:
    """Give what refuses to differentiate the way back through a function."""

    def refuse(g: Node) -> Node:
        raise NotImplementedError(
            f"{function!r}: its slope is computed, and not made of nodes; it has no gradient"
        )

    return refuse
