package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether an agent file holds together: shapes, ids, references (contract 10 §4). Says all faults at once. Not thread-safe. */
final class DocumentCheck {
    /** Entities of one kind in a file; each costs statements of one transaction. */
    static final int MOST_ENTITIES = 5_000;

    /** Faults that are told; the rest would only be more of the same. */
    private static final int MOST_FAULTS = 20;

    /** Arrays that only complete exports of this server have. */
    private static final Set<String> OURS = Set.of("archives", "identities");

    /** The arrays and the prefix of the ids in them. */
    private static final Map<String, String> KINDS = kinds();

    private static final Pattern NUMBERED = Pattern.compile("[0-9]{1,18}");

    private final AgentDocument document;
    private final ObjectNode root;
    private final Set<String> faults = new LinkedHashSet<>();
    private final Map<String, Set<String>> ids = new LinkedHashMap<>();
    /** Of each block its label. */
    private final Map<String, String> labels = new HashMap<>();

    private final Set<String> messageIds = new HashSet<>();
    private final Map<String, String> threads = new HashMap<>();

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
        kinds.put("archives", "archive");
        kinds.put("identities", "identity");
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
                if (!OURS.contains(kind)) {
                    wrong.add(kind + "\n  Field required");
                }
            } else if (!entries.isArray()) {
                wrong.add(kind + "\n  Input should be a valid list");
            } else if (entries.size() > MOST_ENTITIES) {
                wrong.add(kind + "\n  List should have at most " + MOST_ENTITIES + " items");
            } else {
                for (int i = 0; i < entries.size(); i++) {
                    EntryShape.faults(kind, kind + "." + i, entries.get(i), wrong);
                }
            }
        });
        if (wrong.isEmpty()) {
            document.read(new AgentDocument.Reader() {
                @Override
                public void message(int agent, JsonNode message) {
                    if (wrong.size() < MOST_FAULTS) {
                        MessageReading.faults("agents." + agent + ".messages", message, wrong);
                    }
                }

                private int passages;

                @Override
                public void passage(int archive, JsonNode passage) {
                    String place = "archives." + archive + ".passages." + passages++;
                    if (wrong.size() < MOST_FAULTS) {
                        EntryShape.faults("passages", place, passage, wrong);
                        PassageReading.faults(place, passage, wrong);
                    }
                }
            });
        }
        if (!wrong.isEmpty()) {
            String shown = String.join("\n", wrong.subList(0, Math.min(MOST_FAULTS, wrong.size())));
            throw refused(wrong.size() + " validation error" + (wrong.size() == 1 ? "" : "s") + " for AgentFileSchema\n"
                    + shown);
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
        root.path("blocks")
                .forEach(block -> labels.put(
                        block.path("id").asText(), block.path("label").asText()));
        conversations();
        document.read(new AgentDocument.Reader() {
            @Override
            public void message(int agent, JsonNode message) {
                message(root.path("agents").path(agent).path("id").asText(), message);
            }

            private void message(String agent, JsonNode message) {
                String id = message.path("id").asText("");
                wellFormed(id, "message");
                if (!messageIds.add(id)) {
                    fault("Duplicate message IDs found: {'" + id + "'}");
                }
                String thread = message.path("conversation_id").textValue();
                if (thread != null && !agent.equals(threads.get(thread))) {
                    fault("Message " + id + " references non-existent conversation " + thread);
                }
            }
        });
        files();
        if (!faults.isEmpty()) {
            throw refused("Import failed: Schema validation failed: " + String.join("; ", faults));
        }
        root.path("agents").forEach(agent -> {
            held(agent.path("in_context_message_ids"));
            agent.path("conversations").forEach(thread -> {
                held(thread.path("in_context_message_ids"));
                held(thread.path("shared_message_ids"));
            });
        });
    }

    private void held(JsonNode messages) {
        messages.forEach(id -> {
            if (!messageIds.contains(id.asText())) {
                throw dangling(id.asText());
            }
        });
    }

    private void conversations() {
        for (JsonNode agent : root.path("agents")) {
            for (JsonNode thread : agent.path("conversations")) {
                String id = thread.path("id").asText();
                wellFormed(id, "conversation");
                if (threads.put(id, agent.path("id").asText()) != null) {
                    fault("Duplicate conversation IDs found: {'" + id + "'}");
                }
                isolated(id, thread.path("isolated_blocks"));
            }
            String who = "Agent " + agent.path("id").asText();
            agent.path("archive_ids").forEach(id -> exists("archives", who, id, "archive"));
            labels(who, agent.path("block_ids"));
        }
    }

    /** No agent holds two blocks of one label. */
    private void labels(String who, JsonNode held) {
        Map<String, String> seen = new HashMap<>();
        held.forEach(id -> {
            String label = labels.get(id.asText());
            String other = label == null ? null : seen.put(label, id.asText());
            if (other != null && !other.equals(id.asText())) {
                fault(who + " holds two blocks labelled '" + label + "': " + other + " and " + id.asText());
            }
        });
    }

    /** No block has two copies in a conversation, and no copy stands for two blocks. */
    private void isolated(String conversation, JsonNode links) {
        for (String end : List.of("shared_block_id", "block_id")) {
            Set<String> seen = new HashSet<>();
            links.forEach(link -> {
                if (link.hasNonNull(end) && !seen.add(link.path(end).asText())) {
                    fault("The isolated_blocks of " + conversation + " name the " + end + " "
                            + link.path(end).asText() + " twice");
                }
            });
        }
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

    /** The id that something of the file was given, if it was given one and is of this kind. */
    static String found(IdKind kind, String local, @Nullable String id) {
        if (id == null) {
            throw dangling(local);
        }
        if (!id.startsWith(kind.prefix() + "-")) {
            throw refused("Import failed: '" + local + "' stands where the id of a " + kind.prefix() + " is wanted");
        }
        return id;
    }

    /** What the retired server said of an id that the file does not hold. */
    static Problem dangling(String id) {
        return refused("Import failed: '" + id + "'");
    }

    private static Problem refused(String text) {
        return new Problem(ProblemCode.INVALID_ARGUMENT, text);
    }
}
