"""Which statements of a file an answer needs: a training run that no answer needs is left out."""

import ast
import dis
from collections.abc import Iterator
from types import CodeType

READS = ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_CLASSDEREF", "LOAD_FROM_DICT_OR_GLOBALS")
WRITES = ("STORE_NAME", "STORE_GLOBAL")
DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
SURELY = (*DEFINES, ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)


class Names:
    """The names that a statement reads, at once and when what it defines is called, and sets."""

    def __init__(self, statement: ast.stmt):
        code = _compiled(statement)
        self.at_once = _met(code, READS)
        inner = list(_inner(code))
        self.later = {name for one in inner for name in _met(one, READS)}
        self.sets = _met(code, WRITES) | {n for one in inner for n in _met(one, WRITES[1:])}
        self.changes = set(_changed(statement))
        self.surely = self.sets - self.at_once if isinstance(statement, SURELY) else set()
        self.stars = isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"


def _compiled(statement: ast.stmt) -> CodeType:
    """Compile a statement; what is none by itself, such as a `return`, fails when it is run."""
    try:
        module = ast.Module([statement], [])
        return compile(module, "<names>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError, RecursionError):
        return compile("", "<names>", "exec")


def _met(code: CodeType, operations: tuple[str, ...]) -> set[str]:
    return {step.argval for step in dis.get_instructions(code) if step.opname in operations}


def _inner(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inner(constant)


def _changed(statement: ast.stmt) -> Iterator[str]:
    """Yield names whose value a statement may change: `x[0] = 1`, `x.sort()`, `fill(x)`."""
    if isinstance(statement, DEFINES):
        return
    for node in ast.walk(statement):
        if isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            yield _root(node)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            if isinstance(node.value.func, ast.Attribute):
                yield _root(node.value.func)
            yield from (_root(given) for given in node.value.args if isinstance(given, ast.Name))


def _root(node: ast.expr) -> str:
    """Give the name in front of `x[0].T`, or of `x.reshape(2)`, which may show the same numbers."""
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Call)):
        if isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute):
            return ""
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _shown(statements: list[ast.stmt]) -> dict[str, set[str]]:
    """Give of each name those whose numbers it may show, too, as after `row = x[0]`."""
    shown: dict[str, set[str]] = {}
    for node in (node for statement in statements for node in ast.walk(statement)):
        if isinstance(node, ast.Assign):
            targets, sources = node.targets, [node.value]
        elif isinstance(node, ast.For):
            targets, sources = [node.target], [node.iter, *getattr(node.iter, "args", ())]
        else:
            continue
        names = {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        for name in names:
            shown.setdefault(name, set()).update(map(_root, sources))
    return shown


def asking(statements: list[ast.stmt]) -> list[int]:
    r"""Give the places of the statements that call `check`, by themselves or by a function.

    Examples
    --------
    >>> asking(ast.parse("x = 1\ndef go():\n    check('a', x)\ngo()").body)
    [2]
    """
    words = {"check"}
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module == "chainrule.exercises":
            words |= {a.asname for a in statement.names if a.name == "check" and a.asname}
    while True:
        calls = [any(_is_call(node, words) for node in ast.walk(s)) for s in statements]
        callers = [s for s, call in zip(statements, calls, strict=True) if call]
        found = {s.name for s in callers if isinstance(s, DEFINES)}
        if found <= words:
            break
        words |= found
    return [i for i, s in enumerate(statements) if calls[i] and not isinstance(s, DEFINES)]


def _is_call(node: ast.AST, words: set[str]) -> bool:
    """Say whether this is `check(…)`, `exercises.check(…)` or a call of what calls it."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Attribute):
        return node.func.attr == "check" and ast.unparse(node.func.value).endswith("exercises")
    return isinstance(node.func, ast.Name) and node.func.id in words


def needed(statements: list[ast.stmt]) -> list[int]:
    r"""Give the places of the statements that answer, and of those that these need.

    A statement that sets or changes a name in front of where it is read is needed, back to one that
    sets it anew. What a function reads, it reads when it is called.

    Parameters
    ----------
    statements : list of ast.stmt
        Of a whole file, in order.

    Returns
    -------
    list of int

    Examples
    --------
    >>> code = "import torch\nx = 1\ny = torch.ones(9)\ndef f():\n    return x\ncheck('a', f)"
    >>> needed(ast.parse(code).body)
    [1, 3, 4]
    """
    names = [Names(statement) for statement in statements]
    _spread(statements, names)
    wanted = asking(statements)
    found = set(wanted)
    waiting = [(name, i) for i in wanted for name in (*names[i].at_once, *names[i].later)]
    found |= {i for i in range(max(wanted, default=0)) if names[i].stars}
    seen: set[tuple[str, int]] = set()
    while waiting:
        name, place = waiting.pop()
        if (name, place) in seen:
            continue
        seen.add((name, place))
        for i in range(place - 1, -1, -1):
            if name not in names[i].sets and name not in names[i].changes:
                continue
            found.add(i)
            waiting += [(other, i) for other in (*names[i].at_once, *names[i].later)]
            waiting += [(other, place) for other in names[i].later]
            if name in names[i].surely:
                break
    return sorted(found)


def _spread(statements: list[ast.stmt], names: list[Names]) -> None:
    """Count as changed, too, what a changed name shows, and what a function that is called sees."""
    shown = _shown(statements)
    pairs = list(zip(statements, names, strict=True))
    values = {name for s, one in pairs if isinstance(s, ast.Assign) for name in one.sets}
    seen = {s.name: one.later & values for s, one in pairs if isinstance(s, DEFINES)}
    for statement, one in pairs:
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            one.changes |= seen.get(call.func.id, set())
        waiting = [*one.changes]
        while waiting:
            more = shown.get(waiting.pop(), set()) - one.changes
            one.changes |= more
            waiting += more
