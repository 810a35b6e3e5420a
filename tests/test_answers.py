"""An answer may be anything, and in any form: `check` says what it is, and never raises.

`pytest tests/test_answers.py -k losses:` runs what concerns one page, by the name of its module.
"""

import math
import runpy
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy import seterr

from chainrule.exercises import EXERCISES, Exercise, Feedback, check
from chainrule.exercises.answers import Unreadable, read_number

each = runpy.run_path(str(Path(__file__).with_name("by_page.py")))["each"]


def results(name):
    """Give the cases of an exercise with what the solution makes of them."""
    exercise = EXERCISES[name]
    cases = list(exercise.cases(np.random.default_rng(0)))
    return [(case, np.asarray(exercise.solution(*case), float)) for case in cases]


# ---- anything ------------------------------------------------------------------------------------


class Broken:
    """An object whose every method raises."""

    def _raise(self, *arguments):
        raise RuntimeError("not with me")

    __eq__ = __bool__ = __float__ = __int__ = __repr__ = __len__ = __array__ = _raise
    __getattr__ = __iter__ = _raise
    __hash__ = None


class Own(BaseException):
    def __str__(self):
        raise RuntimeError("not with me")

    __bool__ = __str__


INSIDE_ITSELF: list = []
INSIDE_ITSELF.append(INSIDE_ITSELF)

ANYTHING = [
    INSIDE_ITSELF,
    ["c"],
    ("c", "b"),
    [[1, 2], [3]],
    [1, "2", None],
    1 + 2j,
    1 + 0j,
    np.array([1 + 0j]),
    10**400,
    -(10**400),
    10**5000,
    Fraction(10**400, 3),
    Decimal("NaN"),
    Decimal("sNaN"),
    math.nan,
    math.inf,
    np.array([]),
    np.array(["c"]),
    np.array([None]),
    np.datetime64("2020-01-01"),
    Broken(),
    [Broken()],
    ValueError,
    ValueError("c"),
    Own,
    (i for i in range(3)),
    "",
    " ",
    "1/0",
    "2^999999999",
    "10^-999999999",
    "1/",
    "about 34 of them",
    "٣",
    "c, d",
    "x" * 10_000,
    True,
    False,
    {"a": 1},
    {1, 2},
    b"c",
    object(),
    int,
    math.sqrt,
    lambda: 1,
]


@each()
def test_anything_is_wrong_and_told_why(name):
    for number, answer in enumerate(ANYTHING):
        feedback = check(name, answer)
        assert feedback.right is False, number
        assert 4 < len(feedback.message) < 400
        assert "\n" not in feedback.message


def raising(error):
    def answer(*arguments):
        raise error

    return answer


def returning(value):
    def answer(*arguments):
        return value

    return answer


def for_ever(*arguments):
    return for_ever(*arguments)


BAD_FUNCTIONS = {
    "SystemExit": raising(SystemExit(1)),
    "Own": raising(Own()),
    "GeneratorExit": raising(GeneratorExit()),
    "RecursionError": for_ever,
    "TypeError": lambda: 1,
    "missing": lambda a, b, c, d, e, f, g, h, i, j: 1,
    "numbers": returning("0.1"),
    "got <generator": returning(i for i in range(3)),
    "equal lengths": returning([[1, 2], [3]]),
    "complex": returning(1 + 0j),
    "True and False": returning(np.array([True])),
    "got [": returning([0, "1"]),
    "got {": returning({"a": 1}),
    "of type Broken": returning(Broken()),
    "got <class": returning(ValueError),
    "NotImplementedError": raising(NotImplementedError()),
}


@each("function")
def test_a_function_that_fails_is_told_how_and_on_which_input(name):
    for words, function in BAD_FUNCTIONS.items():
        feedback = check(name, function)
        assert feedback.right is False
        assert words in feedback.message
        called, _, case = feedback.message.partition("(")
        assert called in ("f", "answer", "for_ever")
        assert ")" in case


