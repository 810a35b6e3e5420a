"""An implementation of somebody else, held to the ledger's claims, and what is wrong with it."""

from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from functools import cache
from io import StringIO
from typing import Any

import numpy as np

from ..exercises import EXERCISES
from ..exercises.core import alike
from ..exercises.trials import Trial, name_of, parameters_of
from ..ledger.core import Cases, Claim, Verdict, verify_claim
from ..oracles import relative_error
from ..precision import FORMATS, unit_roundoff
from .calling import Reading
from .theirs import Option, Theirs

Reads = Callable[..., Reading]
Wrong = tuple[tuple[Callable, str], ...]
Adapts = Callable[[Callable[[Reading], Any]], Callable]


@dataclass(frozen=True)
class Part:
    """A claim that an implementation is held to, and how its cases are asked.

    Attributes
    ----------
    claim : Claim
    reads : tuple of callable
        Each makes a case something to ask; the first that theirs can be asked by is taken.
    gradient : bool
        Whether it is about the gradient.
    wrong : tuple of (callable, str)
        Wrong forms, called as theirs is, and what to tell of each.
    exercises : tuple of (str, callable)
        Exercises whose known mistakes may be theirs. From what asks theirs, the callable makes
        the function that the exercise expects.
    """

    claim: Claim
    reads: tuple[Reads, ...]
    gradient: bool = False
    wrong: Wrong = ()
    exercises: tuple[tuple[str, Adapts], ...] = ()


