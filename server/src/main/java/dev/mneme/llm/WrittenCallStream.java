package dev.mneme.llm;

import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An answer in which calls that the model wrote as text become calls ({@link WrittenCalls}). Text that may be the beginning of one is held
 * back until that is clear. One thread.
 */
final class WrittenCallStream implements ModelStream {
    /** Characters that are held back at most; a longer call still counts, but its text has been shown. */
    private static final int MOST_HELD = 32_768;

    private static final Pattern FIRST_KEY = Pattern.compile("[\\s\\[{]*(?:\"(\\w*)\"|(?=[^\\s\\[{\"]))");

    private static final Set<String> KEYS = Set.of("name", "arguments", "parameters", "function", "type", "id");

    private final ModelStream inner;
    private final Endpoint endpoint;
    private final Set<String> offered;
    private final Queue<ModelEvent> ready = new ArrayDeque<>();
    private final StringBuilder shown = new StringBuilder();
    private final StringBuilder held = new StringBuilder();
    private final boolean streaming;
    private boolean called;
    private @Nullable ModelException failure;

    /**
     * @param offered names of the tools that may be called; none: the text is left alone
     * @param streaming whether deltas are wanted
     */
    WrittenCallStream(ModelStream inner, Endpoint endpoint, Set<String> offered, boolean streaming) {
        this.inner = inner;
        this.endpoint = endpoint;
        this.offered = offered;
        this.streaming = streaming;
    }

    @Override
    public ModelEvent next() {
        while (ready.isEmpty()) {
            switch (read()) {
                case ModelEvent.TextDelta delta -> text(delta);
                case ModelEvent.CallDelta delta -> {
                    called = true;
                    release(held.length());
                    ready.add(delta);
                }
                case ModelEvent.ReasoningDelta delta -> ready.add(delta);
                case ModelEvent.Done done -> done(done);
            }
        }
        return ready.remove();
    }

    @Override
    public void close() {
        inner.close();
    }

    /** The next event; before a failure is told, what was held back is shown. */
    private ModelEvent read() {
        if (failure != null) {
            throw failure;
        }
        try {
            return inner.next();
        } catch (ModelException e) {
            if (held.isEmpty()) {
                throw e;
            }
            failure = e;
            String last = held.toString();
            held.setLength(0);
            return new ModelEvent.TextDelta(last);
        }
    }

    private void text(ModelEvent.TextDelta delta) {
        if (failure != null) {
            ready.add(delta);
            return;
        }
        if (offered.isEmpty() || called) {
            ready.add(delta);
            return;
        }
        held.append(delta.text());
        release(held.length() > MOST_HELD ? held.length() : plain());
        if (isOrdinaryFence()) {
            release(held.length());
        }
    }

    /** Whether a code block is over and turned out to be one. */
    private boolean isOrdinaryFence() {
        return held.indexOf("```") == 0
                && held.indexOf("```", 3) > 0
                && WrittenCalls.in(held.toString(), offered).calls().isEmpty();
    }

    /** How much of the held text is surely no part of a call. */
    private int plain() {
        int until = held.length();
        boolean first = shown.toString().isBlank();
        for (int at = 0; at < held.length(); at++) {
            char c = held.charAt(at);
            if ((first && (c == '{' || c == '[') && mayBeJsonOfCall(at)) || mayOpen(at)) {
                until = at;
                break;
            }
            first &= Character.isWhitespace(c);
        }
        // White space before what may be a call goes with it.
        while (until > 0 && until < held.length() && Character.isWhitespace(held.charAt(until - 1))) {
            until--;
        }
        return until;
    }

    private boolean mayOpen(int at) {
        char c = held.charAt(at);
        if (c != '<' && c != '`' && c != '[') {
            return false;
        }
        for (String opening : WrittenCalls.OPENINGS) {
            int length = Math.min(opening.length(), held.length() - at);
            if (opening.regionMatches(0, held.toString(), at, length)) {
                return !opening.equals("```") || mayBeFenced(at + length);
            }
        }
        return false;
    }

