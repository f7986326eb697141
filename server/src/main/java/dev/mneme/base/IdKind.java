package dev.mneme.base;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The kinds of id, each {@code <prefix>-<uuid4>} in lower case (contract 12.1). Ids travel as strings; this checks and makes them. */
public enum IdKind {
    ORG("org"),
    USER("user"),
    AGENT("agent"),
    BLOCK("block"),
    TOOL("tool"),
    MESSAGE("message"),
    CONVERSATION("conv"),
    ARCHIVE("archive"),
    PASSAGE("passage"),
    RUN("run"),
    STEP("step"),
    SOURCE("source"),
    FILE("file"),
    IDENTITY("identity"),
    GROUP("group"),
    JOB("job"),
    PROVIDER("provider"),
    AGENT_ENV("agent-env"),
    SANDBOX("sandbox"),
    SANDBOX_ENV("sandbox-env"),
    SCHEDULE("schedule"),
    TEMPLATE("template"),
    DEPLOYMENT("deployment"),
    ENVIRONMENT("environment"),
    API_KEY("key"),
    MCP_SERVER("mcp_server");

    private static final String UUID4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

    private final String prefix;
    private final Pattern pattern;

    IdKind(String prefix) {
        this.prefix = prefix;
        this.pattern = Pattern.compile(prefix + "-" + UUID4);
    }

    public String prefix() {
        return prefix;
    }

    /** Whether the text is a well-formed id of this kind. */
    public boolean fits(String id) {
        return pattern.matcher(id).matches();
    }

    /** A new random id of this kind. */
    public String next() {
        return prefix + "-" + uuid();
    }

    /** A random version 4 UUID. Not for secrets: ids are not keys. */
    public static UUID uuid() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L;
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low);
    }
}