@each("function")
def test_a_function_that_returns_nothing_in_one_case_only_is_wrong(name):
    calls = []

    def answer(*arguments):
        calls.append(arguments)
        return None if len(calls) == 2 else EXERCISES[name].solution(*arguments)

    feedback = check(name, answer)
    assert feedback.right is False
    assert feedback.message.startswith("answer(")
    assert feedback.message.endswith(") returns nothing")


@each("function")
def test_the_reader_at_the_keys_can_stop_it(name):
    with pytest.raises(KeyboardInterrupt):
        check(name, raising(KeyboardInterrupt()))


# ---- what a function is given --------------------------------------------------------------------


def is_pythons(argument):
    if isinstance(argument, (tuple, list)):
        return all(map(is_pythons, argument))
    if isinstance(argument, np.ndarray):
        return argument.ndim > 0
    return type(argument) in (bool, int, float, str)


@each("function")
def test_arguments_are_pythons_numbers_and_arrays(name):
    def answer(*arguments):
        assert all(map(is_pythons, arguments))
        return EXERCISES[name].solution(*arguments)

    assert check(name, answer).right, check(name, answer).message


def changed(argument):
    if isinstance(argument, np.ndarray):
        argument += 1


@each("function")
def test_a_right_function_that_changes_an_argument_is_told_which(name):
    def answer(*arguments):
        result = np.copy(EXERCISES[name].solution(*arguments))
        for argument in arguments:
            changed(argument)
        return result

    arrays = [isinstance(a, np.ndarray) and a.ndim > 0 for a in results(name)[0][0]]
    feedback = check(name, answer)
    assert feedback.right is not any(arrays)
    if any(arrays):
        position = f"number {arrays.index(True) + 1}"
        assert feedback.message == (
            f"your function changes its argument {position}; work on a copy"
        )


def test_a_changed_argument_is_named_after_what_is_wrong():
    def changes(w, gradient, lr):
        gradient *= lr
        return w - gradient

    def climbs(w, gradient, lr):
        w += lr * gradient
        return w

    assert check("descent-step", changes) == Feedback(
        False, "your function changes its argument gradient; work on a copy"
    )
    assert "uphill" in check("descent-step", climbs).message


# ---- the form of an answer -----------------------------------------------------------------------


def tensor(value):
    torch = pytest.importorskip("torch")
    return torch.tensor(value, dtype=torch.float64, requires_grad=True)


def single_tensor(value):
    torch = pytest.importorskip("torch")
    return torch.tensor(value, dtype=torch.float32)


def result_as(name, form):
    def answer(*arguments):
        return form(np.asarray(EXERCISES[name].solution(*arguments), float))

    return answer


FORMS = {
    "array": np.asarray,
    "list": lambda value: value.tolist(),
    "tuple": lambda value: tuple(value) if value.ndim else value.item(),
    "list of scalars": lambda value: list(value) if value.ndim else np.float64(value),
    "fractions": lambda value: np.vectorize(Fraction, otypes=[object])(value).tolist(),
    "decimals": lambda value: np.vectorize(Decimal, otypes=[object])(value),
    "float32": lambda value: value.astype(np.float32),
    "brackets": lambda value: value if value.ndim else [value],
}
TENSORS = {
    "tensor": tensor,
    "single tensor": single_tensor,
    "tensors": lambda value: [tensor(part) for part in value] if value.ndim else tensor(value),
}


@each("function")
@pytest.mark.parametrize("forms", [FORMS, TENSORS], ids=["arrays", "tensors"])
def test_a_result_may_be_a_list_or_an_array_or_a_tensor(name, forms):
    for form in forms:
        feedback = check(name, result_as(name, forms[form]))
        assert feedback.right is True, (form, feedback.message)


@each("array")
def test_an_array_may_be_written_in_fractions(name):
    exact = np.vectorize(lambda x: str(Fraction(x)), otypes=[object])
    assert check(name, exact(np.asarray(EXERCISES[name].solution, float)).tolist()).right is True


