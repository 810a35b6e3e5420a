"""The ledger: every numbered equation of the book, and the oracles that hold the code to it.

Examples
--------
>>> verify("1.7").status
'holds'
>>> verify("1.7", implementation=claim("1.7").saboteur).status
'fails'
"""

from . import (
    activations,
    convolution,
    convolution_methods,
    losses,
    network,
    optimizers,
    pooling,
    proofs,
)
from .core import Claim, Finding, Oracle, Verdict, verify_claim

__all__ = [
    "Claim",
    "Finding",
    "Oracle",
    "Verdict",
    "claim",
    "claims",
    "confirm",
    "expect",
    "verify",
]


def claims() -> list[Claim]:
    """Give all claims, in the order of the book.

    Returns
    -------
    list of Claim

    Examples
    --------
    >>> claims()[0].label
    '1.1'
    """
    return [
        *network.CLAIMS,
        *optimizers.CLAIMS,
        *activations.CLAIMS,
        *losses.CLAIMS,
        *proofs.CLAIMS,
        *convolution.CLAIMS,
        *convolution_methods.CLAIMS,
        *pooling.CLAIMS,
    ]


def claim(label: str) -> Claim:
    """Give the claim of a numbered equation.

    Parameters
    ----------
    label : str
        The equation's number, as in "1.7".

    Returns
    -------
    Claim

    Raises
    ------
    ValueError
        If no equation has this number.

    Examples
    --------
    >>> claim("1.7").title
    'the error of a hidden layer'
    """
    for found in claims():
        if found.label == label:
            return found
    raise ValueError(f"label: expected one of {[c.label for c in claims()]}, got {label!r}")


def verify(claim_or_label: Claim | str, **options) -> Verdict:
    """Hold an implementation to an equation, by all its oracles.

    Parameters
    ----------
    claim_or_label : Claim or str
        The claim, or the number of its equation.
    **options
        ``implementation``: another function to check in the place of the package's;
        ``convert``: a function applied to every array before the implementation sees it, to check
        it on the arrays of another library.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If no equation has this number.

    Examples
    --------
    >>> verify("1.3")
    ✓ (1.3) the forward pass of a network: holds
    """
    found = claim(claim_or_label) if isinstance(claim_or_label, str) else claim_or_label
    return verify_claim(found, **options)


def confirm(*labels: str) -> None:
    """Verify equations and show the verdicts; stop if one fails.

    Parameters
    ----------
    *labels : str
        The numbers of the equations.

    Raises
    ------
    AssertionError
        If a claim fails.
    ValueError
        If no equation has one of these numbers.

    Examples
    --------
    >>> confirm("1.1")
    ✓ (1.1) the weighted input of a neuron
      loops in exact fractions: error < 1e-14
      torch.nn.functional.linear: error < 1e-14
    """
    for label in labels:
        verdict = verify(label)
        print(verdict.summary())  # noqa: T201 -- showing it is what this function is for
        assert verdict.status != "fails", verdict.summary()


def expect(statement: str, holds: bool) -> None:
    """Show a statement that was checked; stop if it does not hold.

    Parameters
    ----------
    statement : str
    holds : bool

    Raises
    ------
    AssertionError
        If it does not hold.

    Examples
    --------
    >>> expect("one and one is two", 1 + 1 == 2)
    ✓ one and one is two
    """
    assert holds, f"✗ {statement}"
    print(f"✓ {statement}")  # noqa: T201 -- showing it is what this function is for
