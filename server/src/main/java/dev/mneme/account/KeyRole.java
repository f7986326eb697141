package dev.mneme.account;

import java.util.Locale;

/** What a key may do in its organisation (decision 0022). */
public enum KeyRole {
    /** Everything in its organisation. */
    ADMIN,
    /** Reads what people may read, changes nothing. */
    READ_ONLY,
    /** Reaches named agents and what belongs to them. */
    AGENT;

    /** The word in requests, answers and the database. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
