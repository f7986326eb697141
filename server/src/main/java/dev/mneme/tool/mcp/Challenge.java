package dev.mneme.tool.mcp;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server says about itself when it wants a token: the header {@code WWW-Authenticate} (RFC 9728 §5.1).
 *
 * @param metadata where the description of the resource is, null: it did not say
 * @param scope what a token must be good for, null: it did not say
 */
record Challenge(@Nullable String metadata, @Nullable String scope) {
    static final Challenge SILENT = new Challenge(null, null);

    /** Characters of a header that are looked at: an address and some words. */
    private static final int LONGEST = 4_000;

    private static final Pattern METADATA = parameter("resource_metadata");
    private static final Pattern SCOPE = parameter("scope");

    private static Pattern parameter(String name) {
        return Pattern.compile("(?i)(?:^|[\\s,])" + name + "\\s*=\\s*(?:\"([^\"]*)\"|([^\\s,\"]+))");
    }

    /** The header's text; empty when there was none. */
    static Challenge of(String header) {
        String text = header.substring(0, Math.min(LONGEST, header.length()));
        return new Challenge(value(METADATA, text), value(SCOPE, text));
    }

    private static @Nullable String value(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        if (!found.find()) {
            return null;
        }
        String value = found.group(1) == null ? found.group(2) : found.group(1);
        return value == null || value.isBlank() ? null : value.strip();
    }
}
