"""What readers bring: what is right is told so, and of what is wrong, what helps its author."""

import functools
import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

from chainrule import activations, convolution, losses, optimizers
from chainrule.__main__ import main
from chainrule.exercises import EXERCISES
from chainrule.judging import SUBJECTS, Judgement, judge, listing, subject

SOURCES = runpy.run_path(str(Path(__file__).with_name("judged.py")))["SOURCES"]
NAMES = [one.name for one in SUBJECTS]
each_name = pytest.mark.parametrize("name", NAMES)
FORMS = [
    pytest.param(one.name, part.gradient, form, message, id=f"{part.claim.label}: {message}")
    for one in SUBJECTS
    for part in one.parts
    for form, message in part.wrong
]


def book(name):
    """Give the package's own, and its gradient where that is a function by itself."""
    own = {
        **dict.fromkeys(("Momentum", "Nesterov"), optimizers.SGD),
        "max_pool2d": convolution.MaxPool2d,
        "avg_pool2d": convolution.AvgPool2d,
        "clip_norm": optimizers.clip_norm,
    }
    modules = (optimizers, activations, losses, convolution)
    found = own.get(name) or next(getattr(m, name) for m in modules if hasattr(m, name))
    return {"theirs": found} | ({"gradient": convolution.conv2d_vjp} if name == "conv2d" else {})


def student(name, old="", new=""):
    """Give what a student wrote, with a text in it replaced."""
    source = SOURCES[name][0]
    assert old in source
    given = {"np": np}
    exec(source.replace(old, new), given)
    found = {"theirs": given.get("step") or given["value"]}
    return found | ({"gradient": given["gradient"]} if "gradient" in given else {})


@each_name
def test_the_books_own_is_right(name):
    found = judge(name=name, **book(name))
    assert found.right, found
    assert not found.notes
    assert len(found.verdicts) == len(subject(name).parts)


@each_name
def test_a_students_own_is_right(name):
    found = judge(name=name, **student(name))
    assert found.right, found


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        pytest.param(name, *texts, id=f"{name}: {texts[0]} → {texts[1]}")
        for name, (_, *mutations) in SOURCES.items()
        for texts in mutations
    ],
)
def test_a_mistake_in_it_is_refused(name, old, new):
    found = judge(name=name, **student(name, old, new))
    assert found.right is False, found
    assert all(found.messages)


def test_every_name_has_three_mistakes_written_out():
    assert set(SOURCES) == set(NAMES)
    assert all(len(mutations) >= 3 for _, *mutations in SOURCES.values())


@pytest.mark.parametrize(("name", "gradient", "form", "message"), FORMS)
def test_a_known_wrong_form_is_named(name, gradient, form, message):
    given = book(name) | {"gradient": form} if gradient else {"theirs": form}
    found = judge(name=name, **given)
    assert found.right is False
    assert message in found.messages


@pytest.mark.parametrize(
    ("mistake", "told"),
    [pytest.param(*each, id=each[1]) for each in EXERCISES["adam-steps"].mistakes],
)
@pytest.mark.parametrize("name", ["Adam", "AdamW"])
def test_what_the_exercise_knows_is_named(name, mistake, told):
    """The exercise's mistakes are functions of all gradients, so every step does them all again."""

    def step(w, g, state, lr, betas=None, eps=1e-8):
        seen, start = state or ([], w)
        seen = [*seen, g]
        return start + mistake(np.array(seen), lr), (seen, start)

    found = judge(step, name)
    assert found.right is False
    assert told in found.messages


def torch_tensor(array):
    import torch

    return torch.tensor(array)


