package dev.mneme.tool;

import dev.mneme.base.Problem;
import dev.mneme.tool.sandbox.Language;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The word for a tool's language on the wire. */
public enum SourceType {
    PYTHON(Language.PYTHON),
    TYPESCRIPT(Language.TYPESCRIPT),
    JAVASCRIPT(Language.JAVASCRIPT),
    JAVA(Language.JAVA);

    /** What the retired server stored for tools that named no language; such tools are Python (contract 05 §2). */
    private static final String UNNAMED = "json";

    private final Language language;

    SourceType(Language language) {
        this.language = language;
    }

    public Language language() {
        return language;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the text defines a function of this name; true where that cannot be told from the text alone. */
    boolean defines(String source, String name) {
        String exactly = Pattern.quote(name);
        return switch (this) {
            case PYTHON ->
                Pattern.compile("\\bdef\\s+" + exactly + "\\s*\\(")
                        .matcher(source)
                        .find();
            case TYPESCRIPT, JAVASCRIPT ->
                Pattern.compile("\\bfunction\\s+" + exactly + "\\b|\\b(?:const|let|var)\\s+" + exactly + "\\b")
                        .matcher(source)
                        .find();
            case JAVA -> true;
        };
    }

    /** The kind of a word; Python when there is none; 400 for one that no tool can be written in. */
    public static SourceType of(@Nullable String word) {
        if (word == null || word.equals(UNNAMED)) {
            return PYTHON;
        }
        for (SourceType type : values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        throw Problem.invalid("Tool source type is not supported at this time. Found " + word);
    }
}
