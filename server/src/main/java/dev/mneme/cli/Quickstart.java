package dev.mneme.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.config.ClientOptions;
import dev.mneme.config.Options;
import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** From nothing to a talk with an agent that remembers: a server, a model, an agent, a chat. */
final class Quickstart {
    private static final String AGENT = "quickstart";

    private final Console console;
    private final Paint paint;
    private final Map<String, String> environment;
    private final ServerStarter starter;

    Quickstart(Console console, Map<String, String> environment, ServerStarter starter) {
        this.console = console;
        this.paint = console.paint(environment);
        this.environment = environment;
        this.starter = starter;
    }

    /**
     * What was asked for.
     *
     * @param backend null: the first that is configured
     * @param chat false: leave the server running in the foreground
     * @param exit end after the scripted exchange
     */
    record Wish(@Nullable Backend backend, boolean chat, boolean exit) {}

    /** Returns the exit code. */
    int run(Options options, Wish wish) {
        String url = "http://"
                + (options.server().host().contains(":")
                        ? "[" + options.server().host() + "]"
                        : options.server().host())
                + ":" + options.server().port();
        ClientOptions client = new ClientOptions(
                url,
                options.client().key() != null
                        ? options.client().key()
                        : options.security().password(),
                null);
        PrintStream out = console.out();
        RunningServer server = null;
        if (answers(client)) {
            out.println("A server already answers at " + url + "; using it.");
        } else {
            server = Serving.start(starter, options, console);
            client = new ClientOptions(server.url(), client.key(), null);
        }
        try (ApiClient api = new ApiClient(client)) {
            AgentClient agent = agent(api, options, wish);
            Chat chat = new Chat(agent, console, paint);
            boolean scripted = !console.interactive();
            if (scripted) {
                script(chat, agent);
            } else if (wish.chat()) {
                chat.run();
            }
            if (server != null && !wish.exit() && (scripted || !wish.chat())) {
                out.println("The server goes on at " + server.url() + "; Ctrl-C stops it.");
                Serving.untilStopped();
            }
            return 0;
        } finally {
            if (server != null) {
                server.close();
            }
        }
    }

    private static boolean answers(ClientOptions client) {
        try (ApiClient api = new ApiClient(client)) {
            return api.get("/v1/health/").has("version");
        } catch (ApiRefused e) {
            return e.status() != 0
                    && e.status()
                            < 500; // something speaks HTTP there; starting would fail on the port with a clear line
        }
    }

    private AgentClient agent(ApiClient api, Options options, Wish wish) {
        Backend backend = wish.backend() != null ? wish.backend() : Backend.first(environment);
        String handle = wish.backend() == null && options.server().defaultLlm() != null
                ? options.server().defaultLlm()
                : backend.handle(api.get("/v1/models/"));
        console.out().println("Model: " + paint.bold(handle));
        if (backend == Backend.DEMO && handle.startsWith("demo/")) {
            console.out()
                    .println(paint.dim(
                            "The demo model is no language model: it follows rules, but works the memory tools like any other. "
                                    + "For a real one set " + Backend.OPENAI.advice() + ", "
                                    + Backend.ANTHROPIC.advice()
                                    + " or "
                                    + Backend.OLLAMA.advice() + ", and start again."));
        } else if (!backend.configured(environment)) {
            console.out()
                    .println(paint.trouble("It is not configured: set " + backend.advice() + ", and start again."));
        }
        AgentClient found = AgentClient.named(api, AGENT);
        if (found == null) {
            return AgentClient.of(api, api.post("/v1/agents/", definition(handle)));
        }
        console.out().println("Agent " + AGENT + " is there already, with all that it remembers.");
        if (!provider(found.model()).equals(provider(handle))) {
            return AgentClient.of(
                    api, api.patch("/v1/agents/" + found.id(), Json.object().put("model", handle)));
        }
        return found;
    }

    private static String provider(String handle) {
        return handle.replaceFirst("(-proxy)?/.*", "");
    }

    private static JsonNode definition(String handle) {
        ObjectNode agent = Json.object().put("name", AGENT).put("model", handle);
        ArrayNode blocks = agent.putArray("memory_blocks");
        blocks.addObject()
                .put("label", "persona")
                .put(
                        "value",
                        "I am a companion with a lasting memory. I write down what I learn about the person I talk with, and I use it.");
        blocks.addObject().put("label", "human").put("value", "I know nothing about this person yet.");
        agent.putArray("tools").add("archival_memory_insert").add("archival_memory_search");
        return agent;
    }

    /** For a pipe: what a person would try first. */
    private void script(Chat chat, AgentClient agent) {
        for (String text :
                new String[] {"Hello! My name is Ada and I like green tea.", "What is my name, and what do I like?"}) {
            console.out().println("> " + text);
            chat.say(text);
        }
        console.out().println("Core memory of " + agent.name() + " now:");
        chat.showMemory();
    }
}
