"""The theorems that Rocq's kernel checked: the record fits the sources, wrong forms are wrong."""

import dataclasses
import json
import re
import runpy
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from chainrule import rocq
from chainrule.ledger import claim, oracles, verify
from chainrule.rocq import core

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"
WRONG = runpy.run_path(str(BENCHMARKS / "_wrong_statements.py"))["WRONG_STATEMENTS"]
LABELS = ["1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.5.2a", "1.1.2c", "1.3.2a", "1.4.4b"]
WIDTH = 76  # how many characters of code a page's column holds
NAMES = [theorem.name for theorem in rocq.theorems()]
each_theorem = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return runpy.run_path(str(BENCHMARKS / "rocq.py"))


def proved(label):
    """Give the oracle of a claim that Rocq's theorems make."""
    (found,) = (oracle for oracle in claim(label).oracles if "Rocq" in oracle.name)
    return found


def changed(statement, changes):
    for old, new in changes:
        assert old in statement
        statement = statement.replace(old, new)
    return statement


# ---- the record --------------------------------------------------------------------------------


def test_the_record_is_that_of_the_sources_as_they_are():
    assert core.record()["sources"] == {
        path.name: core.fingerprint(path.stem) for path in core.FOLDER.glob("*.v")
    }


def test_every_theorem_of_the_sources_is_recorded_with_its_number():
    found = {name: label for file in core.FILES for name, label in core.headed(file).items()}
    assert {theorem.name: theorem.label for theorem in rocq.theorems()} == found
    written = sum(core.source(file).count("\nTheorem ") for file in core.FILES)
    assert len(NAMES) == written == 11
    assert sorted(filter(None, found.values())) == sorted(LABELS)


@each_theorem
def test_a_recorded_statement_stands_in_a_source(name):
    theorem = rocq.theorem(name)
    assert sum(core.source(file).count(theorem.statement) for file in core.FILES) == 1
    assert theorem.statement == rocq.sentence(name)
    assert max(map(len, theorem.statement.splitlines())) <= WIDTH


@each_theorem
def test_a_theorem_rests_on_what_is_allowed_and_refused_its_wrong_forms(name):
    assert set(rocq.theorem(name).axioms) <= set(rocq.ALLOWED)
    assert rocq.theorem(name).refused == tuple(WRONG[name]) != ()
    assert rocq.why_not(name) == ""


def test_nothing_is_taken_on_trust(script):
    for file in core.FILES:
        code = script["COMMENT"].sub("", core.source(file))
        assert not script["TAKEN_ON_TRUST"].search(code)
        assert script["TAKEN_ON_TRUST"].search(code.replace("Qed.", "Admitted.", 1))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda found: found["sources"].update({"backprop.v": "0"}), "the proofs have changed"),
        (lambda found: found["theorems"].pop("hidden_error"), "Rocq proved no theorem"),
        (
            lambda found: found["theorems"]["hidden_error"]["axioms"].append("magic"),
            "it rests on magic",
        ),
    ],
)
def test_a_claim_is_skipped_where_the_record_does_not_vouch(change, reason, monkeypatch):
    found = json.loads(core.RECORD.read_text(encoding="utf-8"))
    change(found)
    monkeypatch.setattr(core, "record", lambda: found)
    verdict = verify("1.7")
    assert verdict.status == "skipped"
    assert f"{proved('1.7').name}: skipped, {reason}" in verdict.summary()


def test_a_sentence_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="name: expected what the sources define or state"):
        rocq.sentence("smoothly")
    with pytest.raises(ValueError, match=r"name: expected one of .*'hidden_error'"):
        rocq.theorem("smooth")


# ---- the formulas ------------------------------------------------------------------------------

FALSE = [
    ("1.5", "output_error", "σ′ left out"),
    ("1.4", "output_error_of_neuron", "σ′ left out"),
    ("1.7", "hidden_error", "w not transposed"),
    ("1.7", "hidden_error", "σ′ left out"),
    ("1.6", "hidden_error_of_neuron", "one term instead of the sum"),
    ("1.6", "hidden_error_of_neuron", "σ′ left out"),
    ("1.9", "weight_gradient", "δ and a the wrong way round"),
    ("1.3.2a", "softmax_jacobian", "the diagonal alone"),
    ("1.3.2a", "softmax_jacobian", "the sign turned round"),
    ("1.4.4b", "cross_entropy_gradient", "the sign turned round"),
]


@pytest.mark.parametrize(("label", "name", "form"), FALSE)
def test_a_wrong_form_that_was_refused_is_false(label, name, form, monkeypatch):
    """What it says, number for number, is not what the package computes; the right one says it."""
    oracle, case = proved(label), next(claim(label).cases(np.random.default_rng(0)))
    given = claim(label).implementation(*case)
    assert oracle.error(given, oracle.expected(*case)) <= oracle.bound
    right = rocq.theorem(name)
    wrong = dataclasses.replace(right, statement=changed(right.statement, WRONG[name][form]))
    assert wrong.formulas != right.formulas
    monkeypatch.setattr(oracles, "theorem", lambda n: wrong if n == name else rocq.theorem(n))
    assert oracle.error(given, oracle.expected(*case)) > 0.01


def test_the_algorithm_in_rocq_is_that_of_the_theorems():
    """Its two branches are the right sides of (1.5) and (1.7), put one into the other."""
    algorithm = " ".join(rocq.sentence("error").split())
    (last,) = rocq.theorem("output_error").formulas
    (hidden,) = rocq.theorem("hidden_error").formulas
    assert last.replace("C a", "C (map_mx σ z)") in algorithm
    below = "error above σ' (w *m map_mx σ z + b)"
    assert hidden.replace("*m δ", f"*m {below}") in algorithm


# ---- the kernel --------------------------------------------------------------------------------


@pytest.mark.seldom
@pytest.mark.skipif(not shutil.which("coqc"), reason="Rocq is not installed")
def test_the_kernel_finds_what_is_recorded(script):
    found = script["check"]()
    assert {**found, "versions": None} == {**core.record(), "versions": None}


@pytest.mark.seldom
@pytest.mark.skipif(not shutil.which("coqc"), reason="Rocq is not installed")
def test_a_statement_that_is_right_is_not_refused(script):
    with tempfile.TemporaryDirectory() as folder:
        assert not script["refuses"](
            Path(folder), "calculus", "chain_rule", rocq.sentence("chain_rule")
        )


def test_without_rocq_the_script_says_what_to_install(script, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(SystemExit, match=re.escape("apt-get install coq libcoq-mathcomp-analysis")):
        script["check"]()