def of_torch(name):
    """Give PyTorch's, and what it is asked with."""
    import torch

    functional = torch.nn.functional
    own = {
        **dict.fromkeys(("Momentum", "Nesterov"), torch.optim.SGD),
        "RMSProp": torch.optim.RMSprop,
        "AdaMax": torch.optim.Adamax,
        "Nadam": torch.optim.NAdam,
        "Sigmoid": torch.sigmoid,
        "Tanh": torch.nn.Tanh,
        "Swish": lambda x, beta=1.0: x * torch.sigmoid(beta * x),
        "Softmax": torch.nn.Softmax,
        "Maxout": lambda z, pieces: z.unflatten(-1, (-1, pieces)).max(-1).values,
        "MSE": torch.nn.MSELoss,
        "MAE": functional.l1_loss,
        "Huber": torch.nn.HuberLoss,
        "CrossEntropy": torch.nn.CrossEntropyLoss,
        "BinaryCrossEntropy": functional.binary_cross_entropy_with_logits,
        "im2col": functional.unfold,
        "col2im": functional.fold,
        "LeakyReLU": functional.leaky_relu,
    }
    modules = (torch.optim, torch.nn, functional)
    return own.get(name) or next(getattr(m, name) for m in modules if hasattr(m, name))


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("Dice", "Tversky", "clip_norm")])
def test_pytorchs_own_is_right(name, monkeypatch):
    torch = pytest.importorskip("torch")
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)  # NAdam keeps a product of this dtype
    try:
        found = judge(of_torch(name), name, tensor=torch_tensor)
    finally:
        torch.set_default_dtype(before)
    assert found.right, found
    assert not found.notes
    assert len(found.verdicts) == len(subject(name).parts)


def test_what_a_float32_inside_costs_is_told():
    torch = pytest.importorskip("torch")
    told = "; if it keeps some numbers in float32, that is why"
    (message,) = judge(torch.optim.NAdam, "Nadam", tensor=torch.tensor).messages
    assert message.endswith(told)
    (message,) = judge(lambda x: 1.01 * torch.tanh(x), "Tanh", tensor=torch_tensor).messages[:1]
    assert told not in message


def test_float32_is_held_to_what_it_can_keep():
    def tanh(x):
        return np.tanh(x.astype(np.float32))

    found = judge(tanh, "Tanh")
    assert found.right
    assert any("float32" in note for note in found.notes)
    assert judge(lambda x: np.tanh(x.astype(np.float32)) * 1.001, "Tanh").right is False


def test_numbers_of_fewer_bits_are_not_judged():
    found = judge(lambda x: np.maximum(x.astype(np.float16), 0), "ReLU")
    assert found.right is None
    told = "left out, for its numbers are float16: float32 is the least that is judged"
    assert found.notes[told] == ["(1.19)"]


@pytest.mark.parametrize("shape", [(1,), (1, 1)])
def test_one_number_may_have_brackets(shape):
    assert judge(lambda p, y: np.reshape(np.mean((p - y) ** 2), shape), "MSE").right
    (message,) = judge(lambda p, y: np.reshape(1.1 * np.mean((p - y) ** 2), shape), "MSE").messages
    assert "expected" in message


# ---- conventions ---------------------------------------------------------------------------------


