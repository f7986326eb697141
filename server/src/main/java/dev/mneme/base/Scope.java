package dev.mneme.base;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Owner of threads: whatever is forked here ends when the scope is closed. Thread-safe.
 *
 * <p>All threads are virtual and named after the scope. A task that throws ends alone; its exception reaches whoever joins it
 * and is otherwise given to the default handler.
 */
public final class Scope implements AutoCloseable {
    private final String name;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    public Scope(String name) {
        this.name = name;
    }

    /** Starts long-lived or detached work. Refused (false) once the scope is closed. */
    public boolean fork(String task, Runnable work) {
        if (closed) {
            return false;
        }
        Thread thread = Thread.ofVirtual().name(name + "/" + task).unstarted(() -> {
            try {
                work.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        threads.add(thread);
        thread.start();
        return true;
    }

    /** Runs all tasks at once and returns their results in order; the first exception is thrown after all have ended. */
    public <T> List<T> all(List<Callable<T>> tasks) {
        List<FutureTask<T>> running = new ArrayList<>(tasks.size());
        for (Callable<T> task : tasks) {
            FutureTask<T> future = new FutureTask<>(task);
            running.add(future);
            if (!fork("task", future)) {
                future.run();
            }
        }
        List<T> results = new ArrayList<>(tasks.size());
        RuntimeException failure = null;
        for (FutureTask<T> future : running) {
            try {
                results.add(future.get());
            } catch (ExecutionException e) {
                failure = e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = new IllegalStateException("interrupted", e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    /** How many threads live. */
    public int size() {
        return threads.size();
    }

    /** Waits up to the given time for all threads to end by themselves; says whether they did. */
    public boolean drain(long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        for (Thread thread : threads) {
            try {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0 || !thread.join(java.time.Duration.ofMillis(left))) {
                    return false;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    /** Interrupts what still runs and refuses new work. */
    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
        drain(5_000);
    }
}
