"""The claims of section 1.6: gradients along the arrows of a graph."""

from .counts import COUNTS
from .graphs import ALONG_ARROWS, TWICE
from .rules import PRODUCT, SPREAD

CLAIMS = (ALONG_ARROWS, PRODUCT, SPREAD, *COUNTS, TWICE)