class OfParameters:
    """Adam as PyTorch has it."""

    def __init__(self, params, lr, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.params, self.lr, self.betas, self.eps = list(params), lr, (beta1, beta2), epsilon
        self.state, self.t = [(0.0, 0.0)] * len(self.params), 0

    def moved(self, i, g):
        (m, v), (b1, b2) = self.state[i], self.betas
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        self.state[i] = m, v
        root = np.sqrt(v / (1 - b2**self.t)) + self.eps
        return self.lr * m / (1 - b1**self.t) / root

    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            p.data = p.data - self.moved(i, p.grad)


class WithGradients(OfParameters):
    """The same, with a step that takes the gradients."""

    def step(self, grads):
        self.t += 1
        for i, (p, g) in enumerate(zip(self.params, grads, strict=True)):
            p -= self.moved(i, g)


class WithBoth(OfParameters):
    """The same, with a step that takes parameters and gradients and gives new parameters."""

    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__([0, 0], lr, beta1, beta2, epsilon)

    def step(self, params, grads):
        self.t += 1
        moved = [self.moved(i, g) for i, g in enumerate(grads)]
        return [p - d for p, d in zip(params, moved, strict=True)]


def halved(x, k, stride=2):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // k, k, w // k, k).max((3, 5))


def covering(x, k, stride=2):
    h, w = ((size - k) // stride + 1 for size in x.shape[2:])
    y = np.empty((*x.shape[:2], h, w))
    for u, v in np.ndindex(h, w):
        y[:, :, u, v] = x[:, :, u * stride :, v * stride :][:, :, :k, :k].mean((2, 3))
    return y


def shared(x, delta, k, stride=2, *, adds=True):
    dx = np.zeros(x.shape)
    for u, v in np.ndindex(delta.shape[2:]):
        place = dx[:, :, u * stride :, v * stride :][:, :, :k, :k]
        place[...] = adds * place + delta[:, :, u, v, None, None] / k**2
    return dx


def test_pooling_without_padding_is_asked_more_than_halves():
    assert judge(halved, "max_pool2d").right is False
    assert judge(covering, "avg_pool2d", gradient=shared).right
    assert not judge(covering, "avg_pool2d", gradient=functools.partial(shared, adds=False)).right


def test_pooling_without_a_stride_has_that_of_its_kernel():
    torch = pytest.importorskip("torch")
    pool = torch.nn.functional.max_pool2d
    assert judge(lambda x, k: pool(x, k), "max_pool2d", tensor=torch_tensor).right
    assert judge(lambda x, k: pool(x, k, 1), "max_pool2d", tensor=torch_tensor).right is False
    assert judge(lambda x, k: pool(x, k, 2), "max_pool2d", tensor=torch_tensor).messages[:1] == [
        "the stride stays 2: by itself, it is the size of the window"
    ]


def test_a_convolution_without_padding_has_kernels_of_any_shape():
    def cut(x, w, b, stride=1):
        k = min(w.shape[2:])
        return convolution.conv2d(x, w[:, :, :k, :k], b, stride=stride)

    def whole(x, w, b, stride=1):
        return convolution.conv2d(x, w, b, stride=stride)

    assert judge(whole, "conv2d").right
    assert judge(cut, "conv2d").right is False


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_softmax_takes_large_logits(dtype):
    def plain(x):
        e = np.exp(x.astype(dtype))
        return e / e.sum(1, keepdims=True)

    def less(x):
        return plain(x - x.max(1, keepdims=True))

    def less_the_largest_of_all(x):
        return plain(x - x.max())

    assert judge(less, "Softmax").right
    assert judge(less_the_largest_of_all, "Softmax").messages == [
        "the largest of the whole batch is subtracted: subtract that of each row"
    ]
    assert judge(plain, "Softmax").messages == [
        "e to the power of a large logit overflows: subtract the largest first"
    ]


def sigma(z):
    return 1 / (1 + np.exp(-z))


def less_the_mean(x):
    e = np.exp(x - x.mean(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def tanh_of_exponentials(x):
    return (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))


@pytest.mark.parametrize(
    ("name", "value", "gradient"),
    [
        ("Tanh", tanh_of_exponentials, None),
        ("Tanh", lambda x: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1), None),
        ("Tanh", np.tanh, lambda x: 1 - tanh_of_exponentials(x) ** 2),
        ("Swish", lambda x, beta=1.0: x * np.exp(beta * x) / (1 + np.exp(beta * x)), None),
        (
            "Swish",
            activations.Swish,
            lambda x, beta=1.0: (
                np.exp(beta * x) * (1 + beta * x + np.exp(beta * x)) / (1 + np.exp(beta * x)) ** 2
            ),
        ),
        ("ELU", lambda x, alpha=1.0: (x > 0) * x + (x <= 0) * alpha * (np.exp(x) - 1), None),
        ("ELU", activations.ELU, lambda x, alpha=1.0: (x > 0) + (x <= 0) * alpha * np.exp(x)),
        (
            "GELU",
            activations.GELU(),
            lambda x: activations.GELU().derivative(x) + 0 * np.exp(x),
        ),
        ("Sigmoid", lambda x: np.exp(x) / (1 + np.exp(x)), None),
        ("Sigmoid", sigma, lambda x: np.exp(-x) / (1 + np.exp(-x)) ** 2),
        ("BinaryCrossEntropy", lambda z, y: -np.mean(np.log(sigma(np.where(y, z, -z)))), None),
        ("BinaryCrossEntropy", lambda z, y: np.mean(np.log1p(np.exp(z)) - y * z), None),
        (
            "BinaryCrossEntropy",
            losses.BinaryCrossEntropy(),
            lambda z, y: (np.exp(z) / (1 + np.exp(z)) - y) / z.size,
        ),
        ("Softmax", less_the_mean, None),
        (
            "CrossEntropy",
            losses.CrossEntropy(),
            lambda z, t: (less_the_mean(z) - np.eye(z.shape[1])[t]) / len(t),
        ),
    ],
)
def test_what_large_numbers_break_is_wrong(name, value, gradient):
    assert judge(value, name, gradient=gradient).right is False


@pytest.mark.parametrize(
    ("name", "value", "gradient"),
    [
        (
            "Sigmoid",
            lambda x: np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))),
            None,
        ),
        ("Tanh", np.tanh, lambda x: 1 / np.cosh(x) ** 2),
        ("Swish", lambda x, beta=1.0: x / (1 + np.exp(-beta * x)), None),
        (
            "ELU",
            lambda x, alpha=1.0: np.where(x > 0, x, alpha * (np.exp(x) - 1)),
            lambda x, alpha=1.0: np.where(x > 0, 1.0, alpha * np.exp(x)),
        ),
    ],
)
def test_what_overflows_only_on_the_way_is_right(name, value, gradient):
    found = judge(value, name, gradient=gradient)
    assert found.right, found


