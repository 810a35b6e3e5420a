"""Losses of numbers: 1.4.1 to 1.4.3."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special
from sklearn import metrics

from ... import losses
from ..core import Claim, Oracle
from ..oracles import complex_oracle, difference_oracle, torch_oracle, torch_vjp
from . import twins
from .cases import errors, errors_with_delta


def _torch_loss(name: str) -> Callable:
    return lambda torch, y_hat, y: getattr(torch.nn.functional, name)(y_hat, y)


def _torch_huber(torch: Any, y_hat: Any, y: Any, delta: float) -> Any:
    return torch.nn.functional.huber_loss(y_hat, y, delta=delta)


def _with_delta(delta: float) -> losses.Huber:
    return losses.Huber(delta=delta)


REGRESSION = (
    Claim(
        label="1.25",
        title="mean squared error",
        code="losses.MSE.__call__",
        implementation=lambda y_hat, y: losses.MSE()(y_hat, y),
        cases=errors,
        oracles=(
            Oracle("loops in exact fractions", twins.exact_mean_square),
            Oracle("sklearn.metrics", lambda y_hat, y: metrics.mean_squared_error(y, y_hat)),
            torch_oracle("torch", _torch_loss("mse_loss")),
        ),
        saboteur=lambda y_hat, y: np.sum((y_hat - y) ** 2),
        mistake="the source's ‖y − ŷ‖², without the mean",
    ),
    Claim(
        label="1.4.1a",
        title="the gradient of the mean squared error",
        code="losses.MSE.gradient",
        implementation=lambda y_hat, y: losses.MSE().gradient(y_hat, y),
        cases=errors,
        oracles=(torch_vjp(_torch_loss("mse_loss")), complex_oracle(twins.mean_square)),
        saboteur=lambda y_hat, y: (y_hat - y) / len(y),
        mistake="the 2 forgotten",
    ),
    Claim(
        label="1.26",
        title="mean absolute error",
        code="losses.MAE.__call__",
        implementation=lambda y_hat, y: losses.MAE()(y_hat, y),
        cases=errors,
        oracles=(
            Oracle("loops in exact fractions", twins.exact_mean_size),
            Oracle("sklearn.metrics", lambda y_hat, y: metrics.mean_absolute_error(y, y_hat)),
            torch_oracle("torch", _torch_loss("l1_loss")),
        ),
        saboteur=lambda y_hat, y: np.mean(y - y_hat),
        mistake="the source's, without the absolute value",
    ),
    Claim(
        label="1.4.2a",
        title="the gradient of the mean absolute error",
        code="losses.MAE.gradient",
        implementation=lambda y_hat, y: losses.MAE().gradient(y_hat, y),
        cases=errors,
        oracles=(torch_vjp(_torch_loss("l1_loss")), difference_oracle(twins.exact_mean_size)),
        saboteur=lambda y_hat, y: np.sign(y - y_hat) / len(y),
        mistake="the sign: uphill",
    ),
    Claim(
        label="1.27",
        title="Huber's loss",
        code="losses.Huber.__call__",
        implementation=lambda y_hat, y, delta: _with_delta(delta)(y_hat, y),
        cases=errors_with_delta,
        oracles=(
            Oracle("loops in exact fractions", twins.exact_huber),
            Oracle(
                "scipy.special.huber",
                lambda y_hat, y, delta: special.huber(delta, y_hat - y).mean(),
            ),
            torch_oracle("torch", _torch_huber),
        ),
        saboteur=lambda y_hat, y, delta: np.mean(
            np.where(abs(y_hat - y) < delta, (y_hat - y) ** 2 / 2, delta * abs(y_hat - y))
        ),
        mistake="½ δ forgotten: a jump at δ",
    ),
    Claim(
        label="1.4.3a",
        title="the gradient of Huber's loss",
        code="losses.Huber.gradient",
        implementation=lambda y_hat, y, delta: _with_delta(delta).gradient(y_hat, y),
        cases=errors_with_delta,
        oracles=(torch_vjp(_torch_huber), difference_oracle(twins.exact_huber)),
        saboteur=lambda y_hat, y, delta: (
            np.where(abs(y_hat - y) < delta, y_hat - y, np.sign(y_hat - y)) / len(y)
        ),
        mistake="1 in the place of δ",
    ),
)
