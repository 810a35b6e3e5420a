"""What oracles ask of other libraries, each imported when it is first asked.

Who has NumPy alone can use the ledger: an oracle whose library is missing is skipped.
"""

from importlib import import_module
from typing import Any


class Later:
    """A module of a library.

    Examples
    --------
    >>> float(Later("math").sqrt(4))
    2.0
    """

    def __init__(self, name: str):
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(import_module(self._name), name)


class_weight, metrics = Later("sklearn.utils.class_weight"), Later("sklearn.metrics")
integrate, optimize, signal = (
    Later(f"scipy.{name}") for name in ("integrate", "optimize", "signal")
)
special, stats, distance = (
    Later(f"scipy.{name}") for name in ("special", "stats", "spatial.distance")
)
