"""Small mistakes in a module's source, made by `ast`: what `mutants.py` draws from."""

import ast
import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

PACKAGE = Path(__file__).parents[1] / "src" / "chainrule"
SCOPES = {
    "package": "activations/* losses/* optimizers/* layers network training opened checkpoint"
    " data_parallel/* all_reduce oracles proofs/core arrays/* datasets/* precision device"
    " convolution/* ledger/core ledger/__init__ figures/kit/moving figures/kit/slider"
    " exercises/core exercises/progress __main__",
    "checkers": "exercises/[!_]*",
}

Node = Any  # ast.AST, of whose subclasses each has other attributes
SWAPPED: dict[Any, Any] = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.Pow: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.MatMult: ast.Mult},
    **{ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq},
    **{ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn},
    **{ast.NotIn: ast.In},
}
OPPOSITE = {"min": "max", "minimum": "maximum", "any": "all", "argmin": "argmax"}
WHOLE = ast.stmt | ast.Constant | ast.Name | ast.Attribute | ast.Call  # needs no brackets
OPPOSITE |= {other: name for name, other in OPPOSITE.items()}


class Mutant(NamedTuple):
    """A mistake in a module: where it is, the lines before and after, and the whole source."""

    module: str
    scope: str
    line: int
    before: str
    after: str
    source: str

    @property
    def text(self) -> str:
        """The mistake without its place, by which it is known when the file has changed."""
        return f"{self.before} → {self.after}"


def changed(node: Node, **fields: Any) -> Node:
    """Give the node with other fields."""
    node = copy.copy(node)
    for name, value in fields.items():
        setattr(node, name, value)
    return node


def mistakes(node: Node, condition: bool = False) -> Iterator[Node]:
    """Give what could stand in the place of a node by mistake."""
    if condition and not isinstance(node, ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), node)
    match node:
        case ast.BinOp(op=op) | ast.BoolOp(op=op) if type(op) in SWAPPED:
            yield changed(node, op=SWAPPED[type(op)]())
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield operand
        case ast.Compare(ops=ops):
            for i in range(len(ops)):
                yield changed(node, ops=[*ops[:i], SWAPPED[type(ops[i])](), *ops[i + 1 :]])
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=float(value)):
            yield ast.Constant(2 * value if value else 1.0)
        case ast.Call(func=function, args=args, keywords=keywords):
            if ast.unparse(function).rpartition(".")[2] not in OPPOSITE:
                for i in range(len(args) - 1):
                    yield changed(node, args=[*args[:i], args[i + 1], args[i], *args[i + 2 :]])
            for i in range(len(keywords)):
                yield changed(node, keywords=keywords[:i] + keywords[i + 1 :])
        case ast.Name(id=name) if name in OPPOSITE:
            yield ast.Name(OPPOSITE[name])
        case ast.Attribute(attr=name) if name in OPPOSITE:
            yield changed(node, attr=OPPOSITE[name])
        case ast.Return(value=value) if value is not None:
            yield ast.Return(ast.Constant(None))
        case ast.Raise() | ast.Expr(value=ast.Call()) | ast.Assign() | ast.AugAssign():
            yield ast.Pass()


def places(node: Node, scope: str = "") -> Iterator[tuple[Node, str, bool]]:
    """Give the nodes that may be changed, with their scope and whether they are a condition.

    The scope is the name of a function, or that of a class with a dot behind it, or nothing. Left
    out are annotations, docstrings and other texts, and `__all__`.
    """
    for field, value in ast.iter_fields(node):
        inner = scope
        if field == "body" and isinstance(node, ast.FunctionDef | ast.ClassDef):
            dot = "." if isinstance(node, ast.ClassDef) else ""
            inner = f"{scope.rstrip('.')}.{node.name}{dot}".lstrip(".")
        for child in value if isinstance(value, list) else [value]:
            text = isinstance(child, ast.JoinedStr) or (
                isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            )
            names = isinstance(child, ast.Assign) and ast.unparse(child.targets[0]) == "__all__"
            if (
                not isinstance(child, ast.AST)
                or text
                or names
                or field in ("annotation", "returns")
            ):
                continue
            yield child, inner, field in ("test", "ifs")
            yield from places(child, inner)


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Give every mutant of a module; the lines below the mistake stay where they are."""
    text = source.encode()
    start = [0]
    for line in text.splitlines(keepends=True):
        start.append(start[-1] + len(line))
    for node, scope, condition in places(ast.parse(source)):
        for other in mistakes(node, condition) if hasattr(node, "lineno") else ():
            top, bottom = start[node.lineno - 1], start[node.end_lineno]
            first = top + node.col_offset
            last = start[node.end_lineno - 1] + node.end_col_offset
            new = ast.unparse(other).encode() + b"\n" * text[first:last].count(b"\n")
            if not isinstance(other, ast.stmt) and (b"\n" in new or not isinstance(other, WHOLE)):
                new = b"(" + new + b")"
            before, after = text[top:bottom], text[top:first] + new + text[last:bottom]
            yield Mutant(
                module,
                scope,
                node.lineno,
                " ".join(before.decode().split()),
                " ".join(after.decode().split()),
                (text[:top] + after + text[bottom:]).decode(),
            )


def sample(scope: str, count: int, seed: int) -> list[Mutant]:
    """Draw mutants of a scope: a line, each as likely as another, then a mutant of the line."""
    draw = random.Random(seed)
    by_line: dict[tuple[str, int], list[Mutant]] = {}
    for pattern in SCOPES[scope].split():
        files = sorted(PACKAGE.glob(f"{pattern}.py"))
        if not files:
            raise ValueError(f"SCOPES: no file of the package is called {pattern!r}")
        for path in files:
            module = path.relative_to(PACKAGE).with_suffix("").as_posix()
            if scope == "checkers" and path.stem in ("answers", "core", "progress", "trials"):
                continue
            for mutant in mutants(module, path.read_text(encoding="utf-8")):
                by_line.setdefault((module, mutant.line), []).append(mutant)
    return [draw.choice(by_line[line]) for line in draw.sample(sorted(by_line), count)]


def functions(source: str) -> dict[int, str]:
    """Give the function that each line of a module is in the body of."""
    found: dict[int, str] = {}
    for node, scope, _ in places(ast.parse(source)):
        if isinstance(node, ast.stmt) and scope and not scope.endswith("."):
            last = node.end_lineno or node.lineno
            found |= dict.fromkeys(range(node.lineno, last + 1), scope)
    return found
