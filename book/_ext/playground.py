"""The playground: its form, made of the package's settings, and the rules.

Before a reader starts it, the page shows a training that was computed while
the book was built.
"""

import json
from dataclasses import Field, fields
from html import escape
from typing import Any

from ask import ASK
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from chainrule import optimizers
from chainrule.pages import PAGES
from chainrule.playground import BREAKS, LOSSES, SCHEDULES, Playground, Setup
from chainrule.playground.rules import Rule, rules
from chainrule.playground.settings import (
    ACTIVATIONS,
    LAYERS,
    NEURONS,
    OPTIMIZERS,
    RATES,
)

PAGE = "book/playground"
SHOWN, EVERY = 400, 8  # steps of the training that is shown at first
DATA = {
    "moons": "two moons",
    "circles": "two circles",
    "spirals": "two spirals",
    "digits": "digits, 8 × 8 pixels",
    "own": "my own",
}
SPEEDS = {1: "1 step", 5: "5 steps", 25: "25 steps", 100: "100 steps"}
KNOWN = {each.name: each for each in fields(Setup)}
FIRST = Setup()


def select(name: str, label: str, options: dict, chosen: Any = None) -> str:
    """Give a list to choose from."""
    listed = "".join(
        f'<option value="{escape(str(value))}"'
        f"{' selected' if value == chosen else ''}>{escape(said)}</option>"
        for value, said in options.items()
    )
    select = f'<select name="{name}">{listed}</select>'
    return f'<label class="field">{label}{select}</label>'


def number(
    name: str, label: str, field: Field, value: Any, hint: bool = True
) -> str:
    """Give a field for a number, with the range that the setting has."""
    kind = field.metadata["kind"]
    step = 1 if kind and kind.whole else "any"
    ends = {"min": kind.low, "max": kind.high} if kind else {"min": 0}
    limits = "".join(
        f' {end}="{at:.0f}"' for end, at in ends.items() if abs(at) < 1e15
    )
    said = escape(field.metadata["sentence"])
    return (
        f'<label class="field">{label}<input type="number" name="{name}" '
        f'value="{value:g}" step="{step}"{limits} required>'
        f"{f'<small>{said}</small>' if hint else ''}</label>"
    )


def own_setting(kind: str, field: Field) -> str:
    """Give what sets one setting of an optimizer."""
    name, value = f"{kind}.{field.name}", field.default
    label = f"<code>{field.name}</code>"
    if isinstance(value, bool):
        said = escape(field.metadata["sentence"])
        checked = " checked" if value else ""
        return (
            f'<label class="field tick-box"><input type="checkbox" '
            f'name="{name}"{checked}>{label}<small>{said}</small></label>'
        )
    if isinstance(value, tuple):
        return "".join(
            number(
                f"{name}.{i}",
                f"<code>{field.name}[{i}]</code>",
                field,
                each,
                hint=not i,
            )
            for i, each in enumerate(value)
        )
    value = RATES.get(kind, value) if field.name == "lr" else value
    return number(name, label, field, value)


def settings_of(kind: str) -> str:
    """Give the settings of an optimizer, out of sight if not chosen."""
    inside = "".join(
        own_setting(kind, field)
        for field in fields(getattr(optimizers, kind))
    )
    hidden = "" if kind == FIRST.optimizer else " hidden"
    return (
        f'<div class="fields" data-optimizer="{kind}" role="group" '
        f'aria-label="Settings of {kind}"{hidden}>{inside}</div>'
    )


def layer(i: int) -> str:
    """Give what sets a hidden layer."""
    there = i < len(FIRST.layers)
    neurons, activation = FIRST.layers[i] if there else (8, "Tanh")
    chosen = "".join(
        f"<option{' selected' if name == activation else ''}>{name}</option>"
        for name in ACTIVATIONS
    )
    return (
        f'<div class="layer" data-layer="{i + 1}"'
        f"{'' if there else ' hidden'}>"
        f"<span>{i + 1}</span>"
        f'<input type="number" name="n{i + 1}" value="{neurons}" min="1" '
        f'max="{NEURONS}" required aria-label="Neurons of layer {i + 1}">'
        f'<select name="a{i + 1}" aria-label="Activation of layer {i + 1}">'
        f"{chosen}</select></div>"
    )


def given(name: str, label: str) -> str:
    """Give a field for a setting of the playground itself."""
    return number(name, label, KNOWN[name], getattr(FIRST, name))


def same(names: Any) -> dict[str, str]:
    """Give names that are called as they are."""
    return {name: name for name in names}


