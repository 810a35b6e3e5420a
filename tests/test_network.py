"""Backpropagation through whole networks, against PyTorch and central differences."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional

from chainrule import device
from chainrule.activations import ReLU, Sigmoid, Softmax, Tanh
from chainrule.arrays import to_numpy
from chainrule.convolution import Conv2d, Flatten
from chainrule.losses import MSE, CrossEntropy
from chainrule.network import Linear, Network, error_norm_bounds, initial_std
from chainrule.optimizers import Adam
from chainrule.oracles import central_difference, relative_error

ACTIVATIONS = {"sigmoid": Sigmoid(), "tanh": Tanh(), "relu": ReLU(), "softmax": Softmax()}
LOSSES = {"mse": MSE(), "cross-entropy": CrossEntropy()}
TORCH_ACTIVATIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "softmax": lambda z: torch.softmax(z, -1),
}
TORCH_LOSSES = {"mse": functional.mse_loss, "cross-entropy": functional.cross_entropy}


@st.composite
def problems(draw):
    """Draw a network of 1 to 6 layers, its activations' names, a loss's name, and a batch."""
    depth = draw(st.integers(1, 6))
    widths = draw(st.lists(st.integers(1, 5), min_size=depth + 1, max_size=depth + 1))
    names = draw(st.lists(st.sampled_from(sorted(ACTIVATIONS)), min_size=depth, max_size=depth))
    loss = draw(st.sampled_from(sorted(LOSSES)))
    samples = draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    layers = []
    for n_in, n_out, name in zip(widths[:-1], widths[1:], names, strict=True):
        layers += [Linear(n_in, n_out, rng=rng), ACTIVATIONS[name]]
        layers[-2].bias[:] = rng.standard_normal(n_out)
    x = rng.standard_normal((samples, widths[0]))
    if loss == "mse":
        y = rng.standard_normal((samples, widths[-1]))
    else:
        y = rng.integers(0, widths[-1], samples)
    return Network(layers), names, loss, x, y


def torch_gradients(arrays, names, loss, x, y):
    """Give autograd's gradients of the parameters and of the weighted inputs z."""
    parameters = [torch.tensor(array, requires_grad=True) for array in arrays]
    a, zs = torch.as_tensor(x), []
    for weight, bias, name in zip(parameters[::2], parameters[1::2], names, strict=True):
        zs.append(functional.linear(a, weight, bias))
        a = TORCH_ACTIVATIONS[name](zs[-1])
    cost = TORCH_LOSSES[loss](a, torch.as_tensor(y))
    gradients = torch.autograd.grad(cost, [*parameters, *zs])
    return list(gradients[: len(parameters)]), list(gradients[len(parameters) :])


def backpropagated(net, loss, x, y, deltas=False):
    trace = net.forward(x)
    return net.backward(trace, LOSSES[loss].gradient(trace.output, y), deltas=deltas)


@settings(max_examples=100, deadline=None)
@given(problems())
def test_gradients_equal_those_of_autograd(problem):
    net, names, loss, x, y = problem
    found = backpropagated(net, loss, x, y, deltas=True)
    parameters, deltas = torch_gradients(net.parameters, names, loss, x, y)
    assert relative_error(found.parameters, parameters) < 1e-10
    assert relative_error(found.deltas, deltas) < 1e-10


@settings(max_examples=50, deadline=None)
@given(problems())
def test_gradients_of_a_torch_network_equal_those_of_autograd(problem):
    net, names, loss, x, y = problem
    on_torch = device.to(net, "cpu")
    found = backpropagated(on_torch, loss, *device.to((x, y), "cpu"), deltas=True)
    assert all(isinstance(g, torch.Tensor) for g in [*found.parameters, *found.deltas])
    parameters, deltas = torch_gradients(net.parameters, names, loss, x, y)
    assert relative_error(found.parameters, parameters) < 1e-10
    assert relative_error(found.deltas, deltas) < 1e-10


@settings(max_examples=40, deadline=None)
@given(problems())
def test_gradients_equal_central_differences(problem):
    net, _, loss, x, y = problem
    trace = net.forward(x)
    # a difference across the kink of a ReLU is the slope of neither side: such networks are left
    # out here, and judged by autograd above
    for layer, z in zip(net.layers, trace.inputs, strict=True):
        assume(not isinstance(layer, ReLU) or np.abs(z).min() > 1e-4)
    found = backpropagated(net, loss, x, y).parameters
    for old, gradient in zip(net.parameters, found, strict=True):

        def cost(new, old=old):
            changed = net.map(lambda p: new if p is old else p)
            return LOSSES[loss](changed(x), y)

        assert relative_error(gradient, central_difference(cost, old)) < 1e-6


