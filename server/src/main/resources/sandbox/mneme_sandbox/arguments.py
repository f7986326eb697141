"""Arguments from JSON to what a function expects, by its annotations."""
import inspect
import os
import typing

from . import convert


def prepare(function, scope, job, agent):
    """The arguments, those that we give included: a list of those that have no name for callers, and the others by name."""
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
            given[name] = convert.fit(models[name], value)
        elif name in hints:
            given[name] = convert.fit(hints[name], value)
    for name, parameter in dict(wanted).items():
        # the schema does not ask for what may be None
        one = parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if one and name not in given and parameter.default is parameter.empty:
            if type(None) in typing.get_args(hints.get(name)):
                given[name] = None
    if "agent_state" in wanted:
        given["agent_state"] = agent
    if "agent_id" in wanted:
        own = agent.get("id") if agent is not None else None
        given["agent_id"] = own or os.environ.get("LETTA_AGENT_ID")
    return _first(wanted, given), given


def _first(wanted, given):
    """Takes out what can only be given by its place: everything before a gap, which has a default."""
    first = []
    for name, parameter in wanted.items():
        if parameter.kind is not parameter.POSITIONAL_ONLY or name not in given:
            break
        first.append(given.pop(name))
    return first


def _hints(function):
    try:
        return typing.get_type_hints(function)
    except Exception:  # names that do not exist: such arguments stay as they came
        return {name: hint for name, hint in getattr(function, "__annotations__", {}).items() if not isinstance(hint, str)}


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
