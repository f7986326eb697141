package dev.mneme.turn;

import dev.mneme.llm.ReturnText;
import dev.mneme.llm.Weight;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.ArrayList;
import java.util.List;

/** A stretch of history as text for a summariser (contract 04 §6), in pieces that fit its window. Pure. */
final class Transcript {
    /** Characters of a tool's return when the summariser found the whole too long (contract 04 §6). */
    static final int SHORT_RETURN = 5_000;

    private static final String GAP = "\n… (the middle is left out) …\n";

    private Transcript() {}

    /**
     * The lines of rows that say something, one text for each row.
     *
     * @param returnLimit characters of a tool's return
     */
    static List<String> lines(List<Message> rows, LlmConfig config, String timezone, int returnLimit) {
        List<String> out = new ArrayList<>();
        for (Message row : rows) {
            switch (row.role()) {
                case SYSTEM, USER -> out.add("[" + row.role().word() + "] " + said(row));
                case SUMMARY -> out.add("[" + Role.USER.word() + "] " + said(row));
                case ASSISTANT -> out.add("[assistant] " + answer(row));
                case APPROVAL -> {
                    if (!row.toolCalls().isEmpty()) {
                        out.add("[assistant] " + answer(row));
                    }
                }
                case TOOL -> {
                    for (ToolReturn back : row.toolReturns()) {
                        String text = ReturnText.of(back, row.createdAt(), timezone, config);
                        out.add("[tool] " + middleOut(text, returnLimit));
                    }
                }
            }
        }
        return out;
    }

    private static String said(Message row) {
        StringBuilder out = new StringBuilder();
        for (Content part : row.content()) {
            switch (part) {
                case Content.Text text -> out.append(text.text());
                case Content.Image image -> out.append("(a picture)");
                case Content.Reasoning thought -> {}
                case Content.RedactedReasoning hidden -> {}
                case Content.OmittedReasoning omitted -> {}
            }
        }
        return out.toString();
    }

    private static String answer(Message row) {
        String text = said(row);
        if (row.toolCalls().isEmpty()) {
            return text;
        }
        List<String> calls = new ArrayList<>();
        for (ToolCall call : row.toolCalls()) {
            calls.add(call.name() + "(" + call.arguments() + ")");
        }
        return (text.isEmpty() ? "" : text + " ") + "-> " + String.join(", ", calls);
    }

    /** The message that asks for the summary of these lines. */
    static String framed(List<String> lines) {
        return "<start_transcript>\n" + String.join("\n", lines) + "\n<end_transcript>\n. Generate the summary.";
    }

    /** The message that asks for the summary of one part of a transcript. */
    static String framed(List<String> lines, int part, int parts) {
        return framed(lines) + " This is part " + part + " of " + parts + " of the transcript.";
    }

    /** The lines in groups of at most this many tokens, in order; a line that is longer loses its middle. */
    static List<List<String>> chunks(List<String> lines, int tokens) {
        List<List<String>> out = new ArrayList<>();
        List<String> open = new ArrayList<>();
        int filled = 0;
        for (String line : lines) {
            int whole = Weight.of(line);
            String fit = whole <= tokens ? line : fitting(line, tokens);
            // One more for the line's end.
            int weight = 1 + (whole <= tokens ? whole : Weight.of(fit));
            if (!open.isEmpty() && filled + weight > tokens) {
                out.add(open);
                open = new ArrayList<>();
                filled = 0;
            }
            open.add(fit);
            filled += weight;
        }
        if (!open.isEmpty()) {
            out.add(open);
        }
        return out;
    }

    /** The lines without those in the middle, so that the rest is at most this many tokens. */
    static List<String> withoutMiddle(List<String> lines, long tokens) {
        long all = lines.stream().mapToLong(line -> Weight.of(line) + 1).sum();
        if (all <= tokens) {
            return lines;
        }
        List<String> head = new ArrayList<>();
        List<String> tail = new ArrayList<>();
        long share = Math.max(1, tokens / 2);
        long left = share;
        int from = 0;
        for (; from < lines.size() && left > 0; from++) {
            left -= Weight.of(lines.get(from)) + 1;
            head.add(lines.get(from));
        }
        left = share;
        for (int i = lines.size() - 1; i >= from && left > 0; i--) {
            left -= Weight.of(lines.get(i)) + 1;
            tail.addFirst(lines.get(i));
        }
        head.add("(" + (lines.size() - from - tail.size()) + " messages in the middle are left out)");
        head.addAll(tail);
        return head;
    }

    /** The text with at most this many tokens, its middle taken out if need be. */
    static String fitting(String text, int tokens) {
        int weight = Weight.of(text);
        if (weight <= tokens) {
            return text;
        }
        return middleOut(text, (int) ((long) text.length() * Math.max(1, tokens - 1) / weight));
    }

    private static String middleOut(String text, int chars) {
        if (text.length() <= chars) {
            return text;
        }
        int room = Math.max(2, chars - GAP.length());
        int head = room / 2;
        int tail = text.length() - (room - head);
        if (Character.isHighSurrogate(text.charAt(Math.max(0, head - 1)))) {
            head = Math.max(0, head - 1);
        }
        if (Character.isLowSurrogate(text.charAt(Math.min(text.length() - 1, tail)))) {
            tail = Math.min(text.length(), tail + 1);
        }
        return text.substring(0, head) + GAP + text.substring(tail);
    }
}
