package dev.mneme.llm;

import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that is made again when it breaks before its first word: providers say that they are overloaded inside a stream that began
 * well. After the first word nothing is repeated, since somebody has read it. One thread.
 */
final class FirstWord implements ModelStream {
    private static final Logger LOG = LoggerFactory.getLogger(FirstWord.class);

    /** Tries after the first; opening has tries of its own. */
    private static final int RETRIES = 2;

    /** Milliseconds of the first pause; the second is twice as long. */
    private static final long FIRST_PAUSE = 500;

    private final Supplier<ModelStream> opening;
    private final Endpoint endpoint;
    private final ProviderHttp.Pause pause;
    private ModelStream current;
    private boolean spoken;
    private volatile boolean closed;

    FirstWord(Supplier<ModelStream> opening, Endpoint endpoint, ProviderHttp.Pause pause) {
        this.opening = opening;
        this.endpoint = endpoint;
        this.pause = pause;
        this.current = opening.get();
    }

    @Override
    public ModelEvent next() {
        for (int attempt = 0; ; attempt++) {
            try {
                ModelEvent event = current.next();
                spoken = true;
                return event;
            } catch (ModelException e) {
                if (spoken || closed || !e.mayPass() || attempt >= RETRIES) {
                    throw e;
                }
                current.close();
                LOG.warn("{}: trying again: {}", endpoint.display(), e.detail());
                sleep(FIRST_PAUSE << attempt);
                current = opening.get();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        current.close();
    }

    private void sleep(long millis) {
        try {
            pause.millis(millis);
        } catch (InterruptedException e) {
            throw Failures.interrupted(endpoint, e);
        }
    }
}
