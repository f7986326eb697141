# JSON schemas of Python annotations, read from the syntax tree: also of the models, enumerations and aliases that a source defines.
import ast

SIMPLE = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "bytes": "string", "Decimal": "number",
          "Path": "string", "complex": "string", "object": None, "Any": None, "None": "null", "NoneType": "null"}
FORMATS = {"datetime": "date-time", "date": "date", "time": "time", "UUID": "uuid", "EmailStr": "email", "HttpUrl": "uri", "AnyUrl": "uri"}
LISTS = {"list", "List", "Sequence", "MutableSequence", "Iterable", "Collection", "Iterator", "deque"}
SETS = {"set", "Set", "frozenset", "FrozenSet", "AbstractSet"}
DICTS = {"dict", "Dict", "Mapping", "MutableMapping", "OrderedDict", "defaultdict", "DefaultDict"}
WRAPPERS = {"Final", "Required", "NotRequired", "ReadOnly", "ClassVar"}
RECORDS = {"BaseModel", "TypedDict", "NamedTuple"}
ENUMS = {"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"}
BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum", "multiple_of": "multipleOf",
          "pattern": "pattern", "regex": "pattern", "min_items": "minItems", "max_items": "maxItems"}
DEEPEST = 20  # classes within classes: a class that holds itself must end somewhere


class Refusal(Exception):
    """Why no schema can be made."""


class Source:
    """The names that a source defines at its top level."""

    def __init__(self, tree):
        self.functions, self.classes, self.aliases = [], {}, {}
        self.collect(tree.body)

    def collect(self, body):
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self.functions.append(node)
            elif isinstance(node, ast.ClassDef):
                self.classes[node.name] = node
            elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
                self.aliases[node.targets[0].id] = node.value
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
                self.aliases[node.target.id] = node.value
            elif type(node).__name__ == "TypeAlias":
                self.aliases[node.name.id] = node.value
            elif isinstance(node, (ast.If, ast.Try, ast.With)):
                for part in ("body", "orelse", "finalbody"):
                    self.collect(getattr(node, part, []))
                for handler in getattr(node, "handlers", []):
                    self.collect(handler.body)

    def function(self, name):
        """The one that is named, else the last public one, else the last."""
        public = [f for f in self.functions if not f.name.startswith("_")]
        for choice in ([f for f in self.functions if f.name == name], public, self.functions):
            if choice:
                return choice[-1]
        raise Refusal("No functions found in source code")


def last_name(node):
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return last_name(node.value)
    return last_name(node.func) if isinstance(node, ast.Call) else None


def parts(node):
    inner = node.slice
    if type(inner).__name__ == "Index":  # Python 3.8
        inner = inner.value
    return list(inner.elts) if isinstance(inner, ast.Tuple) else [inner]


def constant(node, otherwise=None):
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return otherwise


