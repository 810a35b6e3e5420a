"""A batch over several processes: the sum in equation 1.12, cut into shares (section 3.2)."""

from .replica import Replica, average, replicas
from .training import main, train

__all__ = ["Replica", "average", "main", "replicas", "train"]
