"""Where arrays live: the accelerator, if the machine has one, and how to get there."""

from typing import Any

import numpy as np

__all__ = ["accelerator", "to"]


def accelerator() -> str:
    """Name the device to compute on: "cuda" or another accelerator of PyTorch's, else "cpu".

    Returns
    -------
    str
        "cpu" where there is no accelerator, or PyTorch is not installed.

    Examples
    --------
    >>> accelerator() in ("cuda", "mps", "xpu", "cpu")
    True
    """
    try:
        import torch
    except ImportError:
        return "cpu"
    found = torch.accelerator.current_accelerator(check_available=True)
    return "cpu" if found is None else found.type


def to(thing: Any, device: str) -> Any:
    """Give an array, a network, or a list or tuple of them, as PyTorch tensors on a device.

    Parameters
    ----------
    thing : array, Network, list or tuple
        NumPy arrays become tensors of the same dtype, tensors move. A network comes back as a new
        one with every parameter replaced.
    device : str
        As `accelerator` names it.

    Returns
    -------
    tensor, Network, list or tuple
        A copy; what was given keeps its arrays.

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    TypeError
        If `thing` is none of these.

    Examples
    --------
    >>> import numpy as np, pytest
    >>> _ = pytest.importorskip("torch")
    >>> to(np.ones(2), "cpu")
    tensor([1., 1.], dtype=torch.float64)
    """
    import torch

    if hasattr(thing, "map"):
        return thing.map(lambda parameter: to(parameter, device))
    if isinstance(thing, (list, tuple)):
        make = getattr(thing, "_make", type(thing))  # a named tuple takes its fields one by one
        return make(to(part, device) for part in thing)
    if isinstance(thing, (np.ndarray, torch.Tensor)):
        return torch.asarray(thing, device=device, copy=True)
    raise TypeError(f"thing: expected an array or a network, got {type(thing).__name__}")
