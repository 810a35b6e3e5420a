"""Proofs for every size: the normal form keeps the value, and sees what few sizes cannot show."""

from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import prod
from operator import mul

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule import proofs
from chainrule.proofs import batches
from chainrule.proofs.core import Chain, Line, ProofError
from chainrule.proofs.expressions import Number
from chainrule.proofs.network import AT_HIDDEN, C, delta, i, j, k, l, network_cases, slope, w, z
from chainrule.proofs.normal import alike, normal
from chainrule.proofs.operators import Partial, sum_over
from chainrule.proofs.symbolic import Grid, Place, functional
from chainrule.proofs.table import THEOREMS
from chainrule.proofs.zero import is_nonnegative, is_zero

N, M = sympy.symbols("n m", integer=True, positive=True)
X, Y, W = map(sympy.IndexedBase, "xyw")
F = sympy.Function("F")


# ---- the value of an expression for sizes that are numbers, by code of its own -------------------


def number(name, *places):
    """Give a number that stands for an entry, an arbitrary one, always the same."""
    return Fraction(sum(ord(c) * 7 for c in name) + 3 + sum(map(mul, places, (5, 11))))


def value(e, sizes, places):
    """Compute an expression by running through every sum."""
    if e.is_Rational:
        return Fraction(int(e.p), int(e.q))
    if e in sizes:
        return Fraction(sizes[e])
    if isinstance(e, sympy.Indexed):
        return number(str(e.base), *(places[p] for p in e.indices))
    if isinstance(e, sympy.KroneckerDelta):
        return Fraction(places[e.args[0]] == places[e.args[1]])
    if isinstance(e, sympy.Sum):
        runs = [range(1, sizes[last] + 1) for _, _, last in e.limits]
        bound = [place for place, _, _ in e.limits]
        inner = (places | dict(zip(bound, at, strict=True)) for at in product(*runs))
        return sum((value(e.function, sizes, each) for each in inner), Fraction(0))
    parts = [value(part, sizes, places) for part in e.args]
    if e.is_Add:
        return sum(parts)
    if e.is_Mul:
        return prod(parts)
    if e.is_Pow:
        return parts[0] ** int(parts[1])
    assert e.func == F
    return parts[0] ** 2 + 3  # some function


FREE = {Place("i", N): 2, Place("j", N): 1, Place("k", M): 1}


def expressions(depth, places):
    """Give expressions in some places, those of sums about them included."""
    of_n, of_m = ([p for p in places if p.size == size] for size in (N, M))
    leaves = [st.builds(lambda p: X[p], st.sampled_from(of_n)), st.sampled_from([N, M, sympy.S(2)])]
    leaves.append(st.builds(sympy.KroneckerDelta, st.sampled_from(of_n), st.sampled_from(of_n)))
    leaves.append(st.builds(lambda p, q: W[p, q], st.sampled_from(of_n), st.sampled_from(of_m)))
    if not depth:
        return st.one_of(leaves)
    inside = expressions(depth - 1, places)

    def summed(size):
        place = Place("p", size)  # the same letter within itself, too
        body = expressions(depth - 1, [*places, place])
        return st.builds(lambda b: sympy.Sum(b, (place, 1, size)), body)

    return st.one_of(
        *leaves,
        st.builds(sympy.Add, inside, inside),
        st.builds(sympy.Mul, inside, inside),
        st.builds(lambda a: a**2, inside),
        st.builds(F, inside),
        summed(N),
        summed(M),
    )


@settings(max_examples=150, deadline=None)
@given(expressions(4, list(FREE)))
def test_normal_form_keeps_the_value_for_every_size(e):
    for n, m in [(2, 1), (3, 2), (4, 3)]:
        sizes = {N: n, M: m}
        assert value(normal(e), sizes, FREE) == value(e, sizes, FREE)
        assert value(alike(e), sizes, FREE) == value(e, sizes, FREE)


