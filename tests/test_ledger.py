"""The ledger: every claim holds, and every oracle of it would notice if it did not."""

import argparse
import dataclasses
import importlib.util
import inspect
import sys

import numpy as np
import pytest
import torch

from chainrule import __main__, ledger
from chainrule.device import accelerator
from chainrule.ledger import claim, claims, confirm, core, expect, verify, verify_on
from chainrule.ledger.about import about
from chainrule.ledger.core import Claim, Finding, Oracle
from chainrule.precision import FORMATS, unit_roundoff

pytestmark = pytest.mark.slow

CLAIMS = claims()
each_claim = pytest.mark.parametrize("claim", CLAIMS, ids=[c.label for c in CLAIMS])
each_oracle = pytest.mark.parametrize(
    ("claim", "oracle"),
    [pytest.param(c, o, id=f"{c.label}-{o.name}") for c in CLAIMS for o in c.oracles],
)


def asked(claim, oracle, implementation):
    """Give what one oracle of a claim finds."""
    alone = dataclasses.replace(claim, oracles=(oracle,), implementation=implementation)
    (finding,) = verify(alone).findings
    return finding


def without(monkeypatch, *libraries):
    """Hide libraries from the ledger."""
    found = importlib.util.find_spec
    monkeypatch.setattr(core, "find_spec", lambda n: None if n in libraries else found(n))


@each_claim
def test_claim_holds(claim):
    verdict = verify(claim.label)
    assert [f.status for f in verdict.findings] == ["holds"] * len(claim.oracles)
    assert verdict.status == "holds"
    assert verdict.error == max(f.error for f in verdict.findings)


DEVICES = sorted({"cpu", accelerator()})


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16"])
@each_claim
def test_claim_holds_on_a_device(claim, dtype, device):
    if device not in ("cpu", accelerator(dtype)):
        pytest.skip(f"{device} has no {dtype}")
    assert verify_on(claim, device, dtype).status == "holds"


def test_fewer_bits_show():
    """In float32 the bounds see every wrong formula, in bfloat16 all but a few."""
    assert verify_on("1.7", "cpu", "bfloat16").error > 1e-3
    unseen = {}
    for dtype in ("float32", "bfloat16"):
        unseen[dtype] = {
            c.label
            for c in CLAIMS
            if verify(
                c,
                implementation=c.saboteur,
                slack=c.roundoffs * unit_roundoff(FORMATS[dtype]),
            ).status
            == "holds"
        }
    assert unseen["float32"] == set()
    assert len(unseen["bfloat16"]) == 10


def test_claims_of_plain_numbers_are_allowed_no_more_with_fewer_bits():
    counts = verify_on("1.5.3a", "cpu", "bfloat16")
    assert [f.oracle.bound for f in counts.findings] == [o.bound for o in claim("1.5.3a").oracles]


def test_a_dtype_must_be_known():
    with pytest.raises(ValueError, match="dtype: expected one of"):
        verify_on("1.7", "cpu", "int8")


@each_oracle
def test_oracle_rejects_the_saboteur(claim, oracle):
    assert asked(claim, oracle, claim.saboteur).status == "fails"


@each_oracle
def test_oracle_rejects_one_nan_among_right_answers(claim, oracle):
    """In the last case that it can judge the implementation gives NaN."""
    last = [c for c in claim.cases(np.random.default_rng(0)) if oracle.applies(*c)][-1]

    def implementation(*case):
        value = claim.implementation(*case)
        if not all(_equal(a, b) for a, b in zip(case, last, strict=True)):
            return value
        if isinstance(value, list):
            return [v * np.nan for v in value]
        return value * np.nan

    assert asked(claim, oracle, implementation).status == "fails"


def _equal(a, b):
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(_equal(*pair) for pair in zip(a, b, strict=True))
    return np.array_equal(a, b)


@each_claim
def test_claim_has_independent_oracles(claim):
    assert len(claim.oracles) >= 2
    assert len({oracle.name for oracle in claim.oracles}) == len(claim.oracles)
    assert any(oracle.needs != "torch" for oracle in claim.oracles)
    for oracle in claim.oracles:
        assert importlib.util.find_spec(oracle.needs or "numpy"), oracle.needs
        assert 0 < oracle.bound <= 1e-2


@each_claim
def test_claim_says_what_it_is_about(claim):
    for text in (claim.title, claim.page, claim.code, claim.mistake):
        assert text.strip() == text != ""


@each_claim
def test_cases_are_the_same_every_time(claim):
    first, second = (list(claim.cases(np.random.default_rng(0))) for _ in range(2))
    assert len(first) > 0
    assert _equal(first, second)


