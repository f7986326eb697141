package dev.mneme.turn;

import org.jspecify.annotations.Nullable;

/**
 * Takes the JSON arguments of one call apart while they arrive: the thought and the spoken words as plain text, the rest as JSON without
 * the thought. Only the top level is looked at; broken JSON comes out as far as it goes. Confined to one thread.
 *
 * <p>Where a thought is expected, everything else waits until it is over, so that a reader sees first what is stored first; if none
 * comes, the rest follows at the end.
 */
final class CallText {
    /** Who hears the pieces. */
    interface Listener {
        void thought(String text);

        /** @param arguments JSON as the model wrote it; spoken: the same words as plain text where they are what is said, else empty */
        void call(String arguments, String spoken);
    }

    private enum At {
        BEFORE,
        KEY,
        COLON,
        VALUE,
        AFTER
    }

    private final Listener listener;
    private final @Nullable String speech;
    private boolean waiting;
    private At at = At.BEFORE;
    private final StringBuilder key = new StringBuilder();
    private final StringBuilder rawKey = new StringBuilder();
    private int members;
    private int depth;
    private boolean inText;
    private boolean isText;
    private final Escapes escapes = new Escapes();
    private final StringBuilder raw = new StringBuilder();
    private final StringBuilder spoken = new StringBuilder();
    private final StringBuilder thought = new StringBuilder();

    /**
     * @param thinks whether a thought is expected
     * @param speech the argument that holds what is said, null: the tool does not speak
     */
    CallText(boolean thinks, @Nullable String speech, Listener listener) {
        this.waiting = thinks;
        this.speech = speech;
        this.listener = listener;
    }

    void feed(String piece) {
        for (int i = 0; i < piece.length(); i++) {
            take(piece.charAt(i));
        }
        if (!thought.isEmpty()) {
            listener.thought(drained(thought));
        }
        tell();
    }

    /** The call is over: what waited for a thought waits no longer. */
    void end() {
        waiting = false;
        tell();
    }

    private void tell() {
        if (!waiting && !(raw.isEmpty() && spoken.isEmpty())) {
            listener.call(drained(raw), drained(spoken));
        }
    }

    private static String drained(StringBuilder from) {
        String out = from.toString();
        from.setLength(0);
        return out;
    }

    private void take(char c) {
        switch (at) {
            case BEFORE -> {
                if (c == '{') {
                    raw.append(c);
                } else if (c == '"') {
                    key.setLength(0);
                    rawKey.setLength(0);
                    at = At.KEY;
                } else if (c == '}') {
                    raw.append(c);
                    at = At.AFTER;
                }
            }
            case KEY -> {
                if (escapes.ends(c, key::append)) {
                    at = At.COLON;
                } else {
                    rawKey.append(c);
                }
            }
            case COLON -> {
                if (c == ':') {
                    begin();
                }
            }
            case VALUE -> value(c);
            case AFTER -> {}
        }
    }

    private void begin() {
        at = At.VALUE;
        depth = 0;
        inText = false;
        isText = false;
        if (!isThought()) {
            raw.append(members++ == 0 ? "\"" : ",\"").append(rawKey).append("\":");
        }
    }

    private boolean isThought() {
        return CallShape.THINKING.contentEquals(key);
    }

    private void value(char c) {
        if (inText) {
            put(c);
            boolean over = escapes.ends(c, depth == 0 ? this::plain : text -> {});
            if (over) {
                inText = false;
            }
            return;
        }
        switch (c) {
            case '"' -> {
                inText = true;
                isText |= depth == 0;
                put(c);
            }
            case '{', '[' -> {
                depth++;
                put(c);
            }
            case ']' -> {
                depth--;
                put(c);
            }
            case '}' -> {
                if (depth == 0) {
                    over();
                    raw.append(c);
                    at = At.AFTER;
                } else {
                    depth--;
                    put(c);
                }
            }
            case ',' -> {
                if (depth == 0) {
                    over();
                    at = At.BEFORE;
                } else {
                    put(c);
                }
            }
            default -> put(c);
        }
    }

    private void over() {
        if (isThought()) {
            waiting = false;
        }
    }

    private void put(char c) {
        if (!isThought()) {
            raw.append(c);
            // What is said may be JSON itself; then that is the text.
            if (isSpeech() && !isText && (depth > 0 || !Character.isWhitespace(c))) {
                spoken.append(c);
            }
        }
    }

    private void plain(String text) {
        if (isThought()) {
            thought.append(text);
        } else if (isSpeech()) {
            spoken.append(text);
        }
    }

    private boolean isSpeech() {
        return speech != null && speech.contentEquals(key);
    }
}
