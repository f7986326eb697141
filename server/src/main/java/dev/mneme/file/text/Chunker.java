package dev.mneme.file.text;

import dev.mneme.llm.Tokens;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Cuts a text into passages of about so many tokens, along its structure: pages and headings always end a passage, paragraphs if they
 * fit, then lines, sentences, words. A passage begins with the end of the one before it, unless a page or heading parts them. Thread-safe.
 */
public final class Chunker {
    /** Tokens of a passage unless its folder says otherwise (contract 06 §6.2). */
    public static final int SIZE = 300;

    /** Tokens that a passage repeats of the one before it, at most. */
    static final int OVERLAP = 50;

    /** The sizes that a folder may ask for: smaller ones say nothing, larger ones no embedder reads. */
    private static final int SMALLEST = 20;

    private static final int LARGEST = 8_000;

    /** Characters above which a piece is cut before it is counted: counting one long word takes too long. */
    private static final int COUNTED = 4_000;

    /** Characters of a token, at least, where words are cut by length. */
    private static final int CHARS_PER_TOKEN = 3;

    private static final Pattern HEADING = Pattern.compile("#{1,6} .*");

    private final Tokens tokens = new Tokens();

    /** size: tokens; outlandish ones are brought into bounds. */
    public List<String> passages(Parsed parsed, int size) {
        Cut cut = new Cut(Math.clamp(size, SMALLEST, LARGEST));
        for (String page : parsed.pages()) {
            cut.page(page, parsed.shape());
            Thread.yield();
        }
        return cut.passages;
    }

    /** A piece that is not cut any more, with the blank after it. */
    private record Piece(String text, int tokens) {}

    /** One text being cut. Confined to its thread. */
    private final class Cut {
        private final int size;
        private final int overlap;
        private final List<String> passages = new ArrayList<>();
        private final List<Piece> open = new ArrayList<>();
        private int weight;
        /** How many of the open pieces were in the passage before. */
        private int repeated;

        Cut(int size) {
            this.size = size;
            this.overlap = Math.min(OVERLAP, size / 4);
        }

        void page(String text, Parsed.Shape shape) {
            boolean fenced = false;
            StringBuilder paragraph = new StringBuilder();
            for (String line : lines(text)) {
                fenced ^= line.startsWith("```");
                boolean heading = shape == Parsed.Shape.MARKED
                        && !fenced
                        && HEADING.matcher(line.strip()).matches();
                if (heading) {
                    paragraph(paragraph);
                    if (!onlyHeadings()) {
                        close(false);
                    }
                }
                paragraph.append(line);
                if (line.isBlank() || heading) {
                    paragraph(paragraph);
                }
            }
            paragraph(paragraph);
            close(false);
        }

        /** A heading directly under another stays with it. */
        private boolean onlyHeadings() {
            return open.stream()
                    .allMatch(piece -> piece.text().isBlank()
                            || HEADING.matcher(piece.text().strip()).matches());
        }

        private void paragraph(StringBuilder text) {
            if (text.isEmpty()) {
                return;
            }
            String whole = text.toString();
            text.setLength(0);
            int count = count(whole);
            if (count <= size) {
                add(new Piece(whole, count));
                return;
            }
            for (String line : lines(whole)) {
                smaller(line);
            }
        }

        private void smaller(String line) {
            int count = count(line);
            if (count <= size) {
                add(new Piece(line, count));
                return;
            }
            BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ROOT);
            sentences.setText(line);
            int from = sentences.first();
            for (int to = sentences.next(); to != BreakIterator.DONE; from = to, to = sentences.next()) {
                words(line.substring(from, to));
            }
        }

        private void words(String sentence) {
            int count = count(sentence);
            if (count <= size) {
                add(new Piece(sentence, count));
                return;
            }
            int most = size * CHARS_PER_TOKEN;
            int from = 0;
            while (from < sentence.length()) {
                int to = end(sentence, from, most);
                String piece = sentence.substring(from, to);
                add(new Piece(piece, Math.min(size, tokens.count(piece))));
                from = to;
            }
        }

        private void add(Piece piece) {
            if (weight + piece.tokens() > size && open.size() > repeated) {
                close(true);
                while (!open.isEmpty() && weight + piece.tokens() > size) {
                    weight -= open.removeFirst().tokens();
                    repeated--;
                }
            }
            open.add(piece);
            weight += piece.tokens();
        }

        /** Ends the passage; the next one begins with its last pieces if it follows closely. */
        private void close(boolean follows) {
            StringBuilder text = new StringBuilder();
            open.forEach(piece -> text.append(piece.text()));
            String passage = text.toString().strip();
            if (open.size() > repeated && !passage.isEmpty()) {
                passages.add(passage);
            }
            List<Piece> tail = new ArrayList<>();
            weight = 0;
            for (int i = open.size() - 1;
                    follows && i > 0 && weight + open.get(i).tokens() <= overlap;
                    i--) {
                tail.addFirst(open.get(i));
                weight += open.get(i).tokens();
            }
            open.clear();
            open.addAll(tail);
            repeated = tail.size();
        }
    }

    private int count(String text) {
        return text.length() > COUNTED ? Integer.MAX_VALUE / 2 : tokens.count(text);
    }

    /** Where a piece of at most so many characters ends: after a blank or a mark, else in the word but not in a character. */
    private static int end(String text, int from, int most) {
        if (text.length() - from <= most) {
            return text.length();
        }
        for (int to = from + most; to > from + most / 2; to--) {
            char last = text.charAt(to - 1);
            if (Character.isWhitespace(last) || ",;}]>)".indexOf(last) >= 0) {
                return to;
            }
        }
        int to = from + most;
        return Character.isLowSurrogate(text.charAt(to)) && to - 1 > from ? to - 1 : to;
    }

    /** The lines with their ends. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        while (from < text.length()) {
            int end = text.indexOf('\n', from);
            int to = end < 0 ? text.length() : end + 1;
            lines.add(text.substring(from, to));
            from = to;
        }
        return lines;
    }
}
