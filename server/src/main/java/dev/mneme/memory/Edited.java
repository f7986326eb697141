package dev.mneme.memory;

/** What an edit of a text came to. */
sealed interface Edited {
    /** The new text. */
    record To(String value) implements Edited {}

    /** Why there is none; text is for the model. */
    record Refused(String text) implements Edited {}
}
