package dev.mneme.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/** A talk with one agent, line by line, until the person leaves. */
final class Chat {
    private static final String PROMPT = "> ";

    private final AgentClient agent;
    private final Console console;
    private final Paint paint;

    Chat(AgentClient agent, Console console, Paint paint) {
        this.agent = agent;
        this.console = console;
        this.paint = paint;
    }

    /** Where the next line comes from; null at the end. */
    @FunctionalInterface
    private interface Lines {
        @Nullable
        String next() throws IOException;
    }

    /** Returns when the input ends or the person says /quit. */
    void run() {
        PrintStream out = console.out();
        out.println(paint.dim(
                "Talking with " + agent.name() + " (" + agent.model() + "). /help shows what else there is."));
        try {
            if (console.interactive()) {
                try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
                    LineReader reader =
                            LineReaderBuilder.builder().terminal(terminal).build();
                    loop(() -> edited(reader));
                }
            } else {
                BufferedReader reader = new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
                loop(reader::readLine);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable String edited(LineReader reader) {
        try {
            return reader.readLine(PROMPT);
        } catch (UserInterruptException | EndOfFileException leaving) {
            return null;
        }
    }

    private void loop(Lines lines) throws IOException {
        for (String line = lines.next(); line != null; line = lines.next()) {
            String text = line.strip();
            switch (text) {
                case "" -> {
                    // an empty line says nothing
                }
                case "/quit", "/exit" -> {
                    return;
                }
                case "/help" -> help();
                case "/memory" -> showMemory();
                default -> say(text);
            }
        }
    }

    /** Says one thing and shows the turn; a refusal is shown and the talk goes on. */
    void say(String text) {
        try {
            agent.say(text, new Transcript(console.out(), paint, agent::memory));
        } catch (ApiRefused e) {
            console.out().println(paint.trouble("! " + e.line()));
        }
    }

    void showMemory() {
        for (Map.Entry<String, String> block : agent.memory().entrySet()) {
            console.out().println(paint.bold("[" + block.getKey() + "]"));
            block.getValue().lines().forEach(line -> console.out().println("  " + line));
        }
    }

    private void help() {
        console.out()
                .println(
                        "  /memory  the agent's core memory as it is now\n  /quit    leave; the agent remembers\n  /help    this");
    }
}
