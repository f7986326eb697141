package dev.mneme.tool.sandbox;

/** How far code that people bring is kept from the machine. */
public enum Isolation {
    /** Bubblewrap: no files, users, processes or network of the machine. */
    JAIL,
    /** A process of its own with limits; it reads what this server's user can read. */
    PROCESS,
    /** No such code runs. */
    OFF
}
