"""The claims of section 1.3: nine activations and their derivatives.

A case is (x, parameter): an array, and the activation's α, β or number of pieces, where it has one.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from .. import activations
from ..network import Linear
from ..oracles import autograd, central_difference, complex_step
from .core import Claim, Oracle

PAGE = "neural-network/activations"


# ---- cases -------------------------------------------------------------------------------------


def _points(rng: np.random.Generator) -> np.ndarray:
    """Give random points, small and large, and none within 0.01 of the kinks at 0."""
    x = np.concatenate([rng.standard_normal(20), 10 * rng.standard_normal(10), [-40.0, 40.0]])
    return np.where(np.abs(x) < 0.01, 0.5, x)


def _plain(rng: np.random.Generator) -> Iterator[tuple]:
    for _ in range(3):
        yield (_points(rng),)


def _with_parameter(*values: float) -> Callable[[np.random.Generator], Iterator[tuple]]:
    def cases(rng: np.random.Generator) -> Iterator[tuple]:
        for value in values:
            yield _points(rng), value

    return cases


# ---- oracles -----------------------------------------------------------------------------------


def _symbolic(formula: Callable, slope: bool = False) -> Callable:
    """Give an oracle: SymPy's formula, or its derivative, at each point, to thirty digits."""

    def expected(x: np.ndarray, *parameter: Any) -> np.ndarray:
        import sympy

        t = sympy.Symbol("t", real=True)
        expression = formula(sympy, t, *map(sympy.Rational, parameter))
        if slope:
            expression = sympy.diff(expression, t)
        return np.array(
            [expression.evalf(30, subs={t: sympy.Rational(float(point))}) for point in x], float
        )

    return expected


def _torch_value(function: Callable) -> Callable:
    def expected(x: np.ndarray, *parameter: Any) -> np.ndarray:
        import torch

        return function(torch, torch.as_tensor(x), *parameter).numpy()

    return expected


def _torch_slope(function: Callable) -> Callable:
    """Give an oracle for the slope at each point: of Σ f(xᵢ), ∂/∂xᵢ is f′(xᵢ)."""

    def expected(x: np.ndarray, *parameter: Any) -> np.ndarray:
        import torch

        return autograd(lambda t: function(torch, t, *parameter).sum(), [x])[0]

    return expected


def _piecewise(sympy: Any, t: Any, above: Any, below: Any) -> Any:
    return sympy.Piecewise((above, t >= 0), (below, True))


FORMULAS: dict[str, Callable] = {
    "sigmoid": lambda sympy, t: 1 / (1 + sympy.exp(-t)),
    "tanh": lambda sympy, t: (sympy.exp(t) - sympy.exp(-t)) / (sympy.exp(t) + sympy.exp(-t)),
    "relu": lambda sympy, t: _piecewise(sympy, t, t, 0),
    "leaky": lambda sympy, t, a: _piecewise(sympy, t, t, a * t),
    "elu": lambda sympy, t, a: _piecewise(sympy, t, t, a * (sympy.exp(t) - 1)),
    "gelu": lambda sympy, t: t / 2 * sympy.erfc(-t / sympy.sqrt(2)),
    "swish": lambda sympy, t, b: t / (1 + sympy.exp(-b * t)),
}
TORCH: dict[str, Callable] = {
    "sigmoid": lambda torch, t: torch.sigmoid(t),
    "tanh": lambda torch, t: torch.tanh(t),
    "relu": lambda torch, t: torch.relu(t),
    "leaky": lambda torch, t, a: torch.nn.functional.leaky_relu(t, a),
    "elu": lambda torch, t, a: torch.nn.functional.elu(t, a),
    "gelu": lambda torch, t: torch.nn.functional.gelu(t),
    "swish": lambda torch, t, b: t * torch.sigmoid(b * t),
}


def _value_oracles(name: str) -> tuple[Oracle, ...]:
    return (
        Oracle("SymPy, 30 digits", _symbolic(FORMULAS[name]), 1e-14, needs="sympy"),
        Oracle("torch", _torch_value(TORCH[name]), 1e-14, needs="torch"),
    )


def _slope_oracles(name: str) -> tuple[Oracle, ...]:
    return (
        Oracle("SymPy, 30 digits", _symbolic(FORMULAS[name], slope=True), 1e-14, needs="sympy"),
        Oracle("torch.autograd", _torch_slope(TORCH[name]), 1e-14, needs="torch"),
    )


# ---- softmax and Maxout, which are not elementwise: a case has an upstream, too ------------------


