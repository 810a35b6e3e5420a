"""The parts of a long benchmark: each has a limit, and one that fails spoils no other."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm


class OutOfTime(BaseException):
    """A part took too long. No `except Exception` on the way stops it."""


@contextmanager
def at_most(limit: int) -> Iterator[None]:
    """Stop what is inside after so many seconds; not on Windows, which has no alarm."""

    def stop(*_: Any) -> None:
        raise OutOfTime(f"more than {limit} seconds")

    if not hasattr(signal, "alarm"):
        yield
        return
    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(limit)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(parts: list[tuple[str, Callable[[], dict]]], limit: int) -> dict[str, Any]:
    """Give what the parts found, by their keys, and under "left out" why others found nothing."""
    found: dict[str, Any] = {"ratios": {}, "left out": []}
    for key, part in tqdm(parts, unit="part"):
        try:
            with at_most(limit):
                result = part()
        except (Exception, OutOfTime) as error:
            found["left out"].append(f"{key}: {type(error).__name__}: {error}")
        else:
            found.setdefault(key, {}).update(result)
    return found
