"""The ledger: every numbered equation of the book, and the oracles that hold the code to it.

Examples
--------
>>> verify("1.7").status
'holds'
>>> verify("1.7", implementation=claim("1.7").saboteur).status
'fails'
"""

from dataclasses import replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from textwrap import fill

from ..device import to
from ..pages import PAGES
from ..precision import FORMATS, unit_roundoff
from .core import WORDS, Claim, Finding, Oracle, Verdict, verify_claim
from .terminal import readable

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
    "verify_on",
]

WIDTH = 76
"""How many characters a page's column holds."""


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
    return list(_gathered())


@cache
def _gathered() -> tuple[Claim, ...]:
    """Walk the pages; the claims of one are in the module here that is called like it."""
    return tuple(
        replace(claim, page=page.path)
        for page in PAGES
        if find_spec(f"{__name__}.{page.name}")
        for claim in import_module(f"{__name__}.{page.name}").CLAIMS
    )


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
        ``implementation``: another function to check instead of the package's;
        ``convert``: a function applied to every array before the implementation sees it, to check
        it on the arrays of another library; ``slack``: what is added to the oracles' bounds where
        there are arrays.

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


def verify_on(claim_or_label: Claim | str, device: str, dtype: str = "float64") -> Verdict:
    """Hold an implementation to an equation on PyTorch tensors.

    Parameters
    ----------
    claim_or_label : Claim or str
        The claim, or the number of its equation.
    device : str
        As ``device.accelerator`` names it.
    dtype : str
        "float64", "float32" or "bfloat16". The bounds of the oracles, which compute in float64,
        are wider by the claim's unit roundoffs for the last two.

    Returns
    -------
    Verdict

    Raises
    ------
    ImportError
        If PyTorch is not installed.
    ValueError
        If no equation has this number, or there is no such dtype.

    Examples
    --------
    >>> import pytest
    >>> _ = pytest.importorskip("torch")
    >>> print(verify_on("1.1", "cpu", "bfloat16").summary())
    ✓ (1.1) the weighted input of a neuron
      loops in exact fractions: error < 6e-02
      torch.nn.functional.linear: error < 6e-02
    """
    known = ("float64", "float32", "bfloat16")
    if dtype not in known:
        raise ValueError(f"dtype: expected one of {known}, got {dtype!r}")
    found = claim(claim_or_label) if isinstance(claim_or_label, str) else claim_or_label
    slack = 0.0 if dtype == "float64" else found.roundoffs * unit_roundoff(FORMATS[dtype])
    return verify_claim(found, convert=lambda array: to(array, device, dtype), slack=slack)


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
        print(readable(verdict.summary(), WORDS))  # noqa: T201 -- it is what this is for
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
    lines = fill(f"✓ {statement}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    print(readable(lines, WORDS))  # noqa: T201 -- it is what this is for
