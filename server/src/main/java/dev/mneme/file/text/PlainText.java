package dev.mneme.file.text;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mozilla.universalchardet.UniversalDetector;

/** Plain text in whatever encoding it is. Stateless. */
final class PlainText {
    /** Bytes from which an encoding is guessed. */
    private static final int SAMPLE = 1 << 20;

    /** A text without any of the marks of its encoding is read as the usual one of old Western files. */
    private static final Charset LAST_RESORT = Charset.forName("windows-1252");

    /** Control characters among a hundred above which bytes are no text. */
    private static final int MOST_CONTROLS = 5;

    /** Bytes of UTF-8 that are no UTF-8, one to so many beyond ASCII: a slip, not another encoding. */
    private static final int SLIPS = 20;

    private PlainText() {}

    static Parsed read(Path file, Reading.Hint hint, Budget budget) throws IOException, Unreadable {
        long size = Files.size(file);
        budget.chars(size / Integer.BYTES); // no encoding needs more for a character
        String text = decode(Files.readAllBytes(file));
        budget.chars(text.length());
        Parsed.Shape shape =
                hint.markdown() ? Parsed.Shape.MARKED : hint.lines() ? Parsed.Shape.LINES : Parsed.Shape.PROSE;
        return new Parsed(List.of(text), shape);
    }

    /** The text of bytes in any encoding; refuses what is no text. */
    static String decode(byte[] bytes) throws Unreadable {
        String text = decoded(bytes);
        int controls = 0;
        int looked = Math.min(text.length(), SAMPLE);
        for (int i = 0; i < looked; i++) {
            char c = text.charAt(i);
            if (c == 0) {
                throw notText();
            }
            if (c < ' ' && "\t\n\r\f\b\u001b".indexOf(c) < 0) {
                controls++;
            }
        }
        if (controls * 100L > (long) looked * MOST_CONTROLS) {
            throw notText();
        }
        return text;
    }

    private static Unreadable notText() {
        return new Unreadable(
                "The file is not text: it holds bytes that no text has. Convert it to PDF, .docx, HTML or text first.");
    }

    private static String decoded(byte[] bytes) {
        Charset marked = marked(bytes);
        if (marked != null) {
            String text = new String(bytes, marked);
            return text.startsWith("\ufeff") ? text.substring(1) : text;
        }
        String utf8 = strictly(bytes);
        if (utf8 != null) {
            return utf8;
        }
        String wide = wide(bytes);
        if (wide != null) {
            return wide;
        }
        String repaired = new String(bytes, StandardCharsets.UTF_8);
        long slips = repaired.chars().filter(c -> c == '\ufffd').count();
        long beyond = repaired.chars().filter(c -> c > 127).count();
        if (slips * SLIPS <= beyond) {
            return repaired;
        }
        return new String(bytes, guessed(bytes));
    }

    private static @Nullable Charset marked(byte[] bytes) {
        if (starts(bytes, 0xef, 0xbb, 0xbf)) {
            return StandardCharsets.UTF_8;
        }
        if (starts(bytes, 0xff, 0xfe, 0, 0)) {
            return Charset.forName("UTF-32LE");
        }
        if (starts(bytes, 0xff, 0xfe)) {
            return StandardCharsets.UTF_16LE;
        }
        return starts(bytes, 0xfe, 0xff) ? StandardCharsets.UTF_16BE : null;
    }

    private static boolean starts(byte[] bytes, int... mark) {
        if (bytes.length < mark.length) {
            return false;
        }
        for (int i = 0; i < mark.length; i++) {
            if ((bytes[i] & 0xff) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    /** The text if it is UTF-8 throughout and has no NUL, which only wide encodings have. */
    private static @Nullable String strictly(byte[] bytes) {
        try {
            CharBuffer text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes));
            String decoded = text.toString();
            return decoded.indexOf('\0') < 0 ? decoded : null;
        } catch (CharacterCodingException e) {
            return null; // another encoding
        }
    }

    /** UTF-16 without a mark: every second byte of Western text is zero. */
    private static @Nullable String wide(byte[] bytes) {
        int looked = Math.min(bytes.length, SAMPLE) & ~1;
        int even = 0;
        int odd = 0;
        for (int i = 0; i < looked; i += 2) {
            even += bytes[i] == 0 ? 1 : 0;
            odd += bytes[i + 1] == 0 ? 1 : 0;
        }
        int half = looked / 2;
        if (half == 0 || Math.max(even, odd) * 4 < half || Math.min(even, odd) * 20 > half) {
            return null;
        }
        return new String(bytes, odd > even ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE);
    }

    private static Charset guessed(byte[] bytes) {
        UniversalDetector detector = new UniversalDetector();
        detector.handleData(bytes, 0, Math.min(bytes.length, SAMPLE));
        detector.dataEnd();
        String name = detector.getDetectedCharset();
        try {
            return name == null ? LAST_RESORT : Charset.forName(name);
        } catch (UnsupportedCharsetException e) {
            return LAST_RESORT; // a name that this JDK does not know
        }
    }
}