def code_named(name):
    """Give the code object of a function, a method (its own or inherited), or a layer's call."""
    module, *names = name.split(".")
    thing = importlib.import_module(f"chainrule.{module}")
    for part in names:
        thing = getattr(thing, part)
    thing = thing.__call__ if isinstance(thing, type) else thing
    return inspect.unwrap(getattr(thing, "__func__", thing)).__code__


def entered(function, *case):
    """Give the code objects of all Python functions that are called on the way."""
    seen = set()
    sys.setprofile(lambda frame, event, _: seen.add(frame.f_code) if event == "call" else None)
    try:
        function(*case)
    finally:
        sys.setprofile(None)
    return seen


@each_claim
def test_code_is_what_the_claim_runs(claim):
    cases = claim.cases(np.random.default_rng(0))
    code = code_named(claim.code)
    assert any(code in entered(claim.implementation, *case) for case in cases)


def test_labels_are_unique():
    labels = [c.label for c in CLAIMS]
    assert len(set(labels)) == len(labels)
    assert [claim(label) for label in labels] == CLAIMS


# ---- how verdicts are made ---------------------------------------------------------------------


def doubling(*oracles, implementation=lambda x: 2 * x):
    """Make a claim about doubling, with oracles of one's choice."""

    def cases(rng):
        yield from ((np.array([n, 2.0 * n]),) for n in (1.0, 2.0, 3.0))

    return Claim(
        label="0",
        title="doubling",
        code="",
        implementation=implementation,
        cases=cases,
        oracles=oracles,
        saboteur=lambda x: 3 * x,
        mistake="tripled",
    )


RIGHT = Oracle("addition", lambda x: x + x, 1e-15)
WRONG = Oracle("a wrong oracle", lambda x: x, 1e-15)
ABSENT = Oracle("somebody absent", lambda x: 1 / 0, 1e-15, needs="no_such_library")


@pytest.mark.parametrize(
    ("oracles", "statuses", "verdict"),
    [
        ([RIGHT], ["holds"], "holds"),
        ([RIGHT, RIGHT], ["holds", "holds"], "holds"),
        ([RIGHT, WRONG], ["holds", "fails"], "fails"),
        ([RIGHT, ABSENT], ["holds", "skipped"], "skipped"),
        ([ABSENT], ["skipped"], "skipped"),
        ([ABSENT, WRONG], ["skipped", "fails"], "fails"),
    ],
)
def test_verdict_is_that_of_the_worst_oracle(oracles, statuses, verdict):
    found = verify(doubling(*oracles))
    assert [finding.status for finding in found.findings] == statuses
    assert found.status == verdict
    assert repr(found) == f"{core.MARKS[verdict]} (0) doubling: {verdict}"
    assert found.summary().count("\n") == len(oracles)


def test_error_is_the_largest_over_cases_and_oracles():
    found = verify(doubling(RIGHT, WRONG))
    assert [finding.error for finding in found.findings] == [0.0, 1.0]
    assert found.error == 1.0
    assert verify(doubling(ABSENT)).error is None


@pytest.mark.parametrize(
    "thing", [RIGHT, doubling(RIGHT), Finding(RIGHT, 0.0), verify(doubling(RIGHT))]
)
def test_what_was_found_is_not_changed_afterwards(thing):
    for name in vars(thing):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(thing, name, None)


def test_bound_itself_passes():
    assert Finding(RIGHT, 1e-15).status == "holds"
    assert Finding(RIGHT, 1.1e-15).status == "fails"
    assert Finding(RIGHT, float("nan")).status == "fails"
    assert Finding(RIGHT, float("inf")).status == "fails"


def test_oracle_is_asked_only_where_it_applies():
    picky = dataclasses.replace(WRONG, applies=lambda x: x[0] == 2.0, expected=lambda x: x + 2)
    assert verify(doubling(picky)).findings[0].error == 1 / 3


def test_oracle_that_judges_nothing_is_refused():
    with pytest.raises(ValueError, match="addition can judge no case"):
        verify(doubling(dataclasses.replace(RIGHT, applies=lambda x: False)))


def test_another_implementation_can_be_checked():
    assert verify(doubling(RIGHT), implementation=lambda x: 3 * x).status == "fails"
    assert verify("1.3", implementation=claim("1.3").saboteur).status == "fails"


