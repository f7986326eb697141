package dev.mneme.run;

import dev.mneme.base.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A group's talk under way: the turns that it consists of, as they begin. One writer, any number of readers. */
public final class Talk {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Speech> speeches = new ArrayList<>();
    private @Nullable Problem problem;
    private boolean ended;

    Talk() {}

    /** One member's turn: a run. */
    public record Speech(String runId, String agentId, String agentName) {}

    void add(Speech speech) {
        lock.lock();
        try {
            speeches.add(speech);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Nobody speaks any more. why: null unless the talk broke off. */
    void end(@Nullable Problem why) {
        lock.lock();
        try {
            problem = why;
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The turn of this number, counted from 0; null when it has not begun within the wait, or when the talk is over before. */
    public @Nullable Speech next(int number, Duration wait) {
        lock.lock();
        try {
            long left = wait.toNanos();
            while (speeches.size() <= number && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return speeches.size() > number ? speeches.get(number) : null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until nobody speaks any more; returns early when interrupted. */
    public void awaitEnd() {
        lock.lock();
        try {
            while (!ended) {
                changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is no turn of this number and never will be. */
    public boolean endsBefore(int number) {
        lock.lock();
        try {
            return Thread.currentThread().isInterrupted() || (ended && speeches.size() <= number);
        } finally {
            lock.unlock();
        }
    }

    /** Why it broke off; null when it did not. */
    public @Nullable Problem problem() {
        lock.lock();
        try {
            return problem;
        } finally {
            lock.unlock();
        }
    }
}
