"""What students write, in NumPy, and what they get wrong: each pair of texts makes it wrong."""

OPTIMIZER = """
def step(w, g, state, lr, {options}):
    memory, t = state or ([np.zeros_like(w) for _ in range(3)], 0)
    a, b, c = memory
    t = t + 1
    {rule}
    return w - lr * d, ([a, b, c], t)
"""


def optimizer(options, *rule):
    """Give the source of an optimizer whose rule gives its direction d, from g, a, b, c and t."""
    return OPTIMIZER.format(options=options, rule="\n    ".join(rule))


ADAM = (
    "a = b1 * a + (1 - b1) * g",
    "b = b2 * b + (1 - b2) * g**2",
    "m, v = a / (1 - b1**t), b / (1 - b2**t)",
    "d = m / (np.sqrt(v) + eps)",
)
ADAMS = (
    ("a / (1 - b1**t), b / (1 - b2**t)", "a, b"),
    ("np.sqrt(v) + eps", "np.sqrt(v + eps)"),
    ("w - lr", "w + lr"),
    ("t = t + 1", "t = 1"),
    ("(1 - b2) * g**2", "(1 - b2) * g"),
)
WINDOWS = """
def windows(x, k, stride, padding, dilation=1, outside=0.0):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=outside)
    s = dilation * (np.broadcast_to(k, 2) - 1) + 1
    view = np.lib.stride_tricks.sliding_window_view(x, s, (2, 3))
    return view[:, :, ::stride, ::stride, ::dilation, ::dilation]
"""
BACK = """
def back(shares, x, stride, padding):
    n, c, oh, ow, k, _ = shares.shape
    dx = np.zeros((n, c, x.shape[2] + 2 * padding, x.shape[3] + 2 * padding))
    for u in range(oh):
        for v in range(ow):
            dx[:, :, u * stride : u * stride + k, v * stride : v * stride + k] += shares[:, :, u, v]
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]
"""

