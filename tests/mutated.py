"""Small mistakes put into a function's source, one at a time, as readers make them."""

import ast
from copy import deepcopy
from itertools import pairwise

BINARY = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
}
COMPARED = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
CALLED = {
    **{"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum"},
    **{"sum": "mean", "mean": "sum", "argmin": "argmax", "argmax": "argmin"},
    **{"zeros": "ones", "ones": "zeros"},
}


def is_read(node):
    """Say whether a node is a variable that is used and not set."""
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)


def plus(node, step):
    """Give an expression that is so much larger."""
    if isinstance(node, ast.Constant):
        return ast.Constant(node.value + step)
    return ast.BinOp(node, ast.Add() if step > 0 else ast.Sub(), ast.Constant(abs(step)))


def changed(node, **parts):
    """Give a node with other parts."""
    return type(node)(**{**dict(ast.iter_fields(node)), **parts})


def with_item(items, at, item):
    """Give a list with another item at a place."""
    return [*items[:at], item, *items[at + 1 :]]


def of_operation(node):
    """Yield a sum, a product or a power with another sign, exponent, or without a part."""
    if type(node.op) in BINARY:
        yield changed(node, op=BINARY[type(node.op)]())
    if isinstance(node.op, ast.Pow):
        yield from (changed(node, right=plus(node.right, step)) for step in (1, -1))
    yield node.left
    if not isinstance(node.op, (ast.Div, ast.Pow, ast.FloorDiv)):
        yield node.right
    if isinstance(node.op, ast.MatMult):
        yield changed(node, left=node.right, right=node.left)


def of_call(node):
    """Yield a call of the opposite function, of none, and with arguments swapped or counted on."""
    function = node.func
    named = {ast.Name: "id", ast.Attribute: "attr"}.get(type(function))
    other = CALLED.get(getattr(function, named)) if named else None
    if other == "mean" and named == "id":
        other = None
    if other:
        yield changed(node, func=changed(function, **{named: other}))
    if len(node.args) == 1 and not node.keywords:
        yield node.args[0]
    if named == "attr" and not node.args:
        yield function.value
    for at in range(len(node.args) - 1):
        one, two = node.args[at : at + 2]
        yield changed(node, args=with_item(with_item(node.args, at, two), at + 1, one))
    for at, keyword in enumerate(node.keywords):
        if keyword.arg == "axis":
            turned = ast.keyword("axis", ast.Constant(1 - keyword.value.value))
            yield changed(node, keywords=with_item(node.keywords, at, turned))


def of_index(node):
    """Yield an index one further and one less, and the whole of what is indexed."""
    places = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for at, place in enumerate(places):
        for other in of_place(place):
            slices = with_item(places, at, other)
            slice_ = ast.Tuple(slices, ast.Load()) if len(slices) > 1 else slices[0]
            yield changed(node, slice=slice_)
    if isinstance(node.ctx, ast.Load):
        yield node.value


def of_place(place):
    if isinstance(place, ast.Slice):
        for end in ("lower", "upper"):
            if getattr(place, end) is not None:
                for step in (1, -1):
                    yield changed(place, **{end: plus(getattr(place, end), step)})
    elif not (isinstance(place, ast.Constant) and place.value in (None, ...)):
        yield from (plus(place, step) for step in (1, -1))


def of_constant(node):
    if isinstance(node.value, (int, float)) and not isinstance(node.value, bool):
        yield ast.Constant(node.value + 1 if node.value else 1)
        if node.value == 1:
            yield ast.Constant(0)


def of_node(node, names):
    """Yield what a reader might have written for a part of the source."""
    if isinstance(node, ast.BinOp):
        yield from of_operation(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield node.operand
    elif isinstance(node, ast.Compare):
        for op in COMPARED.get(type(node.ops[0]), ()):
            yield changed(node, ops=[op()])
    elif isinstance(node, ast.Call):
        yield from of_call(node)
    elif isinstance(node, ast.Subscript):
        yield from of_index(node)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield node.value
    elif isinstance(node, ast.Constant):
        yield from of_constant(node)
    elif isinstance(node, ast.AugAssign):
        yield changed(node, op=BINARY[type(node.op)]())
        yield ast.Assign([node.target], node.value)
    elif is_read(node) and node.id in names:
        yield ast.Constant(1)
        yield from (ast.Name(name, ast.Load()) for name in names if name != node.id)
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.For)):
        yield ast.Pass()


def mutants(source):
    """Yield the source of a function, the last in a module, with one mistake each."""
    tree = ast.parse(source)
    function = tree.body[-1]
    names = [argument.arg for argument in function.args.args]
    for one, two in pairwise(names):
        swapped = deepcopy(tree)
        for argument in ast.walk(swapped):
            if isinstance(argument, ast.arg) and argument.arg in (one, two):
                argument.arg = two if argument.arg == one else one
        yield ast.unparse(swapped)
    for name in names:
        for value in (1, 2):
            fixed = deepcopy(tree)
            for node in ast.walk(fixed):
                if is_read(node) and node.id == name:
                    put(fixed, node, ast.Constant(value))
            yield ast.unparse(fixed)
    names += [
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    names = list(dict.fromkeys(names))
    for name in names:
        early = deepcopy(tree)
        put(early, early.body[-1].body[-1], ast.Return(ast.Name(name, ast.Load())))
        yield ast.unparse(early)
    for at, node in enumerate(ast.walk(tree)):
        for other in of_node(node, names):
            copy = deepcopy(tree)
            put(copy, list(ast.walk(copy))[at], deepcopy(other))
            yield ast.unparse(ast.fix_missing_locations(copy))


def put(tree, old, new):
    """Put a node instead of another."""
    for node in ast.walk(tree):
        for field, value in ast.iter_fields(node):
            if value is old:
                setattr(node, field, new)
            elif isinstance(value, list) and any(part is old for part in value):
                value[:] = [new if part is old else part for part in value]


def line_of(source, mutant):
    """Give the line that differs, as it was and as it is."""
    pairs = zip(source.splitlines(), mutant.splitlines(), strict=True)
    return next((one.strip(), two.strip()) for one, two in pairs if one != two)
