package dev.mneme.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every setting, declared once: {@code docs/gen/settings.md} and {@code --help} are made from this list.
 *
 * <p>Names that begin with {@code LETTA_} and the providers' own names are those of the retired server (contract 09 §7), so that
 * old compose files keep working. A variable that begins with {@code MNEME_} and does not stand here stops the start.
 */
public enum Setting {
    HOST(
            Topic.SERVER,
            Kind.TEXT,
            "127.0.0.1",
            "Address to listen on. Anything but loopback makes callers authenticate.",
            "--host",
            "MNEME_HOST"),
    PORT(Topic.SERVER, Kind.NUMBER, "8283", "TCP port to listen on; 0 takes a free one.", "--port", "MNEME_PORT"),
    DEFAULT_LLM(
            Topic.SERVER,
            Kind.TEXT,
            "",
            "Model of agents that name none: a handle such as openai/gpt-4o, or a bare name.",
            "--default-llm",
            "LETTA_DEFAULT_LLM_HANDLE"),
    DEFAULT_EMBEDDING(
            Topic.SERVER,
            Kind.TEXT,
            "",
            "Embedding model of agents that name none. Empty: the one inside the server.",
            "--default-embedding",
            "LETTA_DEFAULT_EMBEDDING_HANDLE"),
    DEBUG(Topic.SERVER, Kind.SWITCH, "false", "Log every request.", "--debug", "LETTA_DEBUG"),
    JVM_FLAGS(Topic.SERVER, Kind.TEXT, "", "More flags for the JVM; read by the launcher.", null, "MNEME_JVM_FLAGS"),

    SECURE(
            Topic.SECURITY,
            Kind.SWITCH,
            "false",
            "Loopback callers must authenticate too. Switch it on behind a reverse proxy.",
            "--secure",
            "LETTA_SERVER_SECURE"),
    PASSWORD(
            Topic.SECURITY,
            Kind.SECRET,
            "",
            "The server's password. Setting it switches secure mode on. Empty: one is made and shown at the first start.",
            null,
            "LETTA_SERVER_PASSWORD"),
    AUTH(
            Topic.SECURITY,
            Kind.TEXT,
            "password",
            "The word none lets every caller in without a password, from any address. Warned about at every start.",
            null,
            "LETTA_SERVER_AUTH"),
    NO_DEFAULT_ACTOR(
            Topic.SECURITY,
            Kind.SWITCH,
            "false",
            "Refuse requests whose user_id header names nobody known.",
            null,
            "LETTA_NO_DEFAULT_ACTOR"),
    CORS_ORIGINS(
            Topic.SECURITY,
            Kind.LIST,
            "",
            "Web origins that may call the API: a JSON list or a comma list that replaces the built-in one.",
            null,
            "LETTA_CORS_ORIGINS"),
    MORE_ORIGINS(
            Topic.SECURITY,
            Kind.LIST,
            "",
            "Web origins added to the list above, separated by commas.",
            null,
            "ACCEPTABLE_ORIGINS"),
    ENCRYPTION_KEY(
            Topic.SECURITY,
            Kind.SECRET,
            "",
            "Key for secrets at rest, in the retired server's format. Empty: a key file in the data folder.",
            null,
            "LETTA_ENCRYPTION_KEY"),
    CALLBACK_KEY(
            Topic.SECURITY,
            Kind.SECRET,
            "",
            "Key that signs what is posted to callback_url. Empty: one is made in the file callback.key of the data folder.",
            null,
            "MNEME_CALLBACK_KEY"),

    DATA_FOLDER(
            Topic.STORAGE,
            Kind.TEXT,
            "~/.mneme",
            "Data folder: database, search index, key file. One server at a time.",
            "--data",
            "MNEME_DIR"),
    LETTA_FOLDER(
            Topic.STORAGE,
            Kind.TEXT,
            "",
            "Without MNEME_DIR: the subfolder mneme in here is the data folder. Nothing else in it is touched.",
            null,
            "LETTA_DIR"),
    PG_URI(
            Topic.STORAGE,
            Kind.SECRET,
            "",
            "PostgreSQL instead of SQLite: postgresql://user:password@host:5432/db?sslmode=require; libpq's and JDBC's spellings too.",
            null,
            "LETTA_PG_URI"),
    PG_DB(
            Topic.STORAGE,
            Kind.TEXT,
            "",
            "Database name; the five parts count only when all are set.",
            null,
            "LETTA_PG_DB"),
    PG_USER(Topic.STORAGE, Kind.TEXT, "", "Database user.", null, "LETTA_PG_USER"),
    PG_PASSWORD(Topic.STORAGE, Kind.SECRET, "", "Database password.", null, "LETTA_PG_PASSWORD"),
    PG_HOST(Topic.STORAGE, Kind.TEXT, "", "Database host.", null, "LETTA_PG_HOST"),
    PG_PORT(Topic.STORAGE, Kind.NUMBER, "", "Database port.", null, "LETTA_PG_PORT"),
    PG_POOL_SIZE(
            Topic.STORAGE,
            Kind.NUMBER,
            "25",
            "Connections to PostgreSQL, at most (2 to 500).",
            null,
            "LETTA_PG_POOL_SIZE"),

