package dev.mneme.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code mneme keys [create NAME | revoke ID]}: the API keys of a running server. */
final class Keys {
    static final String COMMAND = "keys";

    private static final String CREATE = "create";
    private static final String REVOKE = "revoke";

    private final ApiClient api;
    private final Console console;
    private final Paint paint;

    Keys(ApiClient api, Console console, Paint paint) {
        this.api = api;
        this.console = console;
        this.paint = paint;
    }

    /** Adds the command; each part is given a spec that holds what all clients take. */
    static void describe(CommandSpec root, Function<String, CommandSpec> client) {
        CommandSpec create = client.apply("Make a key and show it, this once.")
                .addPositional(Upkeep.word("NAME", 0))
                .addOption(OptionSpec.builder("--role")
                        .type(String.class)
                        .paramLabel("admin|read_only|agent")
                        .description("What it opens: all of the organisation, all to read, or the agents named here."
                                + " Default: agent where agents are named, else admin.")
                        .build())
                .addOption(OptionSpec.builder("--agent")
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .paramLabel("AGENT")
                        .description("Name or id of an agent that it opens; may be given again.")
                        .build())
                .addOption(OptionSpec.builder("--days")
                        .type(Long.class)
                        .paramLabel("NUMBER")
                        .description("Days until it ends by itself. Without it, it lasts.")
                        .build());
        root.addSubcommand(
                COMMAND,
                client.apply("List the API keys; make and revoke them.")
                        .addSubcommand(CREATE, create)
                        .addSubcommand(
                                REVOKE, client.apply("Revoke a key at once.").addPositional(Upkeep.word("ID", 0))));
    }

    void run(ParseResult parsed) {
        ParseResult part = parsed.subcommand();
        if (part == null) {
            list();
        } else if (part.commandSpec().name().equals(CREATE)) {
            create(part);
        } else {
            revoke(Upkeep.word(part, 0));
        }
    }

    private void list() {
        JsonNode keys = api.get("/v1/api-keys");
        if (keys.isEmpty()) {
            console.out().println("There is no key yet: ./mneme keys create NAME makes one.");
            return;
        }
        TextTable table = new TextTable("NAME", "ROLE", "BEGINS", "LAST USED", "STATE");
        for (JsonNode key : keys) {
            table.row(
                    key.path("id").asText(),
                    key.path("name").asText(),
                    key.path("role").asText(),
                    key.path("prefix").asText(),
                    TextTable.minute(key.path("last_used_at")),
                    state(key));
        }
        table.print(console.out(), paint);
    }

    private static String state(JsonNode key) {
        if (key.hasNonNull("revoked_at")) {
            return "revoked " + TextTable.minute(key.path("revoked_at"));
        }
        return key.hasNonNull("expires_at") ? "until " + TextTable.minute(key.path("expires_at")) : "lasts";
    }

    private void create(ParseResult parsed) {
        ObjectNode wish = Json.object().put("name", Upkeep.word(parsed, 0));
        List<String> agents = parsed.matchedOptionValue("--agent", List.of());
        String role = parsed.matchedOptionValue("--role", agents.isEmpty() ? "admin" : "agent");
        wish.put("role", role);
        if (!agents.isEmpty()) {
            ArrayNode ids = wish.putArray("agent_ids");
            agents.forEach(agent -> ids.add(AgentClient.wanted(api, agent).id()));
        }
        Long days = parsed.matchedOptionValue("--days", (Long) null);
        if (days != null) {
            wish.put("expires_in_seconds", Duration.ofDays(days).toSeconds());
        }
        JsonNode made = api.post("/v1/api-keys", wish);
        console.out().println(made.path("key").asText());
        console.err()
                .println("This is the only time it is shown. ./mneme keys revoke "
                        + made.path("id").asText() + " takes it back.");
    }

    private void revoke(String id) {
        JsonNode key = api.delete("/v1/api-keys/" + id);
        console.out().println("revoked " + key.path("name").asText() + ": it opens nothing any more");
    }
}
