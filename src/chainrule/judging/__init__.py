"""The ledger as an oracle for an implementation of one's own: it is held to the book's claims.

What is wrong is told as in the exercises: by the known mistake that it is, or by the first case
in which it differs.

Examples
--------
>>> import numpy as np
>>> judge(np.tanh, "Tanh").right
True
>>> judge(lambda x: x - x**3 / 3, "Tanh").messages
['f(0.12573): expected 0.12507187, got 0.1250677']
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from textwrap import fill
from typing import Any

from ..exercises.trials import name_of
from ..ledger import WIDTH
from ..ledger.core import WORDS, Verdict
from ..ledger.terminal import readable
from . import (
    activations,
    clipping,
    convolution,
    entropy,
    losses,
    optimizers,
    overlap,
    pooling,
    several,
)
from .core import Outcome, Subject, outcome
from .reading import defined_in, joined
from .theirs import Theirs

__all__ = ["SUBJECTS", "Judgement", "Subject", "defined_in", "judge", "listing", "subject"]

UNASKED = "left out, for no case that it can be asked changes it"
SUBJECTS = (
    *optimizers.SUBJECTS,
    *activations.SUBJECTS,
    *several.SUBJECTS,
    *losses.SUBJECTS,
    *entropy.SUBJECTS,
    *overlap.SUBJECTS,
    *convolution.SUBJECTS,
    *pooling.SUBJECTS,
    *clipping.SUBJECTS,
)


@dataclass(frozen=True)
class Judgement:
    """What was found.

    Attributes
    ----------
    name : str
        As what it was judged.
    verdicts : list of Verdict
        Of the claims that could be asked.
    messages : list of str
        What is wrong with it; empty if nothing is.
    notes : dict of str to list of str
        What was left out, or judged otherwise, by the reason.
    """

    name: str
    verdicts: list[Verdict]
    messages: list[str]
    notes: dict[str, list[str]]

    @property
    def right(self) -> bool | None:
        """Whether it is right; None if no claim could be asked."""
        return not self.messages if self.verdicts else None

    def lines(self) -> list[str]:
        """Give everything in lines, the largest error that each oracle found among it."""
        return [*(line for verdict in self.verdicts for line in verdict.lines()), *self._told()]

    def __repr__(self) -> str:
        told = [fill(line, WIDTH, subsequent_indent="  ") for line in self._told()]
        summaries = [verdict.summary() for verdict in self.verdicts]
        return readable("\n".join([*summaries, *told]), WORDS)

    def _told(self) -> list[str]:
        found = [f"– {why}: {', '.join(what)}" for why, what in self.notes.items()]
        found += [f"✗ {message}" for message in self.messages]
        told = {True: "✓ {} is right", False: "✗ {} is wrong", None: "– {} could not be asked"}
        return [*found, told[self.right].format(self.name)]


def subject(name: str) -> Subject:
    """Give what is judged under a name; capitals, hyphens and underscores do not matter.

    Parameters
    ----------
    name : str

    Returns
    -------
    Subject

    Raises
    ------
    ValueError
        If nothing is. The text names what is like it.

    Examples
    --------
    >>> subject("adam").name
    'Adam'
    """
    known = {joined(one.name): one for one in SUBJECTS}
    word = joined(str(name))
    if word in known:
        return known[word]
    near = [known[like].name for like in get_close_matches(word, known)]
    names = ", ".join(near or (one.name for one in SUBJECTS))
    raise ValueError(f"name: nothing is judged as {name!r}; did you mean {names}?")


def listing() -> list[str]:
    """Give a line for everything that can be judged: its name, and how it is called.

    Returns
    -------
    list of str

    Examples
    --------
    >>> next(line for line in listing() if line.startswith("ReLU"))
    'ReLU                ReLU(x)'
    """
    return [*(f"{one.name:<20}{one.call}" for one in SUBJECTS), *optimizers.CALLS]


def judge(
    theirs: Any,
    name: str,
    *,
    gradient: Callable[..., Any] | None = None,
    tensor: Callable[..., Any] | None = None,
) -> Judgement:
    """Hold an implementation of one's own to the claims of the book.

    Parameters
    ----------
    theirs : class, function or object
    name : str
        As what: one of the names of `SUBJECTS`, as in "Adam" and "conv2d".
    gradient : callable, optional
        The function that gives its gradient, where it is one by itself.
    tensor : callable, optional
        What makes one of their framework's tensors of an array, if it needs them. The gradient is
        asked by `backward` then.

    Returns
    -------
    Judgement
        It shows itself.

    Raises
    ------
    ValueError
        If nothing is judged under this name.

    Examples
    --------
    >>> import numpy as np
    >>> judge(lambda x: 1 / (1 + np.exp(x)), "Sigmoid").messages
    ['a known wrong form: the sign of the exponent']
    """
    known = subject(name)
    asked = Theirs(theirs, gradient, tensor, known.options)
    if not callable(theirs) and not hasattr(theirs, "forward"):
        told = f"expected a class or a function, got an object of type {type(theirs).__name__}"
        return Judgement(known.name, [], [told], {})
    name = name_of(theirs)
    outcomes = [outcome(asked, part, name) for part in known.parts]
    return Judgement(
        known.name,
        [found.verdict for found in outcomes if found.verdict],
        list(dict.fromkeys(message for found in outcomes for message in found.messages)),
        _notes(asked, known, outcomes),
    )


def _notes(theirs: Theirs, known: Subject, outcomes: list[Outcome]) -> dict[str, list[str]]:
    """Gather what was left out, claim by claim, and the options that were not asked."""
    counts, left_out = Counter[str](), Counter[tuple[str, str]]()
    notes: dict[str, dict[str, None]] = {}
    given: dict[bool, list] = {False: [], True: []}  # of their gradient, if it is by itself
    for part, found in zip(known.parts, outcomes, strict=True):
        counts[part.claim.label] += found.count
        for why, count in found.left_out:
            left_out[why, part.claim.label] += count
        for why, what in found.notes:
            notes.setdefault(why, {})[what] = None
        given[part.gradient and bool(theirs.gradient)] += found.given
    for (why, label), count in left_out.items():
        notes.setdefault(why, {})[f"{count} of {counts[label]} cases of ({label})"] = None
    for gradient, options in given.items():
        for name in theirs.unasked(theirs.function(gradient), options):
            notes.setdefault(UNASKED, {})[name] = None
        for told in theirs.own_defaults(theirs.function(gradient)):
            notes.setdefault("not judged", {})[told] = None
    return {why: list(what) for why, what in notes.items()}
