"""Which claims words ask for: the number of an equation, a page, a module, what a title says."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from .core import Claim

__all__ = ["about"]


def about(words: Iterable[str], claims: Sequence[Claim]) -> list[Claim]:
    """Give the claims that at least one of some words asks for, in the order of the claims.

    A word is the number of an equation, as in "1.7", or it stands in the name of a page, in that of
    the code, or in a title: "losses", "cross-entropy", "adam". Capitals and hyphens do not matter.

    Parameters
    ----------
    words : iterable of str
    claims : sequence of Claim

    Returns
    -------
    list of Claim

    Raises
    ------
    ValueError
        If a word asks for no claim. The text names those that are like it.

    Examples
    --------
    >>> from chainrule.ledger import claims
    >>> [claim.label for claim in about(["adamw", "1.7"], claims())]
    ['1.7', '1.2.5e']
    >>> about(["nesterow"], claims())
    Traceback (most recent call last):
        ...
    ValueError: no claim is about 'nesterow': did you mean nesterov?
    """
    found: set[str] = set()
    for word in words:
        labels = {claim.label for claim in claims if _fits(word, claim)}
        if not labels:
            known = {near for claim in claims for near in (claim.label, *_words(claim))}
            near = get_close_matches(_hyphenated(word), sorted(known))
            hint = f": did you mean {', '.join(near)}?" if near else ""
            raise ValueError(f"no claim is about {word!r}{hint}")
        found |= labels
    return [claim for claim in claims if claim.label in found]


def _fits(word: str, claim: Claim) -> bool:
    if word[:1].isdigit() or not _joined(word):
        return word == claim.label
    word, words = _hyphenated(word), _words(claim)
    phrase = re.sub(r"[\W_]+", " ", f" {' '.join(words)} ")
    return re.sub(r"[\W_]+", " ", f" {word} ") in phrase or _joined(word) in map(_joined, words)


def _words(claim: Claim) -> list[str]:
    """Give the words of its page's name, of its code and of its title."""
    page = claim.page.rpartition("/")[2]
    return re.findall(r"\w[\w-]*", _hyphenated(f"{page} {claim.code} {claim.title}"))


def _hyphenated(text: str) -> str:
    """Write CrossEntropy as cross-entropy."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", text).casefold()


def _joined(word: str) -> str:
    return re.sub(r"[\W_]+", "", word)
