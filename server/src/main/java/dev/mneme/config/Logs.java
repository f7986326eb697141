package dev.mneme.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/** What the process logs and how: one line each, on standard error; libraries only when something is wrong. */
public final class Logs {
    /** Time, level, logger, message, and a stack trace if there is one. */
    private static final String LINE = "%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n";

    private Logs() {}

    /** Sets it up for the whole process. */
    public static void configure(boolean debug) {
        String settings = "handlers=java.util.logging.ConsoleHandler\n"
                + "java.util.logging.ConsoleHandler.level=ALL\n"
                + "java.util.logging.SimpleFormatter.format=" + LINE.replace("\n", "") + "\n"
                + ".level=WARNING\n"
                // A pool that cannot connect throws; its own account of that would be a second message.
                + "com.zaxxer.hikari.level=SEVERE\n"
                + "dev.mneme.level=" + (debug ? "FINE" : "INFO") + "\n";
        try {
            LogManager.getLogManager()
                    .readConfiguration(new ByteArrayInputStream(settings.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it is read from memory
        }
    }
}