def small_network(first=Linear, **options):
    rng = np.random.default_rng(0)
    return Network([first(3, 4, rng=rng, **options), Tanh(), Linear(4, 2, rng=rng, **options)])


def test_forward_keeps_what_every_layer_was_applied_to():
    net, x = small_network(), np.random.default_rng(1).standard_normal((5, 3))
    trace = net.forward(x)
    assert len(trace.inputs) == 3
    a = x
    for layer, kept in zip(net.layers, trace.inputs, strict=True):
        np.testing.assert_array_equal(kept, a)
        a = layer(a)
    np.testing.assert_array_equal(trace.output, a)
    np.testing.assert_array_equal(net(x), a)


def test_deltas_come_only_when_asked_for():
    assert backpropagated(small_network(), "mse", np.ones((1, 3)), np.ones((1, 2))).deltas is None


class Unasked(Linear):
    def vjp(self, x, upstream):
        raise AssertionError("nobody needs ∂C/∂x of the first layer")


class UnaskedReLU(ReLU):
    def vjp(self, x, upstream):
        raise AssertionError("nobody needs ∂C/∂x below the first parameters")


def test_vjp_of_the_first_layer_is_never_called():
    net, plain = small_network(first=Unasked), small_network()
    x, y = np.ones((2, 3)), np.ones((2, 2))
    found, expected = (backpropagated(n, "mse", x, y, deltas=True) for n in (net, plain))
    assert relative_error(found.parameters, expected.parameters) == 0
    assert relative_error(found.deltas, expected.deltas) == 0


def test_nothing_below_the_first_parameters_is_differentiated():
    linear = Linear(3, 2, rng=np.random.default_rng(0))
    x, y = np.random.default_rng(1).standard_normal((2, 3)), np.ones((2, 2))
    found = backpropagated(Network([UnaskedReLU(), Tanh(), linear]), "mse", x, y, deltas=True)
    expected = backpropagated(Network([linear]), "mse", np.tanh(np.maximum(x, 0)), y, deltas=True)
    assert relative_error(found.parameters, expected.parameters) < 1e-15
    assert relative_error(found.deltas, expected.deltas) < 1e-15


class Identity:
    """A layer that says that it has no parameters."""

    parameters = None

    def __call__(self, x):
        return x

    def vjp(self, x, upstream):
        return upstream


def test_a_layer_may_have_none_for_parameters():
    linear = Linear(3, 1, rng=np.random.default_rng(0))
    net, x = Network([Identity(), linear, Identity()]), np.ones((2, 3))
    found = net.backward(net.forward(x), np.ones((2, 1))).parameters
    np.testing.assert_array_equal(found[0], [[2.0, 2.0, 2.0]])
    np.testing.assert_array_equal(found[1], [2.0])


def test_network_without_parameters_has_no_gradients():
    net = Network([UnaskedReLU()])
    assert net.parameters == []
    found = backpropagated(net, "mse", np.ones((2, 3)), np.zeros((2, 3)), deltas=True)
    assert found.parameters == []
    assert found.deltas == []


def test_map_leaves_the_original_alone():
    net = small_network()
    before = [p.copy() for p in net.parameters]
    doubled = net.map(lambda p: 2 * p)
    doubled.parameters[0][:] = 7
    for parameter, old in zip(net.parameters, before, strict=True):
        np.testing.assert_array_equal(parameter, old)
    for parameter, old in zip(doubled.parameters[1:], before[1:], strict=True):
        np.testing.assert_array_equal(parameter, 2 * old)
    assert all(a is b for a, b in zip(net.layers[1::2], doubled.layers[1::2], strict=True))


def test_torch_copy_shares_nothing():
    net = small_network()
    device.to(net, "cpu").parameters[0][:] = 7
    assert not (net.parameters[0] == 7).any()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_runs_through(dtype):
    net = small_network(dtype=dtype)
    trace = net.forward(np.ones((2, 3), dtype))
    found = net.backward(trace, np.ones((2, 2), dtype), deltas=True)
    arrays = [*net.parameters, *trace.inputs, trace.output, *found.parameters, *found.deltas]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


