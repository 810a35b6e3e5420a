"""The claims of section 1.3: nine activations and their derivatives.

A case is (x, parameter): an array, and the activation's α, β or number of pieces, where it has one.
"""

from collections.abc import Callable, Iterator

import numpy as np

from .. import activations
from .core import CLOSE, Claim, Oracle
from .libraries import special
from .network.cases import linear_of
from .network.twins import twin_weighted_input
from .oracles import (
    complex_oracle,
    difference_oracle,
    proved,
    sympy_oracle,
    torch_oracle,
    torch_vjp,
)


def _cases(*parameters: float) -> Callable:
    """Give points with each of these parameters, or three times without any."""
    rows: list[tuple] = [(p,) for p in parameters] or [()] * 3

    def points(rng: np.random.Generator) -> np.ndarray:
        """Give some small and some large ones, and none within 0.01 of the kinks at 0."""
        x = np.concatenate([rng.standard_normal(20), 10 * rng.standard_normal(10), [-40.0, 40.0]])
        return np.where(np.abs(x) < 0.01, 0.5, x)

    return lambda rng: ((points(rng), *row) for row in rows)


def _symbolic(formula: Callable, slope: bool = False) -> Oracle:
    """Give an oracle: SymPy's formula, or its derivative, at each point, to thirty digits."""

    def expected(sympy, x: np.ndarray, *parameter) -> list:
        t = sympy.Symbol("t", real=True)
        expression = formula(sympy, t, *map(sympy.Rational, parameter))
        if slope:
            expression = sympy.diff(expression, t)
        return [expression.evalf(30, subs={t: sympy.Rational(float(point))}) for point in x]

    return sympy_oracle(expected)


def _elementwise(
    kind: Callable,
    *,
    labels: tuple[str, str],
    name: str,
    formula: Callable,
    torch: Callable,
    wrong_value: tuple[str, Callable],
    wrong_slope: tuple[str, Callable],
    parameters: tuple[float, ...] = (),
) -> tuple[Claim, Claim]:
    """Give the two claims of an elementwise activation, that of its value and of its slope."""
    cases = _cases(*parameters)
    return (
        Claim(
            label=labels[0],
            title=name,
            code=f"activations.{kind.__name__}.__call__",
            implementation=lambda x, *parameter: kind(*parameter)(x),
            cases=cases,
            oracles=(_symbolic(formula), torch_oracle("torch", torch)),
            saboteur=wrong_value[1],
            mistake=wrong_value[0],
        ),
        Claim(
            label=labels[1],
            title=f"the slope of {'the ' if name == 'sigmoid' else ''}{name}",
            code=f"activations.{kind.__name__}.derivative",
            implementation=lambda x, *parameter: kind(*parameter).derivative(x),
            cases=cases,
            oracles=(_symbolic(formula, slope=True), torch_vjp(torch)),
            saboteur=wrong_slope[1],
            mistake=wrong_slope[0],
        ),
    )


def _piecewise(sympy, t, above, below):
    return sympy.Piecewise((above, t >= 0), (below, True))


def _tanh_gelu(sympy, t):
    inner = sympy.sqrt(2 / sympy.pi) * (t + sympy.Rational(44715, 10**6) * t**3)
    return t / 2 * (1 + sympy.tanh(inner))


