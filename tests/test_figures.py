"""Every picture draws, from the data that its page gives it; its details are for eyes."""

import io
import json
import re
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.path import Path
from PIL import Image
from sklearn.datasets import make_moons

from chainrule.activations import ReLU, Sigmoid, Tanh
from chainrule.convolution import Conv2d, Flatten, MaxPool2d, conv2d
from chainrule.figures import (
    activations,
    benchmarks,
    cnn,
    convolution,
    data_parallel,
    device,
    growth,
    ledger,
    losses,
    network,
    optimizers,
    picture,
    show_source,
    training,
)
from chainrule.figures.kit.grids import written_sum
from chainrule.figures.kit.moving import Moving
from chainrule.figures.kit.slider import Curve, Points, Slider, Still, Trail
from chainrule.figures.losses.overlap import OverlapSlider
from chainrule.figures.optimizers import LANDSCAPES, arrival, descend
from chainrule.ledger import verify
from chainrule.losses import Huber
from chainrule.network import Linear, Network
from chainrule.optimizers import SGD
from chainrule.oracles import central_difference, relative_error
from chainrule.training import History

RNG = np.random.default_rng(0)
IMAGES, CLASSES = RNG.random((30, 64)), RNG.integers(0, 10, 30)
OUTPUT = RNG.random((30, 10))
HISTORY = History([1.0, 0.5], [1.1, 0.7], [0.8, 0.9])
RECORD = {
    "title": "t",
    "what": "w",
    "baseline": "chainrule",
    "ratios": {"other": {"median": 2.0, "low": 1.5, "high": 2.5}},
    "rounds": 5,
    "device": "CPU",
    "versions": {"numpy": "2"},
    "date": "2026-01-01",
}
NET = Network([Linear(2, 3, rng=RNG), ReLU(), Linear(3, 1, rng=RNG), Sigmoid()])
IMAGE_NET = Network(
    [
        *(Conv2d(1, 4, 3, rng=RNG), ReLU(), MaxPool2d(2)),
        *(Conv2d(4, 5, 2, rng=RNG), Flatten(), Linear(20, 10, rng=RNG)),
    ]
)
SQUARES = IMAGES.reshape(-1, 1, 8, 8)

