package dev.mneme.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scratch;
import dev.mneme.config.ClientOptions;
import dev.mneme.config.Options;
import dev.mneme.config.Setting;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The training run of the start-up cache: a server on a throw-away folder, used as a client would use it. */
final class Training {
    /** Enough for the common paths to be linked; more only takes longer. */
    private static final int ROUNDS = 3;

    private final ServerStarter starter;

    Training(ServerStarter starter) {
        this.starter = starter;
    }

    int run() {
        Path folder;
        try {
            folder = Files.createTempDirectory("mneme-train");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Options options = Options.read(Map.of(Setting.PORT, "0", Setting.DATA_FOLDER, folder.toString()), Map.of());
        try (RunningServer server = starter.start(options);
                ApiClient api = new ApiClient(new ClientOptions(server.url(), null, null))) {
            for (int round = 0; round < ROUNDS; round++) {
                exercise(api);
            }
        } finally {
            remove(folder);
        }
        return 0;
    }

    private static void exercise(ApiClient api) {
        api.get("/v1/health/");
        api.get("/v1/models/");
        ObjectNode wish = Json.object().put("name", "train").put("model", "demo/mneme-demo");
        wish.putArray("memory_blocks").addObject().put("label", "human").put("value", "Name: Ada.");
        JsonNode made = api.post("/v1/agents/", wish);
        AgentClient agent = AgentClient.of(api, made);
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        agent.say("Hello! I like tea.", new Transcript(nowhere, new Paint(true), agent::memory));
        ObjectNode body = Json.object();
        body.putArray("messages").addObject().put("role", "user").put("content", "What do I like?");
        api.post("/v1/agents/" + agent.id() + "/messages", body);
        api.get("/v1/agents/" + agent.id() + "/messages");
        api.get("/v1/agents/");
        api.patch(
                "/v1/agents/" + agent.id() + "/core-memory/blocks/human",
                Json.object().put("value", "Name: Bob."));
    }

    private static void remove(Path folder) {
        try {
            Scratch.remove(folder);
        } catch (IOException e) {
            // a temporary folder; the system clears it
        }
    }
}
