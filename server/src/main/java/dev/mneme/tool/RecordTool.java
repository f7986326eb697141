package dev.mneme.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.message.ToolSpec;

/** A tool made of an argument record and what it does. Thread-safe if its work is. */
public final class RecordTool<A extends Record> implements Tool {
    /** Characters of an error that are kept for stderr (contract 04 §3). */
    private static final int STDERR_CHARS = 1_000;

    private final ArgumentSchema<A> schema;
    private final Work<A> work;

    public RecordTool(String name, Class<A> arguments, Work<A> work) {
        this.schema = ArgumentSchema.of(name, arguments);
        this.work = work;
    }

    /** What the tool does with well-formed arguments: the slow part now, the rest as an effect. */
    @FunctionalInterface
    public interface Work<A extends Record> {
        ToolEffect start(A arguments, ToolContext context);
    }

    @Override
    public ToolSpec spec() {
        return schema.spec();
    }

    @Override
    public ToolEffect call(ObjectNode arguments, ToolContext context) {
        return switch (schema.parse(arguments)) {
            case ArgumentSchema.Parsed.Arguments<A> parsed -> work.start(parsed.value(), context);
            case ArgumentSchema.Parsed.Wrong<A> wrong -> {
                ToolOutcome failed = failed(spec().name(), "TypeError", wrong.text());
                yield tx -> failed;
            }
        };
    }

    /** A return that is a plain text. */
    public static ToolOutcome ok(String text) {
        return new ToolOutcome.Ok(TextNode.valueOf(text));
    }

    /** A failure as clients of the retired server know it: the bare text, and on stderr with the tool and the kind of error. */
    public static ToolOutcome failed(String tool, String kind, String text) {
        String stderr = "Error executing function " + tool + ": " + kind + ": " + text;
        return new ToolOutcome.Failed(
                text, stderr.length() <= STDERR_CHARS ? stderr : stderr.substring(0, STDERR_CHARS));
    }
}
