package dev.mneme.tool.sandbox.inmate;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Standard output (or error) of the calls, each with its own: a thread writes to that of the call that started it. Thread-safe. */
final class Output extends OutputStream {
    private final InheritableThreadLocal<@Nullable Sink> current = new InheritableThreadLocal<>();
    private final int most;

    Output(int most) {
        this.most = most;
    }

    /** The output of one call. */
    private static final class Sink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean cut;
    }

    /** Begins the output of a call, on its thread. */
    Object begin() {
        Sink sink = new Sink();
        current.set(sink);
        return sink;
    }

    PrintStream stream() {
        return new PrintStream(this, true, StandardCharsets.UTF_8);
    }

    /** What was said to a sink of {@link #begin}. */
    String said(@Nullable Object sink) {
        if (!(sink instanceof Sink known)) {
            return "";
        }
        synchronized (known) {
            String text = known.bytes.toString(StandardCharsets.UTF_8);
            return known.cut
                    ? text + "\n... [the rest of the output was dropped: more than " + most + " bytes]\n"
                    : text;
        }
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) {
        Sink sink = current.get();
        if (sink == null) {
            return;
        }
        synchronized (sink) {
            int room = Math.min(length, most - sink.bytes.size());
            sink.cut |= room < length;
            sink.bytes.write(data, offset, Math.max(0, room));
        }
    }
}
