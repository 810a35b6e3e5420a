"""The proofs: every line is shown and checked, and every broken line is found."""

from dataclasses import fields, replace

import pytest

from chainrule import proofs
from chainrule.proofs import table
from chainrule.proofs.cases import network_cases
from chainrule.proofs.core import Chain, Line, Proof, ProofError
from chainrule.proofs.expressions import (
    Entry,
    Expression,
    Index,
    MatMul,
    Number,
    Plus,
    Power,
    Times,
    Transpose,
)
from chainrule.proofs.network import C, a, delta, j, k, l, slope, w, z
from chainrule.proofs.operators import Big, Component, Hadamard, Iverson, Partial, sum_over

pytestmark = pytest.mark.slow

THEOREMS = [theorem.__name__ for theorem in table.THEOREMS]
each_theorem = pytest.mark.parametrize("name", THEOREMS)


@pytest.fixture(scope="module")
def proved():
    """Give all proofs, each made once."""
    return {name: getattr(proofs, name)() for name in THEOREMS}


# ---- what is shown -----------------------------------------------------------------------------


@each_theorem
def test_proof_shows_every_line_with_its_reason(proved, name):
    proof = proved[name]
    shown = proof._repr_markdown_()
    assert repr(proof).startswith("✓ ")
    assert "✓ checked by SymPy, of " in shown
    assert proof.checked
    assert proof.unchecked
    rows = [row for row in shown.splitlines() if row.startswith("|")]
    assert len(rows) == 2 + len(proof.chains) + len(proof.lines)
    assert all(row.count("|") == 3 for row in rows)
    for line in proof.lines:
        latex = line.expression.latex()
        assert latex
        assert latex in shown
        assert line.reason in shown
        assert latex.count("{") == latex.count("}")
        assert latex.count("(") == latex.count(")")
        assert latex.count(r"\Big(") == latex.count(r"\Big)")


def test_latex_of_the_error_of_a_hidden_layer(proved):
    one, whole = proved["hidden_error"].chains
    assert one.lines[3].expression.latex() == (
        r"\sum_j \delta_j^{l+1}\,w_{jk}^{l+1}\,\sigma'(z_k^l)"
    )
    assert whole.lines[0].expression.latex() == (
        r"\big((w^{l+1})^\mathsf{T}\,\delta^{l+1}\big) \odot \sigma'(z^l)"
    )


def test_each_line_says_in_which_cases_it_was_checked(proved):
    shown = proved["error_norm_bound"]._repr_markdown_()
    assert "see below *(not checked)*" in shown
    assert "(1.6) *(put in)*" in shown
    assert "of 11 lines: 4 in all cases; 6 put in, 1 not checked." in shown


# ---- every line, broken ------------------------------------------------------------------------


def variants(node, letters):
    """Yield every expression that differs from this one by one mistake."""
    if isinstance(node, (Times, MatMul)):
        for n in range(len(node.factors)):
            rest = node.factors[:n] + node.factors[n + 1 :]
            yield replace(node, factors=rest) if len(rest) > 1 else rest[0]
    if isinstance(node, Plus):
        for n, term in enumerate(node.terms):
            yield replace(node, terms=(*node.terms[:n], -term, *node.terms[n + 1 :]))
    if isinstance(node, Hadamard):
        yield from (node.left, node.right)
    if isinstance(node, Transpose):
        yield node.matrix
    if isinstance(node, Power):
        yield node.base
        yield replace(node, exponent=node.exponent + 1)
    if isinstance(node, Big) and node.first:
        yield replace(node, first=node.first + 1)
        yield replace(node, last=node.last - 1)
    if isinstance(node, Entry) and node.upper:
        yield from (replace(node, upper=node.upper + shift) for shift in (1, -1))
    if isinstance(node, Entry):
        for n, index in enumerate(node.lower):
            below, above = node.lower[:n], node.lower[n + 1 :]
            yield from (replace(node, lower=(*below, index + s, *above)) for s in (1, -1))
    if isinstance(node, (Entry, Component)) and len(set(node.lower)) == 2:
        yield replace(node, lower=node.lower[::-1])
    if isinstance(node, (Entry, Component)):
        for n, index in enumerate(node.lower):
            for other in letters - {index}:
                if isinstance(index, Index):
                    yield replace(node, lower=(*node.lower[:n], other, *node.lower[n + 1 :]))
    if isinstance(node, Iverson):
        yield from (replace(node, left=other) for other in letters - {node.left})
    for field in fields(node):
        part = getattr(node, field.name)
        if field.name in ("upper", "lower", "index", "within", "over"):
            continue
        if isinstance(part, Expression):
            yield from (replace(node, **{field.name: v}) for v in variants(part, letters))
        elif isinstance(part, tuple):
            for n, each in enumerate(part):
                for v in variants(each, letters):
                    yield replace(node, **{field.name: (*part[:n], v, *part[n + 1 :])})


