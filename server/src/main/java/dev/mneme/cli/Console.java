package dev.mneme.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a command reads and writes.
 *
 * @param interactive a person sits at a terminal: colours, line editing
 */
public record Console(InputStream in, PrintStream out, PrintStream err, boolean interactive) {
    /** The process's own; UTF-8 whatever the platform says. */
    public static Console system(Map<String, String> environment) {
        java.io.Console console = System.console();
        boolean terminal = console != null && console.isTerminal() && !"dumb".equals(environment.get("TERM"));
        return new Console(
                System.in,
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                new PrintStream(System.err, true, StandardCharsets.UTF_8),
                terminal);
    }

    Paint paint(Map<String, String> environment) {
        return new Paint(interactive && environment.getOrDefault("NO_COLOR", "").isEmpty());
    }
}
