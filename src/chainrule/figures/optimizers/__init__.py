"""The pictures of section 1.2: batches and their noise, ravines, momentum, and the races."""

from .adaptive import decay, first_steps, largest_as_norm, scaled_rates, schedules
from .descent import (
    factors,
    learning_rate_slider,
    momentum_slider,
    nesterov_step,
    noise,
    ravine,
    sample_gradients,
)
from .landscapes import CONTENDERS, LANDSCAPES, RACERS, arrival, descend
from .races import Raced, digits_race, race, race_slider, race_table, search, searched

__all__ = ["decay", "first_steps", "largest_as_norm", "scaled_rates", "schedules"]
__all__ += ["factors", "learning_rate_slider", "momentum_slider", "nesterov_step", "noise"]
__all__ += ["ravine", "sample_gradients"]
__all__ += ["CONTENDERS", "LANDSCAPES", "RACERS", "arrival", "descend"]
__all__ += ["Raced", "digits_race", "race", "race_slider", "race_table", "search", "searched"]