@pytest.mark.parametrize("make", [tuple, list, lambda parts: [tuple(parts)]])
def test_arrays_are_converted_in_any_nest_and_numbers_are_not(make):
    """A number of NumPy's has no axis; what comes back is an array for the oracle, even then."""
    seen, judged = [], []

    def error(given, expected):
        judged.append(given)
        return 0.0

    def implementation(nest):
        (flat,) = nest if isinstance(nest[0], tuple) else (nest,)
        seen.append([type(part) for part in flat])
        return nest, torch.tensor(1.0), [torch.ones(2)]

    parts = [np.ones(2), np.ones((2, 2)), np.float64(3.0), 4]
    found = doubling(Oracle("one", lambda nest: None, 1.0, error=error))
    found = dataclasses.replace(
        found, implementation=implementation, cases=lambda rng: iter([(make(parts),)])
    )
    assert verify(found, convert=torch.as_tensor).status == "holds"
    assert seen == [[torch.Tensor, torch.Tensor, np.float64, int]]
    ((nest, number, ones),) = judged
    assert type(nest) is type(make(parts))
    assert isinstance(number, np.ndarray)
    assert [type(one) for one in ones] == [np.ndarray]


def test_convert_reaches_every_array():
    seen = []

    def implementation(x):
        seen.append(type(x))
        return 2 * x

    assert verify(doubling(RIGHT, implementation=implementation), convert=torch.as_tensor)
    assert seen == [torch.Tensor] * 3


@each_claim
def test_missing_library_is_skipped_and_not_held(claim, monkeypatch):
    without(monkeypatch, "torch", "sympy")
    verdict = verify(claim.label)
    needed = [finding.oracle.needs for finding in verdict.findings]
    assert [f.status for f in verdict.findings] == ["skipped" if n else "holds" for n in needed]
    assert verdict.status == ("skipped" if any(needed) else "holds")
    for library in {oracle.needs for oracle in claim.oracles} - {""}:
        assert f"skipped, {library} is not installed" in verdict.summary()


def test_failure_counts_more_than_what_was_skipped(monkeypatch):
    without(monkeypatch, "torch")
    assert verify("1.7", implementation=claim("1.7").saboteur).status == "fails"


def test_confirm_shows_and_stops(monkeypatch, capsys):
    confirm("1.1", "1.7")
    shown = capsys.readouterr().out
    assert shown == verify("1.1").summary() + "\n" + verify("1.7").summary() + "\n"
    sabotage(monkeypatch, "1.7")
    with pytest.raises(AssertionError, match=r"✗ \(1\.7\)"):
        confirm("1.1", "1.7")


def test_expect_shows_and_stops(capsys):
    expect("two is even", True)
    assert capsys.readouterr().out == "✓ two is even\n"
    with pytest.raises(AssertionError, match="✗ two is odd"):
        expect("two is odd", False)


# ---- python -m chainrule verify ----------------------------------------------------------------


def sabotage(monkeypatch, label):
    """Put the wrong form instead of an implementation."""
    broken = [
        dataclasses.replace(c, implementation=c.saboteur) if c.label == label else c for c in CLAIMS
    ]
    for module in (ledger, __main__):
        monkeypatch.setattr(module, "claims", lambda: broken)


def test_every_word_of_a_command_is_explained(monkeypatch, capsys):
    parsers = []
    monkeypatch.setattr(argparse.ArgumentParser, "parse_args", lambda self, _: parsers.append(self))
    with pytest.raises(AttributeError):
        __main__.main([])
    (commands,) = [a for a in parsers[0]._actions if isinstance(a, argparse._SubParsersAction)]
    assert [(c.dest, bool(c.help)) for c in commands._choices_actions] == [
        ("verify", True),
        ("exercises", True),
        ("grade", True),
        ("judge", True),
    ]
    for name, usage in (
        ("verify", "[WORD ...]"),
        ("exercises", "[--limit S] [--variant N] [FILE ...]"),
    ):
        command = commands.choices[name]
        assert usage in " ".join(command.format_usage().split())
        assert all(action.help for action in command._actions)


