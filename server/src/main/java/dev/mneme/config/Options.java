package dev.mneme.config;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All settings, checked. Made once, before anything is opened.
 *
 * @param environment the process environment, for rooms that read their own names (the providers of llm)
 * @param warnings lines to show at start
 */
public record Options(
        ServerOptions server,
        SecurityOptions security,
        StorageOptions storage,
        MemoryOptions memory,
        StreamOptions stream,
        CodeOptions code,
        ClientOptions client,
        Map<String, String> environment,
        List<String> warnings) {
    private static final int MAX_PORT = 65_535;
    /** Migrations hold two connections at once. */
    private static final int MIN_POOL = 2;

    private static final int MAX_POOL = 500;
    /** A passage of this many tokens is as long as the longest body of a request. */
    private static final int MAX_ARCHIVAL_TOKENS = 4_000_000;
    /** At a quarter of a MB each at most, an agent's copies stay under 250 MB. */
    private static final int MAX_KEPT_PROMPTS = 1_000;

    /** Python alone takes some 15 MB. */
    private static final int MIN_TOOL_MEGABYTES = 64;

    private static final int MAX_TOOL_MEGABYTES = 65_536;

    /** An hour: whoever needs longer wants a job, not a tool. */
    private static final int MAX_TOOL_SECONDS = 3_600;

    private static final int MAX_PING_SECONDS = 3_600;

    /** Reads flags and environment. Throws {@link StartRefused} on the first thing that cannot be right. */
    public static Options read(Map<Setting, String> flags, Map<String, String> environment) {
        List<String> warnings = new KnownNames().check(environment.keySet());
        Settings settings = new Settings(flags, environment);
        return new Options(
                server(settings),
                security(settings),
                storage(settings, environment),
                new MemoryOptions(
                        settings.number(Setting.ARCHIVAL_TOKENS, 1, MAX_ARCHIVAL_TOKENS),
                        settings.number(Setting.KEPT_PROMPTS, 0, MAX_KEPT_PROMPTS)),
                stream(settings),
                code(settings),
                client(settings),
                Map.copyOf(environment),
                List.copyOf(warnings));
    }

    /** The same, for a server that is there that way. */
    public Options with(Presence presence) {
        return new Options(
                server.with(presence), security, storage, memory, stream, code, client, environment, warnings);
    }

    private static ServerOptions server(Settings settings) {
        return new ServerOptions(
                Objects.requireNonNull(settings.text(Setting.HOST)),
                settings.number(Setting.PORT, 0, MAX_PORT),
                settings.text(Setting.DEFAULT_LLM),
                settings.text(Setting.DEFAULT_EMBEDDING),
                settings.on(Setting.DEBUG),
                Presence.LISTENING);
    }

    private static SecurityOptions security(Settings settings) {
        Secret password = settings.secret(Setting.PASSWORD);
        String auth = Objects.requireNonNull(settings.text(Setting.AUTH));
        if (!auth.equals("none") && !auth.equals("password")) {
            throw new StartRefused("LETTA_SERVER_AUTH=" + auth + " is unknown: write password or none.");
        }
        boolean authOff = auth.equals("none");
        if (authOff && password != null) {
            throw new StartRefused(
                    "LETTA_SERVER_AUTH=none and LETTA_SERVER_PASSWORD contradict each other: unset one of them.");
        }
        List<String> more = settings.list(Setting.MORE_ORIGINS);
        return new SecurityOptions(
                settings.on(Setting.SECURE) || password != null,
                password,
                authOff,
                settings.on(Setting.NO_DEFAULT_ACTOR),
                settings.list(Setting.CORS_ORIGINS),
                more == null ? List.of() : more,
                settings.secret(Setting.ENCRYPTION_KEY),
                settings.secret(Setting.CALLBACK_KEY));
    }

    private static StorageOptions storage(Settings settings, Map<String, String> environment) {
        Secret uri = settings.secret(Setting.PG_URI);
        return new StorageOptions(
                folder(settings, environment),
                uri != null ? uri : fromParts(settings),
                settings.number(Setting.PG_POOL_SIZE, MIN_POOL, MAX_POOL));
    }

    private static Path folder(Settings settings, Map<String, String> environment) {
        String ours = settings.given(Setting.DATA_FOLDER);
        if (ours != null) {
            return path(ours, environment);
        }
        String theirs = settings.given(Setting.LETTA_FOLDER);
        return theirs != null
                ? path(theirs, environment).resolve("mneme")
                : path(Setting.DATA_FOLDER.fallback(), environment);
    }

    private static Path path(String text, Map<String, String> environment) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home"));
        Path path = text.equals("~") || text.startsWith("~/") ? Path.of(home + text.substring(1)) : Path.of(text);
        return path.toAbsolutePath().normalize();
    }

    /** The five parts make an address only together (contract 09 §7). */
    private static @Nullable Secret fromParts(Settings settings) {
        List<@Nullable String> parts = Stream.of(
                        Setting.PG_USER, Setting.PG_PASSWORD, Setting.PG_HOST, Setting.PG_PORT, Setting.PG_DB)
                .<@Nullable String>map(settings::given)
                .toList();
        if (parts.stream().anyMatch(Objects::isNull)) {
            return null;
        }
        return new Secret("postgresql://" + encode(String.valueOf(parts.get(0))) + ":"
                + encode(String.valueOf(parts.get(1))) + "@" + parts.get(2) + ":" + parts.get(3) + "/"
                + encode(String.valueOf(parts.get(4))));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static StreamOptions stream(Settings settings) {
        int seconds = settings.number(Setting.KEEPALIVE_INTERVAL, 1, MAX_PING_SECONDS);
        return new StreamOptions(
                settings.on(Setting.KEEPALIVE) ? seconds : 0,
                settings.number(Setting.APPROVAL_EXPIRY, 0, Integer.MAX_VALUE));
    }

    private static CodeOptions code(Settings settings) {
        String isolation = Objects.requireNonNull(settings.text(Setting.TOOL_ISOLATION));
        if (!List.of("jail", "process", "off").contains(isolation)) {
            throw new StartRefused("MNEME_TOOL_ISOLATION=" + isolation + " is unknown: write jail, process or off.");
        }
        return new CodeOptions(
                isolation,
                settings.on(Setting.TOOL_NETWORK),
                (long) settings.number(Setting.TOOL_MEMORY, MIN_TOOL_MEGABYTES, MAX_TOOL_MEGABYTES) << 20,
                settings.number(Setting.TOOL_SECONDS, 1, MAX_TOOL_SECONDS),
                settings.text(Setting.PYTHON),
                new ServerTools(
                        !settings.on(Setting.MCP_NO_STDIO),
                        settings.number(Setting.MCP_CONNECT, 1, MAX_TOOL_SECONDS),
                        settings.number(Setting.MCP_LIST, 1, MAX_TOOL_SECONDS),
                        settings.number(Setting.MCP_CALL, 1, MAX_TOOL_SECONDS),
                        endpoint(settings.text(Setting.AGENTS_ENDPOINT))));
    }

    private static @Nullable String endpoint(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        if (!text.matches("(?i)https?://[^\\s?#]+")) {
            throw new StartRefused(
                    "LETTA_AGENTS_ENDPOINT=" + text + " is no address: write one such as https://agents.example.com");
        }
        return text.replaceAll("/+$", "");
    }

    private static ClientOptions client(Settings settings) {
        String url = settings.text(Setting.BASE_URL);
        return new ClientOptions(
                url != null ? url : "http://127.0.0.1:" + settings.number(Setting.PORT, 0, MAX_PORT),
                settings.secret(Setting.API_KEY),
                settings.secret(Setting.BACKUP_PASSPHRASE));
    }
}
