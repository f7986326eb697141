package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.account.Secrets;
import dev.mneme.base.Clock;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.Recall;
import dev.mneme.message.EmbeddingConfig;
import dev.mneme.message.LlmConfig;
import dev.mneme.store.Db;
import dev.mneme.tool.Tools;
import dev.mneme.tool.mcp.ServerEntries;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes agents in from files (contract 10 §4, decision 0025): all that a file holds in one transaction, or nothing. Thread-safe. */
public final class Imports {
    private final Db db;
    private final Clock clock;
    private final ModelChoice choice;
    private final Secrets secrets;
    private final Tools tools;
    private final Blocks blocks;
    private final Recall recall;
    private final SystemRow systemRow;
    private final ServerEntries servers;

    Imports(
            Db db,
            ModelChoice choice,
            Secrets secrets,
            Tools tools,
            Blocks blocks,
            Recall recall,
            SystemRow systemRow,
            ServerEntries servers) {
        this.db = db;
        this.clock = db.clock();
        this.choice = choice;
        this.secrets = secrets;
        this.tools = tools;
        this.blocks = blocks;
        this.recall = recall;
        this.systemRow = systemRow;
        this.servers = servers;
    }

    /** What is decided of an agent before anything is written. */
    record Plan(
            ObjectNode entry,
            String name,
            AgentType type,
            LlmConfig llm,
            @Nullable EmbeddingConfig embedding,
            JsonNode compaction,
            JsonNode rules,
            Map<String, String> sealed) {}

    /** The rooms that an import writes to. */
    record Shelves(
            Clock clock, Tools tools, Blocks blocks, Recall recall, SystemRow systemRow, ServerEntries servers) {}

    /**
     * What is decided of the things beside the agents.
     *
     * @param folders embedders by the folder's number in the file
     * @param leftFolders numbers of those that are left out
     */
    record Belongings(Map<String, EmbeddingConfig> folders, Set<String> leftFolders, PassagePlan passages) {}

    /**
     * Takes in a file. It may be rewritten in place, and is left where it is.
     *
     * @param schema reads the schema of tools that come without one
     */
    public Imported take(String org, @Nullable String userId, Path file, ImportWish wish, ImportWish.SchemaOf schema) {
        AgentDocument document = AgentDocument.open(file);
        DocumentCheck.of(document);
        List<String> warnings = new ArrayList<>();
        ModelChoice models = choice.of(org);
        List<Plan> plans = plans(models, document.root(), wish, warnings);
        withSchemas(document.root(), schema);
        Belongings belongings = belongings(models, document, wish, warnings);
        Shelves shelves = new Shelves(clock, tools, blocks, recall, systemRow, servers);
        return db.of(org)
                .write(tx -> new Unpacking(tx, userId, shelves, document, wish, plans, belongings, warnings).unpack());
    }

    /** Asks embedders, so no transaction may be open. */
    private static Belongings belongings(
            ModelChoice models, AgentDocument document, ImportWish wish, List<String> warnings) {
        Consumer<String> warn = once(warnings);
        EmbeddingConfig instead = wish.embedding() == null ? null : models.embeddingNamed(wish.embedding());
        Map<String, EmbeddingConfig> folders = new HashMap<>();
        Set<String> left = new HashSet<>();
        for (JsonNode source : document.root().path("sources")) {
            EmbeddingConfig config = instead;
            if (config == null) {
                JsonNode given = source.hasNonNull("embedding_config")
                        ? source.get("embedding_config")
                        : document.root().path("agents").path(0).get("embedding_config");
                config = models.embeddingOfFile(given, warn);
            }
            if (config == null) {
                left.add(source.path("id").asText());
                warn.accept("The folder " + source.path("name").asText()
                        + " was left out: neither the file nor this server names an embedder for it.");
            } else {
                folders.put(source.path("id").asText(), config);
            }
        }
        List<PassagePlan.Target> targets = new ArrayList<>();
        for (JsonNode archive : document.root().path("archives")) {
            boolean plain = !archive.hasNonNull("embedding_config");
            EmbeddingConfig config =
                    plain || instead != null ? instead : models.embeddingOfFile(archive.get("embedding_config"), warn);
            targets.add(new PassagePlan.Target(config, config == null ? null : models.embedder(config)));
        }
        return new Belongings(folders, left, PassagePlan.of(document, targets, warn));
    }

    private static Consumer<String> once(List<String> warnings) {
        return text -> {
            if (!warnings.contains(text)) {
                warnings.add(text);
            }
        };
    }