@pytest.mark.parametrize(("init", "variance"), [("he", 2 / 200), ("xavier", 2 / (200 + 400))])
def test_weights_start_with_the_variance_promised(init, variance):
    layer = Linear(200, 400, rng=np.random.default_rng(0), init=init)
    n = layer.weight.size
    assert initial_std(200, 400, init) ** 2 == pytest.approx(variance, rel=1e-14)
    # within four standard errors of the mean and of the variance of n normal numbers
    assert abs(layer.weight.mean()) < 4 * np.sqrt(variance / n)
    assert abs(layer.weight.var() / variance - 1) < 4 * np.sqrt(2 / n)
    np.testing.assert_array_equal(layer.bias, np.zeros(400))


def test_same_seed_same_weights():
    first, second = small_network(), small_network()
    for a, b in zip(first.parameters, second.parameters, strict=True):
        np.testing.assert_array_equal(a, b)
    rng = np.random.default_rng(0)
    assert not np.array_equal(Linear(3, 4, rng=rng).weight, Linear(3, 4, rng=rng).weight)


def test_each_sample_has_its_own_row():
    net, x = small_network(), np.random.default_rng(1).standard_normal((5, 3))
    one_by_one = np.concatenate([to_numpy(net(row[None, :])) for row in x])
    assert relative_error(net(x), one_by_one) < 1e-15


def test_names_say_the_shape():
    assert repr(small_network()) == "Network([Linear(3, 4), Tanh(), Linear(4, 2)])"


def test_a_trace_of_lists_holds_arrays():
    net = Network([Linear(2, 3, rng=np.random.default_rng(0))])
    trace = net.forward([[1, 2], [3, 4]])
    np.testing.assert_array_equal(trace.inputs[0], [[1.0, 2.0], [3.0, 4.0]])
    assert trace.inputs[0].dtype == np.float64


# ---- a parameter that stands in several places ---------------------------------------------------


class TorchTwin(torch.nn.Module):
    """The network below in PyTorch, with the same arrays in the same places."""

    def __init__(self, parameters):
        super().__init__()
        self.held = torch.nn.ParameterList(torch.tensor(p) for p in parameters)

    def forward(self, x):
        shared, b, kernels, c, wide, d = self.held
        x = torch.tanh(functional.conv2d(x, kernels, c, padding=1))
        x = torch.tanh(functional.conv2d(x, kernels, c, padding=1)).flatten(1)
        x = functional.linear(x, wide, d)
        x = torch.tanh(functional.linear(torch.tanh(functional.linear(x, shared, b)), shared, b))
        return functional.linear(x, shared, d)


def sharing_network():
    """Give a network in which layers, a weight and a bias stand in several places."""
    rng = np.random.default_rng(0)
    given = {"rng": rng, "dtype": "float64"}
    kernels = Conv2d(2, 2, 3, padding=1, **given)
    wide, square, last = Linear(18, 3, **given), Linear(3, 3, **given), Linear(3, 3, **given)
    for layer in (kernels, wide, square):
        layer.bias[:] = rng.standard_normal(layer.bias.shape)
    last.weight, last.bias = square.weight, wide.bias
    layers = [kernels, Tanh(), kernels, Tanh(), Flatten(), wide]
    return Network([*layers, square, Tanh(), square, Tanh(), last])


