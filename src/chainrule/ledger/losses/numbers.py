"""Losses of numbers: 1.4.1 to 1.4.3."""

from functools import partial

import numpy as np

from ... import losses
from ..core import Oracle
from ..libraries import metrics, special
from ..oracles import complex_oracle, difference_oracle
from . import cases, twins
from .pairs import value_and_gradient

REGRESSION = (
    *value_and_gradient(
        losses.MSE,
        labels=("1.25", "1.4.1a"),
        name="the mean squared error",
        cases=cases.errors,
        torch=lambda torch, y_hat, y: torch.nn.functional.mse_loss(y_hat, y),
        value=(
            Oracle("loops in exact fractions", partial(twins.exact_mean, lambda error: error**2)),
            Oracle("sklearn.metrics", lambda y_hat, y: metrics.mean_squared_error(y, y_hat)),
        ),
        gradient=complex_oracle(twins.mean_square),
        wrong_value=(
            "the source's ‖y − ŷ‖², without the mean",
            lambda y_hat, y: np.sum((y_hat - y) ** 2),
        ),
        wrong_gradient=("the 2 forgotten", lambda y_hat, y: (y_hat - y) / len(y)),
    ),
    *value_and_gradient(
        losses.MAE,
        labels=("1.26", "1.4.2a"),
        name="the mean absolute error",
        cases=cases.errors,
        torch=lambda torch, y_hat, y: torch.nn.functional.l1_loss(y_hat, y),
        value=(
            Oracle("loops in exact fractions", partial(twins.exact_mean, abs)),
            Oracle("sklearn.metrics", lambda y_hat, y: metrics.mean_absolute_error(y, y_hat)),
        ),
        gradient=difference_oracle(partial(twins.exact_mean, abs)),
        wrong_value=(
            "the source's, without the absolute value",
            lambda y_hat, y: np.mean(y - y_hat),
        ),
        wrong_gradient=("the sign: uphill", lambda y_hat, y: np.sign(y - y_hat) / len(y)),
    ),
    *value_and_gradient(
        losses.Huber,
        "delta",
        labels=("1.27", "1.4.3a"),
        name="Huber's loss",
        cases=cases.errors_with_delta,
        torch=lambda torch, y_hat, y, delta: torch.nn.functional.huber_loss(y_hat, y, delta=delta),
        value=(
            Oracle("loops in exact fractions", twins.exact_huber),
            Oracle(
                "scipy.special.huber",
                lambda y_hat, y, delta: special.huber(delta, y_hat - y).mean(),
            ),
        ),
        gradient=difference_oracle(twins.exact_huber),
        wrong_value=(
            "½ δ forgotten: a jump at δ",
            lambda y_hat, y, delta: np.mean(
                np.where(abs(y_hat - y) < delta, (y_hat - y) ** 2 / 2, delta * abs(y_hat - y))
            ),
        ),
        wrong_gradient=(
            "1 instead of δ",
            lambda y_hat, y, delta: (
                np.where(abs(y_hat - y) < delta, y_hat - y, np.sign(y_hat - y)) / len(y)
            ),
        ),
    ),
)
