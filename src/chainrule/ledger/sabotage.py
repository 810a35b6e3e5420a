"""Wrong forms of one equation that a reader may try, and what its oracles say to each."""

from collections.abc import Callable
from dataclasses import dataclass

from . import verify
from .core import Verdict
from .network.backward import wrong

__all__ = ["FORMS", "Form"]

LABEL = "1.7"


@dataclass(frozen=True, kw_only=True)
class Form:
    """One form of the equation.

    Attributes
    ----------
    name : str
        What was done to it.
    formula : str
        Its right side, in LaTeX.
    implementation : callable or None
        What computes it; None for the package's own.
    """

    name: str
    formula: str
    implementation: Callable | None = None

    def verdict(self) -> Verdict:
        """Ask the oracles of the equation about this form.

        Examples
        --------
        >>> [form.verdict().status for form in FORMS[:2]]
        ['holds', 'fails']
        """
        return verify(LABEL, implementation=self.implementation)


FORMS = (
    Form(
        name="as it is",
        formula=r"\big((w^{l+1})^\mathsf{T}\, \delta^{l+1}\big) \odot \sigma'(z^l)",
    ),
    Form(
        name="no transpose",
        formula=r"\big(w^{l+1}\, \delta^{l+1}\big) \odot \sigma'(z^l)",
        implementation=wrong(lambda w, a, slope, deltas: (deltas[1] @ w[1].T * slope)[0]),
    ),
    Form(
        name="no σ′",
        formula=r"(w^{l+1})^\mathsf{T}\, \delta^{l+1}",
        implementation=wrong(lambda w, a, slope, deltas: (deltas[1] @ w[1])[0]),
    ),
    Form(
        name="wrong sign",
        formula=r"-\big((w^{l+1})^\mathsf{T}\, \delta^{l+1}\big) \odot \sigma'(z^l)",
        implementation=wrong(lambda w, a, slope, deltas: -(deltas[1] @ w[1] * slope)[0]),
    ),
    Form(
        name="σ′ squared",
        formula=r"\big((w^{l+1})^\mathsf{T}\, \delta^{l+1}\big) \odot \sigma'(z^l)^2",
        implementation=wrong(lambda w, a, slope, deltas: (deltas[1] @ w[1] * slope**2)[0]),
    ),
)
