package dev.mneme.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A server. Thread-safe; holds connections that end by themselves. */
public final class MnemeClient {
    /** For the first byte of an answer: a turn may work for long before it has something to say. */
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    private final Http http;

    private MnemeClient(Http http) {
        this.http = http;
    }

    /** The server at a base URL, as {@code http://127.0.0.1:8283}. Nothing is sent yet. */
    public static MnemeClient at(String url) {
        return new MnemeClient(new Http(url, "", PATIENCE));
    }

    /** The same server, with its password or an API key. */
    public MnemeClient withKey(String key) {
        return new MnemeClient(http.withKey(key));
    }

    /** The same server, waiting this long for the first byte of an answer (30 minutes unless told). */
    public MnemeClient patient(Duration patience) {
        return new MnemeClient(http.patient(patience));
    }

    /**
     * The same server, reached by that client: one with a proxy or certificates of your own, or the one that a server in this program has
     * (then nothing goes over a network). It stays yours to close.
     */
    public MnemeClient through(HttpClient client) {
        return new MnemeClient(http.through(client));
    }

    /** The server's version; throws MnemeException when it does not answer. */
    public String version() {
        return http.get("/v1/health/").path("version").asText("");
    }

    public Agent createAgent(NewAgent wish) {
        return Agent.of(http, http.post("/v1/agents/", wish.json()));
    }

    /** One that exists; 404 otherwise. */
    public Agent agent(String id) {
        return Agent.of(http, http.get("/v1/agents/" + Http.encoded(id)));
    }

    /** Every agent, oldest first, however many there are. */
    public List<Agent> agents() {
        List<Agent> all = new ArrayList<>();
        String after = "";
        while (true) {
            JsonNode page = http.get("/v1/agents/?limit=100&order=asc" + after);
            page.forEach(agent -> all.add(Agent.of(http, agent)));
            if (page.size() < 100) {
                return List.copyOf(all);
            }
            after = "&after=" + Http.encoded(all.get(all.size() - 1).id());
        }
    }

    public Folder createFolder(String name) {
        return Folder.of(
                http, http.post("/v1/folders/", Http.JSON.createObjectNode().put("name", name)));
    }

    public List<Folder> folders() {
        List<Folder> all = new ArrayList<>();
        http.get("/v1/folders/?limit=1000").forEach(folder -> all.add(Folder.of(http, folder)));
        return List.copyOf(all);
    }

    /** A run by its id, as {@link Message#runId()} gives it. Nothing is sent yet. */
    public Run run(String id) {
        return new Run(http, id);
    }
}
