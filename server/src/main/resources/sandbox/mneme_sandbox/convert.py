"""One value from JSON to the type of an annotation. Lenient: what cannot be converted stays as it came (contract 05 section 4)."""
import ast
import collections
import collections.abc
import enum
import inspect
import json
import types
import typing

_MISSING = object()

_LISTS = (list, tuple, frozenset, set, collections.deque)
"""What a JSON array becomes; an abstract kind of sequence is a list."""


def _moment(kind, text):
    """Python before 3.11 reads no Z."""
    return kind.fromisoformat(text[:-1] + "+00:00" if text.endswith(("Z", "z")) else text)


_SCALARS = {
    ("datetime", "datetime"): _moment,
    ("datetime", "date"): _moment,
    ("datetime", "time"): _moment,
    ("decimal", "Decimal"): lambda kind, value: kind(str(value)),
    ("uuid", "UUID"): lambda kind, value: kind(value),
    ("pathlib", "Path"): lambda kind, value: kind(value),
    ("builtins", "complex"): lambda kind, value: kind(value),
    ("builtins", "bytes"): lambda kind, value: value.encode("utf-8"),
}
"""The annotations that a JSON string or number stands for, by module and name: none of their modules is loaded for this."""


def fit(hint, value):
    try:
        return _convert(hint, value)
    except Exception:  # lenient, as the contract has it
        return value


def _convert(hint, value):
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union or origin is getattr(types, "UnionType", _MISSING):
        return _any_of(inner, value)
    if origin is getattr(typing, "Annotated", _MISSING):
        return _convert(inner[0], value)
    if origin is typing.Literal:
        return next((choice for choice in inner if choice == value or str(choice) == value), value)
    if value is None or hint in (typing.Any, inspect.Parameter.empty):
        return value
    base = origin or hint
    if not isinstance(base, type):
        return value
    if issubclass(base, enum.Enum):
        return base(value)
    if isinstance(value, str) and base in (int, float, bool, list, dict, tuple, set):
        value = _literal(base, value)
    if base is float and type(value) is int or base is int and isinstance(value, float) and value.is_integer():
        return base(value)
    if isinstance(value, dict):
        return _from_object(base, inner, value)
    if isinstance(value, list):
        return _from_list(base, inner, value)
    scalar = _SCALARS.get((base.__module__.partition(".")[0], base.__name__))
    return scalar(base, value) if scalar else value


def _from_object(base, inner, value):
    if hasattr(base, "model_validate"):
        return base.model_validate(value)
    fields = getattr(base, "__dataclass_fields__", None) or getattr(base, "_fields", None)
    if fields or hasattr(base, "__total__"):
        hints = typing.get_type_hints(base)
        fitted = {name: fit(hints.get(name, typing.Any), part) for name, part in value.items()}
        return base(**fitted)
    if issubclass(base, collections.abc.Mapping) and len(inner) == 2:
        return {fit(inner[0], key): fit(inner[1], part) for key, part in value.items()}
    return value


def _from_list(base, inner, value):
    if issubclass(base, (str, bytes, collections.abc.Mapping)) or not issubclass(base, collections.abc.Iterable):
        return value
    kind = next((kind for kind in _LISTS if issubclass(base, kind)), list)
    if kind is tuple and inner and inner[-1] is not Ellipsis:
        return tuple(fit(item, part) for item, part in zip(inner, value)) if len(inner) == len(value) else value
    item = inner[0] if inner else typing.Any
    return kind(fit(item, part) for part in value)


def _any_of(choices, value):
    if value is None and type(None) in choices:
        return None
    for choice in choices:
        plain = typing.get_origin(choice) or choice
        if isinstance(plain, type) and type(value) is plain and not typing.get_args(choice):
            return value
    for choice in choices:
        if choice is not type(None):
            fitted = fit(choice, value)
            if fitted is not value:
                return fitted
    return value


def _literal(base, text):
    if base is int or base is float:
        return base(text)
    if base is bool:
        return {"true": True, "1": True, "false": False, "0": False}[text.strip().lower()]
    try:
        found = json.loads(text)
    except ValueError:
        found = ast.literal_eval(text)
    return found
