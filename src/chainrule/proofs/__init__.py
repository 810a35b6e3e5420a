"""Theorems of the book with their proofs, the lines of which SymPy checks.

Each function gives a proof whose lines have been checked, and raises `ProofError` if one of them
fails. What is displayed is what is checked: the LaTeX and the value of a line come from one
expression. Activations and costs are abstract functions, weights are symbols. A line is checked in
all cases, with letters for the sizes and sums of symbolic length, and in some, with numbers.

Examples
--------
>>> hidden_error(sizes=[(2, 3, 2)])
✓ (1.6, 1.7) the error of a hidden layer: 6 lines, 4 in all cases, 2 put in
"""

from .batches import batch_gradient, minibatch_mean
from .bounds import error_norm_bound
from .core import Chain, Line, Proof, ProofError
from .network import backpropagation, bias_gradient, hidden_error, output_error, weight_gradient
from .optimizers import adam_bias_correction, nesterov_forms
from .softmax import cross_entropy_convexity, cross_entropy_gradient, softmax_jacobian
from .table import coverage

__all__ = [
    "Chain",
    "Line",
    "Proof",
    "ProofError",
    "adam_bias_correction",
    "backpropagation",
    "batch_gradient",
    "bias_gradient",
    "coverage",
    "cross_entropy_convexity",
    "cross_entropy_gradient",
    "error_norm_bound",
    "hidden_error",
    "minibatch_mean",
    "nesterov_forms",
    "output_error",
    "softmax_jacobian",
    "weight_gradient",
]
