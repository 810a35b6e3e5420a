"""The two claims of a loss, that of its value and that of its gradient."""

from collections.abc import Callable

from ..core import Claim, Oracle
from ..oracles import torch_oracle, torch_vjp


def value_and_gradient(
    kind: type,
    *settings: str,
    labels: tuple[str, str],
    name: str,
    cases: Callable,
    torch: Callable,
    value: tuple[Oracle, ...],
    gradient: Oracle,
    wrong_value: tuple[str, Callable],
    wrong_gradient: tuple[str, Callable],
    gradient_cases: Callable | None = None,
    proved: tuple[Oracle, ...] = (),
) -> tuple[Claim, Claim]:
    """Give them for a loss whose settings, of these names, come last in a case.

    PyTorch's form is an oracle of both; `value`, `gradient` and `proved` are the others.
    """

    def loss(given: tuple):
        return kind(**dict(zip(settings, given, strict=True)))

    return (
        Claim(
            label=labels[0],
            title=name.removeprefix("the "),
            code=f"losses.{kind.__name__}.__call__",
            implementation=lambda x, y, *given: loss(given)(x, y),
            cases=cases,
            oracles=(*value, torch_oracle("torch", torch)),
            saboteur=wrong_value[1],
            mistake=wrong_value[0],
        ),
        Claim(
            label=labels[1],
            title=f"the gradient of {name}",
            code=f"losses.{kind.__name__}.gradient",
            implementation=lambda x, y, *given: loss(given).gradient(x, y),
            cases=gradient_cases or cases,
            oracles=(torch_vjp(torch), gradient, *proved),
            saboteur=wrong_gradient[1],
            mistake=wrong_gradient[0],
        ),
    )