def test_verify_prints_what_every_oracle_found(capsys):
    assert __main__.main(["verify", "1.7"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split(maxsplit=2) == ["✓", "(1.7)", "the error of a hidden layer"]
    for line, oracle in zip(lines[1:-1], claim("1.7").oracles, strict=True):
        assert line.split()[0] == "✓"
        assert oracle.name in line
        assert f"bound {oracle.bound:.0e}" in line
    assert lines[-1] == "1 holds"


def test_verify_without_labels_takes_all(capsys):
    assert __main__.main(["verify"]) == 0
    out = capsys.readouterr().out
    for c in CLAIMS:
        assert f"✓ ({c.label}) " in out
    assert out.endswith(f"\n{len(CLAIMS)} holds\n")


def labels_of(*words):
    return [c.label for c in about(words, CLAIMS)]


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        (["1.21"], ["1.21"]),
        (["adam"], ["1.2.5a", "1.2.5b", "1.2.5c", "1.2.5d", "1.2.5e", "1.5.6a"]),
        (["LEAKYRELU", "relu"], ["1.19", "1.3.4a", "1.20", "1.3.5a"]),
        (["races", "1.7", "1.7"], ["1.7", "1.2.6a"]),
        (["all-reduce"], ["3.2b", "3.2c", "3.2d"]),
    ],
)
def test_words_ask_for_claims_in_the_order_of_the_book(words, labels):
    assert labels_of(*words) == labels


def test_a_page_and_a_module_ask_for_their_claims():
    losses = {c.label for c in CLAIMS if c.page.endswith("/losses")}
    assert losses | {"1.32", "1.4.8a"} <= set(labels_of("losses"))
    assert set(labels_of("optimizers")) >= {
        c.label for c in CLAIMS if c.code.startswith("optimizers.")
    }
    assert labels_of("data-parallel") == labels_of("data_parallel") != []


@pytest.mark.parametrize("word", ["cross-entropy", "CrossEntropy", "cross entropy", "crossentropy"])
def test_a_word_is_found_however_it_is_written(word):
    assert {"1.28", "1.4.4a", "1.29"} <= set(labels_of(word)) < set(labels_of("losses", "proofs"))


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("CrosEntropy", "cross-entropy"),
        ("tripplet", "triplet"),
        ("1.2.5", "1.2.5g"),
        ("", None),
        ("-", None),
        ("qqq", None),
    ],
)
def test_a_word_about_no_claim_is_refused_with_words_like_it(word, near):
    with pytest.raises(ValueError, match=f"no claim is about '{word}'") as caught:
        labels_of("adam", word)
    assert ("did you mean" in str(caught.value)) == (near is not None)
    assert near is None or near in str(caught.value)


def test_verify_takes_words(capsys):
    assert __main__.main(["verify", "Tanh", "1.7"]) == 0
    heads = [line for line in capsys.readouterr().out.splitlines() if line.startswith("✓")]
    assert [head.split()[1] for head in heads] == ["(1.7)", "(1.18)", "(1.3.3a)", "(1.3.7b)"]


def test_verify_on_a_device_and_with_fewer_bits(capsys):
    assert __main__.main(["verify", "1.7", "--device", "cpu"]) == 0
    exact = capsys.readouterr().out
    assert __main__.main(["verify", "1.7", "--dtype", "bfloat16"]) == 0
    assert "bound 6e-02" in capsys.readouterr().out
    assert "bound 6e-02" not in exact


@pytest.mark.parametrize("device", ["foo", "meta:x", "cuda:99"])
def test_a_device_that_is_not_there_exits_with_2(device, capsys):
    with pytest.raises(SystemExit) as caught:
        __main__.main(["verify", "1.7", "--device", device])
    assert caught.value.code == 2
    assert f"--device: cannot compute on {device!r}" in capsys.readouterr().err


def test_failure_exits_with_1(monkeypatch, capsys):
    sabotage(monkeypatch, "1.7")
    without(monkeypatch, "sympy")
    assert __main__.main(["verify", "1.1", "1.7", "1.8"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line[:7] for line in lines if line[:1] in "✓✗–"] == ["✓ (1.1)", "✗ (1.7)", "– (1.8)"]
    assert lines[-1] == "1 holds, 1 fails, 1 skipped"


def test_skipped_exits_with_2(monkeypatch, capsys):
    without(monkeypatch, "torch")
    assert __main__.main(["verify", "1.1", "1.7"]) == 2
    out = capsys.readouterr().out
    assert "skipped: torch is not installed" in out
    assert out.endswith("\n2 skipped\n")


def test_numbers_that_it_does_not_know_exit_with_2(capsys):
    with pytest.raises(SystemExit) as caught:
        __main__.main(["verify", "1.7", "--dtype", "float16"])
    assert caught.value.code == 2
    assert "--dtype: invalid choice: 'float16'" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["verify", "9.9"], ["verify", "1.7", "x"], ["prove"], []])
def test_what_is_not_understood_exits_with_2(words, capsys):
    with pytest.raises(SystemExit) as caught:
        __main__.main(words)
    assert caught.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "usage: python -m chainrule" in shown.err
    if words[:1] == ["verify"]:
        assert f"no claim is about '{words[-1]}'" in shown.err
