"""Where arrays live: the accelerator, if the machine has one, and how to get there."""

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from .arrays.settings import count

__all__ = ["accelerator", "clock", "one_thread", "seconds", "to"]


def accelerator(dtype: str | None = None) -> str:
    """Name the device to compute on: "cuda" or another accelerator of PyTorch's, else "cpu".

    Parameters
    ----------
    dtype : str, optional
        What it must be able to compute with; some have no "float64".

    Returns
    -------
    str
        "cpu" where there is no such accelerator, or PyTorch is not installed.

    Examples
    --------
    >>> accelerator() in ("cuda", "mps", "xpu", "cpu")
    True
    """
    try:
        import torch
    except ImportError:
        return "cpu"
    found = current()
    if dtype is not None and found != "cpu":
        try:
            torch.zeros(1, dtype=getattr(torch, dtype), device=torch.device(found))
        except (TypeError, RuntimeError):
            return "cpu"
    return found


def current():
    """Name the accelerator that PyTorch finds, or the CPU."""
    from torch import accelerator as here

    found = here.current_accelerator() if here.is_available() else None
    return found.type if found else "cpu"


def to(thing: Any, device: str, dtype: str | None = None) -> Any:
    """Copy an array, a network, or a list or tuple of them, to PyTorch tensors on a device.

    Parameters
    ----------
    thing : array, Network, list or tuple
        NumPy arrays become tensors of the same dtype, tensors move. A network comes back as a new
        one with every parameter replaced.
    device : str
        As `accelerator` names it.
    dtype : str, optional
        What floating numbers become, such as "bfloat16"; they keep their type where it is left
        out. Whole numbers keep theirs.

    Returns
    -------
    tensor, Network, list or tuple

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
    >>> to([np.ones(1), np.ones(1, int)], "cpu", "bfloat16")
    [tensor([1.], dtype=torch.bfloat16), tensor([1])]
    """
    import torch

    if hasattr(thing, "map"):
        return thing.map(lambda parameter: to(parameter, device, dtype))
    if isinstance(thing, (list, tuple)):
        make = getattr(thing, "_make", type(thing))  # a named tuple takes its fields one by one
        return make(to(part, device, dtype) for part in thing)
    known = isinstance(thing, (np.ndarray, torch.Tensor))
    if known and not isinstance(thing, np.ma.MaskedArray):  # the mask would be lost
        return moved(thing, device, getattr(torch, dtype) if dtype else None)
    raise TypeError(f"thing: expected an array or a network, got {type(thing).__name__}")


def moved(array, device, dtype):
    """Give a copy of an array as a tensor on a device; whole numbers keep their type."""
    tensor = copied(array)
    if tensor.is_floating_point():
        tensor = tensor.to(dtype)
    return tensor.to(device)


def copied(array: Any) -> Any:
    """Give a copy of an array as a tensor; PyTorch has no other byte order, no negative strides."""
    import torch

    if isinstance(array, torch.Tensor):
        return array.detach().clone()
    try:
        return torch.as_tensor(np.array(array, array.dtype.newbyteorder("="), order="C"))
    except TypeError as error:
        raise TypeError(
            f"thing: expected numbers that PyTorch has, got an array of {array.dtype}"
        ) from error


def one_thread() -> AbstractContextManager:
    """Let NumPy's products use one thread; small ones are faster that way.

    Returns
    -------
    context manager
        One that changes nothing where `threadpoolctl` is missing.

    Examples
    --------
    >>> import numpy as np
    >>> with one_thread():
    ...     print(np.ones((2, 2)) @ np.ones(2))
    [2. 2.]
    """
    try:
        from threadpoolctl import threadpool_limits
    except ModuleNotFoundError:
        return nullcontext()
    return threadpool_limits(1)


def clock(device: str) -> Callable[[Callable[[], Any]], float]:
    """Give what times one call of a function without arguments on a device, in seconds.

    A call to an accelerator returns before the work is done. So the clock is the accelerator's own
    where there is one: an event before the work and one after it, which it passes in their turn.

    Parameters
    ----------
    device : str
        As `accelerator` names it.

    Returns
    -------
    callable

    Examples
    --------
    >>> 0.01 < clock("cpu")(lambda: time.sleep(0.01)) < 1
    True
    """
    return by_clock if device == "cpu" else by_events


def seconds(function: Callable[[], Any], device: str, rounds: int = 11) -> float:
    """Time a function on a device, after one call that is not timed; give the median, in seconds.

    Parameters
    ----------
    function : callable
        Takes nothing; what it gives is thrown away.
    device : str
        As `accelerator` names it.
    rounds : int
        How often it is timed: at least once, or a ValueError is raised.

    Returns
    -------
    float

    Examples
    --------
    >>> 0.01 < seconds(lambda: time.sleep(0.01), "cpu", rounds=1) < 1
    True
    """
    rounds = count.read(rounds, "rounds")
    function()
    return statistics.median(map(clock(device), [function] * rounds))


def by_clock(function):
    """Time one call by the processor's clock."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def by_events(function):
    """Time one call by the accelerator's own clock, which counts milliseconds."""
    from torch import Event

    before, after = Event(enable_timing=True), Event(enable_timing=True)
    before.record()
    function()
    after.record()
    after.synchronize()
    return before.elapsed_time(after) / 1e3