    KEEPALIVE(Topic.STREAMS, Kind.SWITCH, "true", "Send pings on quiet streams.", null, "LETTA_ENABLE_KEEPALIVE"),
    KEEPALIVE_INTERVAL(
            Topic.STREAMS, Kind.NUMBER, "20", "Seconds between pings (1 to 3600).", null, "LETTA_KEEPALIVE_INTERVAL"),

    APPROVAL_EXPIRY(
            Topic.STREAMS,
            Kind.NUMBER,
            "0",
            "Seconds after which a request for approval that nobody answered is denied, so that its agent can be talked to again; 0: never.",
            null,
            "MNEME_APPROVAL_EXPIRY"),

    ARCHIVAL_TOKENS(
            Topic.MEMORY,
            Kind.NUMBER,
            "8192",
            "Tokens of one passage of archival memory, at most; a token counts as four bytes.",
            null,
            "LETTA_ARCHIVAL_MEMORY_TOKEN_LIMIT"),

    KEPT_PROMPTS(
            Topic.MEMORY,
            Kind.NUMBER,
            "20",
            "Steps of each agent of which what the model was sent is kept, for /v1/steps/{id}/trace and the page; 0: none.",
            null,
            "MNEME_KEPT_PROMPTS"),

    PRIVATE_HOSTS(
            Topic.MODELS,
            Kind.LIST,
            "",
            "Private hosts that a caller may name (model_endpoint, callback_url, MCP servers, images), separated by commas: names, addresses, ranges such as 10.0.0.0/8.",
            null,
            "MNEME_ALLOWED_PRIVATE_HOSTS"),
    MODELS_FILE(
            Topic.MODELS,
            Kind.TEXT,
            "",
            "JSON file with model windows and limits that win over the built-in ones.",
            null,
            "MNEME_MODELS_FILE"),
    RETRY_ATTEMPTS(
            Topic.MODELS,
            Kind.NUMBER,
            "5",
            "Further tries of model calls that one run may make when a provider is busy or broken.",
            null,
            "MNEME_RETRY_ATTEMPTS"),
    RETRY_SECONDS(
            Topic.MODELS,
            Kind.NUMBER,
            "60",
            "Seconds that one run may wait between such tries.",
            null,
            "MNEME_RETRY_SECONDS"),
    FALLBACK_MODEL(
            Topic.MODELS,
            Kind.TEXT,
            "",
            "Handle of the model that is asked when those are spent and the provider is still busy, broken or silent.",
            null,
            "MNEME_FALLBACK_MODEL"),
    LLM_TIMEOUT(
            Topic.MODELS,
            Kind.NUMBER,
            "600",
            "Seconds that a model may take to answer; 0: as long as it likes.",
            null,
            "LETTA_LLM_REQUEST_TIMEOUT_SECONDS"),
    LLM_STREAM_TIMEOUT(
            Topic.MODELS,
            Kind.NUMBER,
            "600",
            "Seconds of silence in a model's stream before it counts as dead; 0: never.",
            null,
            "LETTA_LLM_STREAM_TIMEOUT_SECONDS"),

    TOOL_ISOLATION(
            Topic.TOOLS,
            Kind.TEXT,
            "jail",
            "How code of tools is kept from this machine: jail (bubblewrap), process (limits only: it reads what the server reads) or off.",
            null,
            "MNEME_TOOL_ISOLATION"),
    TOOL_NETWORK(
            Topic.TOOLS,
            Kind.SWITCH,
            "true",
            "Code of tools may call public addresses, through the server's guard. Off: it reaches this server only.",
            null,
            "MNEME_TOOL_NETWORK"),
    TOOL_MEMORY(
            Topic.TOOLS,
            Kind.NUMBER,
            "1024",
            "Megabytes that one call of a tool may use, at most (64 to 65536).",
            null,
            "MNEME_TOOL_MEMORY_MB"),
    TOOL_SECONDS(
            Topic.TOOLS,
            Kind.NUMBER,
            "180",
            "Seconds that one call of a tool may take; then its processes are killed (1 to 3600).",
            null,
            "MNEME_TOOL_TIMEOUT",
            "LETTA_TOOL_SANDBOX_TIMEOUT"),
    PYTHON(
            Topic.TOOLS,
            Kind.TEXT,
            "",
            "The Python (3.9 or newer) that runs tools. Empty: python3 on the path.",
            null,
            "MNEME_PYTHON"),

