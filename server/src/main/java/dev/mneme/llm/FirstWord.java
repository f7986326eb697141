package dev.mneme.llm;

import dev.mneme.message.LlmConfig;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that is made again when it breaks before its first word: providers say that they are overloaded inside a stream that began
 * well. After the first word nothing is repeated, since somebody has read it. When no try is left, the fallback model is asked, once. One
 * thread.
 */
final class FirstWord implements ModelStream {
    private static final Logger LOG = LoggerFactory.getLogger(FirstWord.class);

    /** A model at its place. */
    record Place(LlmConfig config, Endpoint endpoint) {}

    private final Function<Place, ModelStream> opening;
    private final Tries tries;
    private final Patience patience;
    private @Nullable Supplier<@Nullable Place> fallback;
    private Place place;
    private ModelStream current;
    private int attempt;
    private boolean spoken;
    private boolean moved;
    private volatile boolean closed;

    FirstWord(
            Function<Place, ModelStream> opening,
            Place place,
            Supplier<@Nullable Place> fallback,
            Tries tries,
            Patience patience) {
        this.opening = opening;
        this.place = place;
        this.fallback = fallback;
        this.tries = tries;
        this.patience = patience;
        this.current = opened();
    }

    @Override
    public ModelEvent next() {
        while (true) {
            try {
                ModelEvent event = current.next();
                spoken = true;
                return event;
            } catch (ModelException e) {
                if (spoken || closed) {
                    throw e;
                }
                current.close();
                again(e);
                current = opened();
            }
        }
    }

    @Override
    public @Nullable LlmConfig instead() {
        return moved ? place.config() : null;
    }

    @Override
    public void close() {
        closed = true;
        current.close();
    }

    private ModelStream opened() {
        while (true) {
            try {
                return opening.apply(place);
            } catch (ModelException e) {
                again(e);
            }
        }
    }

    /** Waits for the next try, or turns to the fallback, or gives up. */
    private void again(ModelException failure) {
        try {
            tries.again(place.endpoint(), place.config().model(), patience, attempt, failure);
            attempt++;
        } catch (ModelException e) {
            Supplier<@Nullable Place> last = fallback;
            if (e != failure || last == null || patience.stopped() || !mayMove(e)) {
                throw e;
            }
            fallback = null;
            Place other = last.get();
            if (other == null) {
                throw e;
            }
            LOG.warn(
                    "{}: asking {} instead: {}",
                    place.endpoint().display(),
                    other.config().handle(),
                    e.detail());
            patience.tell(new Retry(
                    place.config().model(), e.detail(), 0, other.config().handle()));
            place = other;
            moved = true;
            attempt = 0;
        }
    }

    /** Whether another provider may well do better: this one is busy, broken or silent. */
    private static boolean mayMove(ModelException e) {
        return e.mayPass()
                || switch (e.kind()) {
                    case LLM_RATE_LIMIT, LLM_TIMEOUT, LLM_INSUFFICIENT_CREDITS -> true;
                    default -> false;
                };
    }
}