@dataclass(frozen=True)
class Subject:
    """Something of the book that may be implemented elsewhere.

    Attributes
    ----------
    name : str
    call : str
        How it is called.
    parts : tuple of Part
    options : dict of str to Option
    """

    name: str
    call: str
    parts: tuple[Part, ...]
    options: dict[str, Option] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What came of one claim.

    Attributes
    ----------
    verdict : Verdict, optional
        None if it could not be asked.
    messages : tuple of str
        What is wrong.
    notes : tuple of (str, str)
        Why something was left out, or judged otherwise, and what.
    """

    verdict: Verdict | None
    messages: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()


def outcome(theirs: Theirs, part: Part, name: str) -> Outcome:
    """Hold an implementation to one claim."""
    claim = part.claim
    cases = list(claim.cases(np.random.default_rng(0)))
    if part.gradient and not part.reads[0](*cases[0]).has_gradient(theirs):
        return Outcome(None, notes=(("left out, for it has no gradient", f"({claim.label})"),))
    asked = [_Asked.of(theirs, part, reads, cases) for reads in part.reads]
    found = next((one for one in asked if not one.fails), asked[0])
    notes = tuple(
        (why, f"{count} of {len(cases)} cases of ({claim.label})") for why, count in found.left_out
    )
    if not found.trials:
        return Outcome(None, notes=notes)
    values = [np.nan if t.value is None else t.value for t in found.trials]
    slack = 0.0
    if any(t.value is not None and t.value.dtype == np.float32 for t in found.trials):
        slack = claim.roundoffs * unit_roundoff(FORMATS["float32"])
        notes += (("its numbers are float32, so these have wider bounds", f"({claim.label})"),)
    claim = _asking(claim, tuple(found.numbers))
    given = iter(values)
    verdict = verify_claim(claim, lambda *case: next(given), slack=slack)
    messages: tuple[str, ...] = ()
    if verdict.status == "fails":
        messages = (_diagnosis(found, replace(part, claim=claim), theirs, name, slack),)
    elif changed := next((t.changed for t in found.trials if t.changed), ()):
        function = theirs.gradient if part.gradient and theirs.gradient else theirs.what
        argument = parameters_of(function, changed[0] + 1)[-1]
        messages = (f"it changes its argument {argument}; work on a copy",)
    return Outcome(verdict, messages, notes)


@dataclass(frozen=True)
class _Asked:
    """Theirs, asked the cases of a claim in one way.

    Attributes
    ----------
    numbers : list of int
        Which cases were asked.
    trials : list of Trial
    reads : callable
    left_out : list of (str, int)
        Why others were not, and how many.
    """

    numbers: list[int]
    trials: list[Trial]
    reads: Reads
    left_out: list[tuple[str, int]]

    @classmethod
    def of(cls, theirs: Theirs, part: Part, reads: Reads, cases: list[tuple]) -> "_Asked":
        """Ask what theirs has the options for."""
        lacking = [reads(*case).lacking(theirs, part.gradient) for case in cases]
        numbers = [i for i, option in enumerate(lacking) if not option]
        left_out = [
            (f"left out, for it has no {option}", lacking.count(option))
            for option in dict.fromkeys(filter(None, lacking))
        ]
        trials = {i: tried(theirs, reads, cases[i], part.gradient) for i in numbers}
        uneven = [i for i in numbers if reads(*cases[i]).uneven]
        refused = [i for i in uneven if isinstance(trials[i].error, (TypeError, ValueError))]
        even = [i for i in numbers if i not in uneven]
        if uneven and refused == uneven and even and not any(trials[i].error for i in even):
            numbers = even
            left_out.append(("left out, for it takes one number for both directions", len(uneven)))
        return cls(numbers, [trials[i] for i in numbers], reads, left_out)

    @property
    def fails(self) -> bool:
        """Whether nothing came of any case."""
        return all(trial.failed or trial.empty for trial in self.trials)


def tried(theirs: Theirs, reads: Reads, case: tuple, gradient: bool) -> Trial:
    """Ask theirs one case; what it prints is dropped."""
    with redirect_stdout(StringIO()):
        return Trial.of(lambda *case: reads(*case).run(theirs, gradient), case)


@cache  # the ledger keeps the oracles' answers to cases that are the same function
def _asking(claim: Claim, numbers: tuple[int, ...]) -> Claim:
    """Give a claim with some of its cases, and the oracles that can judge one of them."""

    def cases(rng: np.random.Generator):
        return (case for i, case in enumerate(claim.cases(rng)) if i in numbers)

    kept: Cases = cases
    chosen = list(cases(np.random.default_rng(0)))
    oracles = tuple(o for o in claim.oracles if any(o.applies(*case) for case in chosen))
    return replace(claim, cases=kept, oracles=oracles)


def _diagnosis(asked: _Asked, part: Part, theirs: Theirs, name: str, slack: float) -> str:
    """Say which known mistake it is, or else where it differs."""
    claim, trials = part.claim, asked.trials
    for form, message in part.wrong:
        other = replace(theirs, tensor=None, gradient=form if part.gradient else None)
        other = other if part.gradient else replace(other, what=form)
        made = [tried(other, asked.reads, trial.case, part.gradient) for trial in trials]
        if alike(trials, made, 1e-9):
            return message
    for exercise, adapts in part.exercises:

        def ask(reading: Reading) -> Any:
            return reading.run(theirs, part.gradient)

        with redirect_stdout(StringIO()):
            told = EXERCISES[exercise].check(adapts(ask)).message
        if told in (message for _, message in EXERCISES[exercise].mistakes):
            return told
    of_form = [Trial.of(claim.saboteur, trial.case) for trial in trials]
    able = [i for i, one in enumerate(of_form) if not one.failed]  # it may overflow itself
    if alike([trials[i] for i in able], [of_form[i] for i in able], 1e-9):
        return f"a known wrong form: {claim.mistake}"
    bound = min(oracle.bound for oracle in claim.oracles) + slack
    pairs = [(trial, Trial.of(claim.implementation, trial.case)) for trial in trials]
    wrong = [
        (given, right, asked.reads(*given.case))
        for given, right in pairs
        if given.value is None or relative_error(given.value, right.value) > bound
    ]
    if not wrong:
        return "it agrees with the book's own code, but not with every oracle"
    given, right, reading = min(wrong, key=lambda found: len(found[2].shown("f")))
    if part.gradient:
        name = name_of(theirs.gradient) if theirs.gradient else f"the gradient of {name}"
    if given.agrees(right, bound):
        error = relative_error(given.value, right.value)
        return f"{reading.shown(name)}: an error of {error:.1e}, more than rounding explains"
    coarse = bound + claim.roundoffs * unit_roundoff(FORMATS["float32"])
    near = all(
        one.value is not None and relative_error(one.value, other.value) <= coarse
        for one, other, _ in wrong
    )
    given, right, call = reading.closer(given, right, name)
    why = "; if it keeps some numbers in float32, that is why" if theirs.tensor and near else ""
    return given.trouble(right, call, bound) + why
