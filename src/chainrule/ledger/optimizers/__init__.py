"""The claims of sections 1.2.1 and 1.2.2: batches, descent and momentum."""

from . import namesakes
from .batches import BATCHES
from .momentum import BOTH_FORMS, MOMENTUM, NESTEROV

CLAIMS = (
    *(*BATCHES, *MOMENTUM, namesakes.MOMENTUM),
    *(NESTEROV, namesakes.NESTEROV, BOTH_FORMS),
)
