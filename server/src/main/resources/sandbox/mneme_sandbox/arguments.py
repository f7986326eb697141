"""Arguments from JSON to what a function expects, by its annotations. Lenient: what cannot be converted stays as it came."""
import ast
import enum
import inspect
import json
import os
import types
import typing

_MISSING = object()


def prepare(function, scope, job, agent):
    """The arguments by name, those that we give included."""
    given = dict(job["arguments"])
    schema = job["parameters"]
    given.pop("agent_id", None)
    given.pop("agent_state", None)
    try:
        wanted = inspect.signature(function).parameters
    except (TypeError, ValueError):
        wanted = {}
    if schema is not None:
        known = schema.get("properties") or {}
        for name in given:
            if name not in known:
                raise NameError("name %r is not defined" % name)
    models = _models(job["argsSchema"], scope)
    hints = _hints(function)
    for name, value in given.items():
        if name in models:
            given[name] = _build(models[name], value)
        elif name in hints:
            given[name] = _fit(hints[name], value)
    for name, parameter in dict(wanted).items():
        # the schema does not ask for what may be None
        named = parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        if named and name not in given and parameter.default is parameter.empty:
            if type(None) in typing.get_args(hints.get(name)):
                given[name] = None
    if "agent_state" in wanted:
        given["agent_state"] = agent
    if "agent_id" in wanted:
        own = agent.get("id") if agent is not None else None
        given["agent_id"] = own or os.environ.get("LETTA_AGENT_ID")
    return given


def _hints(function):
    try:
        return typing.get_type_hints(function)
    except Exception:  # names that do not exist: such arguments stay as they came
        return {name: hint for name, hint in getattr(function, "__annotations__", {}).items() if not isinstance(hint, str)}


def _fit(hint, value):
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
    if isinstance(value, dict) and hasattr(base, "model_validate"):
        return base.model_validate(value)
    if base in (list, set, tuple) and isinstance(value, list):
        item = inner[0] if inner else typing.Any
        return base(_fit(item, part) for part in value)
    if base is dict and isinstance(value, dict) and len(inner) == 2:
        return {_fit(inner[0], key): _fit(inner[1], part) for key, part in value.items()}
    return value


def _any_of(choices, value):
    if value is None and type(None) in choices:
        return None
    for choice in choices:
        plain = typing.get_origin(choice) or choice
        if isinstance(plain, type) and type(value) is plain and not typing.get_args(choice):
            return value
    for choice in choices:
        if choice is not type(None):
            fitted = _fit(choice, value)
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


def define(schema, scope):
    """Puts the classes of nested arguments where the annotations of a source can name them; what the source defines itself wins."""
    definitions = (schema or {}).get("$defs") or {}
    makers = _Makers(definitions, {})
    for key, definition in definitions.items():
        scope.setdefault(definition.get("title") or key, makers.model(key))


def _models(schema, scope):
    """Argument name to the class that it becomes: classes named after the titles of `$defs`."""
    definitions = (schema or {}).get("$defs") or {}
    if not definitions:
        return {}
    makers = _Makers(definitions, scope)
    found = {}
    for name, field in (schema.get("properties") or {}).items():
        made = makers.of(field)
        if made is not typing.Any:
            found[name] = made
    return found


class _Makers:
    def __init__(self, definitions, scope):
        self.definitions, self.scope, self.made = definitions, scope, {}

    def of(self, field):
        """The annotation for a field that mentions a definition, Any for all others."""
        if "$ref" in field:
            return self.model(field["$ref"].rpartition("/")[2])
        if field.get("type") == "array" and isinstance(field.get("items"), dict):
            inner = self.of(field["items"])
            return typing.Any if inner is typing.Any else typing.List[inner]
        for choice in list(field.get("anyOf") or []) + list(field.get("allOf") or []):
            inner = self.of(choice)
            if inner is not typing.Any:
                return typing.Optional[inner]
        return typing.Any

    def model(self, key):
        if key in self.made:
            return self.made[key]
        definition = self.definitions.get(key) or {}
        title = definition.get("title") or key
        own = self.scope.get(title)
        if isinstance(own, type):
            self.made[key] = own
            return own
        if "properties" not in definition:
            return typing.Any
        import pydantic

        self.made[key] = typing.Any  # a definition that mentions itself stays a plain object there
        required = definition.get("required") or []
        fields = {
            name: (self.of(field), ... if name in required else field.get("default"))
            for name, field in definition["properties"].items()
        }
        made = pydantic.create_model(title, __module__="__main__", **fields)
        self.made[key] = made
        return made


def _build(hint, value):
    return _fit(hint, value)
