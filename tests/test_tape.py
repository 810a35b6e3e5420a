"""The tape: gradients along any graph, against autograd; what it refuses; forward mode."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.activations import GELU, Maxout, Sigmoid, Softmax, Tanh
from chainrule.convolution import MaxPool2d
from chainrule.ledger.tape.graphs import OPERATIONS, graph_cases, run, tape_gradients
from chainrule.losses import MSE, BinaryCrossEntropy, CrossEntropy, Huber
from chainrule.network import Linear, Network
from chainrule.oracles import autograd
from chainrule.tape import Dual, Node, apply, gradients, order


def draw(*shape, seed=0):
    return np.random.default_rng(seed).standard_normal(shape)


def value(nodes):
    return [node.value for node in nodes]


# ---- gradients ---------------------------------------------------------------------------------


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), length=st.integers(1, 30))
def test_gradients_of_a_random_graph_are_those_of_autograd(seed, length):
    rng = np.random.default_rng(seed)
    ((program, *leaves),) = graph_cases(rng, lengths=[length])
    expected = autograd(
        lambda *x: run(program, x, torch.tanh) + 0 * sum(a.sum() for a in x), leaves
    )
    for ours, theirs in zip(tape_gradients(program, *leaves), expected, strict=True):
        assert ours.shape == theirs.shape
        assert np.abs(ours - theirs).max() <= 1e-10 * max(1, np.abs(theirs).max())


def test_random_graphs_have_all_operations_and_use_values_twice():
    programs = [program for program, *_ in graph_cases(np.random.default_rng(0))]
    steps = [step for program in programs for step in program]
    assert {name for name, _, _ in steps} == {*OPERATIONS, "tanh"}
    used = [
        (k, place) for k, program in enumerate(programs) for _, *pair in program for place in pair
    ]
    assert len(set(used)) < len(used) / 1.5


@pytest.mark.parametrize(
    ("compute", "shapes"),
    [
        (lambda a: 2 - a, [(3,)]),
        (lambda a: 1 / (a * a + 1), [(2, 2)]),
        (lambda a: draw(2, 3) @ a, [(3, 2)]),
        (lambda a: draw(3) * a / 4.0, [(2, 3)]),
        (lambda a, b: (a - b).sum(1), [(2, 1), (3,)]),
        (lambda a, b: a / (b * b + 1), [(), (2, 2)]),
        (lambda a: a.sum(-1), [(2, 3, 4)]),
        (lambda a: -a.T, [(2, 3)]),
        (lambda a: (a * a).sum(), [()]),
    ],
)
def test_operators_on_arrays_numbers_and_nodes(compute, shapes):
    leaves = [draw(*shape, seed=k) for k, shape in enumerate(shapes)]
    nodes = [Node(leaf) for leaf in leaves]
    found = compute(*nodes)
    upstream = draw(*found.shape, seed=9)

    expected_value = compute(*leaves)
    np.testing.assert_allclose(found.value, expected_value, rtol=1e-14)
    for k, g in enumerate(gradients(found, nodes, upstream)):
        for place in np.ndindex(leaves[k].shape):
            step = np.zeros(leaves[k].shape)
            step[place] = 1e-6
            up, down = (
                compute(*(leaf + sign * step if i == k else leaf for i, leaf in enumerate(leaves)))
                for sign in (1, -1)
            )
            slope = np.sum((up - down) * upstream) / 2e-6
            assert g.value[place] == pytest.approx(slope, abs=1e-7)


def test_what_the_output_does_not_depend_on_has_the_gradient_0():
    x, y = Node(draw(2)), Node(draw(3, 2))
    (g,) = gradients((x * x).sum(), [y])
    assert np.array_equal(g.value, np.zeros((3, 2)))


def test_no_way_back_is_taken_to_what_is_not_asked_for():
    def refuse(g):
        raise AssertionError("nobody asked")

    x, y = Node(2.0), Node(3.0)
    z = Node(6.0, (x, lambda g: g * y), (y, refuse))
    assert float(gradients(z, [x])[0].value) == 3
    with pytest.raises(AssertionError, match="nobody asked"):
        gradients(z, [x, y])


def test_a_value_may_be_the_output_and_an_input():
    x = Node(2.0)
    y = x * x
    assert [float(g.value) for g in gradients(y * y, [y, x])] == [8, 32]
    assert float(gradients(y, [y])[0].value) == 1


@pytest.mark.parametrize("f", [Sigmoid(), Tanh(), GELU(), Softmax(), Maxout(2), MaxPool2d(2)])
def test_a_function_goes_back_by_its_own_vjp(f):
    x, seed = draw(2, 4, 4, 4), 5
    node = Node(x)
    output = apply(f, node)
    upstream = draw(*output.shape, seed=seed)
    assert np.array_equal(output.value, f(x))
    assert np.array_equal(gradients(output, [node], upstream)[0].value, f.vjp(x, upstream))


@pytest.mark.parametrize(
    ("loss", "target"),
    [
        (MSE(), draw(3, 4, seed=1)),
        (Huber(reduction="sum"), draw(3, 4, seed=1)),
        (CrossEntropy(reduction="none"), np.array([0, 3, 1])),
        (BinaryCrossEntropy(), np.ones((3, 4))),
    ],
)
def test_a_loss_goes_back_by_its_own_gradient(loss, target):
    x = draw(3, 4)
    node = Node(x)
    output = apply(loss, node, target)
    upstream = draw(*output.shape, seed=2)
    expected = loss.gradient(x, target, upstream=upstream)
    assert np.array_equal(gradients(output, [node], upstream)[0].value, expected)


def test_a_chain_gives_what_the_network_gives():
    rng = np.random.default_rng(0)
    net = Network([Linear(3, 4, rng=rng), Tanh(), Linear(4, 2, rng=rng)])
    x, y = draw(5, 3), np.array([0, 1, 1, 0, 1])
    w1, b1, w2, b2 = map(Node, net.parameters)
    cost = apply(CrossEntropy(), apply(Tanh(), x @ w1.T + b1) @ w2.T + b2, y)
    trace = net.forward(x)
    expected = net.backward(trace, CrossEntropy().gradient(trace.output, y)).parameters
    for ours, theirs in zip(gradients(cost, [w1, b1, w2, b2]), expected, strict=True):
        np.testing.assert_allclose(ours.value, theirs, rtol=1e-13, atol=1e-15)


def test_a_deep_graph_does_not_exhaust_the_stack():
    x = node = Node(1.0)
    for _ in range(20_000):
        node = node * 1.0 + x
    assert len(order(node)) == 60_001
    assert float(gradients(node, [x])[0].value) == 20_001


def test_tensors_stay_tensors():
    x = Node(torch.tensor([1.0, 2.0]))
    (g,) = gradients((x * 3 + 1 - x / 2).sum(), [x])
    assert isinstance(g.value, torch.Tensor)
    assert g.value.tolist() == [2.5, 2.5]


# ---- twice -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_a_second_derivative_is_that_of_autograd(seed):
    x = draw(3, 3, seed=seed)
    node = Node(x)

    def cost(a):
        return (a @ a * a).sum() / ((a * a).sum() + 1)

    v = draw(3, 3, seed=seed + 50)
    (first,) = gradients(cost(node), [node])
    (second,) = gradients((first * v).sum(), [node])
    tensor = torch.tensor(x, requires_grad=True)
    (slope,) = torch.autograd.grad(cost(tensor), tensor, create_graph=True)
    (expected,) = torch.autograd.grad((slope * torch.tensor(v)).sum(), tensor)
    np.testing.assert_allclose(second.value, expected.numpy(), rtol=1e-11, atol=1e-12)


def test_the_slope_of_a_function_is_not_differentiated():
    x = Node(0.5)
    (slope,) = gradients(apply(Tanh(), x) * x, [x])
    with pytest.raises(NotImplementedError, match=r"Tanh\(\): its slope"):
        gradients(slope, [x])


# ---- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: Node("x"), TypeError, "value: "),
        (lambda: Node(draw(2)) + draw(3), ValueError, r"other: .*\(2,\), got \(3,\)"),
        (lambda: Node(draw(2)) * "a", TypeError, "other: "),
        (lambda: Node(draw(2)) + torch.ones(2), TypeError, "other: "),
        (lambda: Node(draw(2)) + Node(torch.ones(2)), TypeError, "other: "),
        (lambda: Node(draw(2, 3)) @ draw(2, 3), ValueError, "@: expected matrices"),
        (lambda: Node(draw(2, 3)) @ draw(3), ValueError, "@: expected matrices"),
        (lambda: Node(draw(2)).T, ValueError, "T: expected a matrix"),
        (lambda: Node(draw(2, 3)).sum(2), ValueError, "axis: "),
        (lambda: gradients(Node(draw(2)), []), ValueError, "output: expected a single number"),
        (lambda: gradients(3.0, []), TypeError, "output: expected a Node, got float"),
        (lambda: gradients(Node(3.0), [2.0]), TypeError, "inputs: expected a Node, got float"),
        (lambda: gradients(Node(draw(2)), [], draw(3)), ValueError, "upstream: "),
        (lambda: apply(np.tanh, Node(1.0)), TypeError, "function: expected one with a vjp"),
        (lambda: Dual(draw(2), draw(3)), ValueError, "tangent: "),
    ],
)
def test_what_does_not_fit_is_named(act, error, message):
    with pytest.raises(error, match=f"^{message}"):
        act()


# ---- forward mode ------------------------------------------------------------------------------


def test_tangents_are_the_derivatives_in_their_direction():
    arrays = draw(3, 4), draw(4, 2, seed=1), draw(3, 2, seed=2)
    directions = tuple(draw(*a.shape, seed=k + 7) for k, a in enumerate(arrays))

    def compute(a, b, c, tanh):
        return tanh(a @ b) * c + c

    duals = map(Dual, arrays, directions)
    found = compute(*duals, lambda z: z.through(Tanh()))
    value, tangent = torch.autograd.functional.jvp(
        lambda *t: compute(*t, torch.tanh),
        tuple(map(torch.tensor, arrays)),
        tuple(map(torch.tensor, directions)),
    )
    np.testing.assert_allclose(found.value, value.numpy(), rtol=1e-13)
    np.testing.assert_allclose(found.tangent, tangent.numpy(), rtol=1e-12)


def test_reverse_and_forward_mode_are_adjoint():
    x, v, u = draw(3, 3), draw(3, 3, seed=1), draw(3, 3, seed=2)
    node = Node(x)
    (back,) = gradients(apply(Tanh(), node @ node) * node, [node], u)
    dual = Dual(x, v)
    ahead = (dual @ dual).through(Tanh()) * dual
    assert np.sum(back.value * v) == pytest.approx(np.sum(u * ahead.tangent), rel=1e-12)
