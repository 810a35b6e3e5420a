"""Every checker accepts the solution, and says of each known mistake what is wrong with it."""

import numpy as np
import pytest

from chainrule.exercises import EXERCISES, check

MISTAKES = [
    pytest.param(name, wrong, message, id=f"{name}-{i}")
    for name, exercise in EXERCISES.items()
    for i, (wrong, message) in enumerate(exercise.mistakes)
]


@pytest.mark.parametrize("name", EXERCISES)
def test_the_solution_is_right(name):
    assert check(name, EXERCISES[name].solution).right is True


@pytest.mark.parametrize(("name", "wrong", "message"), MISTAKES)
def test_a_mistake_is_named(name, wrong, message):
    feedback = check(name, wrong)
    assert feedback.right is False
    assert feedback.message == message


@pytest.mark.parametrize("name", EXERCISES)
def test_there_are_three_mistakes_at_least_with_feedback_of_their_own(name):
    messages = {message for _, message in EXERCISES[name].mistakes}
    assert len(messages) == len(EXERCISES[name].mistakes) >= 3


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("nothing", [..., None])
def test_no_answer_is_not_a_wrong_answer(name, nothing):
    assert check(name, nothing).right is None


@pytest.mark.parametrize("name", [name for name, e in EXERCISES.items() if callable(e.solution)])
class TestAFunction:
    def test_that_returns_nothing_is_no_answer(self, name):
        assert check(name, lambda *arguments: None).right is None

    def test_that_raises_is_told_so(self, name):
        def broken(*arguments):
            raise RuntimeError("boom")

        feedback = check(name, broken)
        assert feedback.right is False
        assert "RuntimeError: boom" in feedback.message

    def test_of_another_shape_is_told_the_shape(self, name):
        feedback = check(name, lambda *arguments: np.zeros((7, 7)))
        assert feedback.right is False
        assert "shape" in feedback.message
        assert "(7, 7)" in feedback.message

    def test_that_is_wrong_in_an_unknown_way_is_shown_where(self, name):
        def off(*arguments):
            return np.asarray(EXERCISES[name].solution(*arguments)) + 0.125

        feedback = check(name, off)
        assert feedback.right is False
        assert "expected" in feedback.message

    def test_cannot_change_the_case_it_is_judged_by(self, name):
        def spoils(*arguments):
            for argument in arguments:
                np.multiply(argument, 0, out=argument)
            return np.asarray(EXERCISES[name].solution(*arguments))

        assert check(name, spoils).right is False

    def test_must_be_a_function(self, name):
        assert "expected a function" in check(name, 3).message


def test_a_number_in_no_known_way_wrong_is_told_its_direction():
    assert "too large" in check("parameter-count", 10**9).message
    assert "too small" in check("parameter-count", 3).message
    assert "expected a number" in check("parameter-count", "many").message


def test_a_choice_is_read_as_it_is_typed():
    assert check("steps-order", " C ").right is True
    assert "'a', 'b', 'c', 'd'" in check("steps-order", "e").message


def test_an_unknown_exercise_is_an_error_that_names_the_known_ones():
    with pytest.raises(ValueError, match=r"name: expected one of .*steps-order.*, got 'nonsense'"):
        check("nonsense", 1)
