"""A picture to step through: one round of training, with the numbers of every step (1.1.2)."""

from collections.abc import Iterable

import numpy as np

from ...losses import MSE
from ...network import Gradients, Network, Trace
from ...optimizers import SGD
from ..kit.drawing import number
from ..kit.moving import Moving, word

WIDTH, HEIGHT, RADIUS = 380, 412, 23
INPUTS, HIDDEN, OUTPUT = [(30, 135), (30, 257)], [(172, 74), (172, 196), (172, 318)], (322, 196)
COST = (322, 312)


def _short(value: float) -> str:
    return number(value, 4)


def _numbers(values: Iterable[float]) -> str:
    texts = [_short(value) for value in values]
    return texts[0] if len(texts) == 1 else f"({', '.join(texts)})"


def _rows(matrix: np.ndarray) -> str:
    return "(" + "; ".join(_numbers(row).strip("()") for row in matrix) + ")"


class RoundOfTraining(Moving):
    """One round of training of a 2–3–1 network on one sample, to step through.

    What is shown is what the network's passes, `MSE` and `SGD` give for half the squared
    error, C = ½ (a² − y)², where a² is the output of layer 2. The network itself stays as it is.

    Its layers are `Linear`, an activation, `Linear`, an activation; any other is refused by a
    ValueError.

    Examples
    --------
    >>> import numpy as np
    >>> from chainrule.activations import ReLU, Sigmoid
    >>> from chainrule.network import Linear
    >>> rng = np.random.default_rng(0)
    >>> first, last = Linear(2, 3, rng=rng), Linear(3, 1, rng=rng)
    >>> net = Network([first, ReLU(), last, Sigmoid()])
    >>> RoundOfTraining(net, np.array([1.0, 2.0]), 1.0)
    a round of training, to step through: the cost falls from 0.067 to 0.0295
    """

    name, called, attribute = "round", "step of the round", "class"
    description = (
        "A network of two inputs, three hidden neurons and one output, with its weights on the "
        "links and its biases above the neurons. At each step the numbers that are new are "
        "added: activations, the loss, the errors, the gradients, the new parameters; the text "
        "below the picture gives them too."
    )
    caption = (
        "One round of training on one sample. What a step adds is set in bold. After the update "
        "the loss is that of the same sample once more."
    )
    size, positions, font, width, seconds = (WIDTH, HEIGHT), range(7), 12.5, 560, 21
    style = (
        "& text{text-anchor:middle;paint-order:stroke;"
        "stroke:var(--pst-color-background,Canvas);stroke-width:4px}"
        "& circle{fill:var(--pst-color-background,Canvas);stroke:#0072B2;stroke-width:2}"
        'html[data-theme="dark"] & circle{stroke:#56B4E9}'
        "& .state{min-height:6.2em}"
        "@media(max-width:600px){& .state{min-height:0}}"
    )

    def __init__(self, network: Network, x: np.ndarray, y: float, lr: float = 1.0):
        shapes = [parameter.shape for parameter in network.parameters]
        if shapes != [(3, 2), (3,), (1, 3), (1,)]:
            raise ValueError(f"network: expected parameters of a 2–3–1 network, got {shapes}")
        self.x, self.y, self.lr = x, float(y), lr
        self.before, self.after = network, network.map(np.copy)
        self.trace, self.cost, self.gradients = self._passes(self.before)
        SGD(lr=lr).step(self.after.parameters, self.gradients.parameters)
        self.deltas = [delta[0] for delta in self.gradients.deltas or ()]
        self.next_trace, self.next_cost, _ = self._passes(self.after)

    def _passes(self, network: Network) -> tuple[Trace, float, Gradients]:
        """Give the trace, the cost and its gradients: steps 2 to 4."""
        trace, target = network.forward(self.x[None]), np.array([[self.y]])
        # half the squared error, and so half its gradient
        upstream = MSE().gradient(trace.output, target) / 2
        gradients = network.backward(trace, upstream, deltas=True)
        return trace, float(MSE()(trace.output, target)) / 2, gradients

    def __repr__(self) -> str:
        costs = f"from {_short(self.cost)} to {_short(self.next_cost)}"
        return f"a round of training, to step through: the cost falls {costs}"

    @property
    def texts(self) -> list[str]:
        """What is said of each position of the slider."""
        _, z1, a1, z2 = (values[0] for values in self.trace.inputs)
        (a2,) = self.trace.output[0]
        delta1, delta2 = self.deltas
        dw1, _, dw2, _ = self.gradients.parameters
        w1, b1, w2, b2 = self.after.parameters
        z_next, a_next = self.next_trace.inputs[3][0], self.next_trace.output[0]
        return [
            f"Step 1 of 5, load data: x = {_numbers(self.x)}, y = {_short(self.y)}.",
            f"Step 2 of 5, feedforward: z¹ = w¹x + b¹ = {_numbers(z1)}, so a¹ = {_numbers(a1)}; "
            f"z² = w²a¹ + b² = {_numbers(z2)}, so a² = {_short(a2)}.",
            f"Step 3 of 5, loss: C = ½ (a² − y)² = ½ ({_short(a2)} − {_short(self.y)})² = "
            f"{number(self.cost, 7)}.",
            f"Step 4 of 5, backward, first the errors: δ² = (a² − y) σ′(z²) = {_numbers(delta2)}; "
            f"δ¹ = (w²)ᵀδ² ⊙ σ′(z¹) = {_numbers(delta1)}.",
            "Step 4 of 5, backward, then the gradients, an error times an activation: "
            f"∂C/∂w² = δ²(a¹)ᵀ = {_rows(dw2)}, ∂C/∂w¹ = δ¹xᵀ = {_rows(dw1)}; ∂C/∂b is δ.",
            f"Step 5 of 5, gradient descent with α = {_short(self.lr)}, w := w − α ∂C/∂w and b "
            f"alike: w² = {_rows(w2)}, b² = {_numbers(b2)}, w¹ = {_rows(w1)}, b¹ = {_numbers(b1)}.",
            f"Feedforward once more: z² = {_numbers(z_next)}, a² = {_numbers(a_next)}. "
            f"The loss was {number(self.cost, 7)} and is {number(self.next_cost, 7)}.",
        ]

    def groups(self) -> list[tuple[str, range, int]]:
        """Give SVG, the positions at which it is seen, and the one at which it is new."""
        old, new = self.before.parameters, self.after.parameters
        data = "".join(word(at, _short(x)) for at, x in zip(INPUTS, self.x, strict=True))
        data += word((COST[0], COST[1] - 18), f"y = {_short(self.y)}")
        sides = zip(HIDDEN, self.deltas[0], strict=True)
        errors = "".join(word((x, y + 50), f"δ {_short(d)}") for (x, y), d in sides)
        errors += word((OUTPUT[0], OUTPUT[1] + 50), f"δ {_short(self.deltas[1].item())}")
        return [
            (data, self.positions, 0),
            (_parameters(old, "w on the links, b above"), range(4), -1),
            (_activities(self.trace), range(1, 6), 1),
            (_cost(self.cost), range(2, 6), 2),
            (errors, range(3, 5), 3),
            (_parameters(self.gradients.parameters, "∂C/∂w, and ∂C/∂b above"), range(4, 5), 4),
            (_parameters(new, "the new w, and b above"), range(5, 7), 5),
            (_activities(self.next_trace) + _cost(self.next_cost), range(6, 7), 6),
        ]

    def frame(self, position: int) -> list[str]:
        """Give the class of each group at a position: new, seen, or hidden."""
        return [
            "moving now" if position == new else "moving" if position in seen else "moving later"
            for _, seen, new in self.groups()
        ]

    def drawing(self) -> str:
        """Give links and neurons, and every group as it is at the start."""
        links = "".join(
            f"M{a[0]} {a[1]}L{b[0]} {b[1]}"
            for starts, ends in ((INPUTS, HIDDEN), (HIDDEN, [OUTPUT]))
            for a in starts
            for b in ends
        )
        links += f"M{OUTPUT[0]} {OUTPUT[1] + RADIUS + 20}V{COST[1] - 28}"
        circles = "".join(
            f'<circle cx="{x}" cy="{y}" r="{RADIUS}"/>' for x, y in (*INPUTS, *HIDDEN, OUTPUT)
        )
        names = "".join(
            word((x, HEIGHT - 11), name)
            for x, name in ((30, "input"), (172, "hidden layer"), (322, "output, loss"))
        )
        moving = "".join(
            f'<g class="{state}">{svg}</g>'
            for state, (svg, _, _) in zip(self.frame(0), self.groups(), strict=True)
        )
        return f'<path class="grid" d="{links}"/>{circles}{names}{moving}'