@pytest.mark.parametrize("kind", [OfParameters, WithGradients, WithBoth])
def test_an_optimizer_has_one_of_these_forms(kind):
    found = judge(kind, "Adam")
    assert found.right, found
    assert [v.claim.label for v in found.verdicts] == ["1.2.5c"]
    assert found.notes == {
        "left out, for it has no weight_decay": ["3 of 11 cases of (1.2.5c)"],
        "left out, for it has no amsgrad": ["4 of 4 cases of (1.2.5d)"],
    }


class FirstAlone(OfParameters):
    """Adam that returns inside its loop."""

    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            p.data = p.data - self.moved(i, p.grad)
            return


class FirstGradient(OfParameters):
    """Adam that gives every parameter the gradient of the first."""

    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            p.data = p.data - self.moved(i, self.params[0].grad)


@pytest.mark.parametrize(
    ("kind", "told"),
    [(FirstAlone, "only the first parameter moves"), (FirstGradient, "the gradient of the first")],
)
def test_every_parameter_of_an_optimizer_counts(kind, told):
    (message,) = judge(kind, "Adam").messages
    assert told in message


class Keeping:
    """Momentum whose velocity begins as the array of the gradient."""

    def __init__(self, params, lr, momentum):
        self.params, self.lr, self.mu, self.b = params, lr, momentum, [None] * len(params)

    def step(self):
        for i, p in enumerate(self.params):
            if self.b[i] is None:
                self.b[i] = self.first(p.grad)
            else:
                self.b[i] *= self.mu
                self.b[i] += p.grad
            p.data -= self.lr * self.b[i]

    def first(self, grad):
        return grad


class Copying(Keeping):
    """The same with a copy."""

    def first(self, grad):
        return grad.copy()


def test_a_gradient_is_written_again_at_each_step():
    assert judge(Copying, "Momentum").right
    found = judge(Keeping, "Momentum")
    assert found.right is False
    assert found.messages == [
        "b is the array of p.grad itself, which every step writes again: copy it"
    ]


