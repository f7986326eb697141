"""Source to a scope of names, and Python values to JSON."""
import ast
import linecache
import math
import sys
import types

DEEPEST = 100
"""Nesting of a return value; what lies deeper is printed as text."""


def load(source, file_name, whole, before):
    """Runs the source as the main module. Returns its names and, of a whole program, the value of its last expression."""
    module = types.ModuleType("__main__")
    module.__file__ = file_name
    sys.modules["__main__"] = module
    linecache.cache[file_name] = (len(source), None, source.splitlines(True), file_name)
    scope = module.__dict__
    before(scope)
    source = source[1:] if source.startswith("\ufeff") else source
    tree = ast.parse(source, file_name)
    last = tree.body.pop() if whole and tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, file_name, "exec", dont_inherit=True), scope)
    value = None
    if last is not None:
        value = eval(compile(ast.Expression(last.value), file_name, "eval", dont_inherit=True), scope)
    return scope, value


def plain(value, depth=0):
    """The value in JSON's own types: models as objects, unknown types as text."""
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if kind is float:
        return value if math.isfinite(value) else str(value)
    if depth > DEEPEST:
        return _print(value)
    if isinstance(value, dict):
        return {key if type(key) is str else _print(key): plain(item, depth + 1) for key, item in list(value.items())}
    if isinstance(value, (list, tuple, set, frozenset, types.GeneratorType)):
        return [plain(item, depth + 1) for item in list(value)]
    for name in ("model_dump", "to_dict"):
        dump = getattr(value, name, None)
        if callable(dump) and not isinstance(value, type):
            return plain(dump(), depth + 1)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    return _print(value)


def text(value, json_form):
    """As print shows it."""
    if isinstance(value, (str, int, float)) and not isinstance(json_form, (dict, list)):
        return _print(value)
    return _print(json_form)


def _print(value):
    try:
        return str(value)
    except Exception as error:  # their own __str__
        return "<%s that cannot be printed: %s>" % (type(value).__name__, type(error).__name__)


def clean(value):
    """No half characters: they are no Unicode and nobody could store them."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
            return value
        except UnicodeEncodeError:
            return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value]
    return value