@each("array")
@pytest.mark.parametrize("forms", [FORMS, TENSORS], ids=["arrays", "tensors"])
def test_an_array_may_be_a_list_or_a_tensor(name, forms):
    for form in forms.values():
        assert check(name, form(EXERCISES[name].solution)).right is True


def test_an_array_of_float32_is_right_to_what_it_can_keep():
    prewitt = np.outer([1, 1, 1], [-1, 0, 1])
    assert check("edge-kernel", (prewitt / 6).astype(np.float32)).right is True
    assert check("edge-kernel", (prewitt / 6.01).astype(np.float32)).right is False
    cancelling = [[1e6, -2e6, 1e6], [-0.5, 0.0, 0.5], [-1e6, 2e6, -1e6]]
    assert check("edge-kernel", cancelling).right is True


@each("number")
def test_a_number_may_be_written_in_any_way(name):
    right = EXERCISES[name].solution
    written = [right, float(right), Fraction(right), Decimal(right), np.float64(right)]
    written += [np.float32(right), np.array(right), np.array([right]), [right]]
    written += [repr(right), f" {right!r} ", str(right).replace("-", "−"), str(Fraction(right))]
    written += [f"{right / 2!r}·2^1", f"{right * 2!r}*2**-1", [repr(right)]]
    if right == int(right):
        right = int(right)
        written += [right, f"{right:,}", f"{right:_}", f"{right:,}".replace(",", " "), f"{right}.0"]
    for answer in written:
        assert check(name, answer).right is True, answer


@each("number")
def test_a_number_in_a_tensor_is_one(name):
    torch = pytest.importorskip("torch")
    right = float(EXERCISES[name].solution)
    for answer in (torch.tensor(right), torch.tensor([right], requires_grad=True)):
        assert check(name, answer).right is True


@each("number")
def test_a_number_is_given_to_three_digits_or_exactly(name):
    exercise = EXERCISES[name]
    right = float(exercise.solution)
    three, two = float(f"{right:.3g}"), float(f"{right:.2g}")
    if not right.is_integer() and float(f"{right:.4g}") != float(f"{right:.12g}"):
        assert check(name, three).right is True
    if abs(two - right) > 0.006 * abs(right) and two == float(f"{three:.2g}"):
        assert check(name, two).right is not True


def test_too_few_digits_are_asked_for_more():
    asked = Exercise(difficulty=1, solution=0.118217)
    for answer in (0.118, 0.1182, 0.118217, "0.118"):
        assert asked.check(answer).right is True
    assert asked.check(0.12).message == "right so far, but not to 3 significant digits"
    assert asked.check(0.117).right is False
    assert Exercise(difficulty=1, solution=0.25).check(0.2501).right is False
    assert Exercise(difficulty=1, solution=2 / 3).check(0.666).right is False
    assert replace(asked, digits=2).check(0.12).right is True
    assert replace(asked, digits=0).check(0.1182).right is False
    assert replace(asked, digits=3).wrong(0, "nothing").check(0).message == "nothing"


def test_a_share_in_percent_may_say_so():
    share = Exercise(difficulty=1, solution=33, unit="%")
    assert [share.check(answer).right for answer in (33, "33", "33 %", "33%")] == [True] * 4
    assert share.check("33 ms").message == (
        "expected a number alone, or followed by %, got '33 ms'"
    )
    plain = Exercise(difficulty=1, solution=33)
    assert plain.check("33 %").message == "0.33 is too small"
    assert plain.check("33 ms").message == (
        "expected a number alone, without a unit or a word, got '33 ms'"
    )
    assert plain.check("33,5").message == "the decimal mark is a point: '33.5'"
    assert plain.check("0,341").message == "the decimal mark is a point: '0.341'"