OPTION_NAMES = {  # those of the page's table
    "lr": ("lr", "learning_rate"),
    "betas": ("betas", "beta1, beta2"),
    "eps": ("eps", "epsilon"),
    "momentum": ("momentum", "mu"),
    "alpha": ("alpha", "rho", "beta", "decay"),
}


@pytest.mark.parametrize(
    ("name", "option", "own"),
    [
        pytest.param(one.name, option, own, id=f"{one.name}: {own}")
        for one in SUBJECTS
        if "lr" in one.options
        for option, names in OPTION_NAMES.items()
        if option in one.options
        for own in names
    ],
)
@pytest.mark.parametrize("alone", [False, True])
def test_an_option_goes_by_each_of_its_names(name, option, own, alone):
    options = subject(name).options
    taken = ["lr", option] if alone else list(options)
    words = [own if key == option else key for key in options if key in taken]
    passed = {key: key if key in taken else repr(one.default) for key, one in options.items()}
    passed[option] = f"({own})"
    source = f"""
class Own:
    def __init__(self, {", ".join(words)}):
        self.held = kind({", ".join(f"{key}={value}" for key, value in passed.items())})
    def step(self, parameters, gradients):
        self.held.step(parameters, gradients)
"""
    made = {"kind": book(name)["theirs"]}
    exec(source, made)
    found = judge(made["Own"], name)
    assert not found.messages, found
    assert alone or found.right
    assert alone or not found.notes


@each_name
def test_no_name_serves_two_options(name):
    options = subject(name).options
    own = [*options, *(own for option in options.values() for own in option.names)]
    assert len(own) == len(set(own))


class Value:
    """A number of a framework that differentiates by itself."""

    def __init__(self, data):
        self.data, self.grad = np.asarray(data), None

    def backward(self, upstream):
        self.source.grad = upstream.data * self.slope


def wrapped_tanh(x):
    y = Value(np.tanh(x.data))
    y.source, y.slope = x, 1 - y.data**2
    return y


def test_a_framework_of_ones_own_has_its_tensors():
    assert judge(wrapped_tanh, "Tanh", tensor=Value).right
    found = judge(wrapped_tanh, "Sigmoid", tensor=Value)
    assert found.messages[0] == "that is tanh, which goes from −1 to 1"


class Cached:
    """A layer that remembers what came in."""

    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, upstream):
        return upstream * (1 - np.tanh(self.x) ** 2)


class Taking(Cached):
    """One that takes it again."""

    def backward(self, x, upstream):
        return upstream * (1 - np.tanh(x) ** 2)


class LossWithout:
    """A loss whose backward takes nothing."""

    def __call__(self, p, y):
        self.e = p - y
        return np.mean(self.e**2)

    def backward(self):
        return 2 * self.e / self.e.size


@pytest.mark.parametrize(
    ("what", "name"),
    [
        (Cached, "Tanh"),
        (Cached(), "Tanh"),
        (Taking, "Tanh"),
        (LossWithout, "MSE"),
        (LossWithout(), "MSE"),
    ],
)
def test_a_layer_has_one_of_these_forms(what, name):
    found = judge(what, name)
    assert found.right, found
    assert len(found.verdicts) == 2


def test_a_gradient_may_take_the_upstream():
    assert judge(np.tanh, "Tanh", gradient=lambda x, u: u * (1 - np.tanh(x) ** 2)).right


class Forgetful(Cached):
    """A layer that forgets its upstream."""

    def backward(self, upstream):
        return super().backward(np.ones_like(upstream))


class InPlace(Cached):
    """One that writes into its upstream."""

    def backward(self, upstream):
        upstream *= 1 - np.tanh(self.x) ** 2
        return upstream


class Careless(LossWithout):
    """A loss whose backward takes an upstream and forgets it."""

    def backward(self, upstream):
        return super().backward()


class Careful(LossWithout):
    """One that does not."""

    def backward(self, upstream):
        return upstream * super().backward()


class ForgetfulValue(Value):
    """A tensor whose backward forgets its upstream."""

    def backward(self, upstream):
        self.source.grad = self.slope


