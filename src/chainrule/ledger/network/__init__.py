"""The claims of section 1.1: forward pass, backpropagation, and how weights should start."""

from .backward import BACKWARD
from .forward import FORWARD
from .start import START

CLAIMS = FORWARD + BACKWARD + START