def test_a_unit_may_be_spelled_out():
    time = Exercise(difficulty=1, solution=75.6, unit="ms")
    assert [time.check(f"75.6 {unit}").right for unit in ("ms", "milliseconds", "s")] == [
        *(True, True, False)
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("4 1/2", 4.5), ("4½", 4.5), ("2¾", 2.75), ("½", 0.5), ("-3 1/2", -3.5)),
        *(("–3½", -3.5), ("− 6\u00a02/3", -20 / 3), ("1 1/4", 1.25), ("76 880", 76880)),
        *(("1/2^11", 2**-11), ("2^9/4^10", 2**-11), ("4^-10 · 2^9", 2**-11), ("−2²", -4)),
        *(("4.88 · 10⁻⁴", 0.000488), ("4.88×10^-4", 0.000488), ("1/2/2", 0.25)),
        *(("24.2 %", 0.242), ("–16%", -0.16), ("1/2 %", 0.005), ("4½ %", 0.045)),
    ],
)
def test_a_number_is_read_as_it_is_written_by_hand(text, number):
    assert read_number(text) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    "text", ["1/", "1.2.3", "2^", "1 2/", "1/4 1/2", "%", "½½", "2^1.5", "1 2"]
)
def test_a_number_that_is_not_finished_is_not_guessed(text):
    with pytest.raises(Unreadable):
        read_number(text)


@each("choice")
def test_a_choice_may_be_dressed(name):
    c = EXERCISES[name].solution
    for answer in (c, c.upper(), f"({c})", f" {c}. ", f"{c})", f"({c.upper()}).", np.str_(c)):
        assert check(name, answer).right is True
    assert check(name, f"{c}{c}").right is False


def test_the_letters_are_right_about_equally_often():
    right = Counter(dict.fromkeys("abcd", 0))
    right.update(e.solution for e in EXERCISES.values() if e.kind == "choice")
    assert max(right.values()) - min(right.values()) <= 3, right


# ---- how near is right ---------------------------------------------------------------------------


def one_by_one(values):
    left = iter(values)
    return lambda *arguments: next(left)


# they show that what is small is not cut off, and an honest answer rounds them: e^−25 beside 1
SMALL = {"elu-slope", "swish-slope", "stable-cross-entropy", "stable-log-sigmoid"}


@each("function")
def test_one_number_that_is_off_is_seen_however_small_it_is(name):
    exercise = EXERCISES[name]
    for at, (_, expected) in enumerate(results(name)):
        for place in np.argwhere(expected):
            given = [result.copy() for _, result in results(name)]
            small = name in SMALL and abs(expected[tuple(place)]) < 1e-8
            given[at][tuple(place)] *= 1 + (0.1 if small else 100 * max(exercise.bound, 1e-8))
            assert exercise.check(one_by_one(given)).right is False, (at, place, expected)


def judged(solution, answer, *case):
    return Exercise(1, lambda *_: solution, lambda rng: iter([case])).check(lambda *_: answer)


def test_small_numbers_are_compared_with_their_own_size():
    assert judged([1.0, 1e-8], [1.0, 1.1e-8], 1.0).right is False
    assert judged([1.0, 0.0], [1.0, 1e-8], 1.0).right is False
    assert judged([1e-17], [3e-17], np.array([0.3, -0.3])).right is True
    assert judged([0.0], [5e-17], np.array([0.3, -0.3])).right is True
    assert judged([1e-3], [np.float32(1e-3)], 1.0).right is True
    assert judged([1e-3], np.array([1.001e-3], np.float32), 1.0).right is False
    assert judged([np.inf, np.nan, 1.0], [np.inf, np.nan, 1.0], 1.0).right is True
    assert judged([np.inf, 1.0], [1e300, 1.0], 1.0).right is False
    assert judged([1.0], [np.nan], 1.0).right is False


def test_a_column_for_a_row_is_told_so():
    assert "shape (2,), got (2, 1), a column" in judged([1, 2], [[1], [2]], 1).message
    assert "shape (2,), got (1, 2), a row" in judged([1, 2], [[1, 2]], 1).message
    assert "expected one number, got an array of shape (2,)" in judged(1, [1, 1], 1).message
    assert judged([1.0], 1.0, 1).right is False
    assert judged([1], [[1]], 1).message == "f(1): expected a result of shape (1,), got (1, 1)"


