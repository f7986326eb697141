package dev.mneme.file.text;

import dev.mneme.base.Storable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads a file as text, by what it is and not by what it is called. Stateless. */
public final class Reading {
    private static final byte[] PDF = "%PDF-".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] ZIP = {'P', 'K', 3, 4};

    /** Files of Office before 2007, and those of today that have a password. */
    private static final byte[] COMPOUND = {(byte) 0xd0, (byte) 0xcf, 0x11, (byte) 0xe0};

    /** Bytes looked at to see what a file is; the mark of a PDF may stand anywhere in them. */
    private static final int HEAD = 1024;

    private Reading() {}

    /**
     * What a file's name and type say about text that says nothing of itself.
     *
     * @param html tags are to be left out
     * @param markdown headings begin with {@code #}
     * @param lines programs, tables, data
     */
    public record Hint(boolean html, boolean markdown, boolean lines) {
        /** What its text looks like once the file has been read. */
        public Parsed.Shape shape() {
            return html || markdown ? Parsed.Shape.MARKED : lines ? Parsed.Shape.LINES : Parsed.Shape.PROSE;
        }
    }

    /** The file's text. Throws {@link Unreadable} for what holds none, is damaged, locked, or too large to read. */
    public static Parsed of(Path file, Hint hint) throws Unreadable {
        Budget budget = new Budget();
        try {
            byte[] head = head(file);
            Parsed parsed;
            if (find(head, PDF)) {
                parsed = PdfText.read(file, budget);
            } else if (starts(head, ZIP)) {
                parsed = OfficeText.read(file, budget);
            } else if (starts(head, COMPOUND)) {
                throw new Unreadable("The file is protected by a password, or from an Office before 2007."
                        + " Save it without a password as .docx, .pptx or .xlsx.");
            } else if (hint.html()) {
                parsed = HtmlText.read(file, budget);
            } else {
                parsed = PlainText.read(file, hint, budget);
            }
            return new Parsed(parsed.pages().stream().map(Storable::of).toList(), parsed.shape());
        } catch (IOException e) {
            throw e.getCause() instanceof Unreadable reason
                    ? reason
                    : new Unreadable("The file cannot be read: " + e.getMessage(), e);
        }
    }

    private static byte[] head(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(HEAD);
        }
    }

    private static boolean starts(byte[] head, byte[] mark) {
        return head.length >= mark.length && Arrays.equals(head, 0, mark.length, mark, 0, mark.length);
    }

    private static boolean find(byte[] head, byte[] mark) {
        for (int i = 0; i + mark.length <= head.length; i++) {
            if (Arrays.equals(head, i, i + mark.length, mark, 0, mark.length)) {
                return true;
            }
        }
        return false;
    }
}
