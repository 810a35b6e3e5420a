"""The recorded benchmarks as a page shows them: ratios with their spread, and their origin."""

import json
from collections.abc import Sequence
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from .convolution import costs
from .kit.drawing import beside, clear
from .kit.picture import BLUE, GREY, Axes, Picture, plot
from .ledger import Markdown, Table

RECORDS = Path(__file__).parents[1] / "records"
WITHOUT_RATIOS = {  # records of other kinds
    *("activations", "drawing", "growth", "imbalance", "mutants"),
    *("races", "rocq", "seeds", "sweeps"),
}
RATIO_KEYS = {"median", "low", "high"}
RECORD_KEYS = {"title", "what", "baseline", "ratios", "rounds", "device", "versions", "date"}


def read(name: str | Path) -> dict[str, Any]:
    """Read the record of a script in ``benchmarks/``, or another JSON file by its path.

    It has "title", "what", "baseline", "ratios" (a contender's seconds over the baseline's:
    "median", and the quartiles "low" and "high"), "rounds", "device", "versions" and "date". One
    of a second machine is "another_machine/training", say. A ValueError says what a file lacks.

    Examples
    --------
    >>> read("training")["baseline"]
    'chainrule'
    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "empty.json")
    ...     _ = path.write_text("", encoding="utf-8")
    ...     read(path)
    Traceback (most recent call last):
    ValueError: name: empty.json is not JSON
        (Expecting value: line 1 column 1 (char 0))
    """
    paths = (p for p in RECORDS.rglob("*.json") if p.stem not in WITHOUT_RATIOS)
    records = {p.relative_to(RECORDS).with_suffix("").as_posix(): p for p in paths}
    if isinstance(name, str) and name not in records:
        raise ValueError(f"name: expected one of {sorted(records)} or a Path, got {name!r}")
    path = records[name] if isinstance(name, str) else name
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"name: {path.name} is not JSON ({error})") from error
    missing = sorted(RECORD_KEYS - set(record))
    if missing:
        raise ValueError(
            f"name: {path.name} is not the record of a benchmark: it lacks {', '.join(missing)}"
        )
    for name, ratio in record["ratios"].items():
        if set(ratio) != RATIO_KEYS:
            raise ValueError(f"name: {path.name}: the ratio of {name} needs {sorted(RATIO_KEYS)}")
    return record


@plot(height=lambda record: 1.3 + 0.42 * len(record["ratios"]))
def ratios(axes: Axes, record: dict[str, Any]) -> None:
    """Draw how many times as long each contender takes as the baseline, with the quartiles."""
    for row, ratio in enumerate(record["ratios"].values()):
        axes.plot([ratio["low"], ratio["high"]], [row, row], color=BLUE, lw=4, alpha=0.4)
        axes.plot(ratio["median"], row, "o", color=BLUE)
        text = "noisy" if noisy(ratio) else f"{ratio['median']:.2f}"
        beside(axes, (ratio["median"], row), (0, 8), text, ha="center", bbox=clear(1.5), zorder=1.7)
    axes.axvline(1, color=GREY, ls="--", zorder=1.5)
    axes.set(
        yticks=range(len(record["ratios"])),
        yticklabels=list(record["ratios"]),
        ylim=(-0.5, len(record["ratios"]) - 0.2),
        xlim=(0, None),
        xlabel=f"time over that of {record['baseline']}\n(dashed: as fast as it)",
    )


def read_if_there(name: str) -> dict[str, Any]:
    """Read a record that needs a machine that not everybody has; give nothing where there is none.

    Examples
    --------
    >>> read_if_there("abacus")
    {}
    """
    return read(name) if (RECORDS / f"{name}.json").exists() else {}


def recorded(name: str, key: str = "ratios") -> Table | None:
    """Give the ratios of a record as a table, or nothing where there are none.

    Examples
    --------
    >>> recorded("abacus")
    """
    record = read_if_there(name)
    if not record.get(key):
        return None
    what = f"time over that of {record['baseline']}" if key == "ratios" else key
    head = [what, f"ratio (quartiles), {record['device']}, {record['date']}"]
    return Table(head, [[who, _with_quartiles(ratio)] for who, ratio in record[key].items()])