def test_a_wrong_shape_is_shown_where_each_axis_has_a_length_of_its_own():
    cases = [(np.ones((1, 3)), np.ones(3)), (np.ones((2, 3)), np.ones(3))]
    exercise = Exercise(1, lambda w, a: w @ a, lambda rng: iter(cases))
    message = exercise.check(lambda w, a: w @ a[:, None]).message
    assert message.endswith("expected a result of shape (2,), got (2, 1), a column")


def test_what_does_not_cancel_is_compared_with_its_own_size_alone():
    exercise = Exercise(1, lambda x: [0.0, 1.0], lambda rng: iter([(np.array([-800.0, 800]),)]))
    tiny = replace(exercise, cancels=False)
    for off, right in ((1e-15, True), (1e-13, False)):
        assert exercise.check(lambda x, off=off: [off, 1.0]).right is True
        assert tiny.check(lambda x, off=off: [off, 1.0]).right is right


def test_a_number_beyond_all_floats_is_too_large_or_too_small():
    assert check("he-start", 10**400).message == "inf is too large"
    assert check("he-start", -(10**400)).message == "-inf is too small"


def test_an_overflow_is_found_where_its_warning_is_silenced():
    def answer(x):
        with np.errstate(over="ignore"):
            return 1 / (1 + np.exp(-x))

    def in_vain(x):
        with np.errstate(all="ignore"):
            return np.where(x < 0, np.exp(x) / (1 + np.exp(x)), 1 / (1 + np.exp(-x)))

    @np.errstate(over="ignore")
    def decorated(x):
        return 1 / (1 + np.exp(-np.asarray(x)))

    def made_anew(x):
        before = seterr(all="ignore")
        out = np.zeros(x.shape)
        out[...] = -x
        result = 1 / (1 + np.exp(out))
        seterr(**before)
        return result

    def one_by_one(x):
        with np.errstate(over="ignore"):
            return np.reshape([1 / (1 + np.exp(-one)) for one in x.flat], x.shape)

    def complex_numbers(x):
        return (1 / (1 + np.exp(-x.astype(complex)))).real

    special = pytest.importorskip("scipy.special")

    def of_scipy(z, t):
        return np.mean(special.logsumexp(z, axis=1) - z[np.arange(len(t)), t])

    assert check("stable-cross-entropy", of_scipy).right
    for silenced in (answer, decorated, made_anew, one_by_one, complex_numbers):
        assert check("stable-sigmoid", silenced).message.startswith("right, until e^−x overflows")
    assert check("stable-sigmoid", in_vain).message.startswith("np.where computes both branches")


def test_numpy_is_told_anything_again_once_an_answer_is_judged():
    def raises(x):
        np.seterr(all="ignore")
        raise ValueError

    def asks_in_turn(x):
        return check("elu-slope", lambda x, alpha: np.exp(x)) and np.exp(np.asarray(x) * 9.0)

    own = np.errstate.__enter__.__globals__
    before, names = np.geterr(), dict(own)
    for answer in (raises, asks_in_turn):
        assert check("stable-sigmoid", answer).right is False
    assert np.geterr() == before
    assert own == names
    with np.errstate(over="ignore"):
        assert np.exp(800.0) == np.inf


def test_another_thread_is_told_what_it_asks_for_while_an_answer_is_judged():
    def quiet(_):
        with np.errstate(over="ignore"):
            return np.exp(800.0)

    with ThreadPoolExecutor() as pool:
        seen = []

        def answer(x):
            seen.extend(pool.map(quiet, range(2)))
            return EXERCISES["stable-sigmoid"].solution(x)

        judged = list(pool.map(lambda _: check("stable-sigmoid", answer).right, range(2)))
    assert judged == [True, True]
    assert set(seen) == {np.inf}