def nodes(node):
    """Yield an expression and everything in it."""
    yield node
    for part in node.parts():
        yield from nodes(part)


def lower_letters(*expressions):
    """Give the indices that stand below something."""
    every = [n for expression in expressions for n in nodes(expression)]
    below = {i for n in every if isinstance(n, (Entry, Component)) for i in n.lower}
    below |= {i for n in every if isinstance(n, Iverson) for i in (n.left, n.right)}
    return {i for i in below if isinstance(i, Index) and i.name != "B"}


def mutants(chain, number):
    """Give a line's broken versions, each once."""
    line = chain.lines[number]
    letters = lower_letters(chain.left, *(each.expression for each in chain.lines))
    broken = dict.fromkeys([-line.expression, *variants(line.expression, letters)])
    broken.pop(line.expression, None)
    return list(broken)


# What a weighted input, an output or a parameter moves; the rest is a constant under ∂.
MOVED_BY = {"z": {"z", "a"}, "w": {"w"}, "b": {"b"}}


def simplified(node, x=None):
    """Undo what changes nothing, for one of five reasons; `x` is what ∂/∂x stands around it.

    Under the factor [i = j] the letters i and j are the same number; so they are beside a
    derivative that is 0 unless i = j; a term that does not depend on x has the derivative 0; a
    bias moves every row of Z alike, so ∂Z_ni/∂b_j is the same for all n; and −0 is 0.
    """
    if node == -Number(0):
        return Number(0)
    if isinstance(node, Partial):
        f = node.f
        if isinstance(f, Plus):
            moved = MOVED_BY[node.x.name]
            kept = tuple(t for t in f.terms if {n.name for n in entries(t)} & moved)
            f = kept[0] if len(kept) == 1 else replace(f, terms=kept)
        if isinstance(f, Entry) and (f.name, node.x.name) == ("Z", "b"):
            f = replace(f, lower=f.lower[1:])
        return replace(node, f=simplified(f, node.x))
    node = rebuilt(node, lambda part: simplified(part, x))
    if isinstance(node, Times):
        for one in node.factors:
            for old, new in ties(one, x):
                others = [f if f == one else renamed(f, old, new) for f in node.factors]
                node = replace(node, factors=tuple(others))
    return node


# The slope of the one in the other is 0 unless both are of the same neuron.
OWN = {"z": {"a"}, "b": {"z", "Z"}, "w": {"z", "Z"}}


def ties(factor, x):
    """Yield pairs of letters that are the same number wherever a factor, under ∂/∂x, is not 0."""
    if isinstance(factor, Iverson) and factor.relation == "=":
        yield factor.right, factor.left
    if isinstance(factor, Partial):
        x = factor.x
        owned = [
            e for e in entries(factor.f) if e.name in OWN.get(x.name, ()) and x.lower and x.upper
        ]
        yield from ((entry.lower[-1], x.lower[0]) for entry in owned if entry.upper == x.upper)
    if x is not None:
        for entry in entries(factor):
            if (entry.name, entry.upper) == (x.name, x.upper):
                yield from zip(entry.lower, x.lower, strict=False)


def rebuilt(node, function):
    """Apply a function to every part of an expression."""
    changed = {}
    for field in fields(node):
        part = getattr(node, field.name)
        if isinstance(part, Expression):
            changed[field.name] = function(part)
        elif isinstance(part, tuple):
            changed[field.name] = tuple(map(function, part))
    return replace(node, **changed)


def entries(node):
    return (n for n in nodes(node) if isinstance(n, Entry))


def renamed(node, old, new):
    """Put one letter instead of another."""
    return new if node == old else rebuilt(node, lambda part: renamed(part, old, new))


