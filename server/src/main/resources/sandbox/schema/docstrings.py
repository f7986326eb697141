# Reads docstrings: what a function does and what each parameter means. Google, NumPy, reST and epytext styles (contract 05 section 3).
import inspect
import re

GOOGLE_PARAMETERS = {"args", "arguments", "parameters", "params", "keyword args", "keyword arguments", "other parameters"}
GOOGLE_OTHERS = {"raises", "exceptions", "except", "attributes", "example", "examples", "returns", "return", "yields", "yield"}
NUMPY_PARAMETERS = {"parameters", "params", "other parameters", "keyword arguments"}
FIELD = re.compile(r"^[:@](param|parameter|arg|argument|key|keyword|type|returns?|rtype|raises?|raise|yields?)\b([^:]*):\s?(.*)$")
UNDERLINE = re.compile(r"^\s*-{3,}\s*$")


class Doc:
    """description: for the model; parameters: meaning by name."""

    def __init__(self, description, parameters):
        self.description = description
        self.parameters = parameters


def read(text):
    lines = inspect.cleandoc(text).split("\n")
    parameters = {}
    for style in (google, numpy, fields):
        for name, meaning in style(lines).items():
            if meaning and name not in parameters:
                parameters[name] = meaning
    return Doc(description(lines), parameters)


def description(lines):
    head = []
    for at, line in enumerate(lines):
        if FIELD.match(line) or section(line) or underlined(lines, at):
            break
        head.append(line)
    while head and not head[0].strip():
        head.pop(0)
    first = head[0].strip() if head else ""
    rest = "\n".join(line.rstrip() for line in head[1:]).strip("\n")
    out = first + ("\n\n" + rest.strip() if rest.strip() else "")
    for at, line in enumerate(lines):
        if line.strip() == "Examples:" and at >= len(head):
            return (out + "\n\n" + "\n".join(lines[at:])).strip()
    return out


def section(line):
    """The lower-case title of a Google section that begins here, else None."""
    title = line.strip().lower()
    if line[:1].isspace() or not title.endswith(":"):
        return None
    title = title[:-1].strip()
    return title if title in GOOGLE_PARAMETERS or title in GOOGLE_OTHERS else None


def underlined(lines, at):
    return at + 1 < len(lines) and bool(lines[at].strip()) and bool(UNDERLINE.match(lines[at + 1]))


def indent(line):
    return len(line) - len(line.lstrip())


def google(lines):
    out, body = {}, None
    for line in lines + ["end:"]:
        if line.strip() and indent(line) == 0:
            if body:
                out.update(entries(body, google_name))
            body = [] if section(line) in GOOGLE_PARAMETERS else None
        elif body is not None:
            body.append(line)
    return out


def numpy(lines):
    out, at = {}, 0
    while at < len(lines):
        if underlined(lines, at) and lines[at].strip().lower() in NUMPY_PARAMETERS:
            at, body = at + 2, []
            while at < len(lines) and not underlined(lines, at):
                body.append(lines[at])
                at += 1
            out.update(entries(body, numpy_names))
        else:
            at += 1
    return out


def entries(body, names_of):
    """Entries that begin at the indentation of the first line; deeper lines belong to the entry above."""
    out, base, names, said = {}, None, [], []
    for line in body + [None]:
        if line is not None and base is None and line.strip():
            base = indent(line)
        begins = line is None or (line.strip() != "" and base is not None and indent(line) <= base)
        if begins:
            for name in names:
                out[name] = inspect.cleandoc("\n".join(said)) if not said or said[0] == "" else join(said)
            names, said = names_of(line.strip()) if line is not None else ([], [])
        elif names:
            said.append(line)
    return out


def join(said):
    rest = inspect.cleandoc("\n" + "\n".join(said[1:])) if len(said) > 1 else ""
    return (said[0].strip() + "\n" + rest.strip("\n")).strip()


def google_name(line):
    """``name (type): meaning``, the type with any brackets inside."""
    found = re.match(r"\*{0,2}(\w+)\s*", line)
    if not found:
        return [], []
    at = found.end()
    if line[at:at + 1] == "(":
        depth = 0
        while at < len(line):
            depth += {"(": 1, ")": -1}.get(line[at], 0)
            at += 1
            if depth == 0:
                break
    rest = line[at:].lstrip()
    return ([found.group(1)], [rest[1:].strip()]) if rest.startswith(":") else ([], [])


def numpy_names(line):
    """``name : type`` or ``a, b : type``; the meaning stands on the lines below."""
    names = re.split(r"\s*:", line, maxsplit=1)[0]
    found = [name.strip().lstrip("*") for name in names.split(",")]
    return ([name for name in found if name.isidentifier()], [""])


def fields(lines):
    out, name, said = {}, None, []
    for at, line in enumerate(lines + [":type:"]):
        found = FIELD.match(line)
        gap = not line.strip() and at + 1 < len(lines) and indent(lines[at + 1]) == 0
        if found or gap:
            if name:
                out[name] = join(said)
            name, said = None, []
            if found and found.group(1) in ("param", "parameter", "arg", "argument", "key", "keyword") and found.group(2).split():
                name, said = found.group(2).split()[-1].lstrip("*"), [found.group(3)]
        elif name:
            said.append(line)
    return out
