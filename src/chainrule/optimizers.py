"""Optimizers (section 1.2; so far plain gradient descent, which chapter 1.1 needs)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from array_api_compat import array_namespace

from .arrays import Array, detached, kind, require_positive

__all__ = ["SGD", "Optimizer"]


class Optimizer:
    """What the optimizers share: a step is checked whole before it changes anything.

    Parameters
    ----------
    lr : float
        The learning rate, positive. It may be reassigned between steps.
    """

    def __init__(self, lr: float):
        self.lr = lr

    @property
    def lr(self) -> float:
        """The learning rate."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        require_positive(value, "lr")
        self._lr = value

    def step(
        self, parameters: Sequence[Array], gradients: Sequence[Array], check_finite: bool = False
    ) -> None:
        """Update the parameters in place.

        Parameters
        ----------
        parameters : list of arrays
        gradients : list of arrays
            Of the same shapes and dtypes, in the same order.
        check_finite : bool
            Whether to refuse a gradient that is NaN or infinite.

        Raises
        ------
        ValueError
            If the lists do not fit each other, or a gradient is not finite under `check_finite`.
            Nothing is changed then.
        TypeError
            If these are not lists of arrays, or a gradient has another dtype than its parameter.
            Nothing is changed then.
        """
        _require_fit(parameters, gradients)
        if check_finite:
            _require_finite(gradients)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            self._update(detached(parameter), gradient)

    def _update(self, parameter: Array, gradient: Array) -> None:
        raise NotImplementedError

    @property
    def state_bytes(self) -> int:
        """How many bytes the optimizer keeps between steps, the learning rate not counted."""
        return 0

    def state_dict(self) -> dict[str, Any]:
        """Give all that the optimizer would need to go on, as a dictionary."""
        return {"lr": self.lr}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take over what `state_dict` gave.

        Parameters
        ----------
        state : dict

        Raises
        ------
        ValueError
            If the dictionary is not one of this optimizer's.
        """
        if set(state) != set(self.state_dict()):
            raise ValueError(
                f"state: expected the keys {sorted(self.state_dict())}, got {sorted(state)}"
            )
        self.lr = state["lr"]


class SGD(Optimizer):
    """Gradient descent, w := w − α ∂C/∂w (equation 1.10).

    Fed the gradient of one sample, of a batch or of all the data, it is stochastic, mini-batch or
    batch gradient descent.

    Parameters
    ----------
    lr : float
        The learning rate α, positive.

    Raises
    ------
    ValueError
        If `lr` is not a positive finite number.

    Examples
    --------
    >>> import numpy as np
    >>> w = np.array([1.0, 2.0])
    >>> SGD(lr=0.5).step([w], [np.array([2.0, -2.0])])
    >>> w
    array([0., 3.])

    See Also
    --------
    torch.optim.SGD
    """

    def __init__(self, lr: float = 1e-3):
        super().__init__(lr)

    def _update(self, parameter: Array, gradient: Array) -> None:
        parameter -= self.lr * gradient


def _require_fit(parameters: Sequence[Array], gradients: Sequence[Array]) -> None:
    _require_arrays(parameters, "parameters")
    _require_arrays(gradients, "gradients")
    if len(parameters) != len(gradients):
        raise ValueError(
            f"gradients: expected one per parameter ({len(parameters)}), got {len(gradients)}"
        )
    for i, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
        if isinstance(parameter, np.ndarray) and not parameter.flags.writeable:
            raise ValueError(f"parameters[{i}]: expected an array to update, got a read-only one")
        if parameter.shape != gradient.shape:
            raise ValueError(
                f"gradients[{i}]: expected shape {tuple(parameter.shape)} (its parameter's), "
                f"got {tuple(gradient.shape)}"
            )
        if parameter.dtype != gradient.dtype:
            raise TypeError(
                f"gradients[{i}]: expected dtype {parameter.dtype} (its parameter's), "
                f"got {gradient.dtype}"
            )


def _require_arrays(arrays: Sequence[Array], name: str) -> None:
    if hasattr(arrays, "dtype"):
        raise TypeError(f"{name}: expected a list of arrays, got one {type(arrays).__name__}")
    for i, array in enumerate(arrays):
        if not hasattr(array, "dtype"):
            raise TypeError(f"{name}[{i}]: expected an array, got {type(array).__name__}")
        if kind(array) != "real floating":
            raise TypeError(
                f"{name}[{i}]: expected floating-point numbers, got an array of {array.dtype}"
            )


def _require_finite(gradients: Sequence[Array]) -> None:
    for i, gradient in enumerate(gradients):
        xp = array_namespace(gradient)
        if not bool(xp.all(xp.isfinite(gradient))):
            raise ValueError(f"gradients[{i}]: expected finite numbers, got NaN or infinity")
