package dev.mneme.config;

/** How much of a server there is (decision 0038). */
public enum Presence {
    /** It listens on its port. */
    LISTENING,
    /** It listens nowhere: the program that it runs in is its only client. */
    INSIDE,
    /** As INSIDE, for its owner alone, who is asked for no password, and nothing goes on by itself: no run, no schedule, no file. */
    ASLEEP
}
