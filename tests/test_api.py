"""The package as its users see it: documented names, and heavy libraries imported late."""

import ast
import dataclasses
import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest
from numpydoc.validate import validate

import chainrule
from chainrule.optimizers.core import Optimizer

ROOT = Path(chainrule.__file__).parent
NAMES = sorted(module.name for module in pkgutil.walk_packages(chainrule.__path__, "chainrule."))
MODULES = [import_module(name) for name in NAMES if not name.endswith("__main__")]
each_module = pytest.mark.parametrize("module", MODULES, ids=[m.__name__ for m in MODULES])


def public(module):
    """Give the functions and classes that a module defines under a public name."""
    return [
        thing
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__ == module.__name__
    ]


def promised(module):
    """Give those that other people's programs may hold on to: all but the book's own pictures."""
    if module.__name__.startswith("chainrule.figures."):
        return []
    return [t for t in public(module) if t.__name__ in getattr(module, "__all__", ())]


def members(cls):
    """Give the public methods and properties that a class defines itself, its fields left out."""
    return {
        name: thing
        for name, thing in vars(cls).items()
        if (name == "__call__" or not name.startswith("_"))
        and name not in vars(cls).get("__annotations__", ())
        and (callable(thing) or isinstance(thing, (property, classmethod, staticmethod)))
    }


def arguments(function):
    """Give the names of a function's arguments, but for self."""
    return [name for name in inspect.signature(function).parameters if name != "self"]


def sections(thing):
    """Give the headings in a docstring."""
    return set(re.findall(r"^([A-Z][\w ]+)\n-+$", inspect.getdoc(thing) or "", re.MULTILINE))


OTHERWISE = {
    *("ES01", "SA01", "SA04"),  # nothing is said for the sake of a section
    *("PR07", "RT03"),  # a name and a type may say it all
    "PR08",  # a description may begin with a symbol
    "GL02",  # as Ruff has it
}
"""The rules of numpydoc that the docstrings do not follow."""

THINGS = [pytest.param(t, id=f"{m.__name__}.{t.__name__}") for m in MODULES for t in public(m)]
PROMISED = [pytest.param(t, id=f"{m.__name__}.{t.__name__}") for m in MODULES for t in promised(m)]
CLASSES = [p for p in PROMISED if inspect.isclass(p.values[0])]
FUNCTIONS = [p for p in PROMISED if inspect.isfunction(p.values[0])]


def test_walk_finds_what_there_is():
    assert {"chainrule.arrays", "chainrule.ledger.core", "chainrule.figures.kit.picture"} <= set(
        NAMES
    )
    found = {p.id for p in PROMISED}
    assert {"chainrule.activations.kinked.ReLU", "chainrule.training.fit"} <= found


@each_module
def test_names_promised_exist(module):
    for name in getattr(module, "__all__", ()):
        assert hasattr(module, name)
        assert not name.startswith("_")


@pytest.mark.parametrize("path", sorted(ROOT.glob("*.py")), ids=lambda path: path.name)
def test_chapter_modules_say_what_they_promise(path):
    module = import_module(f"chainrule.{path.stem}") if path.stem != "__init__" else chainrule
    if path.stem not in ("__init__", "__main__", "arrays"):
        assert module.__all__ == sorted(set(module.__all__), key=lambda n: (n != n.upper(), n))
    assert len(module.__doc__) > 20


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function_documents_its_arguments_and_shows_an_example(function):
    found = {code for code, _ in validate(f"{function.__module__}.{function.__name__}")["errors"]}
    if not arguments(function):
        found.discard("EX01")
    assert not found - OTHERWISE


@pytest.mark.parametrize("thing", THINGS)
def test_an_example_with_numpy_can_be_pasted(thing):
    for each in (thing, *(members(thing).values() if inspect.isclass(thing) else ())):
        example = "\n".join(re.findall(r"^\s*(?:>>>|\.\.\.).*", each.__doc__ or "", re.M))
        assert "import numpy as np" in example or not re.search(r"\bnp\.", example)


@pytest.mark.parametrize("cls", CLASSES)
def test_class_documents_its_arguments(cls):
    """What one makes oneself shows an example; what one only receives names its attributes."""
    names = [name for name in arguments(cls) if not name.startswith("_")]
    if names:
        assert {"Parameters", "Attributes"} & sections(cls)
    if "Parameters" in sections(cls) and cls.__subclasses__() == []:
        assert "Examples" in sections(cls)
    for name in names:
        assert re.search(rf"^(\w+, )*{name}\b", inspect.getdoc(cls), re.MULTILINE), name


@pytest.mark.parametrize("cls", CLASSES)
def test_methods_document_their_arguments(cls):
    methods = {n: m for n, m in members(cls).items() if inspect.isfunction(m)}
    for name, method in methods.items():
        for argument in arguments(method):
            documented = f"{inspect.getdoc(method)}\n{inspect.getdoc(cls)}"
            assert re.search(rf"(?<![\w]){argument}(?![\w])", documented), f"{name}({argument})"