class Shapes:
    """JSON schemas of annotations."""

    def __init__(self, source):
        self.source = source
        self.open = []  # the classes whose fields are being read

    def unfold(self, node):
        """The annotation behind strings, aliases and wrappers."""
        for _ in range(DEEPEST):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                try:
                    node = ast.parse(node.value.strip(), mode="eval").body
                except SyntaxError:
                    raise Refusal("Value error in schema generation: The annotation %r is no type" % node.value)
            elif isinstance(node, ast.Name) and node.id in self.source.aliases and node.id not in self.source.classes:
                value = self.source.aliases[node.id]
                if last_name(value) == "NewType" and isinstance(value, ast.Call) and len(value.args) == 2:
                    value = value.args[1]
                if last_name(value) == "TypeVar":
                    return ast.Name(id="Any")
                node = value
            elif isinstance(node, ast.Subscript) and last_name(node) in WRAPPERS:
                node = parts(node)[0]
            else:
                break
        return node

    def members(self, node):
        """The members of a union; the annotation itself when it is none."""
        node = self.unfold(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return self.members(node.left) + self.members(node.right)
        if isinstance(node, ast.Subscript) and last_name(node) == "Optional":
            return self.members(parts(node)[0]) + [ast.Constant(value=None)]
        if isinstance(node, ast.Subscript) and last_name(node) == "Union":
            return [member for part in parts(node) for member in self.members(part)]
        if isinstance(node, ast.Subscript) and last_name(node) == "Annotated":
            inner = self.members(parts(node)[0])
            return inner if len(inner) > 1 else [node]
        return [node]

    def nothing(self, node):
        return isinstance(node, ast.Constant) and node.value is None or last_name(node) in ("None", "NoneType")

    def optional(self, node):
        node = self.unfold(node)
        if isinstance(node, ast.Subscript) and last_name(node) == "Annotated":
            return self.optional(parts(node)[0])
        if isinstance(node, ast.Subscript) and last_name(node) == "Literal":
            return any(constant(part, "") is None for part in parts(node))
        found = self.members(node)
        return len(found) > 1 and any(self.nothing(member) for member in found)

    def of(self, node, depth=0):
        if depth > DEEPEST:
            raise Refusal("Value error in schema generation: %s is nested too deeply; give the tool a json_schema" % ast.unparse(node))
        members = self.members(node)
        real = [member for member in members if not self.nothing(member)]
        if len(members) > 1 and real:
            shapes = []
            for member in real:
                shape = self.of(member, depth + 1)
                if shape not in shapes:
                    shapes.append(shape)
            return shapes[0] if len(shapes) == 1 else {"anyOf": shapes}
        return self.single(members[0], depth)

    def single(self, node, depth):
        if self.nothing(node):
            return {"type": "null"}
        name = last_name(node) if isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)) else None
        if name in self.source.classes:
            return self.of_class(self.source.classes[name], depth)
        arguments = parts(node) if isinstance(node, ast.Subscript) else []
        if name in SIMPLE and not arguments:
            return {"type": SIMPLE[name]} if SIMPLE[name] else {}
        if name in FORMATS:
            return {"type": "string", "format": FORMATS[name]}
        if name in LISTS or name in SETS:
            shape = {"type": "array", "items": self.of(arguments[0], depth + 1) if arguments else {"type": "string"}}
            if name in SETS:
                shape["uniqueItems"] = True
            return shape
        if name in DICTS:
            shape = {"type": "object"}
            if len(arguments) == 2:
                value = self.of(arguments[1], depth + 1)
                if value:
                    shape["additionalProperties"] = value
            return shape
        if name in ("tuple", "Tuple"):
            return self.of_tuple(arguments, depth)
        if name == "Literal":
            return enum([value for part in arguments for value in self.literal(part)])
        if name == "Annotated":
            return self.annotated(arguments, depth)
        if name == "type" or name == "Type":
            return {"type": "string"}
        raise Refusal("Value error in schema generation: Python type %s has no corresponding JSON schema type" % ast.unparse(node))

    def of_tuple(self, arguments, depth):
        if len(arguments) == 2 and constant(arguments[1]) is Ellipsis:
            return {"type": "array", "items": self.of(arguments[0], depth + 1)}
        shapes = [self.of(part, depth + 1) for part in arguments]
        if not shapes:
            return {"type": "array", "items": {"type": "string"}}
        kinds = [shape for at, shape in enumerate(shapes) if shape not in shapes[:at]]
        items = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
        return {"type": "array", "items": items, "minItems": len(shapes), "maxItems": len(shapes)}

    def literal(self, node):
        if isinstance(node, ast.Subscript):
            return [value for part in parts(node) for value in self.literal(part)]
        if isinstance(node, ast.Attribute) and last_name(node.value) in self.source.classes:
            known = dict(members_of(self.source.classes[last_name(node.value)]))
            return [known[node.attr]] if node.attr in known else []
        value = constant(node, Ellipsis)
        if value is Ellipsis:
            raise Refusal("Value error in schema generation: %s is no literal value" % ast.unparse(node))
        return [] if value is None else [value]

    def annotated(self, arguments, depth):
        shape = dict(self.of(arguments[0], depth + 1))
        for extra in arguments[1:]:
            if isinstance(constant(extra), str):
                shape["description"] = constant(extra)
            elif isinstance(extra, ast.Call):
                self.detail(shape, extra)
        return shape

    def detail(self, shape, call):
        """Adds what a call of Field (or of an annotated constraint) says."""
        for keyword in call.keywords:
            value = constant(keyword.value)
            if value is None:
                continue
            if keyword.arg == "description":
                shape["description"] = value
            elif keyword.arg in ("min_length", "max_length"):
                kind = "Items" if shape.get("type") == "array" else "Length"
                shape[keyword.arg[:3] + kind] = value
            elif keyword.arg in BOUNDS:
                shape[BOUNDS[keyword.arg]] = value
        if last_name(call) in ("Doc", "doc") and call.args and isinstance(constant(call.args[0]), str):
            shape["description"] = constant(call.args[0])

    def kinds(self, node, seen=()):
        """The names of all ancestors that a class in the source has."""
        found = set()
        for base in node.bases:
            name = last_name(base)
            if name in self.source.classes and name not in seen:
                found |= self.kinds(self.source.classes[name], seen + (name,))
            elif name:
                found.add(name)
        if any(last_name(mark) == "dataclass" for mark in node.decorator_list):
            found.add("BaseModel")
        return found

    def of_class(self, node, depth):
        kinds = self.kinds(node)
        if kinds & ENUMS:
            return enum([value for _, value in members_of(node)])
        if not kinds & RECORDS:
            raise Refusal("Value error in schema generation: Python type %s has no corresponding JSON schema type" % node.name)
        if node.name in self.open:
            raise Refusal("Value error in schema generation: %s holds itself; give the tool a json_schema" % node.name)
        self.open.append(node.name)
        properties, required = self.fields(node, depth, kinds)
        self.open.pop()
        return {"type": "object", "properties": properties, "required": required}

    def fields(self, node, depth, kinds):
        properties, required = {}, []
        for base in node.bases:
            if last_name(base) in self.source.classes and last_name(base) != node.name:
                inherited, needed = self.fields(self.source.classes[last_name(base)], depth + 1, kinds)
                properties.update(inherited)
                required += needed
        total = all(constant(k.value, True) is not False for k in node.keywords if k.arg == "total")
        for line in node.body:
            if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
                continue
            name, wrapper = line.target.id, last_name(line.annotation)
            if name.startswith("_") or wrapper == "ClassVar" or name == "model_config":
                continue
            try:
                shape = dict(self.of(line.annotation, depth + 1))
            except Refusal as refusal:
                raise refused("field '%s' of %s" % (name, node.name), line, refusal)
            needed = total if "TypedDict" in kinds else line.value is None
            if wrapper in ("Required", "NotRequired"):
                needed = wrapper == "Required"
            if isinstance(line.value, ast.Call) and last_name(line.value) in ("Field", "field"):
                self.detail(shape, line.value)
                given = line.value.args[:1] + [k.value for k in line.value.keywords if k.arg == "default"]
                needed = not given or constant(given[0]) is Ellipsis
            properties[name] = described(shape, shape.pop("description", None))
            required = [other for other in required if other != name] + ([name] if needed else [])
        return properties, required


def members_of(node):
    """Names and values of an enumeration."""
    out = []
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name) and not line.targets[0].id.startswith("_"):
            name, value = line.targets[0].id, constant(line.value)
            if isinstance(line.value, ast.Call) and last_name(line.value) == "auto":
                value = name.lower() if "StrEnum" in [last_name(base) for base in node.bases] else len(out) + 1
            out.append((name, list(value) if isinstance(value, tuple) else name if value is None else value))
    return out


def enum(values):
    shape = {}
    for kind, word in ((str, "string"), (bool, "boolean"), (int, "integer"), (float, "number")):
        if values and all(type(value) is kind for value in values):
            shape["type"] = word
    shape["enum"] = [value.decode("utf-8", "replace") if isinstance(value, bytes) else value for value in values]
    return shape


def described(shape, meaning):
    if meaning:
        shape["description"] = meaning
    return shape


def refused(what, node, refusal):
    return Refusal("%s (%s, line %d)" % (refusal, what, node.lineno))


def problem(kind, text, node):
    return Refusal("%s error in schema generation: %s (line %d)" % (kind, text, node.lineno))
