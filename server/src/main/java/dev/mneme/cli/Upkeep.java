package dev.mneme.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.config.Secret;
import dev.mneme.config.Setting;
import dev.mneme.config.StartRefused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code mneme backup | restore | doctor | export | import}, on a running server. */
final class Upkeep {
    /** The commands. */
    static final Set<String> COMMANDS = Set.of("backup", "restore", "doctor", "export", "import");

    /** Something is broken, or was and could not be mended. */
    private static final int BROKEN = 1;

    private final ApiClient api;
    private final Console console;
    private final @Nullable Secret passphrase;

    /** passphrase: as the environment gives it. */
    Upkeep(ApiClient api, Console console, @Nullable Secret passphrase) {
        this.api = api;
        this.console = console;
        this.passphrase = passphrase;
    }

    /** Adds the commands; each is given a spec that holds what all clients take. */
    static void describe(CommandSpec root, Function<String, CommandSpec> client) {
        root.addSubcommand(
                "backup",
                client.apply("Write the whole server, as it is now, to a file.")
                        .addPositional(word("FILE", 0))
                        .addOption(passphraseFile()));
        root.addSubcommand(
                "restore",
                client.apply("Put a backup into a server that holds nothing yet.")
                        .addPositional(word("FILE", 0))
                        .addOption(passphraseFile())
                        .addOption(flag("--replace", "Also into one that holds something, which is deleted.")));
        root.addSubcommand(
                "doctor",
                client.apply("Look for what is broken; the exit code is 1 when something is.")
                        .addOption(flag("--mend", "Make it right.")));
        root.addSubcommand(
                "export",
                client.apply("Write an agent to a file.")
                        .addPositional(word("AGENT", 0))
                        .addPositional(word("FILE", 1)));
        root.addSubcommand("import", client.apply("Take agents in from a file.").addPositional(word("FILE", 0)));
    }

    static PositionalParamSpec word(String label, int index) {
        return PositionalParamSpec.builder()
                .type(String.class)
                .paramLabel(label)
                .index(Integer.toString(index))
                .required(true)
                .build();
    }

    private static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .build();
    }

    private static OptionSpec passphraseFile() {
        return OptionSpec.builder("--passphrase-file")
                .type(String.class)
                .paramLabel("FILE")
                .description("Holds the passphrase under which the key of secrets travels. Without it: "
                        + Setting.BACKUP_PASSPHRASE.variable() + ", or on a terminal a question.")
                .build();
    }

    /** Runs a command; answers the exit code. */
    int run(String name, ParseResult parsed) {
        return switch (name) {
            case "backup" -> backup(Path.of(word(parsed, 0)), given(parsed));
            case "restore" ->
                restore(Path.of(word(parsed, 0)), given(parsed), parsed.matchedOptionValue("--replace", false));
            case "doctor" -> doctor(parsed.matchedOptionValue("--mend", false));
            case "export" -> exportAgent(word(parsed, 0), Path.of(word(parsed, 1)));
            case "import" -> importAgents(Path.of(word(parsed, 0)));
            default -> throw new IllegalArgumentException(name);
        };
    }

    static String word(ParseResult parsed, int index) {
        return parsed.matchedPositionalValue(index, "");
    }

    private static @Nullable Path given(ParseResult parsed) {
        String file = parsed.matchedOptionValue("--passphrase-file", (String) null);
        return file == null ? null : Path.of(file);
    }

    private int backup(Path file, @Nullable Path passphraseFile) {
        String words =
                passphrase(passphraseFile, "Passphrase for the key of secrets (empty: leave the key out): ", true);
        ObjectNode body = Json.object();
        if (words != null) {
            body.put("passphrase", words);
        }
        api.download("/v1/admin/backup", body, file);
        console.out().println("backup written to " + file + " (" + size(file) + ")");
        if (words == null) {
            console.out()
                    .println(
                            "The key of secrets is NOT in it: where it is restored under another key, secrets of agents, of"
                                    + " sandboxes and of MCP servers are lost. Set "
                                    + Setting.BACKUP_PASSPHRASE.variable()
                                    + " to take the key along, sealed.");
        }
        return 0;
    }

    private static String size(Path file) {
        try {
            return String.format(Locale.ROOT, "%.1f MB", Files.size(file) / 1e6);
        } catch (IOException e) {
            throw new ApiRefused(0, "Cannot read " + file + " again: " + e.getMessage(), e);
        }
    }

    private int restore(Path file, @Nullable Path passphraseFile, boolean replace) {
        Map<String, String> fields = new LinkedHashMap<>();
        String words = passphrase(passphraseFile, "Passphrase of the backup (empty: it has none): ", false);
        if (words != null) {
            fields.put("passphrase", words);
        }
        fields.put("replace", Boolean.toString(replace));
        JsonNode done = api.upload("/v1/admin/restore", file, fields);
        console.out().println("restored " + done.path("rows").asLong() + " rows from " + file);
        long lost = done.path("lost_secrets").asLong();
        if (lost > 0) {
            console.out()
                    .println(lost + " secrets are lost, as the key that opens them is not here. They are empty now; set"
                            + " them anew.");
        }
        return 0;
    }

    private int doctor(boolean mend) {
        JsonNode report =
                mend ? api.postPatiently("/v1/admin/doctor", Json.object()) : api.getPatiently("/v1/admin/doctor");
        for (JsonNode finding : report.path("findings")) {
            console.out()
                    .println((finding.path("mended").asBoolean() ? "mended: " : "broken: ")
                            + finding.path("text").asText());
        }
        boolean healthy = report.path("healthy").asBoolean();
        if (report.path("findings").isEmpty()) {
            console.out().println("all is well");
        } else if (!healthy) {
            console.out().println("./mneme doctor --mend makes it right.");
        }
        return healthy ? 0 : BROKEN;
    }

    private int exportAgent(String wanted, Path file) {
        AgentClient agent = AgentClient.wanted(api, wanted);
        api.download("/v1/agents/" + agent.id() + "/export", null, file);
        console.out().println("agent " + agent.name() + " written to " + file + " (" + size(file) + ")");
        return 0;
    }

    private int importAgents(Path file) {
        JsonNode done = api.upload("/v1/agents/import", file, Map.of());
        for (JsonNode id : done.path("agent_ids")) {
            console.out().println(id.asText());
        }
        for (JsonNode warning : done.path("warnings")) {
            console.err().println("note: " + warning.asText());
        }
        return 0;
    }

    /** From the file, the environment, or whoever sits at the terminal; null: none. twice: a slip would close it for ever. */
    private @Nullable String passphrase(@Nullable Path file, String question, boolean twice) {
        if (file != null) {
            return read(file);
        }
        if (passphrase != null) {
            return passphrase.reveal();
        }
        java.io.Console terminal = console.interactive() ? System.console() : null;
        if (terminal == null) {
            return null;
        }
        String words = String.valueOf(terminal.readPassword("%s", question));
        if (words.isEmpty()) {
            return null;
        }
        if (twice && !words.equals(String.valueOf(terminal.readPassword("Once more: ")))) {
            throw new StartRefused("The two passphrases differ.");
        }
        return words;
    }

    private static String read(Path file) {
        try {
            String text = Files.readString(file).strip();
            if (text.isEmpty()) {
                throw new StartRefused("The passphrase file " + file + " is empty.");
            }
            return text;
        } catch (IOException e) {
            throw new StartRefused("The passphrase file " + file + " cannot be read.", e);
        }
    }
}