# what may be given by position though it has a default, besides the only argument of all
BY_POSITION = {
    "chainrule.activations.vectors.Maxout": ["pieces", "axis"],
    "chainrule.data_parallel.replica.Replica": ["rank", "size", "weight", "device"],
    "chainrule.data_parallel.replica.replicas": ["on", "timeout"],
    "chainrule.datasets.core.rare_digit": ["digit"],
    "chainrule.datasets.masks.patches": ["size"],
    "chainrule.device.to": ["dtype"],
    "chainrule.device.seconds": ["rounds"],
    "chainrule.ledger.verify_on": ["dtype"],
    "chainrule.network.Gradients": ["deltas"],
    "chainrule.layers.initial_std": ["init"],
    "chainrule.network.multiplications": ["samples"],
    "chainrule.oracles.central_difference": ["step"],
    "chainrule.precision.dot_bound": ["sum_bits"],
    "chainrule.precision.rounded_dot": ["sum_bits"],
    "chainrule.proofs.core.Line": ["relation", "given", "by_definition"],
    "chainrule.training.History": ["loss", "validation_loss", "validation_accuracy"],
}
DATA = {"bias", "upstream"}  # arrays, which may be left out


def with_defaults(function):
    """Give the arguments that have a default and may be given by position, data left out."""
    arguments = inspect.signature(function).parameters.values()
    by_position = [a for a in arguments if a.kind is a.POSITIONAL_OR_KEYWORD and a.name != "self"]
    if len(by_position) == 1 and len(arguments) == 1:
        return []
    return [a.name for a in by_position if a.default is not a.empty and a.name not in DATA]


@pytest.mark.parametrize("thing", PROMISED)
def test_settings_are_given_by_keyword(thing):
    assert with_defaults(thing) == BY_POSITION.get(f"{thing.__module__}.{thing.__name__}", [])


# what each kind of thing has to say for itself
TO_BE_SAID = {
    "activations.Elementwise": ["value", "slope"],
    "activations.AlongAxis": ["value", "back"],
    "convolution.pooling.Pool": ["pool", "share"],
    "layers.Layer": ["value", "back"],
    "layers.Weighted": ["parameters_back"],
    "losses.core.Loss": ["value", "slope"],
    "optimizers.core.Optimizer": ["rule"],
    "figures.kit.moving.Moving": ["drawing", "text", "frame"],
    "proofs.expressions.Expression": ["latex", "operation"],
    "proofs.models.Composed": ["forward", "beginning_from"],
}


@pytest.mark.parametrize(("name", "method"), [(n, m) for n, row in TO_BE_SAID.items() for m in row])
def test_what_a_kind_leaves_open_is_an_error_and_no_silent_nothing(name, method):
    module, _, cls = f"chainrule.{name}".rpartition(".")
    function = getattr(getattr(import_module(module), cls), method)
    arguments = inspect.signature(function).parameters.values()
    with pytest.raises(NotImplementedError):
        function(*[None for a in arguments if a.kind is not a.VAR_POSITIONAL])


# what is filled while it is used
CHANGING = {
    "chainrule.data_parallel.replica.Replica",
    "chainrule.exercises.progress.Report",
    "chainrule.grading.running.Told",
    "chainrule.grading.students.Student",
    "chainrule.training.History",
}
DATACLASSES = {
    f"{module.__name__}.{name}": thing
    for module in MODULES
    for name, thing in vars(module).items()
    if inspect.isclass(thing)
    and dataclasses.is_dataclass(thing)
    and thing.__module__ == module.__name__
}


@pytest.mark.parametrize("name", DATACLASSES)
def test_a_dataclass_is_frozen(name):
    changing = name in CHANGING or issubclass(DATACLASSES[name], Optimizer)  # by its steps
    assert DATACLASSES[name].__dataclass_params__.frozen == (not changing)


# ---- imports -----------------------------------------------------------------------------------

LAZY = {
    "torch": {"oracles", "device", "ledger", "data_parallel"},
    "sympy": {"proofs", "ledger"},
    "nbclient": {"exercises"},
}
MADE_OF = {("sympy", "proofs")}  # a library that a part is about; who uses the part imports it late

FILES = sorted(ROOT.rglob("*.py"))
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))


def imports(path):
    """Yield the imports of a file: the absolute name, and whether it is at the top level."""
    package = ["chainrule", *path.relative_to(ROOT).parent.parts]
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, (ast.FunctionDef, ast.Lambda))
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            base = [*base, *(node.module or "").split(".")]
            names = [".".join(filter(None, [*base, alias.name])) for alias in node.names]
        else:
            continue
        yield from ((name, id(node) not in inside) for name in names)


def part(path):
    """Give the name of the module, or of the folder of modules, that a file belongs to."""
    first = path.relative_to(ROOT).parts[0]
    return first.removesuffix(".py")


@each_file
@pytest.mark.parametrize("library", LAZY)
def test_heavy_libraries_are_imported_late_and_in_few_places(path, library):
    found = [top for name, top in imports(path) if name.split(".")[0] == library]
    assert not any(found) or (library, part(path)) in MADE_OF, "imported at the top of the module"
    assert not found or part(path) in LAZY[library]


@each_file
def test_a_file_holds_one_concept(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@each_file
def test_texts_are_read_and_written_as_utf_8(path):
    """Whatever the machine's own encoding is."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        name = getattr(getattr(node, "func", None), "attr", getattr(node, "func", None))
        if name in ("read_text", "write_text"):
            assert "encoding" in {k.arg for k in node.keywords}, ast.unparse(node)


@each_file
def test_no_global_random_state(path):
    assert not re.search(r"random\.seed\(|manual_seed\((?!.*Generator)", _without_generators(path))


def _without_generators(path):
    """Give the source without the seeds of generators of their own."""
    return re.sub(r"Generator\([^)]*\)\.manual_seed\(", "", path.read_text(encoding="utf-8"))