def test_an_overflow_of_pytorch_is_found():
    torch = pytest.importorskip("torch")

    def swish(x, beta):
        s = 1 / (1 + torch.exp(-beta * torch.tensor(x)))
        return s + beta * torch.tensor(x) * s * (1 - s)

    def elu(x, alpha):
        x = torch.tensor(x)
        return torch.where(x > 0, 1.0, alpha * torch.exp(x))

    def dice(m):
        m = torch.tensor(m)
        return (2 * m.diag() / (m.sum(0) + m.sum(1))).nan_to_num(nan=1.0)

    def log_loss(z):
        z = torch.tensor(z)
        return torch.where(z < 0, torch.log1p(torch.exp(z)) - z, torch.log1p(torch.exp(-z)))

    for name, answer, words in (
        ("stable-sigmoid", lambda x: 1 / (1 + torch.tensor(x).neg().exp_()), "until e^−x"),
        ("elu-slope", elu, "until e^x overflows"),
        ("swish-slope", swish, "until e^−βx overflows"),
        ("stable-log-sigmoid", log_loss, "computes both"),
        ("missed-pixels", dice, "you divide 0 by 0"),
    ):
        assert words in check(name, answer).message
    exercise = Exercise(1, lambda x: x, lambda rng: iter([(np.array([800.0]),)]))
    for answer, words in (
        (lambda x: torch.exp(torch.tensor(x)), "an infinite number in PyTorch's exp"),
        (lambda x: torch.log(-torch.tensor(x)), "a NaN in PyTorch's log"),
    ):
        silent = f"{words}, of which PyTorch says nothing; here it counts as a failure"
        assert exercise.check(answer).message.endswith(silent)


def test_what_pytorch_computes_without_an_overflow_is_right():
    torch = pytest.importorskip("torch")

    def by_autograd(x, beta):
        slope = torch.func.grad(lambda x: x * torch.sigmoid(beta * x))
        return torch.vmap(slope)(torch.tensor(x).flatten()).reshape(x.shape)

    def masked(z, t):
        """Fill with an infinity on purpose."""
        z, t = torch.tensor(z), torch.tensor(t)
        rest = z.scatter(1, t[:, None], -torch.inf)
        return (
            torch.logaddexp(rest.logsumexp(1), z[range(len(t)), t]) - z[range(len(t)), t]
        ).mean()

    for name, answer in (
        ("stable-sigmoid", lambda x: torch.sigmoid(torch.tensor(x))),
        ("swish-slope", by_autograd),
        ("stable-log-sigmoid", lambda z: torch.nn.functional.softplus(-torch.tensor(z))),
        ("stable-cross-entropy", masked),
    ):
        assert check(name, answer).right, name


# ---- what is shown -------------------------------------------------------------------------------


def test_the_simplest_case_is_shown_as_its_author_would_write_it():
    cases = [(np.arange(30.0), 1), (np.array([0.0, 800.0]), 0), (np.array([1.25, 2 / 3]), 10)]
    exercise = Exercise(1, lambda z, t: z[t], lambda rng: iter(cases))

    def cross_entropy(z, t):
        return z[t] + 1 / 3

    assert exercise.check(cross_entropy).message == (
        "cross_entropy([0.0, 800.0], 0): expected 0.0, got 0.3333"
    )
    exercise = replace(exercise, cases=lambda rng: iter(cases[:1]))
    assert exercise.check(cross_entropy).message.startswith("cross_entropy([0.0, 1.0, 2.0, …, 29.0")


def test_of_a_large_result_the_first_wrong_number_is_shown():
    expected = np.arange(12.0).reshape(3, 4)
    message = judged(expected, expected + (expected >= 7), 2).message
    assert message == "f(2), entry [1, 3]: expected 7.0, got 8.0"


def test_whole_numbers_are_shown_as_such_where_they_are_asked_for():
    exercise = Exercise(1, lambda k: [k, 2 * k], lambda rng: iter([(3,)]))
    assert exercise.check(lambda k: [k, k]).message == "f(3): expected [3, 6], got [3, 3]"
    assert exercise.check(lambda k: np.array([k, 6.5])).message.endswith("[3, 6], got [3.0, 6.5]")
    assert exercise.check(lambda k: [k, np.inf]).message.endswith("[3, 6], got [3.0, inf]")


