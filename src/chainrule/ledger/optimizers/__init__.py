"""The claims of section 1.2: batches, momentum, and the adaptive methods."""

from .batches import BATCHES
from .momentum import MOMENTUM
from .namesakes import NAMESAKES

CLAIMS = BATCHES + MOMENTUM + NAMESAKES
