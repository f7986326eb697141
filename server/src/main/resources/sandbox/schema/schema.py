# Derives the JSON schema of a tool from its Python source by reading the syntax tree: nothing of the source is executed or imported
# (contract 05 section 3). Reads one JSON object a line, {"source", "name", "arguments"}, and answers with one a line.
# It is run as one program together with docstrings.py and annotations.py, which stand before it.
import json
import sys

HIDDEN = {"self", "cls", "agent_state", "agent_id"}  # filled in by whoever runs the tool


def derive(text, name, arguments_given):
    try:
        tree = ast.parse(text[1:] if text.startswith("\ufeff") else text)  # editors on Windows put that mark before a text
    except SyntaxError as error:
        raise Refusal("Failed to parse source code: %s (<unknown>, line %s)" % (error.msg, error.lineno))
    except ValueError as error:
        raise Refusal("Failed to parse source code: %s" % error)
    source = Source(tree)
    function = source.function(name)
    doc_text = ast.get_docstring(function, clean=False)
    if not doc_text or not doc_text.strip():
        raise Refusal("Function %s missing docstring (line %d)" % (function.name, function.lineno))
    doc = read(doc_text)
    parameters = {"type": "object", "properties": {}, "required": []}
    if not arguments_given:
        fill(parameters, function, doc, Shapes(source))
    return {"name": function.name, "description": doc.description, "parameters": parameters}


def fill(parameters, function, doc, shapes):
    given = function.args
    positional = getattr(given, "posonlyargs", []) + given.args
    defaults = [None] * (len(positional) - len(given.defaults)) + list(given.defaults)
    for argument, default in list(zip(positional, defaults)) + list(zip(given.kwonlyargs, given.kw_defaults)):
        name = argument.arg
        if name in HIDDEN:
            continue
        where = "'%s' in function '%s'" % (name, function.name)
        if argument.annotation is None:
            raise problem("Type", "Parameter %s lacks a type annotation" % where, argument)
        try:
            shape = dict(shapes.of(argument.annotation))
            optional = shapes.optional(argument.annotation)
        except Refusal as refusal:
            raise refused("parameter " + where, argument, refusal)
        meaning = doc.parameters.get(name) or shape.get("description")
        shape.pop("description", None)
        if not meaning:
            raise problem("Value", "Parameter %s lacks a description in the docstring" % where, argument)
        parameters["properties"][name] = described(shape, meaning)
        if default is None and not optional:
            parameters["required"].append(name)


def answer(line):
    try:
        asked = json.loads(line)
        return {"schema": derive(asked["source"], asked.get("name"), asked.get("arguments", False))}
    except Refusal as refusal:
        return {"refusal": str(refusal)}
    except (RecursionError, MemoryError):
        return {"refusal": "Failed to parse source code: it is nested too deeply"}


def limit():
    """A source cannot take the machine's memory; time is watched by whoever asked."""
    try:
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, ValueError, OSError):
        pass  # no such limits on this system


def serve():
    limit()
    print(json.dumps({"ready": list(sys.version_info[:2])}), flush=True)
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(answer(line.decode("utf-8"))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    serve()