    private List<Plan> plans(ModelChoice models, ObjectNode root, ImportWish wish, List<String> warnings) {
        LlmConfig llm = wish.model() == null ? null : models.modelNamed(wish.model());
        EmbeddingConfig embedding = wish.embedding() == null ? null : models.embeddingNamed(wish.embedding());
        List<Plan> out = new ArrayList<>();
        for (JsonNode entry : root.path("agents")) {
            out.add(plan(models, (ObjectNode) entry, out.isEmpty(), wish, llm, embedding, once(warnings)));
        }
        return out;
    }

    private Plan plan(
            ModelChoice models,
            ObjectNode entry,
            boolean first,
            ImportWish wish,
            @Nullable LlmConfig llm,
            @Nullable EmbeddingConfig embedding,
            Consumer<String> warn) {
        AgentType type = AgentType.find(entry.path("agent_type").asText(AgentType.LETTA_V1_AGENT.word()));
        if (type == null) {
            throw failed("Unknown agent_type '" + entry.path("agent_type").asText() + "'.");
        }
        try {
            Fields.timezone(entry.path("timezone").textValue());
            Fields.responseFormat(entry.get("response_format"));
            Fields.files(whole(entry, "max_files_open"), whole(entry, "per_file_view_window_char_limit"));
            LlmConfig model = llm == null ? models.ofFile(entry.get("llm_config"), warn) : llm;
            return new Plan(
                    entry,
                    name(entry.path("name").asText("Agent"), first, wish),
                    type,
                    model,
                    embedding == null ? models.embeddingOfFile(entry.get("embedding_config"), warn) : embedding,
                    Compaction.ofNew(present(entry.get("compaction_settings")), model),
                    ToolRules.checked(entry.get("tool_rules")),
                    sealed(entry, wish));
        } catch (Problem e) {
            throw new Problem(ProblemCode.INVALID_ARGUMENT, "Import failed: " + e.detail(), e);
        }
    }

    private static @Nullable JsonNode present(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : node;
    }

    private static @Nullable Integer whole(ObjectNode entry, String key) {
        JsonNode value = entry.path(key);
        return value.isInt() ? Integer.valueOf(value.intValue()) : null;
    }

    private static String name(String given, boolean first, ImportWish wish) {
        String name = given;
        if (wish.name() != null) {
            // A second agent of that name could not be told from the first one.
            name = first ? wish.name() : given;
        } else if (wish.copySuffix()) {
            name = given.substring(0, Math.min(given.length(), AgentNames.LONGEST - "_copy".length())) + "_copy";
        }
        try {
            return AgentNames.checked(name);
        } catch (Problem e) {
            throw new Problem(
                    ProblemCode.INVALID_ARGUMENT,
                    name.length() > AgentNames.LONGEST
                            ? e.detail()
                            : "Export failed: Agent name '" + name
                                    + "' contains invalid characters. Only letters (any language), digits, spaces, hyphens,"
                                    + " underscores, and apostrophes are allowed. Please avoid filesystem-unsafe characters"
                                    + " like: / \\ : * ? \" < > |",
                    e);
        }
    }

    private Map<String, String> sealed(ObjectNode entry, ImportWish wish) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String map : List.of("tool_exec_environment_variables", "secrets")) {
            entry.path(map)
                    .properties()
                    .forEach(one -> values.put(one.getKey(), one.getValue().asText("")));
        }
        values.putAll(wish.secrets());
        values.replaceAll((key, value) -> secrets.seal(value));
        return values;
    }

    private static void withSchemas(ObjectNode root, ImportWish.SchemaOf reader) {
        for (JsonNode tool : root.path("tools")) {
            String source = tool.path("source_code").textValue();
            if (!tool.hasNonNull("json_schema")
                    && source != null
                    && tool.path("tool_type").asText("custom").equals("custom")) {
                try {
                    ((ObjectNode) tool)
                            .set(
                                    "json_schema",
                                    reader.read(source, tool.path("source_type").textValue()));
                } catch (Problem e) {
                    throw failed("the tool " + tool.path("name").asText()
                            + " has no json_schema, and its source gives none: " + e.detail());
                }
            }
            if (tool.path("json_schema") instanceof ObjectNode schema) {
                schema.set("name", tool.path("name"));
            } else if (!tool.path("tool_type").asText("").startsWith("letta_")) {
                ((ObjectNode) tool).set("json_schema", Json.object().set("name", tool.path("name")));
            }
        }
    }

    static Problem failed(String why) {
        return new Problem(ProblemCode.INVALID_ARGUMENT, "Import failed: " + why);
    }
}
