"""A progress bar for what takes long, and nothing to see where `tqdm` is missing."""

from collections.abc import Iterable, Iterator
from typing import Any

__all__ = ["bar"]


class _Unseen:
    """What `tqdm` would go through, without a bar."""

    def __init__(self, steps: Iterable, **look: Any):
        self.steps = steps

    def __iter__(self) -> Iterator:
        return iter(self.steps)

    def set_postfix(self, *values: Any, **look: Any) -> None:
        """Say nothing."""


def bar(steps: Iterable, **look: Any) -> Any:
    """Give `tqdm`'s bar over some steps.

    Parameters
    ----------
    steps : iterable
        What is gone through.
    **look
        What `tqdm` is told.

    Returns
    -------
    iterable
        With `set_postfix`.

    Examples
    --------
    >>> list(bar(range(3), disable=True))
    [0, 1, 2]
    """
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:
        return _Unseen(steps, **look)
    return tqdm(steps, **look)
