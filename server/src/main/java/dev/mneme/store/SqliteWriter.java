package dev.mneme.store;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The one writer of a SQLite file, on a thread of its own. It runs every write that waits, each in a savepoint, and commits
 * them together: an fsync costs milliseconds, so a group of n writes is almost n times as fast as n commits.
 *
 * <p>Owned by {@link SqliteEngine}; {@link #write} may be called from any thread but the writer's own.
 */
final class SqliteWriter {
    /** Writes in one commit. Bounds how long the first one waits for the last. */
    private static final int GROUP = 64;

    private final DataSource source;
    private final Jooq jooq;
    private final LinkedBlockingQueue<Job<?>> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private Connection connection;
    private Statements statements;
    private volatile boolean closed;

    SqliteWriter(DataSource source, Jooq jooq) throws SQLException {
        this.source = source;
        this.connection = source.getConnection();
        this.connection.setAutoCommit(false);
        this.statements = new Statements(connection, true);
        this.jooq = jooq;
        this.thread = Thread.ofPlatform().name("mneme-writer").daemon().start(this::loop);
    }

    <T extends @Nullable Object> T write(String organizationId, Work<T> work) {
        if (closed) {
            throw new Problem(ProblemCode.UNAVAILABLE, "The server is shutting down. Try again when it is back.");
        }
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("A write inside a write would wait for itself.");
        }
        Job<T> job = new Job<>(organizationId, work);
        queue.add(job);
        return job.await();
    }

    void close() {
        closed = true;
        queue.add(new Job<>(Db.EVERY_ORGANIZATION, tx -> true));
        try {
            thread.join(10_000);
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void loop() {
        List<Job<?>> group = new ArrayList<>(GROUP);
        while (!closed || !queue.isEmpty()) {
            try {
                group.add(queue.take());
                queue.drainTo(group, GROUP - 1);
            } catch (InterruptedException e) {
                continue;
            }
            commit(group);
            group.clear();
        }
    }

    private void commit(List<Job<?>> group) {
        RuntimeException broken = null;
        try {
            for (Job<?> job : group) {
                runInSavepoint(job);
            }
            connection.commit();
        } catch (SQLException e) {
            broken = SqlFailure.translate(e, new IllegalStateException(e));
            reopen();
        }
        for (Job<?> job : group) {
            job.finish(broken);
        }
    }

    private void runInSavepoint(Job<?> job) throws SQLException {
        Savepoint before = connection.setSavepoint();
        job.run(jooq, connection, statements);
        if (job.failure != null) {
            SQLException fatal = SqlFailure.endsTransaction(job.failure);
            if (fatal != null) {
                throw fatal;
            }
            connection.rollback(before);
        }
        connection.releaseSavepoint(before);
    }

    /**
     * A full disk, an I/O error and a lost lock make SQLite roll the whole transaction back by itself, behind the driver's back: what
     * came after would be committed statement by statement. A new connection knows where it stands.
     */
    private void reopen() {
        try {
            connection.close();
        } catch (SQLException e) {
            // It is replaced anyway; what it had not committed is gone, and every caller of the group is told so.
        }
        try {
            connection = source.getConnection();
            connection.setAutoCommit(false);
            statements = new Statements(connection, true);
        } catch (SQLException e) {
            // The next group finds the closed connection, fails with its error and tries to open again.
        }
    }

    /** One write that waits for its commit. */
    private static final class Job<T extends @Nullable Object> {
        private final String organizationId;
        private final Work<T> work;
        private final CountDownLatch done = new CountDownLatch(1);
        private @Nullable Tx tx;
        private @Nullable T result;
        private @Nullable RuntimeException failure;
        private @Nullable Error error;

        Job(String organizationId, Work<T> work) {
            this.organizationId = organizationId;
            this.work = work;
        }

        void run(Jooq jooq, Connection connection, Statements statements) {
            try {
                tx = new Tx(jooq, connection, statements, organizationId, true);
                result = work.in(tx);
            } catch (RuntimeException e) {
                failure = e;
            } catch (Error e) {
                error = e;
                failure = new IllegalStateException(e);
            }
        }

        void finish(@Nullable RuntimeException groupFailure) {
            if (failure == null) {
                failure = groupFailure;
            }
            done.countDown();
        }

        @SuppressWarnings("NullAway") // T says itself whether the result may be null
        T await() {
            boolean interrupted = false;
            while (true) {
                try {
                    done.await();
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (error != null) {
                throw error;
            }
            if (failure != null) {
                throw SqlFailure.translate(failure);
            }
            tx.committed();
            return result;
        }
    }
}
