package dev.mneme.turn;

/** What a turn has done against a full context so far. Confined to the turn's thread. */
final class Folds {
    /** Compactions of one turn that a call which does not fit may bring about, by asking for summaries (contract 02 §4). */
    static final int ROUNDS = 3;

    private int rounds;
    private boolean done;
    private boolean repeated;

    /** Whether this turn has been compacted. */
    boolean done() {
        return done;
    }

    /** Rounds that calls which did not fit have brought about. */
    int rounds() {
        return rounds;
    }

    void mark(boolean round) {
        done = true;
        rounds += round ? 1 : 0;
    }

    /** True once: a call that does not fit although nothing can leave is repeated one time. */
    boolean repeat() {
        boolean first = !repeated;
        repeated = true;
        return first;
    }
}
