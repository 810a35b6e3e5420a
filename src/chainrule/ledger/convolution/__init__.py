"""The claims of section 2.1: convolution and its gradients, what it costs, other ways to do it."""

from . import methods, windows

CLAIMS = (*windows.CLAIMS, *methods.CLAIMS)