@pytest.mark.parametrize("every", [True, False], ids=["every size", "some sizes"])
@each_theorem
def test_every_broken_line_is_found(proved, name, every):
    """The line before a broken one is whole, so the broken line itself has to be refused.

    By the case of any size alone, and by those of some sizes alone. What is not refused has to be
    the same by structure, not only equal in the cases checked.
    """
    survivors = []
    for chain in proved[name].chains:
        cases = tuple(case for case in chain.cases if case.every == every)
        for number, (before, line) in enumerate(pairs(chain)):
            if line.by_definition or not cases:
                continue
            broken = mutants(chain, number)
            assert broken or line.expression == Number(0)
            for mutant in broken:
                broken_line = replace(line, expression=mutant)
                step = replace(chain, left=before, lines=(broken_line,), cases=cases)
                try:
                    step.check()
                except ProofError:
                    continue
                if simplified(mutant) != simplified(line.expression):
                    survivors.append(f"{line.expression.latex()}  ->  {mutant.latex()}")
    assert not survivors, "\n".join(survivors)


def pairs(chain):
    before = chain.left
    for line in chain.lines:
        yield before, line
        before = line.expression


# ---- false statements --------------------------------------------------------------------------

CASES = network_cases([(2, 3, 2), (2, 2, 2)], 3, lambda last: range(1, last))


@pytest.mark.parametrize(
    ("left", "wrong"),
    [
        pytest.param(
            delta(l)[k], w(l + 1)[j, k] * delta(l + 1)[j] * slope(z(l)[k]), id="no sum, erratum E3"
        ),
        pytest.param(
            delta(l)[k],
            sum_over(j, w(l + 1)[j, k] * delta(l + 1)[j] * slope(a(l)[k])),
            id="slope at a",
        ),
        pytest.param(
            delta(l), Hadamard(w(l + 1) @ delta(l + 1), slope(z(l))), id="w not transposed"
        ),
        pytest.param(Partial(C, w(l)), delta(l) @ a(l).T, id="activation of the wrong layer"),
    ],
)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_false_statement_is_refused(left, wrong, case):
    with pytest.raises(ProofError):
        Chain(left, (Line(wrong, "so it is said"),), (case,)).check()


def test_error_names_the_line_its_reason_and_the_sizes():
    chain = Chain(delta(l)[k], (Line(delta(l)[k] + 1, "because"),), CASES)
    with pytest.raises(ProofError, match=r"delta_k\^l \+ 1.*because.*layers 2-3-2 \(l = 1"):
        Proof("false", ("0",), (), (chain,), "all", "these", (), ())


def test_sum_with_an_index_over_two_ranges_is_refused():
    twisted = sum_over(j, w(l + 1)[j, k] * delta(l)[j])
    with pytest.raises(ProofError):
        Chain(twisted, (Line(twisted, "the same"),), CASES).check()


# ---- arguments ---------------------------------------------------------------------------------

NETWORKS = ["output_error", "hidden_error", "bias_gradient", "weight_gradient", "backpropagation"]


@pytest.mark.parametrize("sizes", [(), 3, ((2,),), ((2, 0, 2),), ((2, 1.5, 2),), (2, 3, 2)])
@pytest.mark.parametrize("name", [*NETWORKS, "error_norm_bound"])
def test_bad_sizes_are_refused(name, sizes):
    with pytest.raises(ValueError, match=r"^sizes: expected"):
        getattr(proofs, name)(sizes=sizes)


def test_hidden_error_needs_a_hidden_layer():
    with pytest.raises(ValueError, match=r"^sizes: expected networks of at least 3 layers"):
        proofs.hidden_error(sizes=[(2, 3)])


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        ("softmax_jacobian", "classes", [1]),
        ("cross_entropy_gradient", "classes", []),
        ("cross_entropy_convexity", "classes", 3),
        ("batch_gradient", "shapes", [(2, 3)]),
        ("minibatch_mean", "draws", [(2, 3)]),
        ("adam_bias_correction", "steps", 0),
        ("nesterov_forms", "steps", 1.5),
    ],
)
def test_other_bad_arguments_are_refused(name, argument, value):
    with pytest.raises(ValueError, match=rf"^{argument}: expected"):
        getattr(proofs, name)(**{argument: value})


def test_a_chain_without_a_case_proves_nothing():
    first = proofs.hidden_error(sizes=[(2, 2, 2)]).chains[0]
    with pytest.raises(ProofError, match="has no case to be checked in"):
        proofs.Chain(first.left, first.lines, ()).check()
