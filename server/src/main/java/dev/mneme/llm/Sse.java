package dev.mneme.llm;

import org.jspecify.annotations.Nullable;

/** Server-sent events read from an answer. One thread. */
public final class Sse {
    /** One event. */
    public record Event(@Nullable String name, String data) {}

    private final Answer answer;
    private @Nullable String stray;

    public Sse(Answer answer) {
        this.answer = answer;
    }

    /** The next event that has data; null when the stream has ended. */
    public @Nullable Event next() {
        String name = null;
        StringBuilder data = null;
        while (true) {
            String line = answer.line();
            if (line == null || line.isEmpty()) {
                if (data != null) {
                    return new Event(name, data.toString());
                }
                if (line == null) {
                    return null;
                }
                name = null;
            } else if (line.startsWith("data:")) {
                data = data == null ? new StringBuilder() : data.append('\n');
                data.append(value(line, 5));
            } else if (line.startsWith("event:")) {
                name = value(line, 6);
            } else if (!line.startsWith(":")
                    && !line.startsWith("id:")
                    && !line.startsWith("retry:")
                    && stray == null) {
                stray = line;
            }
        }
    }

    /** The first line that belongs to no event: what the provider said when it sent no stream at all. */
    public String stray() {
        return stray == null ? "" : stray;
    }

    private static String value(String line, int from) {
        return line.startsWith(" ", from) ? line.substring(from + 1) : line.substring(from);
    }
}
