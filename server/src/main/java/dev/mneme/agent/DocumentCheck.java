package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Whether an agent file holds together: shapes, ids, references (contract 10 §4). Says all faults at once. Not thread-safe. */
final class DocumentCheck {
    /** Entities of one kind in a file; each costs statements of one transaction. */
    static final int MOST_ENTITIES = 5_000;

    /** Faults that are told; the rest would only be more of the same. */
    private static final int MOST_FAULTS = 20;

    /** The required arrays and the prefix of the ids in them. */
    private static final Map<String, String> KINDS = kinds();

    private static final Pattern NUMBERED = Pattern.compile("[0-9]{1,18}");

    private final AgentDocument document;
    private final ObjectNode root;
    private final Set<String> faults = new LinkedHashSet<>();
    private final Map<String, Set<String>> ids = new LinkedHashMap<>();
    private final Set<String> messageIds = new HashSet<>();

    private DocumentCheck(AgentDocument document) {
        this.document = document;
        this.root = document.root();
    }

    private static Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put("agents", "agent");
        kinds.put("groups", "group");
        kinds.put("blocks", "block");
        kinds.put("files", "file");
        kinds.put("sources", "source");
        kinds.put("tools", "tool");
        kinds.put("mcp_servers", "mcp_server");
        return kinds;
    }

    /** Throws INVALID_ARGUMENT unless the file can be taken in. */
    static void of(AgentDocument document) {
        DocumentCheck check = new DocumentCheck(document);
        check.shapes();
        check.references();
    }

    private void shapes() {
        List<String> wrong = new ArrayList<>();
        KINDS.keySet().forEach(kind -> {
            JsonNode entries = root.get(kind);
            if (entries == null) {
                wrong.add(kind + "\n  Field required");
            } else if (!entries.isArray()) {
                wrong.add(kind + "\n  Input should be a valid list");
            } else if (entries.size() > MOST_ENTITIES) {
                wrong.add(kind + "\n  List should have at most " + MOST_ENTITIES + " items");
            } else {
                for (int i = 0; i < entries.size(); i++) {
                    entry(kind, i, entries.get(i), wrong);
                }
            }
        });
        if (wrong.isEmpty()) {
            document.messages((agent, message) -> {
                if (wrong.size() < MOST_FAULTS) {
                    MessageReading.faults("agents." + agent + ".messages", message, wrong);
                }
            });
        }
        if (!wrong.isEmpty()) {
            String shown = String.join("\n", wrong.subList(0, Math.min(MOST_FAULTS, wrong.size())));
            throw refused(wrong.size() + " validation error" + (wrong.size() == 1 ? "" : "s") + " for AgentFileSchema\n"
                    + shown);
        }
    }

    private static void entry(String kind, int at, JsonNode entry, List<String> wrong) {
        String place = kind + "." + at;
        if (!entry.isObject()) {
            wrong.add(place + "\n  Input should be a valid dictionary");
            return;
        }
        need(entry, place, "id", JsonNodeType.STRING, "string", wrong);
        switch (kind) {
            case "agents" -> {
                may(entry, place, "messages", JsonNodeType.ARRAY, "list", wrong);
                may(entry, place, "name", JsonNodeType.STRING, "string", wrong);
                may(entry, place, "system", JsonNodeType.STRING, "string", wrong);
                may(entry, place, "llm_config", JsonNodeType.OBJECT, "dictionary", wrong);
                may(entry, place, "embedding_config", JsonNodeType.OBJECT, "dictionary", wrong);
                for (String list : List.of("tool_ids", "block_ids", "in_context_message_ids", "group_ids", "tags")) {
                    texts(entry, place, list, wrong);
                }
            }
            case "blocks" -> {
                need(entry, place, "label", JsonNodeType.STRING, "string", wrong);
                may(entry, place, "value", JsonNodeType.STRING, "string", wrong);
                may(entry, place, "limit", JsonNodeType.NUMBER, "integer", wrong);
                texts(entry, place, "tags", wrong);
            }
            case "tools" -> {
                need(entry, place, "name", JsonNodeType.STRING, "string", wrong);
                may(entry, place, "source_code", JsonNodeType.STRING, "string", wrong);
                may(entry, place, "json_schema", JsonNodeType.OBJECT, "dictionary", wrong);
                texts(entry, place, "tags", wrong);
            }
            case "groups" -> {
                texts(entry, place, "agent_ids", wrong);
                may(entry, place, "manager_config", JsonNodeType.OBJECT, "dictionary", wrong);
            }
            case "files" -> {
                need(entry, place, "source_id", JsonNodeType.STRING, "string", wrong);
                may(entry, place, "content", JsonNodeType.STRING, "string", wrong);
            }
            case "sources" -> need(entry, place, "name", JsonNodeType.STRING, "string", wrong);
            default -> {} // servers of tools are only named in warnings
        }
    }

    private static void need(
            JsonNode entry, String place, String key, JsonNodeType type, String word, List<String> wrong) {
        if (!entry.has(key)) {
            wrong.add(place + "." + key + "\n  Field required");
        } else if (entry.get(key).getNodeType() != type) {
            wrong.add(place + "." + key + "\n  Input should be a valid " + word);
        }
    }

    private static void may(
            JsonNode entry, String place, String key, JsonNodeType type, String word, List<String> wrong) {
        if (entry.hasNonNull(key)) {
            need(entry, place, key, type, word, wrong);
        }
    }

    private static void texts(JsonNode entry, String place, String key, List<String> wrong) {
        may(entry, place, key, JsonNodeType.ARRAY, "list", wrong);
        for (JsonNode one : entry.path(key)) {
            if (!one.isTextual()) {
                wrong.add(place + "." + key + "\n  Input should be a valid string");
                return;
            }
        }
    }

    private void references() {
        KINDS.forEach((kind, prefix) -> {
            Set<String> seen = new LinkedHashSet<>();
            Set<String> twice = new TreeSet<>();
            root.path(kind).forEach(entry -> {
                String id = entry.path("id").textValue();
                wellFormed(id, prefix);
                if (!seen.add(id)) {
                    twice.add(id);
                }
            });
            if (!twice.isEmpty()) {
                faults.add("Duplicate " + kind + " IDs found: {'" + String.join("', '", twice) + "'}");
                twice.forEach(id -> faults.add("Duplicate ID across entity types: " + id));
            }
            ids.put(kind, seen);
        });
        document.messages((agent, message) -> {
            String id = message.path("id").asText("");
            wellFormed(id, "message");
            if (!messageIds.add(id)) {
                fault("Duplicate message IDs found: {'" + id + "'}");
            }
        });
        files();
        if (!faults.isEmpty()) {
            throw refused("Import failed: Schema validation failed: " + String.join("; ", faults));
        }
        root.path("agents")
                .forEach(agent -> agent.path("in_context_message_ids").forEach(id -> {
                    if (!messageIds.contains(id.asText())) {
                        throw dangling(id.asText());
                    }
                }));
    }

    private void files() {
        for (JsonNode file : root.path("files")) {
            exists("sources", "File " + file.path("id").asText(), file.path("source_id"), "source");
        }
        for (JsonNode agent : root.path("agents")) {
            for (JsonNode link : agent.path("files_agents")) {
                String who = "File-agent relationship " + link.path("id").asText();
                exists("files", who, link.path("file_id"), "file");
                exists("sources", who, link.path("source_id"), "source");
                if (!link.path("agent_id").equals(agent.path("id"))) {
                    fault(who + " references wrong agent "
                            + link.path("agent_id").asText());
                }
            }
        }
    }

    private void exists(String kind, String who, JsonNode id, String word) {
        if (!ids.getOrDefault(kind, Set.of()).contains(id.asText())) {
            fault(who + " references non-existent " + word + " " + id.asText());
        }
    }

    private void wellFormed(String id, String prefix) {
        if (!id.startsWith(prefix + "-")) {
            fault("Invalid ID format: " + id + " should start with '" + prefix + "-'");
        } else if (!NUMBERED.matcher(id.substring(prefix.length() + 1)).matches()) {
            fault("Invalid ID format: " + id + " should have a whole number behind '" + prefix + "-'");
        }
    }

    private void fault(String text) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(text);
        }
    }

    /** What the retired server said of an id that the file does not hold. */
    static Problem dangling(String id) {
        return refused("Import failed: '" + id + "'");
    }

    private static Problem refused(String text) {
        return new Problem(ProblemCode.INVALID_ARGUMENT, text);
    }
}