SOURCES = {
    "SGD": (
        optimizer("momentum=0.0", "a = momentum * a + g if t > 1 else g", "d = a"),
        ("w - lr", "w + lr"),
        ("momentum * a + g", "momentum * a - g"),
        ("momentum * a + g", "momentum * a + (1 - momentum) * g"),
    ),
    "Momentum": (
        optimizer("momentum", "a = momentum * a + g if t > 1 else g", "d = a"),
        ("momentum * a + g", "momentum * (a + g)"),
        ("d = a", "d = g"),
        ("w - lr", "w + lr"),
    ),
    "Nesterov": (
        optimizer("momentum", "a = momentum * a + g if t > 1 else g", "d = g + momentum * a"),
        ("d = g + momentum * a", "d = a"),
        ("d = g + momentum * a", "d = g + a"),
        ("w - lr", "w + lr"),
    ),
    "Adagrad": (
        optimizer("eps=1e-10", "a = a + g**2", "d = g / (np.sqrt(a) + eps)"),
        ("a + g**2", "g**2"),
        ("np.sqrt(a)", "a"),
        ("np.sqrt(a) + eps", "np.sqrt(a + eps)"),
        ("w - lr", "w + lr"),
    ),
    "RMSProp": (
        optimizer("rho=0.99, eps=1e-8", "a = rho * a + (1 - rho) * g**2", "d = g/(np.sqrt(a)+eps)"),
        ("rho * a + (1 - rho)", "(1 - rho) * a + rho"),
        ("np.sqrt(a)+eps", "np.sqrt(a+eps)"),
        ("(1 - rho) * g**2", "g**2"),
        ("w - lr", "w + lr"),
    ),
    "Adam": (optimizer("b1=0.9, b2=0.999, eps=1e-8", *ADAM), *ADAMS),
    "AdamW": (
        optimizer("b1, b2, eps, weight_decay", *ADAM, "d = d + weight_decay * w"),
        *ADAMS,
        ("d + weight_decay * w", "d - weight_decay * w"),
    ),
    "AdaMax": (
        optimizer(
            "b1=0.9, b2=0.999, eps=1e-8",
            "a = b1 * a + (1 - b1) * g",
            "b = np.maximum(b2 * b, np.abs(g) + eps)",
            "d = a / (1 - b1**t) / b",
        ),
        ("a / (1 - b1**t)", "a"),
        ("b2 * b,", "b,"),
        ("np.abs(g)", "g"),
    ),
    "Nadam": (
        optimizer(
            "b1, b2, eps, momentum_decay",
            "mu, ahead = (b1 * (1 - 0.5 * 0.96 ** (i * momentum_decay)) for i in (t, t + 1))",
            "c = mu * (c if t > 1 else 1.0)",
            "a = b1 * a + (1 - b1) * g",
            "b = b2 * b + (1 - b2) * g**2",
            "m = ahead * a / (1 - c * ahead) + (1 - mu) * g / (1 - c)",
            "d = m / (np.sqrt(b / (1 - b2**t)) + eps)",
        ),
        ("(1 - mu) * g", "mu * g"),
        ("b / (1 - b2**t)", "b"),
        ("c = mu * (c if t > 1 else 1.0)", "c = mu"),
    ),
    "Sigmoid": (
        """
def value(x): return 1 / (1 + np.exp(-x))
def gradient(x): return value(x) * (1 - value(x))
""",
        ("np.exp(-x)", "np.exp(x)"),
        ("value(x) * (1 - value(x))", "x * (1 - x)"),
        ("(1 - value(x))", "(1 + value(x))"),
    ),
    "Tanh": (
        """
def value(x): return np.tanh(x)
def gradient(x): return 1 - np.tanh(x) ** 2
""",
        ("np.tanh(x) ** 2", "x ** 2"),
        ("1 - np", "1 + np"),
        ("return np.tanh(x)", "return np.tanh(2 * x)"),
    ),
    "ReLU": (
        """
def value(x): return np.maximum(x, 0)
def gradient(x): return np.where(x > 0, 1.0, 0.0)
""",
        ("np.maximum", "np.minimum"),
        ("x > 0", "x < 0"),
        ("1.0, 0.0", "1.0, -1.0"),
    ),
    "LeakyReLU": (
        """
def value(x, slope): return np.where(x > 0, x, slope * x)
def gradient(x, slope): return np.where(x > 0, 1.0, slope)
""",
        ("slope * x", "-slope * x"),
        ("1.0, slope", "1.0, 0.0"),
        ("np.where(x > 0, x, slope * x)", "np.maximum(x, slope * x)"),
    ),
    "ELU": (
        """
def value(x, alpha): return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0)) - 1))
def gradient(x, alpha): return np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0)))
""",
        ("- 1", ""),
        ("1.0, alpha * ", "1.0, "),
        ("x, alpha * (", "x, ("),
    ),
    "GELU": (
        """
from scipy.special import erf
def phi(x): return (1 + erf(x / np.sqrt(2))) / 2
def value(x): return x * phi(x)
def gradient(x): return phi(x) + x * np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi)
""",
        ("x / np.sqrt(2)", "x"),
        ("return phi(x) + x", "return x"),
        ("x * phi(x)", "x / (1 + np.exp(-1.702 * x))"),
    ),
    "Swish": (
        """
def s(x): return 1 / (1 + np.exp(-x))
def value(x, beta=1.0): return x * s(beta * x)
def gradient(x, beta=1.0): return s(beta * x) + beta * x * s(beta * x) * s(-beta * x)
""",
        ("return x * s(beta * x)", "return x * s(x)"),
        ("+ beta * x", "+ x"),
        ("return s(beta * x) +", "return"),
    ),
    "Softmax": (
        """
def value(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)
def gradient(x, upstream):
    s = value(x)
    return s * (upstream - (s * upstream).sum(1, keepdims=True))
""",
        (" - x.max(1, keepdims=True)", ""),
        ("e.sum(1, keepdims=True)", "e.sum(0)"),
        ("e.sum(1, keepdims=True)", "e.sum()"),
        ("s * (upstream - (s * upstream).sum(1, keepdims=True))", "upstream * s * (1 - s)"),
        ("(s * upstream).sum(1", "(s * upstream).sum(0"),
    ),
    "Maxout": (
        """
def value(z, pieces): return z.reshape(len(z), -1, pieces).max(2)
def gradient(z, upstream, pieces):
    held = z.reshape(len(z), -1, pieces)
    return ((held == held.max(2, keepdims=True)) * upstream[..., None]).reshape(z.shape)
""",
        ("len(z), -1, pieces).max(2)", "len(z), pieces, -1).max(1)"),
        (".max(2)\n", ".mean(2)\n"),
        ("(held == held.max(2, keepdims=True))", "np.ones_like(held)"),
    ),
    "MSE": (
        """
def value(p, y): return np.mean((p - y) ** 2)
def gradient(p, y): return 2 * (p - y) / p.size
""",
        ("np.mean", "np.sum"),
        ("2 * (p - y)", "(p - y)"),
        ("2 * (p - y)", "2 * (y - p)"),
        (" / p.size", ""),
    ),
    "MAE": (
        """
def value(p, y): return np.mean(np.abs(p - y))
def gradient(p, y): return np.sign(p - y) / p.size
""",
        ("np.abs(p - y)", "p - y"),
        ("np.sign(p - y)", "np.sign(y - p)"),
        (" / p.size", ""),
    ),
    "Huber": (
        """
def value(p, y, delta=1.0):
    e = np.abs(p - y)
    return np.mean(np.where(e < delta, e**2 / 2, delta * (e - delta / 2)))
def gradient(p, y, delta=1.0): return np.clip(p - y, -delta, delta) / p.size
""",
        ("e**2 / 2", "e**2"),
        ("e - delta / 2", "e"),
        ("np.clip(p - y, -delta, delta)", "np.clip(p - y, -1, 1)"),
    ),
    "CrossEntropy": (
        """
def logs(z):
    z = z - z.max(1, keepdims=True)
    return z - np.log(np.exp(z).sum(1, keepdims=True))
def value(z, t): return -logs(z)[np.arange(len(t)), t].mean()
def gradient(z, t): return (np.exp(logs(z)) - np.eye(z.shape[1])[t]) / len(t)
""",
        (".mean()", ".sum()"),
        ("    z = z - z.max(1, keepdims=True)\n", ""),
        (" / len(t)", ""),
        ("(np.exp(logs(z)) - np.eye(z.shape[1])[t])", "(np.eye(z.shape[1])[t] - np.exp(logs(z)))"),
    ),
    "BinaryCrossEntropy": (
        """
def value(z, y): return np.mean(np.log1p(np.exp(-np.abs(z))) + np.maximum(z, 0) - z * y)
def gradient(z, y): return (1 / (1 + np.exp(-z)) - y) / z.size
""",
        ("- z * y", "+ z * y"),
        (" / z.size", ""),
        ("np.mean", "np.sum"),
    ),
    "Dice": (
        """
def sums(p, y): return [np.moveaxis(a, 1, 0).reshape(a.shape[1], -1).sum(1) for a in (p * y, p + y)]
def value(p, y, smooth=1e-5):
    hit, total = sums(p, y)
    return 1 - np.mean((2 * hit + smooth) / (total + smooth))
def gradient(p, y, smooth=1e-5):
    hit, total = (a[:, None] for a in sums(p, y))
    slope = 2 * y / (total + smooth) - (2 * hit + smooth) / (total + smooth) ** 2
    return -slope / p.shape[1]
""",
        ("return 1 - ", "return "),
        ("- (2 * hit + smooth) / (total + smooth) ** 2", ""),
        ("return -slope", "return slope"),
        ("(2 * hit + smooth) / (total + smooth))", "(2 * hit) / (total + smooth))"),
    ),
    "Tversky": (
        """
def parts(p, y, a, b, smooth):
    hit, found, true = (x.sum((0, 2))[:, None] for x in (p * y, p, y))
    return hit + smooth, hit + a * (found - hit) + b * (true - hit) + smooth
def value(p, y, a, b, smooth):
    above, below = parts(p, y, a, b, smooth)
    return 1 - np.mean(above / below)
def gradient(p, y, a, b, smooth):
    above, below = parts(p, y, a, b, smooth)
    slope = y / below - above / below**2 * (y + a * (1 - y) - b * y)
    return -slope / p.shape[1]
""",
        ("1 - np.mean", "np.mean"),
        ("a * (found - hit) + b * (true - hit)", "b * (found - hit) + a * (true - hit)"),
        ("return -slope", "return slope"),
    ),
    "im2col": (
        WINDOWS
        + """
def value(x, k, stride=1, padding=0, dilation=1):
    held = windows(x, k, stride, padding, dilation).transpose(0, 1, 4, 5, 2, 3)
    return held.reshape(len(x), x.shape[1] * k * k, -1)
""",
        ("0, 1, 4, 5, 2, 3", "0, 1, 5, 4, 2, 3"),
        ("0, 1, 4, 5, 2, 3", "0, 4, 5, 1, 2, 3"),
        ("::stride, ::stride", "::1, ::1"),
        ("0, 1, 4, 5, 2, 3", "0, 1, 4, 5, 3, 2"),
    ),
    "col2im": (
        """
def value(columns, size, k, stride=1, padding=0, dilation=1):
    h, w = (n + 2 * padding for n in size)
    s = dilation * (k - 1) + 1
    held = columns.reshape(len(columns), -1, k, k, (h - s) // stride + 1, (w - s) // stride + 1)
    x = np.zeros((len(columns), held.shape[1], h, w))
    for u, v in np.ndindex(held.shape[4:]):
        place = x[:, :, u * stride :, v * stride :][:, :, :s:dilation, :s:dilation]
        place += held[..., u, v]
    return x[:, :, padding : h - padding, padding : w - padding]
""",
        ("place += held[..., u, v]", "place[...] = held[..., u, v]"),
        ("place += held", "place -= held"),
        ("held[..., u, v]", "held[..., u, v].swapaxes(2, 3)"),
    ),
    "conv2d": (
        WINDOWS
        + """
def value(x, w, b, stride=1, padding=0, dilation=1):
    y = np.einsum("ncuvij,ocij->nouv", windows(x, w.shape[2:], stride, padding, dilation), w)
    return y + b[:, None, None]
def gradient(x, w, delta, stride=1, padding=0, dilation=1):
    held = windows(x, w.shape[2:], stride, padding, dilation)
    dw = np.einsum("nouv,ncuvij->ocij", delta, held)
    dx = np.zeros((*x.shape[:2], x.shape[2] + 2 * padding, x.shape[3] + 2 * padding))
    r, s = (dilation * (k - 1) + 1 for k in w.shape[2:])
    for u, v in np.ndindex(delta.shape[2:]):
        place = dx[:, :, u * stride :, v * stride :][:, :, :r:dilation, :s:dilation]
        place += np.einsum("no,ocij->ncij", delta[:, :, u, v], w)
    h, width = x.shape[2:]
    return dx[:, :, padding:padding + h, padding:padding + width], dw, delta.sum((0, 2, 3))
""",
        (
            "windows(x, w.shape[2:], stride, padding, dilation), w)",
            "windows(x, w.shape[2:], stride, padding, dilation), w[:, :, ::-1, ::-1])",
        ),
        (
            "windows(x, w.shape[2:], stride, padding, dilation), w)",
            "windows(x, min(w.shape[2:]), stride, padding, dilation), "
            "w[:, :, : min(w.shape[2:]), : min(w.shape[2:])])",
        ),
        ("::stride, ::stride", "::1, ::1"),
        ("y + b[:, None, None]", "y"),
        ("place += ", "place[...] = "),
        (
            '"no,ocij->ncij", delta[:, :, u, v], w',
            '"no,ocij->ncij", delta[:, :, u, v], w[:, :, ::-1, ::-1]',
        ),
        ("delta.sum((0, 2, 3))", "delta.mean((0, 2, 3))"),
    ),
    "max_pool2d": (
        WINDOWS
        + BACK
        + """
def value(x, k, stride=2, padding=0):
    return windows(x, k, stride, padding, outside=-np.inf).max((4, 5))
def gradient(x, delta, k, stride=2, padding=0):
    held = windows(x, k, stride, padding, outside=-np.inf)
    flat = held.reshape(*held.shape[:4], -1)
    one = np.eye(k * k)[flat.argmax(4)].reshape(held.shape)
    return back(one * delta[..., None, None], x, stride, padding)
""",
        ("padding, outside=-np.inf).max", "padding).max"),
        ("np.eye(k * k)[flat.argmax(4)]", "1.0 * (flat == flat.max(4, keepdims=True))"),
        ("one * delta[..., None, None]", "one"),
        ("::stride, ::stride", "::1, ::1"),
    ),
    "avg_pool2d": (
        WINDOWS
        + BACK
        + """
def value(x, k, stride=2, padding=0): return windows(x, k, stride, padding).mean((4, 5))
def gradient(x, delta, k, stride=2, padding=0):
    shares = np.ones((*delta.shape, k, k)) * delta[..., None, None] / k**2
    return back(shares, x, stride, padding)
""",
        (".mean((4, 5))", ".max((4, 5))"),
        (" / k**2", ""),
        ("::stride, ::stride", "::1, ::1"),
        ("dx[:, :, u * stride : u * stride + k, v", "dx[:, :, v : v + k, v"),
    ),
    "clip_norm": (
        """
def value(gradients, most):
    norm = np.sqrt(sum((g**2).sum() for g in gradients))
    return [g * min(1.0, most / norm) for g in gradients]
""",
        ("np.sqrt", ""),
        ("min(1.0, most / norm)", "most / norm"),
        ("most / norm", "most / np.linalg.norm(g)"),
    ),
}