@settings(max_examples=60, deadline=None)
@given(expressions(3, list(FREE)), expressions(3, list(FREE)))
def test_never_equal_what_differs(a, b):
    """What is called equal is so for sizes that are numbers; one more, one less is seen."""
    if is_zero(a - b):
        assert value(a, {N: 3, M: 2}, FREE) == value(b, {N: 3, M: 2}, FREE)
    assert not is_zero(a - (a + X[Place("i", N)]))


@settings(max_examples=60, deadline=None)
@given(expressions(3, list(FREE)), expressions(3, list(FREE)))
def test_normal_form_does_not_depend_on_how_it_is_written(a, b):
    place, other = Place("r", N), Place("s", M)
    body = a.xreplace({Place("i", N): place}) * b.xreplace({Place("k", M): other})
    one = sympy.Sum(sympy.Sum(body, (place, 1, N)), (other, 1, M))
    swapped = sympy.Sum(sympy.Sum(body, (other, 1, M)), (place, 1, N))
    renamed = swapped.xreplace({place: Place("t", N), other: Place("u", M)})
    assert normal(one) == normal(renamed) == normal(normal(one))


I, J, K = FREE  # noqa: E741 -- as on the page


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        pytest.param(
            sympy.Sum(X[I] * sympy.KroneckerDelta(I, J), (I, 1, N)), X[J], True, id="one term"
        ),
        pytest.param(
            sympy.KroneckerDelta(I, J) * X[I], sympy.KroneckerDelta(I, J) * X[J], True, id="delta"
        ),
        pytest.param(X[I], X[J], False, id="two letters may be two numbers"),
        pytest.param(sympy.KroneckerDelta(I, J), sympy.S(0), False, id="and may be one"),
        pytest.param(sympy.Sum(X[I], (I, 1, N)), N * X[J], False, id="not all alike"),
        pytest.param(
            sympy.Sum(X[I], (I, 1, N)) ** 2, sympy.Sum(X[I] ** 2, (I, 1, N)), False, id="squares"
        ),
        pytest.param(
            sympy.Sum(W[I, K] * W[J, K], (I, 1, N), (J, 1, N)),
            sympy.Sum(W[I, K], (I, 1, N)) ** 2,
            True,
            id="a double sum",
        ),
        pytest.param(
            F(sympy.Sum(X[I] + Y[I], (I, 1, N))),
            F(sympy.Sum(X[J], (J, 1, N)) + sympy.Sum(Y[J], (J, 1, N))),
            True,
            id="in a function",
        ),
        pytest.param(
            sympy.Sum(X[I], (I, 1, N)) / sympy.Sum(X[J], (J, 1, N)), sympy.S(1), True, id="cancels"
        ),
        pytest.param(sympy.Sum(2, (K, 1, M)), 2 * N, False, id="the other size"),
        pytest.param(
            sympy.Sum(sympy.KroneckerDelta(I, J) * F(sympy.Sum(X[I] * Y[J], (I, 1, N))), (I, 1, N)),
            F(sympy.Sum(X[I] * Y[J], (I, 1, N))),
            True,
            id="one letter for two sums",
        ),
    ],
)
def test_what_is_equal(left, right, equal):
    assert is_zero(left - right) == equal


def test_a_delta_between_indices_of_two_sizes_is_refused():
    with pytest.raises(LookupError, match="do not run over the same numbers"):
        normal(sympy.KroneckerDelta(I, K))


def test_an_abstract_function_of_n_numbers_has_n_slopes():
    """∂f(2x)/∂x_j = 2 f_j, not for one entry more or less; f itself is no sum."""
    doubled = functional("f", Grid((N, 1), lambda p, _: 2 * X[p]))
    place, body, which, _ = doubled.args

    def slope_in(entry):
        return doubled.func(place, body, which, sympy.Tuple(entry))

    assert is_zero(doubled.diff(X[J]) - 2 * slope_in(J))
    assert not is_zero(doubled.diff(X[J]) - slope_in(J))
    assert not is_zero(doubled.diff(X[J]) - 2 * slope_in(I))