def by_size(record: dict[str, Any], how: str = "one thread") -> Table:
    """Give the geometric mean of all ratios for each size of the arrays, and over all of them.

    Examples
    --------
    >>> means = {"by_size": {"1000": 0.5}, "geometric_mean": 0.5}
    >>> by_size({"baseline": "PyTorch", "two threads": means}, "two threads")
    | numbers, two threads | time over that of PyTorch |
    | --- | --- |
    | 1 000 | 0.50 |
    | all | 0.50 |
    """
    means = record[how]
    rows = {_thousands(int(size)): ratio for size, ratio in means["by_size"].items()}
    rows["all"] = means["geometric_mean"]
    head = [f"numbers, {how}", f"time over that of {record['baseline']}"]
    return Table(head, [[size, f"{ratio:.2f}"] for size, ratio in rows.items()])


def provenance(record: dict[str, Any]) -> Markdown:
    """Say where a record is from: the date, the device, the versions, and how fast the machine is.

    Examples
    --------
    >>> record = {"date": "2026-11-29", "device": "CPU", "rounds": 31}
    >>> provenance(record | {"versions": {"numpy": "2.4.6"}})
    Recorded 2026-11-29 in 31 rounds (CPU; numpy 2.4.6).
    """
    versions = ", ".join(f"{name} {version}" for name, version in record["versions"].items())
    how = f"{record['rounds']} rounds ({record['device']}; {versions})"
    text = f"Recorded {record['date']} in {how}."
    if "machine" in record:
        rates = (record["machine"][f"{what}_per_second"] / 1e9 for what in ("operations", "bytes"))
        operations, moved = (f"{rate:.0f}\u00a0·\u00a010⁹" for rate in rates)
        text += f" One thread does {operations} operations and {moved} bytes a second."
    return Markdown(text)


def machines(how: str = "one thread") -> Table:
    """Put geometric means beside another machine's, of convolution over the fastest ways."""
    columns = []
    for folder in ("", "another_machine/"):
        names = "training", "cnn", "functions", "optimizers", "convolution"
        digits, cnn, functions, optimizers, convolution = (read(folder + name) for name in names)
        columns.append(
            {
                "training the digits": 1 / digits[how]["PyTorch, eager"]["median"],
                "training the CNN": geometric_mean(each["median"] for each in cnn[how].values()),
                "activations and losses": functions[how]["geometric_mean"],
                "optimizers": optimizers[how]["geometric_mean"],
                **{f"convolution, {w}": m["fastest"] for w, m in convolution["means"][how].items()},
            }
        )
    rows = [[what, *(f"{column[what]:.2f}" for column in columns)] for what in columns[0]]
    return Table([f"{how}, time over that of PyTorch", "above", "another machine"], rows)


METHODS = {
    "by itself": "chainrule",
    "tiles": "chainrule, tiled",
    "columns": "chainrule, im2col",
    "Winograd": "chainrule, winograd",
}
METHODS |= {f"{each} ½": f"{METHODS[each]} in halves" for each in ("tiles", "Winograd")}


def layers(
    record: dict[str, Any],
    way: str = "forward",
    how: str = "one thread",
    methods: Sequence[str] = tuple(METHODS)[:4],
) -> Table:
    """Give the times of convolution over PyTorch's, a row for each layer and one for their mean.

    The way is "forward" or "backward", and they were measured with "one thread" or "two threads".
    Where there are four methods or more, the last row has the mean over our fastest of each layer.
    """
    if how not in record.get("means", {}):
        raise ValueError(f"how: expected one of {sorted(record.get('means', {}))}, got {how!r}")
    layers = {name: layer[how][way] for name, layer in record["layers"].items()}
    rows = [
        [n, *(_with_quartiles(of.get(METHODS[m])) for m in methods)] for n, of in layers.items()
    ]
    texts = {who: f"{mean:.2f}" for who, mean in record["means"][how][way].items()}
    rows.append(["geometric mean", *(texts.get(METHODS[method], "–") for method in methods)])
    key = "fastest, halves too" if "tiles ½" in methods else "fastest"
    if len(methods) >= 4:
        rows.append(["the fastest of each", texts[key], *["–"] * (len(methods) - 1)])
    return Table([way, *methods], rows)


