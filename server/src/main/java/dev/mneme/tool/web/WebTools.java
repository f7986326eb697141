package dev.mneme.tool.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundFetch;
import dev.mneme.message.ToolSpec;
import dev.mneme.tool.AgentEnvironment;
import dev.mneme.tool.ArgumentSchema;
import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import dev.mneme.tool.ToolContext;
import dev.mneme.tool.ToolEffect;
import dev.mneme.tool.ToolOutcome;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code web_search} and {@code fetch_webpage} (contract 05 §8). Keys are an agent's own secrets, else those of the server's environment. */
public final class WebTools {
    static final String SEARCH = "web_search";
    static final String FETCH = "fetch_webpage";
    static final String EXA_KEY = "EXA_API_KEY";
    static final String TAVILY_KEY = "TAVILY_API_KEY";
    static final String SEARXNG_URL = "MNEME_SEARXNG_URL";

    private static final int USUAL_RESULTS = 10;
    private static final int MOST_RESULTS = 100;
    /** Bytes of a page: the text of a long book has two million. */
    private static final long MOST_BYTES = 10L << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final AgentEnvironment secrets;
    private final Map<String, String> environment;
    private final OutboundFetch fetch;
    private final URI exa;
    private final URI tavily;

    /** environment: of this process. */
    public WebTools(AgentEnvironment secrets, Map<String, String> environment, OutboundFetch fetch) {
        this(secrets, environment, fetch, Exa.BASE, Tavily.BASE);
    }

    /** With services that listen elsewhere. */
    WebTools(AgentEnvironment secrets, Map<String, String> environment, OutboundFetch fetch, URI exa, URI tavily) {
        this.secrets = secrets;
        this.environment = Map.copyOf(environment);
        this.fetch = fetch;
        this.exa = exa;
        this.tavily = tavily;
    }

    /** What models are told of them, for rows that are made where nothing runs. */
    public static List<ToolSpec> specs() {
        return List.of(
                ArgumentSchema.of(SEARCH, Search.class).spec(),
                ArgumentSchema.of(FETCH, Page.class).spec());
    }

    public List<Tool> all() {
        return List.of(
                new RecordTool<>(SEARCH, Search.class, this::search), new RecordTool<>(FETCH, Page.class, this::fetch));
    }

    @Doc("Search the web. Gives titles, addresses and what is known of each page; fetch_webpage reads one of them.")
    record Search(
            @Doc("What to look for.") String query,

            @Doc("How many results, 1 to 100; 10 unless given.") @Nullable
            Integer numResults,

            @Doc("Kind of page, for example news, company, research paper.") @Nullable
            String category,

            @Doc("Whether the text of each page comes along.") @Nullable
            Boolean includeText,

            @Doc("Only pages of these domains.") @Nullable List<String> includeDomains,
            @Doc("No pages of these domains.") @Nullable List<String> excludeDomains,

            @Doc("Only pages published on or after this ISO date.") @Nullable
            String startPublishedDate,

            @Doc("Only pages published on or before this ISO date.") @Nullable
            String endPublishedDate,

            @Doc("Two-letter country code to search from.") @Nullable
            String userLocation) {
        SearchService.Query asked() {
            int most = numResults == null ? USUAL_RESULTS : numResults;
            return new SearchService.Query(
                    query,
                    Math.max(1, Math.min(MOST_RESULTS, most)),
                    category,
                    Boolean.TRUE.equals(includeText),
                    includeDomains == null ? List.of() : includeDomains,
                    excludeDomains == null ? List.of() : excludeDomains,
                    startPublishedDate,
                    endPublishedDate,
                    userLocation);
        }
    }

    private ToolEffect search(Search call, ToolContext context) {
        ToolOutcome outcome = found(call, service(context));
        return tx -> outcome;
    }

    private static ToolOutcome found(Search call, @Nullable SearchService service) {
        if (call.query.isBlank()) {
            return RecordTool.failed(SEARCH, "ValueError", "The query is empty.");
        }
        if (service == null) {
            return RecordTool.failed(
                    SEARCH,
                    "ValueError",
                    "No search service is set up. Give this agent a secret " + EXA_KEY + " or " + TAVILY_KEY
                            + ", or start the server with one of them or with " + SEARXNG_URL + ".");
        }
        try {
            ArrayNode results = service.find(call.asked());
            ObjectNode answer = Json.object().put("query", call.query);
            answer.set("results", results);
            return RecordTool.ok(Json.indented(answer));
        } catch (JsonCall.Failed e) {
            return RecordTool.failed(SEARCH, "RuntimeError", "The search failed: " + e.getMessage() + ".");
        }
    }

    /** The agent's own keys win over the server's. */
    private @Nullable SearchService service(ToolContext context) {
        SearchService own = byKey(secrets.of(context.organizationId(), context.agentId()));
        SearchService shared = own != null ? own : byKey(environment);
        String url = environment.getOrDefault(SEARXNG_URL, "").strip();
        return shared != null || url.isEmpty() ? shared : new Searxng(URI.create(url));
    }

    private @Nullable SearchService byKey(Map<String, String> names) {
        String exaKey = names.getOrDefault(EXA_KEY, "").strip();
        String tavilyKey = names.getOrDefault(TAVILY_KEY, "").strip();
        if (!exaKey.isEmpty()) {
            return new Exa(exa, exaKey);
        }
        return tavilyKey.isEmpty() ? null : new Tavily(tavily, tavilyKey);
    }

    @Doc("Fetch a web page as readable text (Markdown).")
    record Page(@Doc("The address of the page.") String url) {}

    private ToolEffect fetch(Page call, ToolContext context) {
        ToolOutcome outcome = read(call.url.strip());
        return tx -> outcome;
    }

    private ToolOutcome read(String url) {
        URI address;
        try {
            address = URI.create(url.contains("://") ? url : "https://" + url);
        } catch (IllegalArgumentException e) {
            return RecordTool.failed(FETCH, "ValueError", url + " is no address of a page.");
        }
        try {
            OutboundFetch.Fetched page = fetch.get(address, MOST_BYTES, PATIENCE);
            return switch (page.type()) {
                case "text/html", "application/xhtml+xml", "" ->
                    RecordTool.ok(ReadablePage.markdown(page.body(), page.charset(), page.address()));
                case String text when isText(text) -> RecordTool.ok(new String(page.body(), charset(page.charset())));
                case String other ->
                    RecordTool.failed(
                            FETCH, "ValueError", url + " is no page but " + other + ", which this tool does not read.");
            };
        } catch (OutboundFetch.Failed e) {
            return RecordTool.failed(FETCH, "RuntimeError", url + " could not be fetched: " + e.getMessage() + ".");
        }
    }

    private static boolean isText(String type) {
        return type.startsWith("text/") || type.endsWith("json") || type.endsWith("xml") || type.endsWith("yaml");
    }

    private static Charset charset(@Nullable String name) {
        try {
            return name == null ? StandardCharsets.UTF_8 : Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8; // a made-up name: the usual one is the best guess
        }
    }
}
