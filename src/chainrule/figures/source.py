"""The real source of the package's code, as a page shows it."""

import ast
import inspect
import textwrap
from typing import Any


class Source:
    """Source code that shows itself, highlighted, in a notebook."""

    def __init__(self, code: str):
        self.code = code

    def __repr__(self) -> str:
        return self.code

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.code}\n```"


def show_source(*things: Any) -> Source:
    """Show the source of functions, methods or classes as it stands in the package.

    Docstrings are left out: the page has said it already; so are decorators, and a class's private
    methods, which check and convert. A method is preceded by its full name.

    Examples
    --------
    >>> from chainrule.activations import ReLU
    >>> show_source(ReLU.slope)
    # ReLU.slope
    def slope(self, x):
        return is_positive(x)
    """
    return Source("\n\n".join(_without_docstrings(thing) for thing in things))


def _without_docstrings(thing: Any) -> str:
    code = textwrap.dedent(inspect.getsource(thing)).rstrip()
    tree: Any = ast.parse(code)
    struck: list[Any] = []
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            struck += node.decorator_list
            struck += node.body[:1] if ast.get_docstring(node) else []
    for node in tree.body[0].body if inspect.isclass(thing) else ():
        name = getattr(node, "name", getattr(getattr(node, "target", None), "id", ""))
        struck += [node] if name.startswith("_") else []
    gone = {line for node in struck for line in range(node.lineno, node.end_lineno + 1)}
    kept = [line for number, line in enumerate(code.splitlines(), 1) if number not in gone]
    if "." in thing.__qualname__:
        kept = [f"# {thing.__qualname__}", *kept]
    # a docstring leaves the blank line behind it: one before the first statement of a body
    shown = [
        line
        for previous, line in zip(["", *kept], kept, strict=False)
        if line or (previous and not previous.rstrip().endswith(":"))
    ]
    return "\n".join(shown).rstrip()