def controls() -> str:
    """Give all that a reader can set."""
    depths = {i: f"{i}" for i in range(1, LAYERS + 1)}
    losses = {name: f"{name}, {said}" for name, said in LOSSES.items()}
    mistakes = {name: each.title for name, each in BREAKS.items()}
    groups = {
        "Data": [
            select("data", "learn", DATA),
            '<label class="field" data-own hidden>two numbers and a class in '
            'each line<textarea name="own" rows="6" spellcheck="false" '
            'placeholder="1.2, 0.4, red"></textarea></label>',
            given("noise", "noise"),
        ],
        "Network": [
            select("depth", "hidden layers", depths, len(FIRST.layers)),
            '<div class="layers"><span>layer, neurons, activation</span>',
            *map(layer, range(LAYERS)),
            "</div>",
            select("init", "weights start as", same(("xavier", "he"))),
        ],
        "Training": [
            select("loss", "loss", losses),
            select("optimizer", "optimizer", same(OPTIMIZERS)),
            *map(settings_of, OPTIMIZERS),
            select("schedule", "schedule", same(SCHEDULES)),
            given("over", "its length"),
            given("batch_size", "batch"),
            given("seed", "seed"),
        ],
        "Break it": [
            select("broken", "mistake", {"": "none"} | mistakes),
            "<p>The right form trains beside the wrong one, and the oracles "
            "of the equation are asked.</p>",
        ],
    }
    return "".join(
        f"<fieldset><legend>{legend}</legend>{''.join(inside)}</fieldset>"
        for legend, inside in groups.items()
    )


def shown_first() -> str:
    """Train as the page is set up, and give what is seen of it."""
    play, frames = Playground(FIRST), []
    for step in range(0, SHOWN + 1, EVERY):
        frames.append(play.step(EVERY if step else 0))
    state = frames[-1]
    kept = ("step", "train_loss", "validation_loss", "norms", "right")
    film = [{key: frame[key] for key in kept} for frame in frames]
    seen = {
        "begin": play.begin(),
        "film": film,
        "state": state,
        "picture": play.boundary(),
    }
    return json.dumps(seen, separators=(",", ":"))


def application() -> str:
    """Give the playground itself."""
    speeds = select("speed", "at a time", SPEEDS, 5)
    return f"""
<form class="playground" id="playground" aria-label="Playground">
<div class="play-bar">
<button type="button" name="run" class="first">Start</button>
<button type="button" name="step" disabled>Step</button>
<button type="button" name="reset" disabled>Reset</button>
{speeds}
<span class="clock"></span>
</div>
<div class="python"></div>
<p class="play-error" role="alert" hidden></p>
<p class="visually-hidden" role="status"></p>
<div class="play-sides">
<div class="play-pictures">
<div class="play-picture plane">
<canvas role="img" aria-label="The data, and what the network makes of them">
</canvas>
<p class="caption"></p>
</div>
<div class="play-picture losses">
<p class="caption"></p>
<canvas role="img" aria-label="The loss, step by step"></canvas>
</div>
<div class="play-picture norms">
<p class="caption"></p>
<canvas role="img" aria-label="The length of each layer's gradient"></canvas>
</div>
<div class="play-picture net">
<p class="caption"></p>
<canvas role="img" aria-label="The network and its weights"></canvas>
</div>
<section class="verdict" aria-label="What the oracles found" hidden></section>
</div>
<div class="play-controls">{controls()}</div>
</div>
</form>
<script type="application/json" id="play-first">{shown_first()}</script>
<noscript><p>The playground needs JavaScript.</p></noscript>
"""


class PlaygroundForm(SphinxDirective):
    """The playground."""

    def run(self) -> list[nodes.Node]:
        """Give it as HTML."""
        return [nodes.raw("", application(), format="html")]


class PlaygroundRules(SphinxDirective):
    """The rules behind what can be chosen."""

    def run(self) -> list[nodes.Node]:
        """Give all of them, in sight those that are chosen at first."""
        chosen = (FIRST.optimizer, FIRST.loss, FIRST.layers[0][1])
        found = []
        for rule in rules():
            off = [] if rule.name in chosen else ["off"]
            names = ["rule", f"rule-{rule.choice}-{rule.name}", *off]
            inside = nodes.container(classes=names)
            inside += self.parse_text_to_nodes(said(rule))
            found.append(inside)
        return found


def said(rule: Rule) -> str:
    """Give a rule as Markdown."""
    page = next(page for page in PAGES if page.path == rule.page)
    equations = ", ".join(
        f"[({label})](eq-{label.replace('.', '-')})" for label in rule.labels
    )
    title = BREAKS[rule.name].title if rule.choice == "broken" else rule.name
    kind = "mistake" if rule.choice == "broken" else rule.choice
    return (
        f"**{kind.capitalize()}: {title}.** {equations} in "
        f"[{page.title}](/book/{rule.page})\n\n"
        f"```python\n{rule.source}\n```"
    )


def equip(
    app: Sphinx, page: str, template: str, context: dict, tree: Any
) -> None:
    """Give the page its style and its script, and no other page."""
    if page == PAGE and app.builder.format == "html":
        style = (ASK / "play/play.css").read_text(encoding="utf-8")
        source = "../_static/ask/playground.js"
        context["metatags"] = (
            f"{context.get('metatags', '')}<style>{style}</style>\n"
            f'<script defer src="{source}"></script>\n'
        )


def setup(app: Sphinx) -> dict[str, bool]:
    """Register all; Sphinx calls this when it loads the extension."""
    app.add_directive("playground", PlaygroundForm)
    app.add_directive("playground-rules", PlaygroundRules)
    app.connect("html-page-context", equip)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
