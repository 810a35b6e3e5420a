"""The claims of sections 1.2.1 and 1.2.2: batches, descent and momentum."""

from .batches import BATCHES
from .momentum import MOMENTUM
from .namesakes import NAMESAKES

CLAIMS = BATCHES + MOMENTUM + NAMESAKES
