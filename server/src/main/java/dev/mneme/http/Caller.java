package dev.mneme.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which generation of client calls: it decides which relationships an answer carries (contract 01 §1). */
enum Caller {
    /** The 1.x clients: no relationships unless asked for, null after attach and detach of tools, streaming allowed on every send. */
    SDK_1,
    /** Everything older, and plain HTTP callers such as curl. */
    LEGACY;

    private static final Pattern CLIENT = Pattern.compile("(?:@letta-ai/)?letta-client/(\\d+)(?:\\..*)?");

    /**
     * Tells them apart.
     *
     * @param packageVersion header X-Stainless-Package-Version: whatever it says, its presence means 1.x
     * @param userAgent looked at only without the former
     */
    static Caller of(@Nullable String packageVersion, @Nullable String userAgent) {
        if (packageVersion != null || userAgent == null || userAgent.isBlank()) {
            return SDK_1;
        }
        Matcher client = CLIENT.matcher(userAgent.strip().split("\\s", 2)[0]);
        return client.matches() && client.group(1).equals("1") ? SDK_1 : LEGACY;
    }
}