PICTURES = {
    "fitted_line": lambda: training.fitted_line(np.arange(3), np.arange(3), {0: (1.0, 0.0)}),
    "five_steps": lambda: training.five_steps(),
    "sweeps": lambda: training.sweeps("width", "learning rate", lowest=90),
    "digit_samples": lambda: training.digit_samples(IMAGES, CLASSES),
    "learning_curve": lambda: training.learning_curve(HISTORY),
    "confusion": lambda: training.confusion(OUTPUT, CLASSES),
    "misclassified": lambda: training.misclassified(OUTPUT, IMAGES, CLASSES),
    "none misclassified": lambda: training.misclassified(np.eye(10), IMAGES[:10], np.arange(10)),
    "neuron": lambda: network.neuron(),
    "output_error": lambda: network.output_error(),
    "hidden_error": lambda: network.hidden_error(),
    "paper_network": lambda: network.paper_network(NET, np.array([1.0, 2.0])),
    "gradient_norms": lambda: network.gradient_norms({"a": [0.1, 1.0]}),
    "bounds": lambda: network.bounds([0.1, 1.0], [0.2, 1.0]),
    "activation_sizes": lambda: network.activation_sizes({"a": [1.0, 2.0]}),
    "curves": lambda: activations.curves(ReLU()),
    "gelu_error": lambda: activations.gelu_error(),
    "maxout_fits": lambda: activations.maxout_fits(),
    "racing": lambda: activations.racing(activations.recorded()),
    "error_curves": lambda: losses.error_curves(Huber()),
    "fitted_lines": lambda: losses.fitted_lines(
        OUTPUT[0], np.arange(10.0), {"a": (1.0, 0.0), "b": (0.5, 0.0), "c": (0.0, 1.0)}
    ),
    "entropy": lambda: losses.entropy(),
    "binary_curves": lambda: losses.binary_curves(),
    "by_rate": lambda: losses.by_rate(
        [0.1, 1.0], {"a": {"b": OUTPUT[:2, :2], "c": OUTPUT[2:4, :2]}}
    ),
    "likelihoods": lambda: losses.likelihoods([1.0, 2.0]),
    "overlap_curves": lambda: losses.overlap_curves(),
    "triplet_forces": lambda: losses.triplet_forces(),
    "embeddings": lambda: losses.embeddings(
        {"before": OUTPUT[:, :2], "after": OUTPUT[:, 2:4]}, np.arange(30) % 10
    ),
    "masks": lambda: losses.masks(
        IMAGES[:2].reshape(2, 8, 8),
        np.eye(8, dtype=int)[None][[0, 0]],
        {"a": np.ones((2, 8, 8), int)},
    ),
    "operating_points": lambda: losses.operating_points({"a": [(0.1, 0.9)], "b": [(0.9, 0.1)] * 2}),
    "noise": lambda: optimizers.noise([1, 2], [1.0, 0.6], [1.0, 0.5]),
    "factors": lambda: optimizers.factors(1.0, 10.0),
    "ravine": lambda: optimizers.ravine({"a": OUTPUT[:5, :2]}),
    "nesterov_step": lambda: optimizers.nesterov_step(),
    "scaled_rates": lambda: optimizers.scaled_rates(np.ones(20)),
    "first_steps": lambda: optimizers.first_steps({"a": np.ones(10)}),
    "decay": lambda: optimizers.decay({"a": OUTPUT[:2], "b": OUTPUT[2:4]}),
    "largest_as_norm": lambda: optimizers.largest_as_norm(np.linspace(-1, 1, 9), 0.9),
    "schedules": lambda: optimizers.schedules(
        9, dict.fromkeys("abcd", lambda step: 1 / (1 + step))
    ),
    "search": lambda: optimizers.search(
        (0.1, 1.0), dict.fromkeys(optimizers.CONTENDERS, (1.0, 2.0))
    ),
    "digits_race": lambda: optimizers.digits_race(dict.fromkeys(optimizers.CONTENDERS, (HISTORY,))),
    "sliding": lambda: convolution.sliding(),
    "overlap": lambda: convolution.overlap(),
    "photograph": lambda: convolution.photograph(),
    "another photograph": lambda: convolution.photograph("flower.jpg"),
    "dilated": lambda: convolution.dilated(),
    "columns": lambda: convolution.columns(),
    "columns_of_channels": lambda: convolution.columns_of_channels(),
    "kernel_row": lambda: convolution.kernel_row(),
    "kernel_row_of_channels": lambda: convolution.kernel_row_of_channels(),
    "product": lambda: convolution.product(),
    "matrix": lambda: convolution.matrix(),
    "a larger matrix": lambda: convolution.matrix(4, 3),
    "roofline": lambda: convolution.roofline(2e11, 2e10, [("a", 2.0, 1e10), ("b", 50.0, 1e11)]),
    "roofline with limits": lambda: convolution.roofline(2e11, 2e10, [], limits=(0.1, 100.0)),
    "memory": lambda: convolution.memory(
        [("a", {"im2col": 100.0, "tiled": 8.0}), ("b", {"tiled": 0.0})]
    ),
    "crossover": lambda: convolution.crossover([3, 5], {"a": [0.1, 0.2], "b": [0.1, None]}),
    "multiplications": lambda: convolution.multiplications([3, 5, 7], 32),
    "learning curves of seeds": lambda: training.learning_curve([HISTORY, HISTORY]),
    "kernels": lambda: cnn.kernels(IMAGE_NET.layers[0]),
    "kernels and their start": lambda: cnn.kernels(IMAGE_NET.layers[0], IMAGE_NET.layers[0]),
    "kernels of channels": lambda: cnn.kernels(IMAGE_NET.layers[3]),
    "feature_maps": lambda: cnn.feature_maps(IMAGE_NET, SQUARES),
    "images misclassified": lambda: training.misclassified(OUTPUT, SQUARES, CLASSES),
    "losses_side_by_side": lambda: cnn.losses_side_by_side([1.0, 0.5], [1.0, 0.5 + 1e-15]),
    "equal losses": lambda: cnn.losses_side_by_side([1.0, 0.5], [1.0, 0.5]),
    "scheme": lambda: data_parallel.scheme(),
    "step_times": lambda: data_parallel.step_times(1e8, 1e-5, 1e10, 1e-3, (1, 8)),
    "growth, step_times": lambda: growth.step_times(growth.recorded()["time"]["depth"], "depth"),
    "growth, counted": lambda: growth.step_times(
        growth.recorded()["time"]["depth"], "depth", [1e-3] * 5
    ),
    "growth, memory": lambda: growth.memory(
        {"width": {"sizes": [1, 2], "bytes": {"a": [1e6, 2e6]}}}
        | {"batch": {"sizes": [1, 2], "bytes": {"a": [1e6, 2e6]}}},
        {"width": [1e6, 2e6], "batch": [1e6, 1e6]},
    ),
    "growth, by_data": lambda: growth.by_data(growth.recorded()["data"]),
    "formats": lambda: device.formats(),
    "dot_errors": lambda: device.dot_errors([2, 8], np.random.default_rng(0)),
    "traffic": lambda: device.traffic([("a", 2e6, 1e6), ("b", 3e6, 1e6)]),
    "ledger errors": lambda: ledger.errors([verify("1.1")]),
    "ratios": lambda: benchmarks.ratios(RECORD),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_itself_as_svg_and_a_photograph_as_png(name):
    """That it is the same every time, the notebooks' comparison sees."""
    figure = PICTURES[name]()
    assert figure._repr_html_() is None
    if figure.photograph:
        png, shown = figure._repr_png_()
        assert shown == {"width": 540}
        assert np.asarray(Image.open(io.BytesIO(png)).convert("L")).std() > 1  # not empty
    else:
        root = ElementTree.fromstring(figure._repr_svg_())
        assert root.get("width") == "540"
        assert len(list(root.iter())) > 2  # not empty
        # nothing that would reach beyond it, into a page
        assert not {"style", "script"} & {element.tag.split("}")[1] for element in root.iter()}
    assert [figure._repr_svg_(), figure._repr_png_()].count(None) == 1


@pytest.mark.parametrize(("points", "inches"), [(8.9, 4.75), (9.1, 5), (11, 6)])
def test_a_picture_with_words_too_small_for_a_phone_is_refused(points, inches):
    @picture
    def draw(figure):
        figure.set_figwidth(inches)
        figure.subplots().text(0, 0, "tiny", fontsize=points)

    with pytest.raises(ValueError, match="'tiny' is too small"):
        draw()


def test_drawing_leaves_no_trace_in_matplotlib():
    before = dict(matplotlib.rcParams)
    network.neuron()._repr_svg_()
    assert dict(matplotlib.rcParams) == before


def test_source_is_shown_without_its_docstring():
    code = repr(show_source(Sigmoid))
    assert "exp(minimum" in code
    assert '"""' not in code
    compile(code.replace("(Elementwise)", ""), "shown", "exec", dont_inherit=True)


def test_a_damaged_record_is_refused_with_what_is_wrong(tmp_path):
    path = tmp_path / "record.json"
    path.write_text(json.dumps({"title": "t"}), encoding="utf-8")
    with pytest.raises(ValueError, match=r"name: record\.json is not the record .*lacks baseline"):
        benchmarks.read(path)
    path.write_text(json.dumps(RECORD | {"ratios": {"other": {"median": 1}}}), encoding="utf-8")
    with pytest.raises(ValueError, match="the ratio of other needs"):
        benchmarks.read(path)
    path.write_text(json.dumps(RECORD), encoding="utf-8")
    assert benchmarks.read(path) == RECORD
    with pytest.raises(
        ValueError, match=r"name: expected one of \['another_machine/cnn', .* got 'no-such'"
    ):
        benchmarks.read("no-such")


def test_the_record_of_mutants_is_of_another_kind_and_says_that_nearly_all_were_noticed():
    with pytest.raises(ValueError, match="name: expected one of"):
        benchmarks.read("mutants")
    record = benchmarks.mutants()
    rows = record["modules"].values()
    tried, killed, equivalent, survived = (
        sum(row[fate] for row in rows) for fate in ("tried", "killed", "equivalent", "survived")
    )
    assert tried == killed + equivalent + survived >= 150
    assert killed >= 0.97 * (tried - equivalent)
    assert len(record["survivors"]) == survived
    assert len(record["equivalent"]) == equivalent
    assert all(len(one["reason"]) > 20 for one in record["equivalent"])
    table = benchmarks.noticed(record).markdown
    assert f"| all | {tried} | {killed} | {equivalent} | {survived} |" in table
    for kind in ("survivors", "equivalent"):
        shown = benchmarks.unnoticed(record, kind).markdown.splitlines()
        assert len(shown) == 2 + len(record[kind])


def test_the_ledger_is_in_the_order_of_its_numbers():
    labels = ("1.10", "1.2.1f", "1.9", "1.2.2a", "1.1.2a", "1.2.1b", "1.2")
    verdicts = [verify(label) for label in labels]
    shown = re.findall(r"summary>✓ \(([^)]+)", ledger.by_page(verdicts, verdicts, "book").markdown)
    expected = ["1.1.2a", "1.2", "1.9", "1.2.1b", "1.2.1f", "1.2.2a", "1.10"]
    assert shown == expected
    ticks = ledger.errors(verdicts).axes[0].get_yticklabels()
    assert [tick.get_text() for tick in ticks] == [f"({label})" for label in expected]


def test_the_ledger_says_when_a_saboteur_got_through():
    holds = verify("1.1")
    refuted = verify("1.1", implementation=holds.claim.saboteur)

    def said(*pair):
        return ledger.by_page(*([verdict] for verdict in pair), "book").markdown

    assert "<summary>✓ (1.1)" in said(holds, refuted)
    assert "Wrong form refused: the indices of w swapped" in said(holds, refuted)
    assert "Wrong form not refused: the indices of w swapped" in said(holds, holds)
    assert "<summary>✗ (1.1)" in said(refuted, refuted)


def on_paper():
    """Give the network of 1.1.2 that is small enough for a sheet of paper."""
    net = Network([Linear(2, 3, rng=RNG), ReLU(), Linear(3, 1, rng=RNG), Sigmoid()])
    w1, b1, w2, b2 = net.parameters
    w1[:], b1[:] = [[1.0, -0.5], [0.5, 0.5], [-1.0, -0.5]], [0.5, 0.5, 1.0]
    w2[:], b2[:] = [[2.0, -1.0, 3.0]], [1.0]
    return net


MOON_X, MOON_Y = make_moons(40, noise=0.1, random_state=0)
MOON_NET = Network([Linear(2, 3, rng=RNG), Tanh(), Linear(3, 2, rng=RNG)])

SLIDERS = {
    "round": lambda: network.RoundOfTraining(on_paper(), np.array([1.0, 2.0]), 1.0),
    "boundary": lambda: training.boundary_slider(MOON_X, MOON_Y, {0: MOON_NET, 5: MOON_NET}),
    "start": lambda: network.error_slider(IMAGES),
    "overlap": losses.overlap_slider,
    "softmax": activations.softmax_slider,
    "leaky": activations.leaky_slider,
    "elu": activations.elu_slider,
    "swish": activations.swish_slider,
    "huber": losses.huber_slider,
    "focal": losses.focal_slider,
    "tversky": losses.tversky_slider,
    "learning rate": optimizers.learning_rate_slider,
    "momentum": optimizers.momentum_slider,
    "windows": convolution.stepper,
    "ring": data_parallel.ring,
    **{
        f"race on {name}": lambda name=name: optimizers.race_slider(name, optimizers.race(name))
        for name in LANDSCAPES
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SLIDERS)
def test_a_slider_is_small_and_described(name):
    slider = SLIDERS[name]()
    html = slider._repr_html_()
    assert len(html) < 60_000
    assert 'role="img" aria-label="' in html
    assert "nan" not in html
    assert "http" not in html
    assert f'aria-label="{slider.called}" aria-valuetext="' in html
    assert len(slider.caption) > 40
    assert slider.caption.endswith(".")
    assert all(getattr(slider, "axes", "-"))


def test_a_slider_shows_the_numbers_it_was_given():
    x = np.array([0.0, 1.0])
    slider = Slider("s", "d", "a", (1, 2), x, [Curve("f", [x, 2 * x])], (0.0, 2.0), start=1)
    across, down = slider.at(1.0, 2.0)
    assert f"L{across:.1f},{down:.1f}" in slider._repr_html_().split("<script>")[0]
    with pytest.raises(ValueError, match=r"curves: expected 2 frames .*, got 1 of 'f'"):
        Slider("s", "d", "a", (1, 2), x, [Curve("f", [x])], (0.0, 2.0))


def test_a_slider_has_its_name_for_an_id_and_says_its_description():
    x = np.array([0.0, 1.0])
    curves = [Curve("f & g", [x, 2 * x])]
    html = Slider("s", "A < B.", "a", (-1, 2), x, curves, (0.0, 2.0), start=1)._repr_html_()
    assert '<figure class="checked slider" id="slider-s">' in html
    assert 'document.getElementById("slider-s")' in html
    assert '<svg viewBox="0 0 564 362" role="img" aria-label="A &lt; B."' in html
    assert "f &amp; g" in html
    assert "a = <output>2</output>" in html
    assert 'min="0" max="1" value="1" aria-label="a" aria-valuetext="2">' in html
    assert '"texts":["-1","2"]' in html


def test_a_slider_writes_its_symbols_in_italics():
    x, look = np.array([0.0, 1.0]), {"axes": ("*x*", "*f*(*x*)"), "caption": "*f* at *a* < 1."}
    curves = [Curve("*f*", [x]), Curve("g", [x])]
    slider = Slider("s", "d", "size *a*", (1,), x, curves, (0.0, 1.0), **look)
    html = slider._repr_html_()
    assert "<figcaption><i>f</i> at <i>a</i> &lt; 1.</figcaption>" in html
    assert "size <i>a</i> = <output>1</output>" in html
    assert 'aria-label="size a"' in html
    assert '><tspan font-style="italic">x</tspan></text>' in html
    alone = Slider("s", "d", "a", (1,), x, curves[1:], (0.0, 1.0), **look)
    assert alone.legend() == []  # its axis says it
    assert html.index("</svg> <i>f</i></span>") < html.index(">f</tspan>(<tspan")


def test_a_slider_may_begin_at_several_places_with_some_curves_in_front():
    x, nowhere = np.array([0.0, 1.0]), (np.array([np.nan]), np.array([np.nan]))
    corners = [(np.array([at]), np.array([at])) for at in (0.0, 1.0)]
    moving = Trail("f", [corners[0], nowhere, corners[1], nowhere], lines=[(x, x), (x, 1 - x)])
    other = Trail("g", [nowhere] * 4, lines=[(x, 0 * x), (x, 0 * x)])
    places = [(0.0, 0.0), (1.0, 1.0)]
    settings = {"front": [0], "places": places}
    slider = Slider("s", "d", "a", (1, 2), x, [moving, other], (0.0, 1.0), **settings)
    html = slider._repr_html_()
    assert slider.texts == ["1", "2", "1", "2"]
    assert [slider.frame(k) for k in range(4)] == [
        ["", "M50.0,298.0h0"],  # what is in front is drawn last
        ["", ""],
        ["", "M558.0,40.0h0"],
        ["", ""],
    ]
    assert '<input type="range" autocomplete="off" min="0" max="1" value="0"' in html
    assert re.findall(r'<g class="([^"]+)" data-series="(\d)">', html) == [
        ("series behind", "1"),
        ("series", "0"),
    ]
    assert re.findall(r'data-series="(\d)" aria-pressed="(\w+)"', html) == [
        ("0", "true"),
        ("1", "false"),
    ]
    trail = '<path class="still trail{}" stroke="#0072B2" data-choice="{}" d="{}"/>'
    assert trail.format("", 0, "M50,298l508-258") in html
    assert trail.format(" later", 1, "M50,40l508,258") in html
    assert re.findall(r'data-places="(\d)"><circle class="place" cx="(\d+)" cy="(\d+)"', html) == [
        ("0", "50", "298"),
        ("1", "558", "40"),
    ]
    assert html.count('<input type="radio" autocomplete="off" name="slider-s"') == 2
    with pytest.raises(
        ValueError, match=r"expected 4 frames \(one for each value from each place\)"
    ):
        Slider("s", "d", "a", (1, 2), x, [Curve("f", [x, x])], (0.0, 1.0), **settings)


def test_places_on_each_other_have_one_mark():
    x = np.array([0.0, 1.0])
    settings = {"places": [(0.5, 0.5), (0.5, 0.5001)], "front": [0]}
    html = Slider(
        "s", "d", "a", (1,), x, [Curve("f", [x, x])], (0.0, 1.0), **settings
    )._repr_html_()
    assert html.count("data-places=") == html.count('data-places="0 1"') == 1
    assert ">1,2</text>" in html


def test_a_trail_is_a_line_without_what_cannot_be_seen():
    slider = Slider("s", "d", "a", (1,), np.array([0.0, 508.0]), [], (0.0, 258.0))
    x = np.array([0, 1, 2, 10.2, np.nan, 20, 30, 31, np.nan, np.nan])
    assert slider.trail(x, 0 * x) == "M50,298l10,0M70,298l10,0l1,0"
    assert slider.trail(np.array([5.0, 5.0]), np.array([7.0, 7.0])) == "M55,291"


def test_a_slider_has_round_numbers_at_their_places_on_both_axes():
    x = np.array([0.0, 2.0])
    slider = Slider("s", "d", "a", (1, 2), x, [Curve("f", [x, x])], (-1.0, 1.0))
    found = re.findall(
        r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">([^<]+)</text>', slider._repr_html_()
    )
    across = {text: float(a) for a, _, side, text in found if side == "middle"}
    down = {text: float(d) for _, d, side, text in found if side == "end"}
    assert list(across) == ["0", "0.5", "1", "1.5", "2"]
    assert list(down) == ["−1", "−0.5", "0", "0.5", "1"]
    assert across == pytest.approx({t: 50 + 254 * float(t) for t in across}, abs=0.06)
    assert down == pytest.approx(
        {t: 5 + 169 - 129 * float(t.replace("−", "-")) for t in down}, abs=0.06
    )


def test_a_slider_moves_points_over_lines_that_stay():
    x = np.array([0.0, 1.0])
    frames = [(x, x), (x[:1], np.array([np.nan]))]
    slider = Slider(
        "s",
        "d",
        "a",
        (1, 2),
        x,
        [Points("p", frames, joined=True)],
        (0.0, 1.0),
        still=[Still(x, 1 - x), Still(x, x, 2)],
    )
    html = slider._repr_html_()
    (corner,) = {f"{a:.1f},{d:.1f}" for a, d in [slider.at(1.0, 1.0)]}
    assert f"{corner}h0" in html
    assert f"L{corner}" in html.split("<script>")[0]
    assert html.count('class="contour"') == html.count('<path class="still"') == 1
    assert '["",""]' in html  # the second frame has no point to show


def test_a_slider_names_what_it_draws_above_the_picture_and_says_more_of_each_value():
    x = np.array([0.0, 1.0])
    line = Curve("a < b", [(x, 1 - x), (x[:1], x[:1])])
    slider = Slider("s", "d", "a", (1, 2), x, [line], (0.0, 1.0), notes=["one", "two"])
    html = slider._repr_html_()
    legend, _, drawing = html.partition('<svg viewBox="0 0 564 362"')
    assert "a &lt; b" in legend
    assert "M50.0,40.0L558.0,298.0" in drawing
    assert slider.texts == ["1; one", "2; two"]
    assert 'aria-valuetext="1; one"' in html


def shown(figure, position):
    """Give what a round of training shows at a position, and what of it is new."""
    states = zip(figure.groups(), figure.frame(position), strict=True)
    seen = [(re.findall(r">([^<]+)</text>", svg), state) for (svg, *_), state in states]
    visible = [text for texts, state in seen if "later" not in state for text in texts]
    return visible, [text for texts, state in seen if "now" in state for text in texts]


def test_a_round_of_training_shows_what_autograd_finds():
    net = on_paper()
    figure = network.RoundOfTraining(net, np.array([1.0, 2.0]), 1.0)
    w1, b1, w2, b2 = (torch.tensor(p, requires_grad=True) for p in net.parameters)
    x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    z1 = w1 @ x + b1
    z2 = w2 @ torch.relu(z1) + b2
    for z in (z1, z2):
        z.retain_grad()
    cost = (torch.sigmoid(z2) - 1).square().sum() / 2
    cost.backward()

    def texts(*tensors, before=""):
        found = [float(value) for each in tensors for value in each.detach().flatten()]
        return [before + f"{value + 0.0:g}".replace("-", "−") for value in found]

    assert shown(figure, 3)[1] == texts(z1.grad, z2.grad, before="δ ")
    assert sorted(shown(figure, 4)[1][1:]) == sorted(texts(w1.grad, b1.grad, w2.grad, b2.grad))
    moved = [parameter - parameter.grad for parameter in (w1, b1, w2, b2)]
    assert sorted(shown(figure, 5)[1][1:]) == sorted(texts(*moved))
    assert "C = 0.125" in shown(figure, 2)[1]
    again = torch.sigmoid(moved[2] @ torch.relu(moved[0] @ x + moved[1]) + moved[3])
    last = f"C = {(again - 1).square().item() / 2:.5f}"
    assert last in shown(figure, 6)[1]
    np.testing.assert_array_equal(net.parameters[2], [[2.0, -1.0, 3.0]])  # it is left as it was


def test_a_round_of_training_shows_each_number_from_its_step_on():
    figure = network.RoundOfTraining(on_paper(), np.array([1.0, 2.0]), 1.0)
    assert "z 0.5" not in shown(figure, 0)[0]
    assert shown(figure, 1)[1].count("z 0.5") == 1
    assert "C = 0.125" not in shown(figure, 6)[0]
    for position in range(7):
        visible, _ = shown(figure, position)
        assert sum(text.startswith("z ") for text in visible) == (4 if position else 0)
        assert sum("above" in text for text in visible) == 1  # one set of parameters at a time
    with pytest.raises(ValueError, match="network: expected parameters of a 2–3–1 network, got"):
        network.RoundOfTraining(Network([Linear(2, 1, rng=RNG)]), np.ones(2), 1.0)


def test_a_boundary_is_where_both_classes_are_equally_likely():
    slider = training.boundary_slider(MOON_X, MOON_Y, {0: MOON_NET})
    line, neurons = (np.stack(curve.frames[0], 1) for curve in slider.curves)
    line, neurons = line[~np.isnan(line[:, 0])], neurons[~np.isnan(neurons[:, 0])]
    output = MOON_NET(line)
    np.testing.assert_allclose(output[:, 0], output[:, 1], atol=0.02)
    weight, bias = MOON_NET.layers[0].parameters
    assert len(neurons)
    np.testing.assert_allclose(np.abs(neurons @ weight.T + bias).min(1), 0, atol=1e-12)
    wrong = sum(int(np.argmax(MOON_NET(a[None]))) != b for a, b in zip(MOON_X, MOON_Y, strict=True))
    assert slider.texts == [f"0; {wrong} of 40 points wrong"]


def test_a_boundary_may_be_nowhere():
    net = MOON_NET.map(np.copy)
    net.parameters[-1][:] = [0, 100]
    assert training.boundary_slider(MOON_X, MOON_Y, {0: net}).curves[0].frames[0][0].size == 1
    with pytest.raises(ValueError, match=r"x: expected shape \(N, 2\), got \(40, 1\)"):
        training.boundary_slider(MOON_X[:, :1], MOON_Y, {0: net})


def test_errors_by_size_of_the_start_are_those_of_autograd():
    slider = network.error_slider(IMAGES)
    place = slider.values.index(1.41)
    rng, layers = np.random.default_rng(0), []
    for _ in range(20):
        layers.append(torch.tensor(1.41 / 8 * rng.standard_normal((64, 64))))
    a, weighted = torch.tensor(IMAGES), []
    for weight in layers:
        weighted.append((a @ weight.T).requires_grad_())
        weighted[-1].retain_grad()
        a = torch.tanh(weighted[-1])
    (a.sum() / 8).backward()
    expected = [float(z.grad.square().sum(1).mean().sqrt().log10()) for z in weighted]
    np.testing.assert_allclose(slider.curves[1].frames[place], expected, atol=1e-9)


def test_the_overlap_of_discs_is_counted_pixel_by_pixel():
    def pixels(path):
        """Give the pixels inside a path, by crossings of a ray, as no package counts them."""
        corners, at = [], (0, 0)
        for kind, numbers in re.findall(r"([MHV])([\d ]+)", path):
            first, *second = map(int, numbers.split())
            at = {"M": (first, *second), "H": (first, at[1]), "V": (at[0], first)}[kind]
            corners.append(at)
        shape = Path([*corners, corners[0]]) if corners else None
        middles = [(16 * c + 8, 16 * r + 9) for r in range(11) for c in range(22)]
        return {p for p in middles if shape is not None and shape.contains_point(p)}

    slider = losses.overlap_slider()
    truth = pixels(slider.frame(0)[1])
    assert len(truth) == 37
    for shift in slider.positions:
        common, predicted = map(pixels, slider.frame(shift))
        assert common == truth & predicted
        score = 2 * len(common) / (len(truth) + len(predicted))
        right = 1 - len(truth ^ predicted) / 242
        text = slider.text(shift)
        assert f"|A ∩ B| = {len(common)}, " in text
        assert text.endswith(f"= {score:.3f}, loss {1 - score:.3f}; accuracy {right:.3f}")
    with pytest.raises(ValueError, match=r"shifts: expected 0 … 10 pixels, got 11"):
        OverlapSlider([11])


def test_a_sum_is_written_out_as_it_is_added():
    assert written_sum([-2, 1, -1], [0, 3, 4]) == "−2·0 + 1·3 − 1·4"
    terms = written_sum(convolution.KERNEL.ravel(), convolution.IMAGE[1:4, 2:5].ravel())
    assert eval(terms.replace("·", "*").replace("−", "-")) == 13
    assert convolution.convolved(convolution.IMAGE, convolution.KERNEL)[1, 2] == 13


def test_the_stepper_says_what_the_definition_gives():
    image, kernel = convolution.IMAGE, convolution.KERNEL
    windows = convolution.stepper()
    expected = conv2d(image[None, None] * 1.0, kernel[None, None] * 1.0, method="loops")[0, 0]
    for window, (u, v) in enumerate(np.ndindex(5, 5)):
        place, terms = windows.text(window).removeprefix("Window ").split(": ")
        terms, _, result = terms.partition(" = ")
        assert place == f"{window}, ({u}, {v})"
        assert eval(terms.replace("·", "*").replace("−", "-")) == expected[u, v]
        assert float(result.replace("−", "-")) == expected[u, v]
        assert f"M{4 + 19 * v} {26 + 19 * u}h57" in windows.frame(window)[1]
    assert repr(windows) == "a stepper through 25 windows"


def test_a_stepper_refuses_what_it_has_no_room_for():
    image, kernel = convolution.IMAGE, convolution.KERNEL
    with pytest.raises(ValueError, match=r"image: expected shape \(7, 7\), got \(6, 7\)"):
        convolution.Stepper("s", image[1:], kernel)
    with pytest.raises(ValueError, match=r"kernel: expected shape \(3, 3\), got \(2, 3\)"):
        convolution.Stepper("s", image, kernel[1:])


def test_the_photographs_picture_stays_small():
    assert len(convolution.photograph()._repr_png_()[0]) < 400_000


@pytest.mark.parametrize("name", LANDSCAPES)
def test_a_landscape_has_the_gradient_and_the_minimum_that_it_says(name):
    landscape = LANDSCAPES[name]
    for w in (np.array([0.7, -0.3]), np.array(landscape.start)):
        expected = central_difference(landscape.cost, w)
        assert relative_error(landscape.gradient(w), expected) < 1e-6
    goal = np.array(landscape.goal)
    np.testing.assert_allclose(landscape.gradient(goal), 0, atol=1e-12)
    around = goal[:, None] + 0.05 * np.array([[1, -1, 0, 0], [0, 0, 1, -1]])
    assert (landscape.cost(around) > landscape.cost(goal)).all()


def test_arrival_is_the_step_from_which_one_stays():
    landscape = LANDSCAPES["ravine"]
    there, away = np.zeros(2), np.ones(2)
    assert arrival(landscape, np.array([away, there, away, there, there])) == 3
    assert arrival(landscape, np.array([there, there])) == 0
    assert arrival(landscape, np.array([there, away])) is None
    assert arrival(landscape, np.array([there, away * np.nan])) is None


def test_a_path_that_runs_off_ends_as_nan():
    path = descend(SGD(lr=10.0), lambda w: w, (1.0,), 10)
    assert path[0] == 1.0
    assert np.isnan(path[-1])
    assert np.nanmax(np.abs(path)) < 1e3


class Rate(Moving):
    """A line, and nothing before the slider but one text."""

    name, description, size, positions = "f", "A line.", (9, 9), (0,)

    def text(self, position):
        return "1"

    def frame(self, position):
        return ["M0 0H1"]

    def drawing(self):
        return '<path class="moving"/>'


def test_every_control_has_a_name_and_waits_for_the_script():
    slider = Rate()
    html = slider._repr_html_().partition("<script>")[0]
    names = ["A line.", "previous step", "play", "next step", "position"]
    assert re.findall('aria-label="([^"]+)"', html.partition("</style>")[2]) == names[1:]
    assert f'aria-label="{names[0]}"' in html
    assert '<div class="controls" hidden>' in html
    slider.called = "rate"
    assert 'aria-label="rate"' in slider._repr_html_()


def test_a_race_begins_at_each_start_and_says_who_arrives_by_luck():
    landscape, results = LANDSCAPES["rosenbrock"], optimizers.race("rosenbrock")
    slider = optimizers.race_slider("rosenbrock", results)
    steps = len(slider.values)
    apart = [(0, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)]
    for start, signs in enumerate(apart):
        place = np.array(landscape.start) + np.array(landscape.apart) * signs
        a, d = slider.at(*place)
        assert set(slider.frame(start * steps)) == {f"M{a:.1f},{d:.1f}h0"}
        assert slider.places[start] == pytest.approx(place)
    assert slider.texts[0] == "0; arrived: nobody yet"
    for start, last in enumerate(slider.texts[steps - 1 :: steps]):
        there = last.removeprefix("500; arrived: ").split(", ")
        for racer, raced in results.items():
            arrives = arrival(landscape, raced.paths[start]) is not None
            lucky = np.isinf(raced.arrivals[start])
            assert (racer in there) == (arrives and not lucky)
            assert (f"{racer} (by luck)" in there) == (arrives and lucky)
    assert "Adagrad (by luck)" in slider.texts[steps - 1]


def test_the_fastest_may_be_in_halves_only_where_halves_are_shown():
    record = benchmarks.read("convolution")
    halves = ["tiles", "Winograd", "tiles ½", "Winograd ½"]
    for way in ("forward", "backward"):
        means = record["means"]["two threads"][way]
        assert means["fastest, halves too"] < means["fastest"]
        for methods, key in (([], "fastest"), ([halves], "fastest, halves too")):
            table = str(benchmarks.layers(record, way, "two threads", *methods))
            last = f"| the fastest of each | {means[key]:.2f} | – | – | – |"
            assert table.splitlines()[-1] == last
        first = table.splitlines()[2].split(" | ")
        of = record["layers"]["3 → 64, 7 × 7"]["two threads"][way]["chainrule, tiled in halves"]
        assert first[:1] + first[2:3] == ["| 3 → 64, 7 × 7", "–"]
        noisy = of["high"] > 1.25 * of["low"]
        assert first[3].startswith("noisy" if noisy else f"{of['median']:.2f} (")