def test_a_number_that_is_given_is_shown_in_full():
    exercise = Exercise(1, lambda x: x, lambda rng: iter([(8.00000143,)]))
    assert exercise.check(lambda x: x + 1).message == "f(8.00000143): expected 8.0, got 9.0"


def test_what_numpy_warns_of_is_told_to_be_a_failure_here():
    exercise = Exercise(1, lambda x: x, lambda rng: iter([(np.array([800.0]),)]))
    assert exercise.check(np.exp).message == (
        "exp([800.0]): overflow in exp, of which NumPy only warns; here it counts as a failure"
    )


def test_an_array_is_told_what_it_makes_of_the_image():
    message = check("edge-kernel", np.eye(3)).message
    assert message.startswith("on the image [[3.0, 3.0, 3.0, 3.0], ")
    assert "expected [[0.0, 0.0], [0.0, 0.0]], got [[9.0, 9.0], [9.0, 9.0]]" in message


@each("function")
def test_no_feedback_is_a_wall_of_numbers(name):
    message = check(name, lambda *a: np.asarray(EXERCISES[name].solution(*a)) * 1.5 + 1).message
    assert len(message) < 400, message


# ---- mistakes ------------------------------------------------------------------------------------


@each()
def test_a_mistake_is_named_and_is_no_other(name):
    """The first of two that are alike would be named for both."""
    messages = [message for _, message in EXERCISES[name].mistakes]
    assert len(set(messages)) == len(messages)
    for mistake, message in EXERCISES[name].mistakes:
        assert check(name, mistake) == Feedback(False, message)


def test_a_mistake_is_named_where_it_fails_on_some_cases_too():
    """A transposed matrix fits square ones only."""
    cases = [(np.ones((2, 3)), np.ones(3)), (np.array([[1.0, 2.0], [3.0, 4.0]]), np.ones(2))]
    exercise = Exercise(1, lambda w, a: w @ a, lambda rng: iter(cases))
    exercise = exercise.wrong(lambda w, a: w.T @ a, "transposed")
    assert exercise.check(lambda w, a: a @ w).message == "transposed"
    assert exercise.check(lambda w, a: (a @ w) * 2).message.startswith("f(")


# ---- in a script ---------------------------------------------------------------------------------

SCRIPT = """
from chainrule.exercises import check
check("steps-order", "c")
kept = check("steps-order", "c")
print(check("steps-order", "c"))
for answer in (200,): check("he-start", answer)

"""


def run(*arguments, stdin=""):
    done = subprocess.run(
        [sys.executable, "-X", "utf8", *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.replace(">>> ", "").splitlines()


SHOWN = ["✓ right", "✓ right", "✗ 200 is too large"]


@pytest.mark.slow
def test_a_script_shows_each_verdict_once(tmp_path):
    path = tmp_path / "answers.py"
    path.write_text(SCRIPT, encoding="utf-8")
    assert run(path) == SHOWN
    assert run("-c", f"import sys; sys.path[0] = {str(tmp_path)!r}; import answers") == ["✓ right"]


@pytest.mark.slow
def test_a_check_as_python_ends_raises_nothing():
    code = "import atexit; from chainrule.exercises import check"
    code += "; atexit.register(lambda a: print(check(*a)), ('steps-order', 'c'))"
    code += "; atexit.register(check, 'steps-order', 'c')"
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", code], capture_output=True)
    assert (done.stdout.decode().split(), done.stderr) == (["✓", "right"], b"")


@pytest.mark.slow
def test_a_prompt_shows_each_verdict_once():
    assert [line for line in run("-i", "-q", stdin=SCRIPT) if line] == SHOWN


@pytest.mark.slow
def test_a_notebook_shows_each_verdict_once():
    cells = [line for line in SCRIPT.splitlines() if line]
    code = "from IPython.core.interactiveshell import InteractiveShell as S\ns = S()\n"
    shown = run("-c", code + "".join(f"s.run_cell({cell!r})\n" for cell in cells))
    assert [line.partition("]: ")[2] or line for line in shown if line] == SHOWN
