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
from ..ledger.core import Cases, Claim, Verdict, each_array, verify_claim
from ..oracles import relative_error
from ..precision import FORMATS, unit_roundoff
from .calling import Reading
from .theirs import Option, Theirs

Reads = Callable[..., Reading]
Wrong = tuple[tuple[Callable, str], ...]
Adapts = Callable[[Callable[[Reading], Any]], Callable]
FEW_BITS = ("float16", "bfloat16")


@dataclass(frozen=True)
class Part:
    """A claim that an implementation is held to, and how its cases are asked.

    Attributes
    ----------
    claim : Claim
    reads : tuple of callable
        Each makes a case something to ask; the one that most can be asked by is taken.
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
    left_out : list of (str, int)
        Why cases were left out, and how many.
    count : int
        How many cases there are.
    given : list of dict
        The options of the others.
    """

    verdict: Verdict | None
    messages: tuple[str, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    left_out: list[tuple[str, int]] = field(default_factory=list)
    count: int = 0
    given: list[dict[str, Any]] = field(default_factory=list)


def outcome(theirs: Theirs, part: Part, name: str) -> Outcome:
    """Hold an implementation to one claim."""
    claim = part.claim
    cases = list(claim.cases(np.random.default_rng(0)))
    if part.gradient and not part.reads[0](*cases[0]).has_gradient(theirs):
        return Outcome(None, notes=(("left out, for it has no gradient", f"({claim.label})"),))
    found = _asked(theirs, part, cases)
    options = [found.reads(*trial.case).options for trial in found.trials]
    counted = Outcome(None, left_out=found.left_out, count=len(cases), given=options)
    if not found.trials:
        return counted
    values = [np.nan if t.value is None else t.value for t in found.trials]
    if few := next((dtype for dtype in found.dtypes if dtype in FEW_BITS), ""):
        why = f"left out, for its numbers are {few}: float32 is the least that is judged"
        return replace(counted, notes=((why, f"({claim.label})"),))
    slack, notes = 0.0, counted.notes
    if any(t.value is not None and t.value.dtype == np.float32 for t in found.trials):
        slack = claim.roundoffs * unit_roundoff(FORMATS["float32"])
        notes = (("its numbers are float32, so these have wider bounds", f"({claim.label})"),)
    claim = _asking(claim, tuple(found.numbers))
    given = iter(values)
    verdict = verify_claim(claim, lambda *case: next(given), slack=slack)
    messages: tuple[str, ...] = ()
    if verdict.status == "fails":
        messages = (_diagnosis(found, replace(part, claim=claim), theirs, name, slack),)
    elif changed := next((t.changed for t in found.trials if t.changed), ()):
        function = theirs.function(part.gradient)
        argument = parameters_of(function, changed[0] + 1)[-1]
        messages = (f"it changes its argument {argument}; work on a copy",)
    return replace(counted, verdict=verdict, messages=messages, notes=notes)


def _asked(theirs: Theirs, part: Part, cases: list[tuple]) -> "_Asked":
    """Ask in the way in which least is refused, and then least is wrong."""
    found: list[_Asked] = []
    for reads in part.reads:
        found.append(_Asked.of(theirs, part, reads, cases))
        if not found[-1].wrong:
            break
    able = [one for one in found if one.failed < len(one.trials)] or found[:1]
    return min(able, key=lambda one: (one.failed - len(one.trials), one.wrong))


@dataclass(frozen=True)
class _Asked:
    """Theirs, asked the cases of a claim in one way.

    Attributes
    ----------
    numbers : list of int
        Which cases were asked.
    trials : list of Trial
    dtypes : list of str
        Of what numbers the results were.
    rights : list of Trial
        What is right.
    reads : callable
    left_out : list of (str, int)
        Why others were not, and how many.
    """

    numbers: list[int]
    trials: list[Trial]
    dtypes: list[str]
    rights: list[Trial]
    reads: Reads
    left_out: list[tuple[str, int]]

    @classmethod
    def of(cls, theirs: Theirs, part: Part, reads: Reads, cases: list[tuple]) -> "_Asked":
        """Ask what theirs has the options for."""
        lacking = [reads(*case).lacking(theirs, part.gradient) for case in cases]
        numbers = [i for i, why in enumerate(lacking) if not why]
        left_out = [
            (f"left out, for {why}", lacking.count(why))
            for why in dict.fromkeys(filter(None, lacking))
        ]
        trials = {i: tried(theirs, reads, cases[i], part.gradient) for i in numbers}
        uneven = [i for i in numbers if reads(*cases[i]).uneven]
        refused = [i for i in uneven if isinstance(trials[i][0].error, (TypeError, ValueError))]
        even = [i for i in numbers if i not in uneven]
        if uneven and refused == uneven and even and not any(trials[i][0].error for i in even):
            numbers = even
            left_out.append(("left out, for it takes one number for both directions", len(uneven)))
        rights = [_rights(part.claim)[i] for i in numbers]
        given = [_bare(trials[i][0], right) for i, right in zip(numbers, rights, strict=True)]
        return cls(numbers, given, [trials[i][1] for i in numbers], rights, reads, left_out)

    @property
    def failed(self) -> int:
        """How many cases nothing came of."""
        return sum(trial.failed or trial.empty for trial in self.trials)

    @property
    def wrong(self) -> int:
        """How many cases nothing right came of."""
        pairs = zip(self.trials, self.rights, strict=True)
        return sum(not trial.agrees(right, 1e-9) for trial, right in pairs)


def tried(theirs: Theirs, reads: Reads, case: tuple, gradient: bool) -> tuple[Trial, str]:
    """Ask theirs one case, and give the dtype of the result, too; what it prints is dropped."""
    dtypes = []

    def ask(*case: Any) -> Any:
        result = reads(*case).run(theirs, gradient)
        one = result[0] if isinstance(result, (list, tuple)) and result else result
        dtypes.append(str(getattr(one, "dtype", "")).removeprefix("torch."))
        return result

    with redirect_stdout(StringIO()):
        return Trial.of(ask, case), (dtypes or [""])[0]


@cache
def _rights(claim: Claim) -> list[Trial]:
    """Give what the book's own code makes of the cases."""
    cases = claim.cases(np.random.default_rng(0))
    return [Trial.of(claim.implementation, case) for case in cases]


def _bare(trial: Trial, right: Trial) -> Trial:
    """Give a trial without the brackets around one number, as the exercises read it."""
    if trial.value is None or right.value is None:
        return trial
    return replace(trial, value=trial.like(right))


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

    def narrowed(array: Any) -> Any:  # a form rounds and overflows as theirs does
        return array.astype(np.float32) if slack and array.dtype.kind == "f" else array

    for form, message in part.wrong:
        other = replace(theirs, tensor=None, gradient=form if part.gradient else None)
        other = other if part.gradient else replace(other, what=form)
        cases = [each_array(narrowed, trial.case) for trial in trials]
        made = [tried(other, asked.reads, case, part.gradient)[0] for case in cases]
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
    wrong = [
        (given, right, asked.reads(*given.case))
        for given, right in zip(trials, asked.rights, strict=True)
        if given.value is None or relative_error(given.value, right.value) > bound
    ]
    if not wrong:
        return "it agrees with the book's own code, but not with every oracle"
    given, right, reading = min(wrong, key=lambda found: len(found[2].shown("f", theirs)))
    if part.gradient:
        name = name_of(theirs.gradient) if theirs.gradient else f"the gradient of {name}"
    if given.agrees(right, bound):
        error = relative_error(given.value, right.value)
        call = reading.shown(name, theirs)
        return f"{call}: an error of {error:.1e}, more than rounding explains"
    coarse = bound + claim.roundoffs * unit_roundoff(FORMATS["float32"])
    near = all(
        one.value is not None and relative_error(one.value, other.value) <= coarse
        for one, other, _ in wrong
    )
    given, right, call = reading.closer(given, right, name, theirs)
    why = "; if it keeps some numbers in float32, that is why" if theirs.tensor and near else ""
    return given.trouble(right, call, bound) + why
