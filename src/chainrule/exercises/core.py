"""What an exercise is, and how an answer is checked."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .answers import read_array, read_choice, read_number, typed
from .texts import Unreadable, quoted, written
from .trials import Recorded, Trial, name_of, parameters_of
from .unsilenced import unsilenced


@dataclass(frozen=True)
class Feedback:
    """What a checker says of an answer.

    Attributes
    ----------
    right : bool or None
        None as long as there is no answer.
    message : str
    """

    right: bool | None
    message: str

    def __repr__(self) -> str:
        mark = {True: "✓", False: "✗", None: "○"}[self.right]
        return f"{mark} {self.message}"


@dataclass(frozen=True)
class Exercise:
    """An exercise, its solution and its known mistakes.

    Attributes
    ----------
    difficulty : int
        1 for what the page says, applied in a line, 2 for what needs an idea, 3 for a derivation or
        a real piece of code.
    solution : function, number or str
        What is right; a str is one of several choices.
    mistakes : tuple of (wrong answer, message)
        Answers of the same kind that readers give, and what to tell them.
    cases : callable
        For a function: takes a generator of random numbers and yields tuples of arguments.
    bound : float
        The largest relative error that passes.
    digits : int, optional
        To how many significant digits a number may be rounded. Three if nothing is said, and a
        number of at most four digits, such as 34 or 0.0625, may not be rounded at all.
    unit : str
        What a number may be followed by, such as "%".
    cancels : bool
        Whether right results may be rounded as coarsely as the largest argument is, for they are
        differences of numbers of its size.
    """

    difficulty: int
    solution: Any
    cases: Callable[[np.random.Generator], Iterator[tuple]] | None = None
    bound: float = 1e-9
    mistakes: tuple[tuple[Any, str], ...] = ()
    digits: int | None = None
    unit: str = ""
    cancels: bool = True

    def wrong(self, answer: Any, message: str) -> Self:
        """Give the exercise with one more mistake: the wrong `answer`, and what to tell of it."""
        return replace(self, mistakes=(*self.mistakes, (answer, message)))

    @property
    def kind(self) -> str:
        """What an answer is, "function", "choice" or "number"."""
        if callable(self.solution) or isinstance(self.solution, Recorded):
            return "function"
        return "choice" if isinstance(self.solution, str) else "number"

    @property
    def letters(self) -> tuple[str, ...]:
        """The choices, where the answer is one."""
        return tuple(sorted({self.solution, *(letter for letter, _ in self.mistakes)}))

    def tried(self) -> list[tuple]:
        """Give the cases that a function is tried on, always the same."""
        assert self.cases is not None
        return list(self.cases(np.random.default_rng(0)))

    def check(self, answer: Any) -> Feedback:
        """Give feedback on an answer.

        Parameters
        ----------
        answer : function, number or str
            Of the kind of the solution; ``...`` or None while there is none. A function may be one
            that was tried elsewhere, a `Recorded`.

        Returns
        -------
        Feedback
        """
        if answer is None or answer is ...:
            return Feedback(None, "no answer yet")
        try:
            return getattr(self, f"_check_{self.kind}")(answer)
        except Unreadable as error:
            return Feedback(False, str(error))

    def _check_choice(self, answer: Any) -> Feedback:
        try:
            return self._of_choice(read_choice(answer))
        except (Unreadable, KeyError):
            known = ", ".join(map(repr, self.letters))
            return Feedback(False, f"the choices are {known}; this is {quoted(answer)}")

    def _of_choice(self, letter: str) -> Feedback:
        """Give feedback on a letter; a KeyError if it is none of the choices."""
        choices = {self.solution: "right"} | dict(self.mistakes)
        return Feedback(letter == self.solution, choices[letter])

    def _check_number(self, answer: Any) -> Feedback:
        number = read_number(answer, self.unit)
        if math.isnan(number):
            return Feedback(False, "expected a number, got NaN")
        return self._of_number(number)

    def _of_number(self, number: float | np.float32) -> Feedback:
        if self._close(number, self.solution):
            return Feedback(True, "right")
        near = [mistake for mistake in self.mistakes if self._close(number, mistake[0])]
        if near:
            return Feedback(False, min(near, key=lambda mistake: abs(number - mistake[0]))[1])
        digits = _digits(self.solution, self.digits)
        if digits and any(number == _rounded(self.solution, fewer) for fewer in range(1, digits)):
            return Feedback(False, f"right so far, but not to {digits} significant digits")
        size = "large" if number > self.solution else "small"
        return Feedback(False, f"{float(number):.12g} is too {size}")

    def _close(self, number: float | np.float32, expected: float) -> bool:
        single = isinstance(number, np.float32) and not float(expected).is_integer()
        allowed = max(self.bound, 1e-6 if single else 0) * abs(expected)
        if digits := _digits(expected, self.digits):
            # half a unit of the last digit, and a little more for what is rounded by just that
            allowed = max(
                allowed, 0.501 * 10.0 ** (math.floor(math.log10(abs(expected))) + 1 - digits)
            )
        return abs(float(number) - expected) <= allowed

    def _check_function(self, answer: Any) -> Feedback:
        if not callable(answer) and not isinstance(answer, Recorded):
            return Feedback(False, f"expected a function, got {quoted(answer)}")
        cases = self.tried()
        trials = self._trials(answer, cases)
        if all(trial.empty for trial in trials):
            return Feedback(None, "no answer yet: the function returns nothing")
        expected = self._trials(self.solution, cases)
        wrong = [
            (given, right)
            for given, right in zip(trials, expected, strict=True)
            if not given.agrees(right, self.bound)
        ]
        if not wrong:
            return self._with_manners(answer, trials)
        for mistake, message in self.mistakes:
            if alike(trials, self._trials(mistake, cases), self.bound):
                return Feedback(False, message)
        # the simplest, but no shape with a 1 in it, which hides what is wrong with it
        given, right = min(wrong, key=lambda p: (p[0].hides_its_axes(p[1]), len(p[1].call("f"))))
        return Feedback(False, given.trouble(right, self._call(answer, given), self.bound))

    def _trials(self, function: Any, cases: list[tuple]) -> list[Trial]:
        if isinstance(function, Recorded):
            return list(function.trials)
        return [Trial.of(unsilenced(function), case, self.cancels) for case in cases]

    def _call(self, answer: Any, trial: Trial) -> str:
        return trial.call(name_of(answer))

    def _with_manners(self, answer: Any, trials: list[Trial]) -> Feedback:
        changed = next((trial.changed for trial in trials if trial.changed), ())
        if not changed:
            return Feedback(True, f"right: agrees with its oracle on {len(trials)} cases")
        name = parameters_of(answer, len(trials[0].case))[changed[0]]
        return Feedback(False, f"your function changes its argument {name}; work on a copy")


@dataclass(frozen=True)
class ArrayExercise(Exercise):
    """An exercise whose answer is a kernel, judged by its response to images.

    Attributes
    ----------
    shape : tuple of int
        That of the kernel.
    """

    shape: tuple[int, ...] = (3, 3)
    kind = "array"

    def _check_array(self, answer: Any) -> Feedback:
        array = read_array(typed(answer))
        if array.shape != self.shape:
            return Feedback(False, f"expected an array of shape {self.shape}, got {array.shape}")
        if not np.isfinite(array).all():
            return Feedback(False, f"expected finite numbers, got {written(array)}")
        bound = 1e-5 if array.dtype == np.float32 else self.bound
        return replace(self, bound=bound)._check_function(response(array))

    def _trials(self, function: Any, cases: list[tuple]) -> list[Trial]:
        kernel = isinstance(function, np.ndarray)
        return super()._trials(response(function) if kernel else function, cases)

    def _call(self, answer: Any, trial: Trial) -> str:
        return f"on the image {written(trial.case[0])}"


@dataclass(frozen=True)
class Section:
    """The exercises of a page of the book.

    Attributes
    ----------
    title : str
        The page's own.
    page : str
        Its name, below ``book/`` and without its ending.
    exercises : dict of str to Exercise
        In the order of the page.
    """

    title: str
    page: str
    exercises: dict[str, Exercise]


def _digits(solution: float, asked: int | None) -> int:
    """Give to how many digits a number may be rounded, 0 for not at all."""
    if asked is not None and solution:
        return asked
    short = float(solution).is_integer() or float(f"{solution:.4g}") == float(f"{solution:.12g}")
    return 0 if short else 3


def _rounded(number: float, digits: int) -> float:
    return float(f"{number:.{digits}g}")


def alike(trials: list[Trial], made: list[Trial], bound: float) -> bool:
    """Say whether two functions agree wherever not both of them fail, and do so once at least."""
    pairs = list(zip(trials, made, strict=True))
    agree = [one.agrees(other, bound) for one, other in pairs]
    fail = [one.failed and other.failed for one, other in pairs]
    return any(agree) and all(map(max, agree, fail))


def vectors(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield five pairs of vectors of two numbers."""
    for _ in range(5):
        yield rng.standard_normal(2).round(1), rng.standard_normal(2).round(1)


def slide(x: Any, w: Any, zeros: int = 0) -> Any:
    """Give (2.1a), with so many zeros around the image."""
    return np.tensordot(sliding_window_view(np.pad(x, zeros), np.shape(w)), w)


def response(kernel: Any) -> Callable[[Any], Any]:
    """Give what a kernel makes of an image, as a function."""
    return lambda image: slide(image, kernel)


def sigmoid(z: Any) -> Any:
    """Give σ(z), for numbers of an exercise: none that overflow."""
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(z: Any) -> Any:
    """Give σ′(z)."""
    return sigmoid(z) * (1 - sigmoid(z))