def _softmax_cases(rng: np.random.Generator) -> Iterator[tuple]:
    for scale in (1.0, 5.0):
        yield scale * rng.standard_normal(6), rng.standard_normal(6)


def _maxout_cases(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield (x, upstream, w, b, pieces): one sample, and four units of so many pieces each."""
    for pieces in (2, 3):
        w, b = rng.standard_normal((4 * pieces, 5)), rng.standard_normal(4 * pieces)
        yield rng.standard_normal(5), rng.standard_normal(4), w, b, pieces


def _maxout_layers(w: Any, b: Any, pieces: int) -> tuple[Linear, activations.Maxout]:
    linear = Linear(w.shape[1], w.shape[0], rng=np.random.default_rng(0))
    linear.weight, linear.bias = w, b
    return linear, activations.Maxout(pieces)


def _maxout(x: Any, upstream: Any, w: Any, b: Any, pieces: int) -> Any:
    linear, maxout = _maxout_layers(w, b, pieces)
    return maxout(linear(x[None, :]))[0, :]


def _maxout_gradient(x: Any, upstream: Any, w: Any, b: Any, pieces: int) -> Any:
    linear, maxout = _maxout_layers(w, b, pieces)
    z = linear(x[None, :])
    return linear.vjp(x[None, :], maxout.vjp(z, upstream[None, :]))[0, :]


def _twin_softmax(x: Any, upstream: Any = None) -> list[Any]:
    total = sum(np.exp(x_j) for x_j in x)
    return [np.exp(x_i) / total for x_i in x]


def _weighted_softmax(x: Any, upstream: Any) -> Any:
    return sum(u * s for u, s in zip(upstream, _twin_softmax(x), strict=True))


def _twin_maxout(x: Any, upstream: Any, w: Any, b: Any, pieces: int) -> list[float]:
    lines = [sum(w_k * x_k for w_k, x_k in zip(row, x, strict=True)) for row in w]
    z = [line + b_j for line, b_j in zip(lines, b, strict=True)]
    return [max(z[start : start + pieces]) for start in range(0, len(z), pieces)]


def _weighted_maxout(x: Any, upstream: Any, w: Any, b: Any, pieces: int) -> float:
    values = _twin_maxout(x, upstream, w, b, pieces)
    return sum(u * f for u, f in zip(upstream, values, strict=True))


def _torch_vjp(function: Callable) -> Callable:
    def expected(x: np.ndarray, upstream: np.ndarray, *parameter: Any) -> np.ndarray:
        import torch

        return autograd(lambda t: function(torch, t, *parameter), [x], upstream)[0]

    return expected


def _torch_maxout(torch: Any, x: Any, w: Any, b: Any, pieces: int) -> Any:
    z = torch.nn.functional.linear(x, torch.as_tensor(w), torch.as_tensor(b))
    return z.unflatten(-1, (-1, pieces)).max(-1).values


# ---- the claims --------------------------------------------------------------------------------


def _elementwise(
    name: str,
    kind: Callable,
    cases: Callable,
    value: tuple[str, str, str, Callable, str],
    slope: tuple[str, str, str, Callable, str],
) -> tuple[Claim, Claim]:
    """Give the two claims of an elementwise activation: what it is, and what its slope is.

    `value` and `slope` hold the label, title, equation, saboteur and mistake.
    """
    label, title, equation, saboteur, mistake = value
    first = Claim(
        label,
        title,
        equation,
        PAGE,
        f"activations.{kind.__name__}.__call__",
        lambda x, *parameter: kind(*parameter)(x),
        cases,
        _value_oracles(name),
        lambda x, *parameter: saboteur(np.asarray(x), *parameter),
        mistake,
    )
    label, title, equation, slope_saboteur, mistake = slope
    second = Claim(
        label,
        title,
        equation,
        PAGE,
        f"activations.{kind.__name__}.derivative",
        lambda x, *parameter: kind(*parameter).derivative(x),
        cases,
        _slope_oracles(name),
        lambda x, *parameter: slope_saboteur(np.asarray(x), *parameter),
        mistake,
    )
    return first, second


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


ELEMENTWISE = {
    "sigmoid": _elementwise(
        "sigmoid",
        activations.Sigmoid,
        _plain,
        (
            "1.16",
            "sigmoid",
            r"f(x) = \frac{1}{1 + e^{-x}}",
            lambda x: 1 / (1 + np.exp(x)),
            "the sign of the exponent",
        ),
        (
            "1.3.1a",
            "the slope of the sigmoid",
            r"f'(x) = f(x)\,\big(1 - f(x)\big)",
            lambda x: _sigmoid(x) * (1 - x),
            "1 − x in the place of 1 − f(x)",
        ),
    ),
    "tanh": _elementwise(
        "tanh",
        activations.Tanh,
        _plain,
        (
            "1.18",
            "tanh",
            r"f(x) = \frac{e^x - e^{-x}}{e^x + e^{-x}}",
            lambda x: np.tanh(x / 2),
            "a sigmoid stretched to −1 … 1, which has x/2",
        ),
        (
            "1.3.3a",
            "the slope of tanh",
            r"f'(x) = 1 - f(x)^2",
            lambda x: 1 - np.tanh(x),
            "the square forgotten",
        ),
    ),
    "relu": _elementwise(
        "relu",
        activations.ReLU,
        _plain,
        (
            "1.19",
            "ReLU",
            r"f(x) = \begin{cases} x & \text{if } x \ge 0 \\ 0 & \text{if } x < 0 \end{cases}",
            np.abs,
            "|x| in its place",
        ),
        (
            "1.3.4a",
            "the slope of ReLU",
            r"f'(x) = \begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{if } x \le 0 \end{cases}",
            lambda x: np.maximum(x, 0),
            "the function in the place of its slope",
        ),
    ),
    "leaky": _elementwise(
        "leaky",
        activations.LeakyReLU,
        _with_parameter(0.01, 0.5, 1.5),
        (
            "1.20",
            "LeakyReLU",
            r"f(x) = \begin{cases} x & \text{if } x \ge 0 \\ "
            r"\alpha x & \text{if } x < 0 \end{cases}",
            lambda x, a: np.maximum(x, a * x),
            "max(x, αx), which needs α ≤ 1",
        ),
        (
            "1.3.5a",
            "the slope of LeakyReLU",
            r"f'(x) = \begin{cases} 1 & \text{if } x > 0 \\ "
            r"\alpha & \text{if } x \le 0 \end{cases}",
            lambda x, a: np.where(x > 0, 1.0, 0.0),
            "α forgotten",
        ),
    ),
    "elu": _elementwise(
        "elu",
        activations.ELU,
        _with_parameter(0.5, 1.0, 2.0),
        (
            "1.21",
            "ELU",
            r"f(x) = \begin{cases} x & \text{if } x \ge 0 \\ "
            r"\alpha (e^x - 1) & \text{if } x < 0 \end{cases}",
            lambda x, a: np.where(x > 0, x, a * np.exp(np.minimum(x, 0)) - 1),
            "α times e^x alone",
        ),
        (
            "1.3.6a",
            "the slope of ELU",
            r"f'(x) = \begin{cases} 1 & \text{if } x > 0 \\ "
            r"\alpha e^x & \text{if } x \le 0 \end{cases}",
            lambda x, a: np.where(x > 0, 1.0, np.exp(np.minimum(x, 0))),
            "α forgotten",
        ),
    ),
    "gelu": _elementwise(
        "gelu",
        activations.GELU,
        _plain,
        (
            "1.22",
            "GELU",
            r"f(x) = x\,\Phi(x) = \frac{x}{2} "
            r"\Big(1 + \operatorname{erf}\Big(\frac{x}{\sqrt 2}\Big)\Big)",
            lambda x: x / 2 * (1 + np.vectorize(math.erf)(x)),
            "erf(x) without the √2",
        ),
        (
            "1.3.7a",
            "the slope of GELU",
            r"f'(x) = \Phi(x) + x\,\varphi(x)",
            lambda x: (1 + np.vectorize(math.erf)(x / math.sqrt(2))) / 2,
            "x φ(x) forgotten",
        ),
    ),
    "swish": _elementwise(
        "swish",
        activations.Swish,
        _with_parameter(0.5, 1.0, 2.0),
        (
            "1.23",
            "Swish",
            r"f(x) = x\,\sigma(\beta x) = \frac{x}{1 + e^{-\beta x}}",
            lambda x, b: b * x * _sigmoid(b * x),
            "β outside, too",
        ),
        (
            "1.3.8a",
            "the slope of Swish",
            r"f'(x) = \sigma(\beta x) + \beta x\,\sigma(\beta x)\,\big(1 - \sigma(\beta x)\big)",
            lambda x, b: _sigmoid(b * x) * (1 + x * (1 - _sigmoid(b * x))),
            "the inner derivative β forgotten",
        ),
    ),
}

SOFTMAX = (
    Claim(
        "1.17",
        "softmax",
        r"f(x)_i = \frac{e^{x_i}}{\sum_j e^{x_j}}",
        PAGE,
        "activations.Softmax.__call__",
        lambda x, upstream: activations.Softmax()(x),
        _softmax_cases,
        (
            Oracle("loops", _twin_softmax, 1e-14),
            Oracle(
                "torch.softmax",
                lambda x, upstream: _torch_value(lambda torch, t: torch.softmax(t, -1))(x),
                1e-14,
                needs="torch",
            ),
        ),
        lambda x, upstream: np.exp(np.asarray(x)) / np.exp(np.arange(1, len(x) + 1)).sum(),
        "the source's Σ e^j",
    ),
    Claim(
        "1.3.2a",
        "the Jacobian of softmax",
        r"\frac{\partial f_i}{\partial x_j} = f_i\,(\delta_{ij} - f_j)",
        PAGE,
        "activations.Softmax.vjp",
        lambda x, upstream: activations.Softmax().vjp(x, upstream),
        _softmax_cases,
        (
            Oracle(
                "torch.autograd",
                _torch_vjp(lambda torch, t: torch.softmax(t, -1)),
                1e-14,
                needs="torch",
            ),
            Oracle(
                "complex step",
                lambda x, upstream: complex_step(partial(_weighted_softmax, upstream=upstream), x),
                1e-14,
            ),
        ),
        lambda x, upstream: upstream * activations.Softmax()(x) * (1 - activations.Softmax()(x)),
        "the diagonal alone",
    ),
)

TANH_GELU = Claim(
    "1.3.7b",
    "GELU by tanh",
    r"f(x) \approx \frac{x}{2} \Big(1 + \tanh\Big(\sqrt{2/\pi}\,"
    r"\big(x + 0.044715\,x^3\big)\Big)\Big)",
    PAGE,
    "activations.GELU.__call__",
    lambda x: activations.GELU("tanh")(x),
    _plain,
    (
        Oracle(
            "SymPy, 30 digits",
            _symbolic(
                lambda sympy, t: (
                    t
                    / 2
                    * (
                        1
                        + sympy.tanh(
                            sympy.sqrt(2 / sympy.pi) * (t + sympy.Rational(44715, 10**6) * t**3)
                        )
                    )
                )
            ),
            1e-14,
            needs="sympy",
        ),
        Oracle(
            "torch",
            _torch_value(lambda torch, t: torch.nn.functional.gelu(t, approximate="tanh")),
            1e-14,
            needs="torch",
        ),
    ),
    lambda x: activations.GELU()(x),
    "the exact GELU",
)

MAXOUT = (
    Claim(
        "1.24",
        "Maxout",
        r"f(x) = \max\big(w_1^\mathsf{T} x + b_1,\; \dots,\; w_k^\mathsf{T} x + b_k\big)",
        PAGE,
        "activations.Maxout.__call__",
        _maxout,
        _maxout_cases,
        (
            Oracle("loops", _twin_maxout, 1e-13),
            Oracle(
                "torch",
                lambda x, upstream, *rest: _torch_value(_torch_maxout)(x, *rest),
                1e-13,
                needs="torch",
            ),
        ),
        lambda x, upstream, w, b, pieces: (np.asarray(w) @ x + b).reshape(pieces, -1).max(0),
        "the pieces of a unit not adjacent",
    ),
    Claim(
        "1.3.9a",
        "the gradient of Maxout",
        r"\frac{\partial f}{\partial x} = w_m "
        r"\quad\text{with } m \text{ the piece that is largest}",
        PAGE,
        "activations.Maxout.vjp",
        _maxout_gradient,
        _maxout_cases,
        (
            Oracle("torch.autograd", _torch_vjp(_torch_maxout), 1e-13, needs="torch"),
            Oracle(
                "central differences",
                lambda x, *rest: central_difference(lambda t: _weighted_maxout(t, *rest), x),
                1e-6,
            ),
        ),
        lambda x, upstream, w, b, pieces: np.repeat(np.asarray(upstream) / pieces, pieces) @ w,
        "the mean over the pieces",
    ),
)

CLAIMS = (
    *ELEMENTWISE["sigmoid"],
    *SOFTMAX,
    *ELEMENTWISE["tanh"],
    *ELEMENTWISE["relu"],
    *ELEMENTWISE["leaky"],
    *ELEMENTWISE["elu"],
    *ELEMENTWISE["gelu"],
    TANH_GELU,
    *ELEMENTWISE["swish"],
    *MAXOUT,
)
