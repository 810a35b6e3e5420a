"""All theorems in one table: how many of their lines are checked, and in which cases."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .batches import batch_gradient, minibatch_mean
from .bounds import error_norm_bound
from .core import MARKS, Proof, counted
from .network import backpropagation, bias_gradient, hidden_error, output_error, weight_gradient
from .optimizers import adam_bias_correction, nesterov_forms
from .softmax import cross_entropy_convexity, cross_entropy_gradient, softmax_jacobian

# in the order of the page
THEOREMS = (
    output_error,
    hidden_error,
    bias_gradient,
    weight_gradient,
    backpropagation,
    batch_gradient,
    minibatch_mean,
    softmax_jacobian,
    cross_entropy_gradient,
    cross_entropy_convexity,
    adam_bias_correction,
    nesterov_forms,
    error_norm_bound,
)


@dataclass(frozen=True, repr=False)
class Coverage:
    """Proofs, and in which cases their lines are checked; in a notebook it shows a table.

    Attributes
    ----------
    proofs : tuple of Proof
    """

    proofs: tuple[Proof, ...]

    @property
    def total(self) -> Counter[str]:
        """How many lines of all proofs are checked in all cases, in some, and so on."""
        return Counter(mark for proof in self.proofs for mark in proof.marks)

    def __repr__(self) -> str:
        return counted(self.total.elements())

    def _repr_markdown_(self) -> str:
        rows = [(proof.title, Counter(proof.marks)) for proof in self.proofs]
        lines = [f"| theorem | lines | {' | '.join(MARKS)} |", "|:--|" + "--:|" * (1 + len(MARKS))]
        for name, marks in [*rows, ("**together**", self.total)]:
            counts = (str(marks[mark] or "") for mark in MARKS)
            lines.append(f"| {name} | {marks.total()} | {' | '.join(counts)} |")
        return "\n".join(lines)


def coverage(proofs: Sequence[Proof] = ()) -> Coverage:
    """Tell of all theorems in which cases their lines are checked.

    Parameters
    ----------
    proofs : sequence of Proof
        Those that are told of; all theorems of the page where none is given.

    Returns
    -------
    Coverage

    Examples
    --------
    >>> coverage([nesterov_forms(steps=1)])
    12 lines, 2 in all cases, 1 in some cases, 9 put in
    """
    return Coverage(tuple(proofs) or tuple(theorem() for theorem in THEOREMS))