SIGMOID = _elementwise(
    activations.Sigmoid,
    labels=("1.16", "1.3.1a"),
    name="sigmoid",
    formula=lambda sympy, t: 1 / (1 + sympy.exp(-t)),
    torch=lambda torch, t: torch.sigmoid(t),
    wrong_value=("the sign of the exponent", lambda x: 1 / (1 + np.exp(x))),
    wrong_slope=("1 − x instead of 1 − f(x)", lambda x: special.expit(x) * (1 - x)),
)
OTHERS = (
    *_elementwise(
        activations.Tanh,
        labels=("1.18", "1.3.3a"),
        name="tanh",
        formula=lambda sympy, t: (sympy.exp(t) - sympy.exp(-t)) / (sympy.exp(t) + sympy.exp(-t)),
        torch=lambda torch, t: torch.tanh(t),
        wrong_value=("a sigmoid stretched to −1 … 1, which has x/2", lambda x: np.tanh(x / 2)),
        wrong_slope=("the square forgotten", lambda x: 1 - np.tanh(x)),
    ),
    *_elementwise(
        activations.ReLU,
        labels=("1.19", "1.3.4a"),
        name="ReLU",
        formula=lambda sympy, t: _piecewise(sympy, t, t, 0),
        torch=lambda torch, t: torch.relu(t),
        wrong_value=("|x| in its place", np.abs),
        wrong_slope=("the function instead of its slope", lambda x: np.maximum(x, 0)),
    ),
    *_elementwise(
        activations.LeakyReLU,
        labels=("1.20", "1.3.5a"),
        name="LeakyReLU",
        formula=lambda sympy, t, a: _piecewise(sympy, t, t, a * t),
        torch=lambda torch, t, a: torch.nn.functional.leaky_relu(t, a),
        parameters=(0.01, 0.5, 1.5),
        wrong_value=("max(x, αx), which needs α ≤ 1", lambda x, a: np.maximum(x, a * x)),
        wrong_slope=("α forgotten", lambda x, a: np.where(x > 0, 1.0, 0.0)),
    ),
    *_elementwise(
        activations.ELU,
        labels=("1.21", "1.3.6a"),
        name="ELU",
        formula=lambda sympy, t, a: _piecewise(sympy, t, t, a * (sympy.exp(t) - 1)),
        torch=lambda torch, t, a: torch.nn.functional.elu(t, a),
        parameters=(0.5, 1.0, 2.0),
        wrong_value=(
            "α times e^x alone",
            lambda x, a: np.where(x > 0, x, a * np.exp(np.minimum(x, 0)) - 1),
        ),
        wrong_slope=("α forgotten", lambda x, a: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0)))),
    ),
    *_elementwise(
        activations.GELU,
        labels=("1.22", "1.3.7a"),
        name="GELU",
        formula=lambda sympy, t: t / 2 * sympy.erfc(-t / sympy.sqrt(2)),
        torch=lambda torch, t: torch.nn.functional.gelu(t),
        wrong_value=("erf(x) without the √2", lambda x: x / 2 * (1 + special.erf(x))),
        wrong_slope=("x φ(x) forgotten", lambda x: (1 + special.erf(x / np.sqrt(2))) / 2),
    ),
    Claim(
        label="1.3.7b",
        title="GELU by tanh",
        code="activations.GELU.__call__",
        implementation=activations.GELU("tanh"),
        cases=_cases(),
        oracles=(
            _symbolic(_tanh_gelu),
            torch_oracle("torch", lambda torch, t: torch.nn.functional.gelu(t, approximate="tanh")),
        ),
        saboteur=activations.GELU(),
        mistake="the exact GELU",
    ),
    *_elementwise(
        activations.Swish,
        labels=("1.23", "1.3.8a"),
        name="Swish",
        formula=lambda sympy, t, b: t / (1 + sympy.exp(-b * t)),
        torch=lambda torch, t, b: t * torch.sigmoid(b * t),
        parameters=(0.5, 1.0, 2.0),
        wrong_value=("β outside, too", lambda x, b: b * x * special.expit(b * x)),
        wrong_slope=(
            "the inner derivative β forgotten",
            lambda x, b: special.expit(b * x) * (1 + x * (1 - special.expit(b * x))),
        ),
    ),
)


def _softmax_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for scale in (1.0, 5.0):
        yield scale * rng.standard_normal(6), rng.standard_normal(6)


