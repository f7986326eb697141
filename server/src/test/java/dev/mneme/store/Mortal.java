package dev.mneme.store;

import dev.mneme.base.Clock;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A database whose process can die and be started again, many times on the same file, for the simulator.
 *
 * <p>A life is a {@link Db} like any other, until the write that its fate names: then everything in that life that touches the database
 * gets a {@link Died}, for ever, as if the process had been killed. What was committed stays; what was not is gone.
 */
public final class Mortal implements AutoCloseable {
    private final Engine real;

    private Mortal(Engine real) {
        this.real = real;
    }

    public static Mortal open(StoreOptions options) {
        return new Mortal(Db.engine(options));
    }

    /** When a write kills. */
    public enum Moment {
        /** Not at all. */
        NEVER,
        /** The work was done, the commit never happened. */
        BEFORE_COMMIT,
        /** It is on disk, and nobody was told. */
        AFTER_COMMIT
    }

    /** The end of a simulated process. An Error, so that no handler of ordinary failures takes it for one. */
    public static final class Died extends Error {
        private static final long serialVersionUID = 1;

        Died() {
            super("this life is over", null, false, false);
        }
    }

    /**
     * Starts a life.
     *
     * @param fate what the n-th write of this life does, counted from 1
     * @param onDeath called once, from whatever thread meets its fate
     */
    public Db live(Clock clock, LongFunction<Moment> fate, Runnable onDeath) {
        return Db.over(new Life(real, fate, onDeath), clock);
    }

    @Override
    public void close() {
        real.close();
    }

    private static final class Life implements Engine {
        private final Engine real;
        private final LongFunction<Moment> fate;
        private final Runnable onDeath;
        private final AtomicLong writes = new AtomicLong();
        private volatile boolean dead;

        Life(Engine real, LongFunction<Moment> fate, Runnable onDeath) {
            this.real = real;
            this.fate = fate;
            this.onDeath = onDeath;
        }

        @Override
        public String kind() {
            return real.kind();
        }

        @Override
        public <T extends @Nullable Object> T read(String organizationId, Work<T> work) {
            refuseTheDead();
            return real.read(organizationId, work);
        }

        @Override
        public <T extends @Nullable Object> T write(String organizationId, Work<T> work) {
            refuseTheDead();
            return real.write(organizationId, tx -> {
                refuseTheDead();
                Moment moment = fate.apply(writes.incrementAndGet());
                if (moment == Moment.AFTER_COMMIT) {
                    tx.afterCommit(this::die);
                }
                T result = work.in(tx);
                if (moment == Moment.BEFORE_COMMIT) {
                    die();
                }
                refuseTheDead();
                return result;
            });
        }

        private void refuseTheDead() {
            if (dead) {
                throw new Died();
            }
        }

        private void die() {
            boolean first = !dead;
            dead = true;
            if (first) {
                onDeath.run();
            }
            throw new Died();
        }

        @Override
        public void close() {
            dead = true;
        }
    }
}