    NODE(
            Topic.TOOLS,
            Kind.TEXT,
            "",
            "The Node.js (18 or newer) that runs TypeScript and JavaScript tools. Empty: node on the path, or where version managers put it.",
            null,
            "MNEME_NODE"),
    MCP_NO_STDIO(
            Topic.TOOLS,
            Kind.SWITCH,
            "true",
            "Refuse MCP servers that are programs of this machine (stdio). false: whoever may call this server can start programs on it.",
            null,
            "MCP_DISABLE_STDIO"),
    AGENTS_ENDPOINT(
            Topic.TOOLS,
            Kind.TEXT,
            "",
            "Address at which browsers reach this server: they come back to it after signing in at an MCP server. Empty: http://127.0.0.1 and the port when it listens on loopback, else nobody can sign in.",
            null,
            "LETTA_AGENTS_ENDPOINT"),
    MCP_CONNECT(
            Topic.TOOLS,
            Kind.NUMBER,
            "30",
            "Seconds until an MCP server has introduced itself, at most.",
            null,
            "MCP_CONNECT_TO_SERVER_TIMEOUT"),
    MCP_LIST(
            Topic.TOOLS,
            Kind.NUMBER,
            "30",
            "Seconds until an MCP server has listed its tools, at most.",
            null,
            "MCP_LIST_TOOLS_TIMEOUT"),
    MCP_CALL(
            Topic.TOOLS,
            Kind.NUMBER,
            "60",
            "Seconds until a tool of an MCP server has answered, at most.",
            null,
            "MCP_EXECUTE_TOOL_TIMEOUT"),
    EXA_KEY(
            Topic.TOOLS,
            Kind.SECRET,
            "",
            "Key of Exa, for web_search of agents that have no such secret of their own.",
            null,
            "EXA_API_KEY"),
    TAVILY_KEY(Topic.TOOLS, Kind.SECRET, "", "The same of Tavily.", null, "TAVILY_API_KEY"),
    SEARXNG_URL(
            Topic.TOOLS,
            Kind.TEXT,
            "",
            "Address of a SearXNG that web_search asks when there is no key; its settings must list json under search.formats.",
            null,
            "MNEME_SEARXNG_URL"),

    BASE_URL(
            Topic.CLIENT,
            Kind.TEXT,
            "",
            "Server that run, agents and health talk to. Empty: the one on this machine, at MNEME_PORT.",
            "--url",
            "LETTA_BASE_URL"),
    API_KEY(Topic.CLIENT, Kind.SECRET, "", "Password or key that they show.", null, "LETTA_API_KEY"),
    BACKUP_PASSPHRASE(
            Topic.CLIENT,
            Kind.SECRET,
            "",
            "Passphrase under which backup and restore take the key of secrets along. Empty: the key stays behind.",
            null,
            "MNEME_BACKUP_PASSPHRASE");

    /** What a value looks like. A SECRET is a text that prints as {@code ***}. */
    public enum Kind {
        TEXT,
        NUMBER,
        SWITCH,
        LIST,
        SECRET
    }

    private final Topic topic;
    private final Kind kind;
    private final String fallback;
    private final String meaning;
    private final @Nullable String flag;
    private final String variable;
    private final List<String> variables;

    Setting(
            Topic topic,
            Kind kind,
            String fallback,
            String meaning,
            @Nullable String flag,
            String variable,
            String... aliases) {
        this.topic = topic;
        this.kind = kind;
        this.fallback = fallback;
        this.meaning = meaning;
        this.flag = flag;
        this.variable = variable;
        List<String> all = new ArrayList<>();
        all.add(variable);
        all.addAll(List.of(aliases));
        this.variables = List.copyOf(all);
    }

    public Topic topic() {
        return topic;
    }

    public Kind kind() {
        return kind;
    }

    /** The value when nothing is set; empty: none. */
    public String fallback() {
        return fallback;
    }

    public String meaning() {
        return meaning;
    }

    /** The flag of {@code mneme server} that wins over the environment, or null. */
    public @Nullable String flag() {
        return flag;
    }

    /** The environment variable. */
    public String variable() {
        return variable;
    }

    /** The environment variable and its other spellings; the first that is set wins. */
    public List<String> variables() {
        return variables;
    }
}