@pytest.mark.parametrize(
    ("body", "found"), [(X[I] ** 2, False), (F(X[I]) ** 2, False), (X[I], False)]
)
def test_a_sum_of_what_may_be_complex_is_not_called_positive(body, found):
    assert is_nonnegative(sympy.Sum(body, (I, 1, N))) == found


def test_a_sum_of_real_squares_is_positive_and_its_opposite_is_not():
    real = sympy.IndexedBase("r", real=True)
    squares = sympy.Sum(real[I] ** 2, (I, 1, N))
    assert is_nonnegative(squares)
    assert not is_nonnegative(-squares)
    assert not is_nonnegative(squares - sympy.Sum(real[I], (I, 1, N)))


# ---- false lines that small sizes do not show ----------------------------------------------------

SMALL = network_cases([(2, 3, 2), (1, 1, 3), (2, 2, 1)], 3, lambda last: range(1, last))
ONE = network_cases([(2, 1, 1)], 3, lambda last: range(1, last))
THREE = network_cases([(2, 3, 2), (1, 3, 1)], 3, lambda last: range(1, last))
n_l = sum_over(i, z(l)[i] ** Number(0))  # how many neurons layer l has, as a sum over them
ERROR = sum_over(j, w(l + 1)[j, k] * delta(l + 1)[j] * slope(z(l)[k]))


@pytest.mark.parametrize(
    ("false", "cases"),
    [
        pytest.param(n_l / 3 * ERROR, THREE, id="a factor that is 1 for three neurons"),
        pytest.param(
            ERROR + (n_l - 1) * (n_l - 2) * (n_l - 3) * slope(z(l)[k]),
            SMALL,
            id="a term that is 0 for one, two and three neurons",
        ),
        pytest.param(
            w(l + 1)[k, k] * delta(l + 1)[k] * slope(z(l)[k]), ONE, id="no sum, with one neuron"
        ),
    ],
)
def test_only_letters_see_a_false_line_that_small_sizes_do_not_show(false, cases):
    line = Line(false, "so it is said")
    Chain(delta(l)[k], (line,), cases).check()
    with pytest.raises(ProofError, match="for layers of any sizes"):
        Chain(delta(l)[k], (line,), (AT_HIDDEN(),)).check()


def test_a_line_is_not_called_checked_where_it_only_puts_in_a_definition():
    chain = Chain(delta(l)[k], (Line(Partial(C, z(l)[k]), "definition"),), (AT_HIDDEN(), *SMALL))
    assert chain.check() == ("put in",)
    chain = replace(chain, lines=(Line(ERROR, "(1.6)"),))
    assert chain.check() == ("in all cases",)
    assert replace(chain, cases=SMALL).check() == ("in some cases",)


def test_how_many_batches_have_a_sample_is_not_how_many_samples_a_batch_has():
    *_, mean = proofs.minibatch_mean().chains
    (letters,) = (case for case in mean.cases if case.every)
    (batch,) = letters.model.ranges["B"]
    sample = Place("i", letters.model.names["A", None])
    inside = batches.g[i] ** 0 * batches.Iverson(i, batches.batch, r"\in")
    of_one_batch = sum_over(i, inside).value(letters.bind(B=batch))
    of_one_sample = sum_over(batches.batch, inside).value(letters.bind(i=sample))
    count = sympy.binomial(letters.model.names["A", None] - 1, letters.model.names["N", None] - 1)
    assert letters.model.under_condition(of_one_sample) == count
    assert letters.model.under_condition(of_one_batch) == of_one_batch


def test_all_theorems_are_in_the_table():
    theorems = {name for name in proofs.__all__ if name[0].islower()} - {"coverage"}
    shown = proofs.coverage()._repr_markdown_()
    assert {theorem.__name__ for theorem in THEOREMS} == theorems
    assert shown.splitlines()[-1] == "| **together** | 99 | 58 | 7 | 33 | 1 |"