def _maxout_cases(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield (x, upstream, w, b, pieces): one sample, and four units of so many pieces each."""
    for pieces in (2, 3):
        w, b = rng.standard_normal((4 * pieces, 5)), rng.standard_normal(4 * pieces)
        yield rng.standard_normal(5), rng.standard_normal(4), w, b, pieces


def _maxout(x, upstream, w, b, pieces: int):
    return activations.Maxout(pieces)(linear_of(w, b)(x[None, :]))[0, :]


def _maxout_gradient(x, upstream, w, b, pieces: int):
    linear, x = linear_of(w, b), x[None, :]
    delta = activations.Maxout(pieces).vjp(linear(x), upstream[None, :])
    return linear.vjp(x, delta)[0, :]


def _twin_softmax(x, upstream) -> list:
    total = sum(np.exp(x_j) for x_j in x)
    return [np.exp(x_i) / total for x_i in x]


def _proved_softmax(say, x, upstream) -> np.ndarray:
    """Add the rows of the Jacobian, each times its upstream."""
    a, n = np.array(_twin_softmax(x, upstream))[:, None], range(len(x))
    rows = [np.array(say("softmax_jacobian", a=a, i=i, all_j=n))[:, 0] for i in n]
    return sum(u * row for u, row in zip(upstream, rows, strict=True))


def _twin_maxout(x, upstream, w, b, pieces: int) -> list[float]:
    z = twin_weighted_input(w, b, x)
    return [max(z[start : start + pieces]) for start in range(0, len(z), pieces)]


def _weighted(twin: Callable) -> Callable:
    """Give the sum of a twin's values, each times its upstream."""
    return lambda x, upstream, *rest: sum(
        u * f for u, f in zip(upstream, twin(x, upstream, *rest), strict=True)
    )


def _torch_maxout(torch, x, w, b, pieces: int):
    z = torch.nn.functional.linear(x, w, b)
    return z.unflatten(-1, (-1, pieces)).max(-1).values


_softmax = activations.Softmax()
SOFTMAX = (
    Claim(
        label="1.17",
        title="softmax",
        code="activations.Softmax.__call__",
        implementation=lambda x, upstream: _softmax(x),
        cases=_softmax_cases,
        oracles=(
            Oracle("loops", _twin_softmax),
            torch_oracle("torch.softmax", lambda torch, x, upstream: torch.softmax(x, -1)),
        ),
        saboteur=lambda x, upstream: np.exp(x) / np.exp(np.arange(1, len(x) + 1)).sum(),
        mistake="the source's Σ e^j",
    ),
    Claim(
        label="1.3.2a",
        title="the Jacobian of softmax",
        code="activations.Softmax.vjp",
        implementation=lambda x, upstream: _softmax.vjp(x, upstream),
        cases=_softmax_cases,
        oracles=(
            torch_vjp(lambda torch, x: torch.softmax(x, -1), upstream=True),
            complex_oracle(_weighted(_twin_softmax)),
            *proved(_proved_softmax, "softmax_jacobian"),
        ),
        saboteur=lambda x, upstream: upstream * _softmax(x) * (1 - _softmax(x)),
        mistake="the diagonal alone",
    ),
)

MAXOUT = (
    Claim(
        label="1.24",
        title="Maxout",
        code="activations.Maxout.__call__",
        implementation=_maxout,
        cases=_maxout_cases,
        oracles=(
            Oracle("loops", _twin_maxout, CLOSE),
            torch_oracle(
                "torch", lambda torch, x, upstream, *rest: _torch_maxout(torch, x, *rest), CLOSE
            ),
        ),
        saboteur=lambda x, upstream, w, b, pieces: (w @ x + b).reshape(pieces, -1).max(0),
        mistake="the pieces of a unit not adjacent",
    ),
    Claim(
        label="1.3.9a",
        title="the gradient of Maxout",
        code="activations.Maxout.vjp",
        implementation=_maxout_gradient,
        cases=_maxout_cases,
        oracles=(
            torch_vjp(_torch_maxout, CLOSE, upstream=True),
            difference_oracle(_weighted(_twin_maxout), 1e-6),
        ),
        saboteur=lambda x, upstream, w, b, pieces: np.repeat(upstream / pieces, pieces) @ w,
        mistake="the mean over the pieces",
    ),
)

CLAIMS = (*SIGMOID, *SOFTMAX, *OTHERS, *MAXOUT)