    /** Whether JSON that begins here may be that of a call: its first key is one of a call's, or not there yet. */
    private boolean mayBeJsonOfCall(int at) {
        Matcher key = FIRST_KEY.matcher(held).region(at, held.length());
        return !key.lookingAt() || (key.group(1) != null && KEYS.contains(key.group(1)));
    }

    /** Whether what follows a fence may still be JSON and nothing else. */
    private boolean mayBeFenced(int at) {
        int next = at;
        while (next < held.length() && (Character.isLetter(held.charAt(next)) || held.charAt(next) == '_')) {
            next++;
        }
        while (next < held.length() && Character.isWhitespace(held.charAt(next))) {
            next++;
        }
        return next == held.length() || held.charAt(next) == '{' || held.charAt(next) == '[';
    }

    private void release(int length) {
        if (length > 0) {
            String text = held.substring(0, length);
            held.delete(0, length);
            shown.append(text);
            ready.add(new ModelEvent.TextDelta(text));
        }
    }

    private void done(ModelEvent.Done done) {
        ModelEvent.Done whole = done.calls().isEmpty() ? withCalls(done) : done;
        boolean says = whole.content().stream()
                .anyMatch(part ->
                        part instanceof Content.Text text && !text.text().isEmpty());
        if (!says && whole.calls().isEmpty() && !whole.truncated()) {
            throw Failures.empty(endpoint);
        }
        if (whole == done) {
            release(held.length());
        } else if (!shown.isEmpty()) {
            whole = whole.with(content(done, asShown(text(whole))), whole.calls());
        } else if (streaming && !text(whole).isEmpty()) {
            ready.add(new ModelEvent.TextDelta(text(whole)));
        }
        if (whole != done && streaming) {
            for (int i = 0; i < whole.calls().size(); i++) {
                ToolCall call = whole.calls().get(i);
                ready.add(new ModelEvent.CallDelta(i, call.id(), call.name(), null));
                ready.add(new ModelEvent.CallDelta(i, null, null, call.arguments()));
            }
        }
        ready.add(whole);
    }

    /** The text besides the calls, beginning with exactly what readers have seen of it; the rest is shown now. */
    private String asShown(String rest) {
        String seen = shown.toString().strip();
        String tail = rest.startsWith(seen) ? rest.substring(seen.length()).strip() : "";
        if (tail.isEmpty()) {
            return shown.toString();
        }
        String more = Character.isWhitespace(shown.charAt(shown.length() - 1)) ? tail : "\n" + tail;
        ready.add(new ModelEvent.TextDelta(more));
        return shown + more;
    }

    /** The parts of an answer with this as its one text. */
    private static List<Content> content(ModelEvent.Done done, String words) {
        List<Content> content = new ArrayList<>();
        boolean said = words.isBlank();
        for (Content part : done.content()) {
            if (!(part instanceof Content.Text text)) {
                content.add(part);
            } else if (!said) {
                content.add(new Content.Text(words, text.signature()));
                said = true;
            }
        }
        return content;
    }

    /** The answer with the calls that stand in its text, else with those in its thoughts; the same if there are none. */
    private ModelEvent.Done withCalls(ModelEvent.Done done) {
        if (offered.isEmpty()) {
            return done;
        }
        WrittenCalls.Found found = WrittenCalls.in(text(done), offered);
        if (!found.calls().isEmpty()) {
            return done.with(content(done, found.rest()), found.calls());
        }
        if (text(done).isBlank()) {
            StringBuilder thoughts = new StringBuilder();
            for (Content part : done.content()) {
                thoughts.append(part instanceof Content.Reasoning reasoning ? reasoning.reasoning() : "");
            }
            WrittenCalls.Found thought = WrittenCalls.in(thoughts.toString(), offered);
            return thought.calls().isEmpty() ? done : done.with(done.content(), thought.calls());
        }
        return done;
    }

    private static String text(ModelEvent.Done done) {
        StringBuilder out = new StringBuilder();
        for (Content part : done.content()) {
            out.append(part instanceof Content.Text text ? text.text() : "");
        }
        return out.toString();
    }
}
