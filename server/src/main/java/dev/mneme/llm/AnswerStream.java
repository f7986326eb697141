package dev.mneme.llm;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * A provider's answer as it arrives over HTTP, piece by piece or whole: what every wire language of server-sent events shares. One thread.
 */
public abstract class AnswerStream implements ModelStream {
    protected final Answer answer;
    protected final Sse sse;
    protected final boolean deltas;
    /** What was read and not yet given. */
    protected final Queue<ModelEvent> ready = new ArrayDeque<>();

    /** @param deltas whether deltas are wanted; a server that answers whole all the same is understood */
    protected AnswerStream(Answer answer, boolean deltas) {
        this.answer = answer;
        this.sse = new Sse(answer);
        this.deltas = deltas;
    }

    /** Reads an answer that comes in one JSON text; what it makes of it goes to {@link #ready}. */
    protected abstract void whole();

    /** Reads the next piece of a stream; what it makes of it, if anything, goes to {@link #ready}. */
    protected abstract void piece();

    @Override
    public final ModelEvent next() {
        while (ready.isEmpty()) {
            if (!deltas || answer.isJson()) {
                whole();
            } else {
                piece();
            }
        }
        return ready.remove();
    }

    @Override
    public final void close() {
        answer.close();
    }
}