def forgetful_tanh(x):
    y = ForgetfulValue(np.tanh(x.data))
    y.source, y.slope = x, 1 - y.data**2
    return y


class Vjp:
    def __call__(self, x):
        return np.maximum(x, 0)

    def vjp(self, x, upstream):
        return (x > 0).astype(int)


@pytest.mark.parametrize(
    ("what", "name", "how"),
    [
        (Forgetful, "Tanh", {}),
        (Vjp, "ReLU", {}),
        (Careless, "MSE", {}),
        (np.tanh, "Tanh", {"gradient": lambda x, upstream: 1 - np.tanh(x) ** 2}),
        (forgetful_tanh, "Tanh", {"tensor": ForgetfulValue}),
    ],
)
def test_an_upstream_that_is_taken_plays_a_part(what, name, how):
    assert judge(what, name, **how).messages == ["the upstream plays no part: multiply by it"]


@pytest.mark.parametrize(("what", "name"), [(InPlace, "Tanh"), (Careful, "MSE")])
def test_an_upstream_may_be_used_in_these_ways(what, name):
    assert judge(what, name).right


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_upstream_costs_no_rounding(dtype):
    def slope(x, upstream):
        return (upstream.astype(dtype) * (1 - np.tanh(x.astype(dtype)) ** 2)).astype(dtype)

    found = judge(lambda x: np.tanh(x.astype(dtype)), "Tanh", gradient=slope)
    assert found.right, found
    assert bool(found.notes) == (dtype == np.float32)


def test_targets_may_be_rows():
    def entropy(z, y):
        z = z - z.max(1, keepdims=True)
        return np.mean((y * (np.log(np.exp(z).sum(1, keepdims=True)) - z)).sum(1))

    found = judge(entropy, "CrossEntropy")
    assert found.right, found
    assert len(found.verdicts) == 2


def log_softmax(z):
    z = z - z.max(1, keepdims=True)
    return z - np.log(np.exp(z).sum(1, keepdims=True))


def of_rows(z, y):
    return -(y * log_softmax(z)).sum(1).mean()


def slope_of_rows(z, y):
    return (np.exp(log_softmax(z)) - y) / len(z)


class OfRows:
    """A cross-entropy of rows, whose gradient is a method."""

    def __call__(self, z, y):
        return of_rows(z, y)

    def gradient(self, z, y):
        return slope_of_rows(z, y)


class BackOfRows:
    """One with a pass forwards and one back."""

    def forward(self, z, y):
        self.given = z, y
        return of_rows(z, y)

    def backward(self):
        return slope_of_rows(*self.given)


def torch_rows(z, y):
    return -(y * z.log_softmax(1)).sum(1).mean()


def torch_turned(z, y):
    return -(y.T * z.log_softmax(1).T).sum(0).mean()


@pytest.mark.parametrize(
    ("what", "how"),
    [
        (of_rows, {"gradient": slope_of_rows}),
        (OfRows, {}),
        (OfRows(), {}),
        (BackOfRows, {}),
        (torch_rows, {"tensor": torch_tensor}),
        (torch_turned, {"tensor": torch_tensor}),  # of classes it makes something without a word
    ],
)
def test_a_loss_of_rows_with_its_gradient_is_right(what, how):
    if how.get("tensor"):
        pytest.importorskip("torch")
    found = judge(what, "CrossEntropy", **how)
    assert found.right, found
    assert [v.claim.label for v in found.verdicts] == ["1.28", "1.4.4c", "1.4.4b"]


def test_rows_of_probabilities_are_asked_where_rows_are_taken():
    def entropy(z, y):
        return -log_softmax(z)[np.arange(len(z)), y.argmax(1)].mean()

    def either(z, y):
        return entropy(z, np.eye(z.shape[1])[y] if y.ndim == 1 else y)

    assert judge(entropy, "CrossEntropy").right is False
    assert judge(either, "CrossEntropy").right is False


