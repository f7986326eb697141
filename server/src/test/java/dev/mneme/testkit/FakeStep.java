package dev.mneme.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the fake provider answers to one model call. Made by {@link #say}, {@link #call}, {@link #fail} …, widened by the other methods.
 *
 * @param failCode status instead of an answer; 0: none
 * @param failBody body of that status; null: the usual one of the language
 * @param headers more headers of the answer
 * @param sleepMillis pause before the answer
 * @param chunkMillis pause before each piece of a stream
 * @param trick what is wrong with the answer
 */
public record FakeStep(
        String think,
        String say,
        List<Call> calls,
        int failCode,
        @Nullable String failBody,
        Map<String, String> headers,
        long sleepMillis,
        long chunkMillis,
        Trick trick) {
    /** A tool call; arguments is JSON text, sent as it stands. */
    public record Call(String name, String arguments) {}

    /** How an answer can go wrong. */
    public enum Trick {
        NONE,
        /** The connection breaks after a few pieces. */
        CUT,
        /** The stream ends in order but before its end mark. */
        UNFINISHED,
        /** No JSON. */
        GARBAGE,
        /** No content and no calls. */
        EMPTY,
        /** An answer that never begins (until the fake is closed). */
        SILENT,
        /** The first pieces, then nothing more (until the fake is closed). */
        STALLED,
        /** Cut off by the output limit. */
        TRUNCATED
    }

    private static final FakeStep NOTHING = new FakeStep("", "", List.of(), 0, null, Map.of(), 0, 0, Trick.NONE);

    public static FakeStep say(String text) {
        return new FakeStep("", text, List.of(), 0, null, Map.of(), 0, 0, Trick.NONE);
    }

    public static FakeStep call(String tool, String arguments) {
        return NOTHING.also(tool, arguments);
    }

    public static FakeStep fail(int code) {
        return new FakeStep("", "", List.of(), code, null, Map.of(), 0, 0, Trick.NONE);
    }

    public static FakeStep fail(int code, String body) {
        return new FakeStep("", "", List.of(), code, body, Map.of(), 0, 0, Trick.NONE);
    }

    /** Exactly this as the body of a stream: a recording. */
    public static FakeStep recording(String frames) {
        return fail(200, frames);
    }

    public static FakeStep trick(Trick trick) {
        return say("one two three four five six seven eight").with(trick);
    }

    public FakeStep also(String tool, String arguments) {
        List<Call> more = new ArrayList<>(calls);
        more.add(new Call(tool, arguments));
        return new FakeStep(
                think, say, List.copyOf(more), failCode, failBody, headers, sleepMillis, chunkMillis, trick);
    }

    public FakeStep thinking(String text) {
        return new FakeStep(text, say, calls, failCode, failBody, headers, sleepMillis, chunkMillis, trick);
    }

    public FakeStep saying(String text) {
        return new FakeStep(think, text, calls, failCode, failBody, headers, sleepMillis, chunkMillis, trick);
    }

    public FakeStep header(String name, String value) {
        return new FakeStep(
                think, say, calls, failCode, failBody, Map.of(name, value), sleepMillis, chunkMillis, trick);
    }

    public FakeStep after(long millis) {
        return new FakeStep(think, say, calls, failCode, failBody, headers, millis, chunkMillis, trick);
    }

    public FakeStep slowly(long millisEachPiece) {
        return new FakeStep(think, say, calls, failCode, failBody, headers, sleepMillis, millisEachPiece, trick);
    }

    public FakeStep with(Trick other) {
        return new FakeStep(think, say, calls, failCode, failBody, headers, sleepMillis, chunkMillis, other);
    }

    FakeStep failing(int code) {
        return new FakeStep(think, say, calls, code, failBody, headers, sleepMillis, chunkMillis, trick);
    }
}