def _parameters(arrays: list[np.ndarray], name: str) -> str:
    """Write an array for each of w¹, b¹, w², b² where the parameters have their places."""
    w1, b1, w2, b2 = arrays
    texts = [word((INPUTS[0][0] + 60, 12), name)]
    for weights, starts, ends, share in ((w1, INPUTS, HIDDEN, 0.6), (w2, HIDDEN, [OUTPUT], 0.5)):
        for (j, k), value in np.ndenumerate(weights):
            start, end = np.array(starts[k]), np.array(ends[j])
            x, y = start + share * (end - start)
            texts.append(word((x, y), _short(value)))
    for (x, y), value in zip((*HIDDEN, OUTPUT), (*b1, *b2), strict=True):
        texts.append(word((x, y - RADIUS - 11), _short(value)))
    return "".join(texts)


def _activities(trace: Trace) -> str:
    """Write every activation into its neuron, and z below it."""
    inputs = [values[0] for values in trace.inputs]
    z, a = (*inputs[1], *inputs[3]), (*inputs[2], *trace.output[0])
    return "".join(
        word((x, y), number(activation, 3)) + word((x, y + RADIUS + 11), f"z {_short(each)}")
        for (x, y), each, activation in zip((*HIDDEN, OUTPUT), z, a, strict=True)
    )


def _cost(cost: float) -> str:
    return word(COST, f"C = {number(cost, 5)}")
