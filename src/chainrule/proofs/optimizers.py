"""Optimizers: Adam's bias correction, and two ways to write Nesterov's momentum."""

from collections.abc import Callable
from typing import Any

import sympy

from .cases import letters, published, require_sizes
from .core import Case, Line, Proof, chains_in
from .expressions import Entry, Expression, Index
from .models import Model, abstract
from .operators import Expectation, function, sum_over
from .scope import Scope, Undefined
from .symbolic import Place, added, put_entries

__all__ = ["adam_bias_correction", "nesterov_forms"]

ANY_STEP = "any t"

b, g, m, r, v, w = map(Entry, "bgmrvw")
alpha, beta, mean, mu, theta = map(Entry, (r"\alpha", r"\beta", r"\bar g", r"\mu", r"\theta"))
gradient = function("g")
i, t = map(Index, "it")


class _Average(Model):
    """A running average of random gradients; that their expectations are equal is a condition."""

    def __init__(self, steps: int) -> None:
        rate, mean = sympy.symbols("beta gbar")
        gradients, expectations = (sympy.symbols(f"{name}1:{steps + 1}") for name in ("g", "mu"))
        averages: dict[int, Any] = {0: sympy.Integer(0)}
        for step, value in enumerate(gradients, 1):
            averages[step] = rate * averages[step - 1] + (1 - rate) * value
        super().__init__(
            {"m": averages, "g": dict(enumerate(gradients, 1)), r"\beta": rate, r"\bar g": mean},
            condition=dict.fromkeys(expectations, mean),
        )
        self.expected = dict(zip(gradients, expectations, strict=True))

    def expectation(self, body: Expression, scope: Scope) -> Any:
        """Put the expectation instead of each gradient, in what is linear in them."""
        value = sympy.sympify(body.value(scope))
        slopes = [sympy.diff(value, unknown) for unknown in self.expected]
        if any(slope.has(*self.expected) for slope in slopes):
            raise Undefined(f"{body.latex()} is not linear in the gradients")
        return value.xreplace(self.expected)


class _AnyStep(Model):
    """The same average at a step t that may be any; up to the step before, what has been shown."""

    def __init__(self) -> None:
        (self.t,) = letters("t")
        # with β = 1/(1 + u) SymPy knows that 0 < β < 1, so that it may divide by 1 − β
        rate = 1 / (1 + sympy.Symbol("u", positive=True))
        self.gradients, self.means = map(sympy.IndexedBase, ("g", "mu"))

        def weighted(step: Any) -> Any:
            return rate ** (self.t - 1 - step) * self.gradients[step]

        before = (1 - rate) * self.between(1, self.t - 1, weighted)
        averages = {self.t - 1: before, self.t: rate * before + (1 - rate) * self.gradients[self.t]}
        mean = sympy.Symbol("gbar")
        super().__init__({"m": averages, "g": self.gradients, r"\beta": rate, r"\bar g": mean})

    def between(self, first: Any, last: Any, term: Callable[[Any], Any], symbol: str = "") -> Any:
        """Give a sum of t terms; of one that ends before, the last term is taken away."""
        if first != 1 or last not in (self.t, self.t - 1):
            raise Undefined(f"nothing is said about a sum from {first} to {last}")
        whole = added(term, self.t)
        return whole if last == self.t else whole - term(self.t)

    def expectation(self, body: Expression, scope: Scope) -> Any:
        """Put the expectation instead of each gradient, in what is linear in them."""
        value = sympy.sympify(body.value(scope))
        if sympy.diff(value, self.gradients[Place.fresh(self.t)]).has(self.gradients):
            raise Undefined(f"{body.latex()} is not linear in the gradients")
        return put_entries(value, self.gradients, lambda step: self.means[step])

    def under_condition(self, value: Any) -> Any:
        """Put one and the same mean instead of every expectation."""
        return put_entries(value, self.means, lambda _: self.look_up(r"\bar g", None))


@published()
def adam_bias_correction(steps: int = 5) -> Proof:
    """Prove why Adam divides its running average by 1 − β^t.

    Parameters
    ----------
    steps : int
        Up to which step t, at least 1, the recursion is run.

    Examples
    --------
    >>> adam_bias_correction(steps=2)
    ✓ Adam's bias correction: 10 lines,
      6 in all cases, 1 in some cases, 3 put in
    """
    require_sizes([[steps]], "steps", 1, "a positive number")
    model = _Average(steps)
    of_any = _AnyStep()
    every = Case(of_any, {"t": of_any.t}, ANY_STEP, every=True)
    some = (Case(model, {"t": step}, "the recursion") for step in range(1, steps + 1))
    chain = chains_in([every, *some])
    unrolled = (1 - beta) * sum_over(i, beta ** (t - i) * g[i], 1, t)
    recursion = chain(
        m[t],
        Line(beta * m[t - 1] + (1 - beta) * g[t], "definition, with $m_0 = 0$"),
        Line(
            beta * (1 - beta) * sum_over(i, beta ** (t - 1 - i) * g[i], 1, t - 1)
            + (1 - beta) * g[t],
            "induction: what holds for $m_{t-1}$",
        ),
        Line(unrolled, r"$\beta$ goes into the sum, and $g_t$ is its last term"),
    )
    geometric = chain(
        (1 - beta) * sum_over(i, beta ** (t - i), 1, t),
        Line(1 - beta**t, "a geometric sum"),
    )
    average = chain(
        Expectation(m[t]),
        Line(Expectation(unrolled), "the first part"),
        Line(
            (1 - beta) * sum_over(i, beta ** (t - i) * Expectation(g[i]), 1, t),
            "an expectation is linear",
        ),
        Line(
            (1 - beta) * sum_over(i, beta ** (t - i), 1, t) * mean,
            r"$\operatorname{E}[g_i] = \bar g$",
            given=True,
        ),
        Line((1 - beta**t) * mean, "the geometric sum"),
    )
    corrected = chain(
        Expectation(m[t] / (1 - beta**t)),
        Line(Expectation(m[t]) / (1 - beta**t), "an expectation is linear"),
        Line(mean, "the part above", given=True),
    )
    return Proof(
        "Adam's bias correction",
        (),
        (
            r"All gradients have the same expectation, $\operatorname{E}[g_i] = \bar g$.",
            r"$0 < \beta < 1$.",
        ),
        (recursion, geometric, average, corrected),
        ANY_STEP,
        f"t = 1 to {steps}",
        (
            "In some cases the recursion was run, with a symbol for each gradient.",
            "In all cases one step was made, from a sum of $t - 1$ terms.",
        ),
        ("That an expectation is linear is taken as known.",),
    )


