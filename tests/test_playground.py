"""The playground trains as the package does, and each of its mistakes is noticed."""

import json

import numpy as np
import pytest

from chainrule import training
from chainrule.activations import ReLU, Tanh
from chainrule.datasets import moons
from chainrule.losses import CrossEntropy
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD
from chainrule.playground import BREAKS, LOSSES, SCHEDULES, Playground, Setup, read, rules, schedule
from chainrule.playground.settings import ACTIVATIONS, OPTIMIZERS

OWN = "\n".join(f"{i % 5}, {i % 3}, {'red' if i % 2 else 'blue'}" for i in range(30))


def test_it_trains_as_fit_does():
    setup = {"layers": [[5, "Tanh"], [4, "ReLU"]], "optimizer": "SGD", "batch_size": 10, "seed": 3}
    play = Playground({**setup, "options": {"lr": 0.1, "momentum": 0.5}})
    state = play.step(40)
    x, y = moons(300, seed=3)
    rng = np.random.default_rng(3)
    sizes = [(2, 5), (5, 4), (4, 2)]
    first, second, last = (Linear(*size, rng=rng, init="xavier") for size in sizes)
    net = Network([first, Tanh(), second, ReLU(), last])
    optimizer = SGD(lr=0.1, momentum=0.5)
    options = {"epochs": 2, "batch_size": 10, "rng": rng, "progress": False}
    training.fit(net, CrossEntropy(), optimizer, x[:200], y[:200], **options)
    for ours, theirs in zip(play.training.network.parameters, net.parameters, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
    assert state["train_loss"] == pytest.approx(CrossEntropy()(net(x[:200]), y[:200]), rel=1e-5)
    assert state["validation_accuracy"] == np.mean(net(x[200:]).argmax(1) == y[200:])


CHOICES = [
    *({"optimizer": name} for name in OPTIMIZERS),
    *({"loss": name} for name in LOSSES),
    *({"layers": [[3, name], [32, "Tanh"]]} for name in ACTIVATIONS),
    *({"schedule": name, "over": 20} for name in SCHEDULES),
    *({"data": name} for name in ("moons", "circles", "spirals", "digits")),
    {"data": "own", "own": OWN},
    {"init": "he", "batch_size": 1, "seed": 2**32 - 1},
]


@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_every_choice_runs_and_is_told_in_json(choice):
    play = Playground(choice)
    begin, before = play.begin(), play.step(0)
    after, picture = play.step(30), play.boundary(size=5)
    json.dumps([begin, before, after, picture])
    assert before["step"] == 0
    assert after["step"] == 30
    assert after["train_loss"] != before["train_loss"]
    assert [len(row) for row in after["weights"]] == begin["sizes"][1:]
    assert len(after["norms"]) == len(begin["sizes"]) - 1
    if begin["columns"]:
        assert len(picture["shares"]) == len(begin["classes"]) - 1
        assert all(0 <= share <= 1000 for grid in picture["shares"] for share in grid)
        assert sum(len(part["x"]) for part in begin["points"]) == sum(begin["samples"])
    else:
        assert picture["of"] == begin["samples"][1]
        assert len(picture["images"]) <= picture["wrong"]


@pytest.mark.parametrize("name", BREAKS)
def test_a_mistake_changes_the_training_and_an_oracle_notices(name):
    optimizer = (BREAKS[name].only or ("Adam",))[0]
    play = Playground({"broken": name, "optimizer": optimizer})
    verdict = play.begin()["verdict"]
    assert verdict["label"] == BREAKS[name].label
    assert any(oracle["notices"] for oracle in verdict["oracles"])
    state = play.step(50)
    assert state["apart"] > 1e-9
    assert (
        state["right"]["train_loss"] == Playground({"optimizer": optimizer}).step(50)["train_loss"]
    )


def test_a_loss_that_is_no_number_stops_the_training():
    settings = {"optimizer": "SGD", "options": {"lr": 1e200}}
    state = Playground({**settings, "layers": [[4, "ReLU"]]}).step(100)
    assert state["stopped"].startswith("the loss became")
    assert state["step"] < 100


WRONG = [
    ({"own": "1, 2, red", "data": "own"}, "own: expected at least 10 lines of data, got 1"),
    (
        {"own": OWN + "\n1, b, red", "data": "own"},
        r"own: line 31: expected a finite number, got 'b'",
    ),
    ({"own": OWN + "\n1, 2", "data": "own"}, "own: line 31: expected two numbers and a class"),
    ({"own": OWN.replace("red", "blue"), "data": "own"}, "own: expected 2 to 10 classes, got 1"),
    ({"layers": []}, "layers: expected 1 to 4 hidden layers"),
    ({"layers": [[33, "Tanh"]]}, r"layers\[0\]: expected at most 32 neurons, got 33"),
    ({"layers": [[3, "Cosine"]]}, r"layers\[0\]: expected one of"),
    ({"options": {"speed": 3}}, "options: expected some of .*, got 'speed'"),
    ({"options": {"lr": -1}}, "lr"),
    ({"seed": -1}, "seed"),
    ({"broken": "eps-inside", "optimizer": "SGD"}, "expected the optimizer Adam or AdamW, got SGD"),
    ({"broken": "not-transposed", "layers": [[3, "Tanh"]]}, "expected two layers of the same size"),
]


@pytest.mark.parametrize(("setup", "said"), WRONG, ids=[said[:30] for _, said in WRONG])
def test_what_cannot_be_set_up_is_named(setup, said):
    with pytest.raises(ValueError, match=said):
        Playground(setup)


def test_own_data_are_read_with_names_and_other_marks():
    data = read("own", own="a; b; class\n" + OWN.replace(", ", ";"))
    assert data.columns == ["a", "b"]
    assert data.classes == ["blue", "red"]
    assert (len(data.train.y), len(data.validation.y)) == (20, 10)
    np.testing.assert_allclose(data.train.x.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(data.train.x.std(0), 1)


def test_a_schedule_ends_where_it_says():
    assert [schedule(name, 0, 80) for name in SCHEDULES] == [1.0, 1.0, 1.0, 0.1]
    ends = [schedule(name, 79, 80) for name in SCHEDULES]
    assert ends == [
        1.0,
        pytest.approx(0.09),
        pytest.approx(0.0106, abs=1e-4),
        pytest.approx(0, abs=1e-3),
    ]


def test_every_choice_has_its_rule_and_its_equation():
    found = {(rule.choice, rule.name) for rule in rules()}
    assert {("optimizer", name) for name in OPTIMIZERS} <= found
    assert {("activation", name) for name in ACTIVATIONS} <= found
    assert {("loss", name) for name in LOSSES} <= found
    assert {("broken", name) for name in BREAKS} <= found
    assert all(rule.labels and rule.source and rule.page for rule in rules())


def test_a_setup_is_made_by_keyword_and_has_the_defaults_of_the_page():
    assert Setup().optimizer == "Adam"
    assert Setup().layers == ((8, "Tanh"), (8, "Tanh"))


# what the page says that one will see
def after(steps, **setup):
    return Playground(setup).step(steps)


def test_the_three_experiments_of_the_page_go_as_it_says():
    for seed in range(3):
        assert after(1500, layers=[[1, "Tanh"]], seed=seed)["train_accuracy"] < 0.9
    assert after(1000, layers=[[4, "Tanh"]], seed=0)["train_accuracy"] > 0.95
    assert after(1500, layers=[[4, "Tanh"]], seed=1)["train_accuracy"] < 0.9
    assert after(3000, layers=[[4, "Tanh"]], seed=1)["train_accuracy"] > 0.95
    losses = {lr: after(1000, optimizer="SGD", options={"lr": lr}) for lr in (0.01, 0.1)}
    assert losses[0.01]["train_loss"] > 0.3
    assert losses[0.1]["train_loss"] < 0.05
    play = Playground({"optimizer": "SGD", "options": {"lr": 3.0}})
    path = [play.step(25)["train_loss"] for _ in range(40)]
    assert max(path[20:]) > 5 * min(path)
    broken = after(1000, broken="no-slope")
    assert broken["train_loss"] > 5 * broken["right"]["train_loss"]
