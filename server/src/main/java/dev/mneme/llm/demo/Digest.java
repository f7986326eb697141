package dev.mneme.llm.demo;

import dev.mneme.llm.ModelRequest;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the demo model summarises: the facts that the user told, what was said last, and how much there was. By rules, so the same transcript
 * always has the same summary; an earlier summary in it is taken over. Pure.
 */
final class Digest {
    /** Facts in a summary; the oldest go first. */
    private static final int MOST_FACTS = 20;

    /** Things said that a summary quotes. */
    private static final int MOST_QUOTES = 5;

    /** Characters of a quote. */
    private static final int LONGEST_QUOTE = 80;

    private static final String FACTS = "Facts: ";
    private static final String COUNT = "Messages summarised: ";

    private static final Pattern TRANSCRIPT = Pattern.compile("(?s)<start_transcript>\\n(.*)\\n?<end_transcript>");
    private static final Pattern LINE = Pattern.compile("(?m)^\\[(user|assistant|tool|system|summary of part \\d+)] ");
    private static final Pattern EARLIER_FACTS = Pattern.compile("Facts: (.*?)(?:\\\\n|\\n|$)");
    private static final Pattern EARLIER_COUNT = Pattern.compile("Messages summarised: (\\d+)");

    private final Set<String> facts = new LinkedHashSet<>();
    private final List<String> quotes = new ArrayList<>();
    private long count;

    private Digest() {}

    /** The summary that a request asks for; null: it asks for none. */
    static @Nullable String of(ModelRequest request) {
        Message last = request.history().isEmpty() ? null : request.history().getLast();
        if (last == null || last.role() != Role.USER) {
            return null;
        }
        Digest digest = new Digest();
        Matcher transcript = TRANSCRIPT.matcher(last.text());
        if (request.tools().isEmpty() && transcript.find()) {
            digest.lines(transcript.group(1));
            return digest.text();
        }
        // The stock prompt of an agent that summarises by itself.
        if (last.text().contains("leave your view") && last.text().contains("summarise")) {
            for (Message row : request.history().subList(0, request.history().size() - 1)) {
                digest.said(row.role() == Role.SUMMARY ? "user" : row.role().word(), row.text());
            }
            return digest.text();
        }
        return null;
    }

    private void lines(String transcript) {
        Matcher line = LINE.matcher(transcript);
        String role = null;
        int from = 0;
        while (line.find()) {
            if (role != null) {
                said(role, transcript.substring(from, line.start()));
            }
            role = line.group(1);
            from = line.end();
        }
        if (role != null) {
            said(role, transcript.substring(from));
        }
    }

    private void said(String role, String text) {
        boolean alert = role.startsWith("summary") || text.startsWith("{");
        Matcher earlier = EARLIER_COUNT.matcher(text);
        if (alert && earlier.find()) {
            count += Long.parseLong(earlier.group(1));
            Matcher known = EARLIER_FACTS.matcher(text);
            if (known.find()) {
                facts.addAll(List.of(known.group(1).split("; ")));
            }
            return;
        }
        count++;
        if (role.equals("user") && !alert) {
            Fact.in(text).forEach(fact -> facts.add(fact.line().replace("; ", ", ")));
            String quote = text.strip().replaceAll("\\s+", " ");
            quotes.add(quote.length() <= LONGEST_QUOTE ? quote : quote.substring(0, LONGEST_QUOTE) + "…");
        }
    }

    private String text() {
        List<String> known = new ArrayList<>(facts);
        List<String> newest = known.subList(Math.max(0, known.size() - MOST_FACTS), known.size());
        List<String> last = quotes.subList(Math.max(0, quotes.size() - MOST_QUOTES), quotes.size());
        StringBuilder out =
                new StringBuilder(COUNT).append(count).append(" (by fixed rules, without a language model)");
        if (!newest.isEmpty()) {
            out.append('\n').append(FACTS).append(String.join("; ", newest));
        }
        if (!last.isEmpty()) {
            out.append("\nThe user said last: “")
                    .append(String.join("” “", last))
                    .append('”');
        }
        return out.append("\nWhere to look: search the conversation for the user's own words.")
                .toString();
    }
}