def in_torchs_order(parameters):
    """Give the parameters of the network in the order of its twin's."""
    kernels, c, wide, d, shared, b = parameters
    return [shared, b, kernels, c, wide, d]


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_what_stands_twice_has_one_gradient_that_of_autograd(library):
    net, x = sharing_network(), np.random.default_rng(1).standard_normal((4, 2, 3, 3))
    assert len({id(p) for p in net.parameters}) == len(net.parameters) == 6
    twin = TorchTwin(in_torchs_order(net.parameters))
    if library == "torch":
        net, x = device.to((net, x), "cpu")
    trace = net.forward(x)
    expected = twin(torch.as_tensor(x))
    assert relative_error(to_numpy(trace.output), expected.detach().numpy()) < 1e-14
    upstream = torch.tensor(np.random.default_rng(2).standard_normal((4, 3)))
    expected.backward(upstream)
    found = net.backward(trace, upstream if library == "torch" else upstream.numpy(), deltas=True)
    assert len(found.deltas) == 6  # one for each place
    for gradient, p in zip(in_torchs_order(found.parameters), twin.held, strict=True):
        assert relative_error(to_numpy(gradient), p.grad.numpy()) < 1e-13


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_what_stands_twice_is_remembered_once_and_learns_as_pytorchs_does(library):
    net, rng = sharing_network(), np.random.default_rng(1)
    twin = TorchTwin(in_torchs_order(net.parameters))
    if library == "torch":
        net = device.to(net, "cpu")
    ours, theirs = Adam(lr=0.01), torch.optim.Adam(twin.parameters(), lr=0.01)
    for _ in range(5):
        x, y = rng.standard_normal((4, 2, 3, 3)), rng.standard_normal((4, 3))
        theirs.zero_grad()
        functional.mse_loss(twin(torch.tensor(x)), torch.tensor(y)).backward()
        theirs.step()
        if library == "torch":
            x, y = torch.tensor(x), torch.tensor(y)
        trace = net.forward(x)
        gradients = net.backward(trace, MSE().gradient(trace.output, y)).parameters
        ours.step(net.parameters, gradients)
    assert ours.state_bytes == 2 * sum(p.nbytes for p in net.parameters)
    for p, expected in zip(in_torchs_order(net.parameters), twin.held, strict=True):
        assert relative_error(to_numpy(p), expected.detach().numpy()) < 1e-10


def test_map_keeps_what_stands_twice_one():
    net, calls = sharing_network(), []

    def double(p):
        calls.append(p)
        return 2 * p

    doubled = net.map(double)
    assert len(calls) == len(doubled.parameters) == 6
    for parameter, old in zip(doubled.parameters, net.parameters, strict=True):
        np.testing.assert_array_equal(parameter, 2 * old)
    places = [[n.layers.index(layer) for layer in n.layers] for n in (net, doubled)]
    assert places[0] == places[1]
    assert doubled.layers[-1].weight is doubled.layers[6].weight
    assert doubled.layers[-1].bias is doubled.layers[5].bias


# ---- what is refused -----------------------------------------------------------------------------


class Forgetful(Linear):
    """A layer that gives one gradient for two parameters."""

    def parameter_vjp(self, x, upstream):
        return super().parameter_vjp(x, upstream)[:1]


def test_a_gradient_that_is_missing_is_noticed_where_parameters_stand_twice():
    square = Forgetful(3, 3, rng=np.random.default_rng(0))
    net, x = Network([square, square]), np.ones((2, 3), "float32")
    with pytest.raises(ValueError, match="shorter"):
        net.backward(net.forward(x), x)


def test_a_trace_of_another_network_is_refused():
    net, x = small_network(), np.ones((2, 3))
    trace = Network(net.layers[:2]).forward(x)
    with pytest.raises(ValueError, match=r"^trace: expected the inputs of 3 layers, got 2"):
        net.backward(trace, np.ones((2, 4)))


def test_bounds_name_what_does_not_fit():
    net = small_network()
    trace = net.forward(np.ones((1, 3)))
    with pytest.raises(ValueError, match=r"^upstream: expected shape \(1, 2\)"):
        error_norm_bounds(net, trace, np.ones((1, 3)))
    net = Network([*net.layers, Softmax()])
    with pytest.raises(TypeError, match=r"^network: expected elementwise activations, got Softmax"):
        error_norm_bounds(net, net.forward(np.ones((1, 3))), np.ones((1, 2)))


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
def test_bounds_are_the_same_for_tensors(dtype):
    net, x, upstream = small_network(), np.full((1, 3), 0.5), np.ones((1, 2))
    on_torch = device.to(net, "cpu", dtype)
    tensors = [torch.tensor(a).to(getattr(torch, dtype)) for a in (x, upstream)]
    found = error_norm_bounds(on_torch, on_torch.forward(tensors[0]), tensors[1])
    expected = error_norm_bounds(net, net.forward(x), upstream)
    assert relative_error(found, expected) < {"bfloat16": 2e-2}.get(dtype, 1e-6)


def test_lists_enter_a_torch_network():
    net = device.to(small_network(), "cpu")
    trace = net.forward([[1, 2, 3]])
    assert isinstance(trace.output, torch.Tensor)
    np.testing.assert_allclose(trace.output, net([[1, 2, 3]]))
