"""The claims of section 2.1: convolution and its gradients, what it costs, other ways to do it."""

from . import methods
from .columns import IM2COL
from .convolve import CONVOLUTION
from .gradients import GRADIENTS
from .winograd import WINOGRAD

CLAIMS = (*CONVOLUTION, *IM2COL, *GRADIENTS, *methods.CLAIMS, *WINOGRAD)