def mutants(scope: str = "package") -> dict[str, Any]:
    """Read what the tests noticed of the mistakes that ``benchmarks/mutants.py`` made in a scope.

    Examples
    --------
    >>> mutants("all")
    Traceback (most recent call last):
    ValueError: scope: expected one of ['package'], which are recorded,
        got 'all'
    """
    record = json.loads((RECORDS / "mutants.json").read_text(encoding="utf-8"))
    if scope not in record:
        raise ValueError(f"scope: expected one of {[*record]}, which are recorded, got {scope!r}")
    return record[scope]


def noticed(record: dict[str, Any]) -> Table:
    """Give how many mistakes the tests noticed, by module."""
    columns = ["tried", "killed", "equivalent", "survived"]
    counts = {f"`{name}`": [row[c] for c in columns] for name, row in record["modules"].items()}
    counts["all"] = [sum(column) for column in zip(*counts.values(), strict=True)]
    head = ["module", "mistakes tried", "noticed", "change nothing", "not noticed"]
    return Table(head, [[name, *row] for name, row in counts.items()])


def unnoticed(record: dict[str, Any], kind: str = "survivors") -> Table:
    """Give the "survivors", which no test noticed, or the "equivalent", which change nothing.

    Examples
    --------
    >>> print(unnoticed({"survivors": []}))
    | where | what it was → what it became |
    | --- | --- |
    >>> one = {"file": "a.py", "line": 3, "before": "x", "after": "+x"}
    >>> one["reason"] = "it is x"
    >>> print(unnoticed({"equivalent": [one]}, "equivalent"))
    | where | what it was → what it became | why nothing changes |
    | --- | --- | --- |
    | `a.py`, line 3 | `x`<br>→ `+x` | it is x |
    """
    rows = []
    for one in record[kind]:
        row = [f"`{one['file']}`, line {one['line']}", f"`{one['before']}`<br>→ `{one['after']}`"]
        rows.append([*row, one["reason"]] if kind == "equivalent" else row)
    last = ["why nothing changes"] if kind == "equivalent" else []
    return Table(["where", "what it was → what it became", *last], rows)


def noisy(ratio: dict[str, float]) -> bool:
    """Say whether the quartiles of a ratio lie so far apart that it says nothing.

    Examples
    --------
    >>> noisy({"median": 1.0, "low": 0.9, "high": 1.2})
    True
    """
    return ratio["high"] > 1.25 * ratio["low"]


def _with_quartiles(ratio: dict[str, float] | None) -> str:
    if ratio is None:
        return "–"
    if noisy(ratio):
        return "noisy"
    return f"{ratio['median']:.2f} ({ratio['low']:.2f}–{ratio['high']:.2f})"


def _thousands(count: int) -> str:
    return f"{count:,}".replace(",", " ")


def others(record: dict[str, Any]) -> Table:
    """Give the forward times of other ways over ours in tiles, a row for each layer."""
    rows = []
    for name, layer in record["layers"].items():
        medians = {who: each["median"] for who, each in layer["one thread"]["forward"].items()}
        ratios = [medians[who] / medians["chainrule, tiled"] for who in ("indices", "unfold")]
        loops = round(layer["loops"], 1 - len(str(int(layer["loops"]))))
        rows.append([name, *(f"{ratio:.1f}" for ratio in ratios), _thousands(int(loops))])
    return Table(["layer", "columns by indices", "PyTorch's unfold", "loops"], rows)


def memory(record: dict[str, Any]) -> Picture:
    """Draw the working memory of convolution's forward pass: im2col and tiles, by layer."""
    used = {name: layer["memory"]["forward"] for name, layer in record["layers"].items()}
    keys = {"im2col": "chainrule, im2col", "tiles": "chainrule, tiled"}
    rows = [(name, {what: of[key] for what, key in keys.items()}) for name, of in used.items()]
    return costs.memory(rows)


def roofline(record: dict[str, Any]) -> Picture:
    """Draw the roof of the record's machine, and each layer in tiles under it."""
    machine = record["machine"]
    points = [
        (name, layer["intensity"], layer["one thread"]["operations_per_second"]["chainrule, tiled"])
        for name, layer in record["layers"].items()
    ]
    return costs.roofline(machine["operations_per_second"], machine["bytes_per_second"], points)


def crossover(record: dict[str, Any]) -> Picture:
    """Draw the time of convolution by kernel size, for each method."""
    return costs.crossover(record["kernel_sizes"], record["seconds_by_kernel_size"])