def _run(first: int, steps: int, v_first: Any) -> Model:
    """Run both forms from step `first` on, where the map holds."""
    momentum, start = sympy.symbols("mu w")
    rates = {n: sympy.Symbol(f"alpha{n - first + 1}") for n in range(first - 1, first + steps)}
    slope = abstract("g")
    ws, vs = {first: start}, {first: v_first}
    thetas, buffers = {first: start + momentum * v_first}, {first: -v_first / rates[first - 1]}
    ratios = {}
    for n in range(first, first + steps):
        vs[n + 1] = momentum * vs[n] - rates[n] * slope(ws[n] + momentum * vs[n])
        ws[n + 1] = ws[n] + vs[n + 1]
        ratios[n] = rates[n - 1] / rates[n]
        buffers[n + 1] = ratios[n] * momentum * buffers[n] + slope(thetas[n])
        thetas[n + 1] = thetas[n] - rates[n] * (slope(thetas[n]) + momentum * buffers[n + 1])
    names = {"w": ws, "v": vs, "b": buffers, "r": ratios, r"\theta": thetas}
    return Model(names | {r"\mu": momentum, r"\alpha": rates}, {("g", 0): slope})


@published()
def nesterov_forms(steps: int = 4) -> Proof:
    """Prove that the two forms of Nesterov's momentum, the source's and PyTorch's, are one.

    Parameters
    ----------
    steps : int
        For how many steps, at least 1, both are run from the beginning and compared.

    Examples
    --------
    >>> len(nesterov_forms(steps=2).lines)
    12
    """
    require_sizes([[steps]], "steps", 1, "a positive number")
    anywhere = _run(1, 1, sympy.Symbol("v"))
    one_step = chains_in([Case(anywhere, {"t": 1}, "one step", every=True)])
    whole = _run(0, steps, sympy.Integer(0))
    run = chains_in(Case(whole, {"t": n}, "the run from the beginning") for n in range(steps + 1))
    ahead = w[t] + mu * v[t]
    source = one_step(v[t + 1], Line(mu * v[t] - alpha[t] * gradient(ahead), "definition, (1.15)"))
    moved = one_step(w[t + 1], Line(w[t] + v[t + 1], "definition, (1.15)"))
    buffers = one_step(
        b[t + 1],
        Line(r[t] * mu * b[t] + gradient(theta[t]), "definition, (1.2.2a), the buffer rescaled"),
        Line(
            alpha[t - 1] / alpha[t] * mu * -(v[t] / alpha[t - 1]) + gradient(ahead),
            "definition of $r_t$; induction: the map holds at step $t$",
        ),
        Line(
            -((mu * v[t] - alpha[t] * gradient(ahead)) / alpha[t]),
            r"$\alpha_{t-1}$ cancels; one denominator",
        ),
        Line(-(v[t + 1] / alpha[t]), "line (1)"),
    )
    points = one_step(
        theta[t + 1],
        Line(theta[t] - alpha[t] * (gradient(theta[t]) + mu * b[t + 1]), "definition, (1.2.2a)"),
        Line(ahead - alpha[t] * gradient(ahead) + mu * v[t + 1], "induction, and the part above"),
        Line(w[t] + v[t + 1] + mu * v[t + 1], "line (1)"),
        Line(w[t + 1] + mu * v[t + 1], "line (2)"),
    )
    return Proof(
        "two forms of Nesterov's momentum",
        (),
        (
            r"The map: $\theta_t = w_t + \mu v_t$ and $b_t = -v_t / \alpha_{t-1}$.",
            r"$r_t = \alpha_{t-1} / \alpha_t$ rescales the buffer when the rate changes; "
            r"it is 1 for a constant rate.",
            "Both begin at the same point with $v_0 = b_0 = 0$, and no rate is 0. Before $t = 0$ "
            "there is no rate: $\\alpha_{-1}$ may be any number but 0, since $b_0$ is 0.",
        ),
        (
            source,
            moved,
            buffers,
            points,
            run(theta[t], Line(ahead, "both forms run from the beginning")),
            run(b[t], Line(-(v[t] / alpha[t - 1]), "both forms run from the beginning")),
        ),
        "one step from anywhere",
        f"the first {steps} steps from the beginning",
        (
            "One step of both forms, from any point and velocity, keeps the map.",
            f"The first {steps} steps of both forms, run symbolically, agree.",
        ),
        (
            "$g$ is written for one parameter. In each step it is used at one point only, so the "
            "lines hold for many parameters, and with another batch in every step.",
            "That every step keeps the map gives all steps, by induction.",
        ),
    )