def test_where_classes_are_taken_alone_it_is_said():
    def entropy(z, t):
        return -log_softmax(z)[np.arange(len(t)), t].mean()

    def naive(z, t):
        return -np.log(np.exp(z) / np.exp(z).sum(1, keepdims=True))[np.arange(len(t)), t].mean()

    found = judge(entropy, "CrossEntropy")
    why = "left out, for it takes no probabilities as targets"
    assert found.right
    assert found.notes[why] == ["2 of 4 cases of (1.28)"]
    assert why in judge(naive, "CrossEntropy").notes
    assert why not in judge(lambda z, t: 1 / 0, "CrossEntropy").notes


def test_what_takes_one_number_for_both_directions_is_told_so():
    found = judge(name="conv2d", **student("conv2d"))
    assert set(found.notes) == {
        "left out, for it takes one number for both directions",
        "left out, for it has no groups",
    }


# ---- what else comes in --------------------------------------------------------------------------


class NoStep:
    def __init__(self, lr):
        pass


def changes(x):
    x[x < 0] = 0
    return x


def prints(x):
    sys.stdout.write("here I am")
    return np.tanh(x)


@pytest.mark.parametrize(
    ("theirs", "name", "told"),
    [
        (lambda x: 1 / 0, "Tanh", "raised ZeroDivisionError: division by zero"),
        (lambda x: None, "Tanh", "returns nothing"),
        (lambda x: x[:2], "Tanh", "expected a result of shape (32,), got (2,)"),
        (lambda x: x * np.nan, "Tanh", "got nan"),
        (lambda x: "tanh", "Tanh", "expected numbers, got 'tanh'"),
        (lambda x: x > 0, "ReLU", "got array([ True, False"),
        (lambda x: x > 0, "ReLU", "True and False are none, but (x > 0) * 1.0 gives them"),
        (lambda x: exit(3), "Tanh", "raised SystemExit: 3"),
        (lambda: 1, "Tanh", "takes 0 positional arguments"),
        (lambda x: 1 / (1 + np.exp(-30 * x)), "Sigmoid", "of which NumPy only warns"),
        (changes, "ReLU", "it changes its argument x; work on a copy"),
        (NoStep, "Adam", "the class has no method step"),
        (lambda w, g, state, lr: None, "SGD", "expected w and the state, got None"),
        (3, "Adam", "expected a class or a function, got an object of type int"),
        (lambda x, w, b: x, "conv2d", "expected a result of shape"),
        (
            lambda gradients, most: gradients[0],
            "clip_norm",
            "expected a result of shape (10,), got (6,)",
        ),
    ],
)
def test_a_fault_is_told(theirs, name, told):
    found = judge(theirs, name)
    assert not found.right
    assert any(told in message for message in found.messages), found


@pytest.mark.parametrize(
    ("theirs", "name"),
    [
        (lambda x: np.tanh(x) * (1 + 5e-14), "Tanh"),
        (lambda x, w, b, **how: convolution.conv2d(x, w, b, **how) * (1 + 2e-14), "conv2d"),
        (lambda w, g, state, lr: (w - lr * g * (1 + 3e-11), 0), "SGD"),
    ],
)
def test_what_is_more_than_rounding_is_told(theirs, name):
    found = judge(theirs, name)
    assert found.right is False
    assert found.messages


def test_a_tensor_that_cannot_be_made_is_told():
    def tensor(array):
        raise OSError("no memory")

    assert any(
        "OSError: no memory" in told for told in judge(np.tanh, "Tanh", tensor=tensor).messages
    )


def test_what_it_prints_is_dropped(capsys):
    assert judge(prints, "Tanh").right
    assert not capsys.readouterr().out


