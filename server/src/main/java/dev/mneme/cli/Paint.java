package dev.mneme.cli;

/**
 * Colours, where they are wanted.
 *
 * @param on whether to write escape sequences at all
 */
record Paint(boolean on) {
    String dim(String text) {
        return paint("2", text);
    }

    String bold(String text) {
        return paint("1", text);
    }

    String call(String text) {
        return paint("36", text);
    }

    String added(String text) {
        return paint("32", text);
    }

    String removed(String text) {
        return paint("31", text);
    }

    String trouble(String text) {
        return paint("31;1", text);
    }

    private String paint(String code, String text) {
        return on && !text.isEmpty() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
