"""`agent_state`: the agent as a tool sees it. Fields by name; the blocks of its memory can be edited."""


class Part:
    """A JSON object whose keys are attributes too."""

    def __init__(self, fields):
        for name, value in fields.items():
            self.__dict__[name] = _wrap(value)

    def model_dump(self, **_):
        return {name: _unwrap(value) for name, value in self.__dict__.items()}

    dict = model_dump

    def get(self, name, default=None):
        return self.__dict__.get(name, default)

    def __getitem__(self, name):
        return self.__dict__[name]

    def __setitem__(self, name, value):
        self.__dict__[name] = value

    def __contains__(self, name):
        return name in self.__dict__

    def __repr__(self):
        return "%s(%s)" % (type(self).__name__, ", ".join("%s=%r" % item for item in self.__dict__.items()))

    __str__ = __repr__


class Block(Part):
    """One block: label, value, limit, description and the rest."""


class Memory(Part):
    """The blocks, by label."""

    def __init__(self, fields):
        super().__init__({name: value for name, value in fields.items() if name != "blocks"})
        self.__dict__["blocks"] = [Block(block) for block in fields.get("blocks") or []]

    def get_blocks(self):
        return self.blocks

    def list_block_labels(self):
        return [block.label for block in self.blocks]

    def get_block(self, label):
        for block in self.blocks:
            if block.label == label:
                return block
        raise KeyError("Block field %s does not exist (available sections = %s)" % (label, ", ".join(self.list_block_labels())))

    def update_block_value(self, label, value):
        if not isinstance(value, str):
            raise ValueError("Provided value must be a string")
        for block in self.blocks:
            if block.label == label:
                block.value = value
                return
        raise ValueError("Block with label %s does not exist" % label)

    def set_block(self, block):
        for place, present in enumerate(self.blocks):
            if present.label == block.label:
                self.blocks[place] = block
                return
        self.blocks.append(block)


class AgentState(Part):
    def __init__(self, fields):
        super().__init__({name: value for name, value in fields.items() if name != "memory"})
        self.__dict__["memory"] = Memory(fields.get("memory") or {})


def _wrap(value):
    if isinstance(value, dict):
        return Part(value)
    return [_wrap(item) for item in value] if isinstance(value, list) else value


def _unwrap(value):
    if isinstance(value, Part):
        return value.model_dump()
    return [_unwrap(item) for item in value] if isinstance(value, (list, tuple)) else value