def test_the_keyboard_gets_through():
    def stop(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        judge(stop, "Tanh")


def test_the_first_wrong_number_is_shown_with_the_call_that_gave_it():
    def nearly(x):
        return np.where(x > 9, 2.0, np.tanh(x))

    (message,) = judge(nearly, "Tanh").messages
    found = re.fullmatch(r"nearly\((.*)\): expected 1.0, got 2.0", message)
    assert float(found[1]) > 9


def test_the_first_wrong_step_is_shown():
    def late(w, g, state, lr):
        t = (state or 0) + 1
        return w - lr * g * (1 if t < 3 else 2), t

    (message,) = judge(late, "SGD").messages
    assert "w after step 3: expected" in message


def test_an_unknown_name_is_refused_with_a_hint():
    with pytest.raises(ValueError, match="name: nothing is judged as 'Adm'; did you mean Adam"):
        judge(np.tanh, "Adm")


def test_what_can_be_judged_is_listed():
    lines = "\n".join(listing())
    assert all(f"\n{name} " in f"\n{lines}" for name in NAMES)


# ---- the command ---------------------------------------------------------------------------------

RIGHT = """
import numpy as np
from beside import identity

def tanh(x):
    return np.tanh(identity(x))

def slope(x):
    return 1 - np.tanh(x) ** 2

if __name__ == "__main__":
    raise SystemExit("not asked to")
"""


@pytest.fixture
def run(tmp_path, capsys):
    (tmp_path / "beside.py").write_text("def identity(x): return x\n", encoding="utf-8")

    def run(source, *words):
        (tmp_path / "theirs.py").write_text(source, encoding="utf-8")
        try:
            code = main(["judge", str(tmp_path / "theirs.py"), *words])
        except SystemExit as stopped:
            code = stopped.code
        return code, "".join(capsys.readouterr())

    return run


@pytest.mark.parametrize(
    ("source", "words", "code", "told"),
    [
        (RIGHT, ["--as", "Tanh"], 0, "✓ Tanh is right"),
        (RIGHT, ["--as", "tanh", "--gradient", "slope"], 0, "✓ (1.3.3a)"),
        (RIGHT, ["--as", "Tanh", "--name", "slope"], 1, "✗ Tanh is wrong"),
        (RIGHT.replace("np.tanh(id", "np.sin(id"), ["--as", "Tanh"], 1, "tanh(0.12573): expected"),
        (RIGHT, ["--as", "Tanh", "--name", "tan"], 2, "did you mean --name tanh?"),
        (RIGHT, ["--as", "Adam"], 2, "defines no Adam; it defines np, identity, tanh, slope"),
        (RIGHT, ["--as", "Tahn"], 2, "did you mean Tanh"),
        (RIGHT, [], 2, "--as: say as what it is judged"),
        ("def tanh(x:", ["--as", "Tanh"], 2, "SyntaxError"),
        ("x = 1\nx / 0", ["--as", "Tanh"], 2, "line 2: ZeroDivisionError: division by zero"),
        ("raise SystemExit(0)", ["--as", "Tanh"], 2, "SystemExit: 0"),
        ("def adam(w, g, state): return w, 1", ["--as", "Adam"], 2, "could not be asked"),
    ],
)
def test_the_command_exits_with_what_it_found(run, source, words, code, told):
    found, printed = run(source, *words)
    assert found == code
    assert told in printed


@pytest.mark.parametrize(
    ("name", "told"), [("none.py", "no such file"), ("own.txt", "expected a Python file")]
)
def test_the_command_asks_for_a_python_file(tmp_path, capsys, name, told):
    (tmp_path / "own.txt").touch()
    with pytest.raises(SystemExit, match="2"):
        main(["judge", str(tmp_path / name), "--as", "Adam"])
    assert f"{name}: {told}" in capsys.readouterr().err


def test_the_command_lists_what_it_knows(capsys):
    assert main(["judge"]) == 0
    assert capsys.readouterr().out.splitlines() == listing()


def test_a_judgement_of_nothing_is_neither_right_nor_wrong():
    assert Judgement("Adam", [], [], {}).right is None


def test_a_partial_is_judged_too():
    assert judge(functools.partial(lambda base, x: np.tanh(x), 1), "Tanh").right
