"""What an exercise is, and how an answer is checked."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from ..oracles import relative_error


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
        1 for what one recalls or writes in a line, 2 for what needs an idea, 3 for a derivation or
        a real piece of code.
    solution : function, number or str
        What is right; a str is one of several choices.
    mistakes : tuple of (wrong answer, message)
        Answers of the same kind that readers give, and what to tell them.
    cases : callable
        For a function: takes a generator of random numbers and yields tuples of arguments.
    bound : float
        The largest relative error that passes.
    """

    difficulty: int
    solution: Any
    cases: Callable[[np.random.Generator], Iterator[tuple]] | None = None
    bound: float = 1e-9
    mistakes: tuple[tuple[Any, str], ...] = ()

    def wrong(self, answer: Any, message: str) -> Self:
        """Give the exercise with one more mistake: the wrong `answer`, and what to tell of it."""
        return replace(self, mistakes=(*self.mistakes, (answer, message)))

    @property
    def kind(self) -> str:
        """What an answer is, "function", "choice" or "number"."""
        if callable(self.solution):
            return "function"
        return "choice" if isinstance(self.solution, str) else "number"

    def check(self, answer: Any) -> Feedback:
        """Give feedback on an answer.

        Parameters
        ----------
        answer : function, number or str
            Of the kind of the solution; ``...`` or None while there is none.

        Returns
        -------
        Feedback
        """
        if answer is None or answer is ...:
            return Feedback(None, "no answer yet")
        if callable(self.solution):
            return self._check_function(answer)
        if isinstance(self.solution, str):
            return self._check_choice(answer)
        return self._check_number(answer)

    def _verdict(self, agrees: Callable[[Any], bool], right: str = "right") -> Feedback | None:
        """Give feedback on an answer that agrees with the solution or with a known mistake."""
        if agrees(self.solution):
            return Feedback(True, right)
        return next((Feedback(False, told) for wrong, told in self.mistakes if agrees(wrong)), None)

    def _check_choice(self, answer: Any) -> Feedback:
        choice = answer.strip().lower() if isinstance(answer, str) else answer
        choices = sorted([self.solution, *(wrong for wrong, _ in self.mistakes)])
        return self._verdict(lambda known: choice == known) or Feedback(
            False, f"the choices are {', '.join(map(repr, choices))}; this is {answer!r}"
        )

    def _check_number(self, answer: Any) -> Feedback:
        try:
            number = float(answer)
        except (TypeError, ValueError):
            return Feedback(False, f"expected a number, got {answer!r}")
        if math.isnan(number):
            return Feedback(False, "expected a number, got NaN")
        size = "large" if number > self.solution else "small"
        return self._verdict(
            lambda known: abs(number - known) <= self.bound * abs(known)
        ) or Feedback(False, f"{number:g} is too {size}")

    def _check_function(self, answer: Any) -> Feedback:
        if not callable(answer):
            return Feedback(False, f"expected a function, got {answer!r}")
        assert self.cases is not None
        cases = list(self.cases(np.random.default_rng(0)))
        values = []
        for case in cases:
            try:
                # what NumPy would only warn of is a failure here
                with np.errstate(over="raise", divide="raise", invalid="raise"):
                    values.append(answer(*(np.copy(argument) for argument in case)))
            except Exception as error:
                return Feedback(False, f"your function raised {type(error).__name__}: {error}")
            if values[-1] is None or values[-1] is ...:
                return Feedback(None, "no answer yet: the function returns nothing")

        def agrees(known: Callable) -> bool:
            tried = zip(values, cases, strict=True)
            return all(_error(value, known(*case)) <= self.bound for value, case in tried)

        right = f"right: agrees with its oracle on {len(cases)} random cases"
        return self._verdict(agrees, right) or self._where_it_differs(values, cases)

    def _where_it_differs(self, values: list, cases: list[tuple]) -> Feedback:
        for value, case in zip(values, cases, strict=True):
            expected = np.asarray(self.solution(*case), float)
            if _error(value, expected) > self.bound:
                break
        if np.shape(value) != expected.shape:
            return Feedback(
                False, f"expected a result of shape {expected.shape}, got {np.shape(value)}"
            )
        with np.printoptions(precision=4, suppress=True):
            arguments = ", ".join(str(np.asarray(argument).tolist()) for argument in case)
            return Feedback(False, f"for ({arguments}) expected {expected}, got {value}")


@dataclass(frozen=True)
class ArrayExercise(Exercise):
    """An exercise whose answer is an array, judged by the function that it `makes`."""

    makes: Callable[[Any], Callable] = lambda array: lambda: array
    kind = "array"

    def check(self, answer: Any) -> Feedback:
        """Give feedback on an answer."""
        if answer is None or answer is ...:
            return super().check(answer)
        try:
            array = np.asarray(answer, float)
        except (TypeError, ValueError):
            return Feedback(False, f"expected an array of numbers, got {answer!r}")
        expected = np.shape(self.solution)
        if array.shape != expected:
            return Feedback(False, f"expected a kernel of shape {expected}, got {array.shape}")
        mistakes = tuple((self.makes(wrong), message) for wrong, message in self.mistakes)
        of_functions = replace(self, solution=self.makes(self.solution), mistakes=mistakes)
        return of_functions._check_function(self.makes(array))


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


def _error(value: Any, expected: Any) -> float:
    try:
        return relative_error(np.asarray(value, float), np.asarray(expected, float))
    except (TypeError, ValueError):
        return float("inf")


def vectors(rng: np.random.Generator) -> Iterator[tuple]:
    """Yield five pairs of vectors of two numbers."""
    for _ in range(5):
        yield rng.standard_normal(2).round(1), rng.standard_normal(2).round(1)


def sigmoid(z: Any) -> Any:
    """Give σ(z), for numbers of an exercise: none that overflow."""
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(z: Any) -> Any:
    """Give σ′(z)."""
    return sigmoid(z) * (1 - sigmoid(z))
