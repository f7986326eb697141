package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.memory.Vectors;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

/** Complete agent files with everything in them, made up from a seed: the same seed, the same file. */
final class AgentFileSample {
    private static final String EMBEDDER = "openai/text-embedding-3-small";
    private static final Instant START = Instant.parse("2025-03-01T10:00:00Z");

    private final Random random;
    private final ObjectNode file = Json.object();
    private int messages;
    private int blocks;
    private int threads;

    private AgentFileSample(long seed) {
        random = new Random(seed);
    }

    static ObjectNode of(long seed) {
        return new AgentFileSample(seed).make(seed);
    }

    private ObjectNode make(long seed) {
        for (String list : List.of(
                "agents", "groups", "blocks", "files", "sources", "tools", "mcp_servers", "archives", "identities")) {
            file.putArray(list);
        }
        tools(seed);
        list("sources")
                .add(Json.object()
                        .put("id", "source-0")
                        .put("name", "handbook " + seed)
                        .put("instructions", "read " + words(2))
                        .set("embedding_config", embedding()));
        list("files")
                .addObject()
                .put("id", "file-0")
                .put("source_id", "source-0")
                .put("file_name", "handbook " + seed + "/a.txt")
                .put("original_file_name", "a.txt")
                .put("file_type", "text/plain")
                .put("file_size", 9)
                .put("processing_status", "completed")
                .put("content", "alpha " + words(3));
        archive();
        ObjectNode person = list("identities").addObject();
        person.put("id", "identity-0")
                .put("identifier_key", "key-" + seed)
                .put("name", "Ada")
                .put("identity_type", "user");
        person.putArray("properties")
                .addObject()
                .put("key", "k")
                .put("value", words(1))
                .put("type", "string");
        agent(0);
        agent(1);
        ObjectNode group = list("groups").addObject().put("id", "group-0").put("description", words(2));
        group.putArray("agent_ids").add("agent-1");
        group.putObject("manager_config").put("manager_type", "supervisor").put("manager_agent_id", "agent-0");
        group.putArray("shared_block_ids").add("block-0");
        ((ArrayNode) list("agents").get(0).get("group_ids")).add("group-0");
        return file;
    }

    private ArrayNode list(String name) {
        return (ArrayNode) file.get(name);
    }

    private String words(int count) {
        String[] all = {"tea", "Zürich", "猫", "\"quoted\"", "back\\slash", "new\nline", "{json}", "😀", "it's", "0"};
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < count; i++) {
            out.append(i == 0 ? "" : " ").append(all[random.nextInt(all.length)]);
        }
        return out.toString();
    }

    private static ObjectNode embedding() {
        return Json.object()
                .put("embedding_endpoint_type", "openai")
                .put("embedding_model", "text-embedding-3-small")
                .put("embedding_dim", 1536)
                .put("embedding_chunk_size", 300)
                .put("handle", EMBEDDER);
    }

    private void tools(long seed) {
        ObjectNode own = list("tools").addObject();
        own.put("id", "tool-0")
                .put("name", "roll_" + seed)
                .put("tool_type", "custom")
                .put("source_type", "python");
        own.put("source_code", "def roll_" + seed + "():\n    return 6");
        own.putObject("json_schema")
                .put("name", "roll_" + seed)
                .put("description", words(2))
                .putObject("parameters")
                .put("type", "object")
                .putObject("properties");
        ObjectNode remote = list("tools").addObject();
        remote.put("id", "tool-1").put("name", "maps_" + seed).put("tool_type", "external_mcp");
        remote.putObject("json_schema")
                .put("name", "maps_" + seed)
                .put("description", "d")
                .putObject("parameters")
                .put("type", "object")
                .putObject("properties");
        remote.putArray("tags").add("mcp:server " + seed);
        remote.putObject("metadata_")
                .putObject("mcp")
                .put("server_name", "server " + seed)
                .put("server_id", "mcp_server-old")
                .put("tool_name", "maps");
        list("mcp_servers")
                .addObject()
                .put("id", "mcp_server-0")
                .put("server_type", "streamable_http")
                .put("server_name", "server " + seed)
                .put("server_url", "https://maps.example/mcp?api_key=");
    }

    private void archive() {
        ObjectNode archive = list("archives").addObject();
        archive.put("id", "archive-0")
                .put("name", "Knowledge")
                .put("description", words(2))
                .put("created_at", time(0));
        archive.set("embedding_config", embedding());
        ArrayNode passages = archive.putArray("passages");
        for (int i = 0; i < random.nextInt(1, 8); i++) {
            float[] vector = new float[1536];
            vector[random.nextInt(vector.length)] = 1;
            ObjectNode passage = passages.addObject()
                    .put("text", "fact " + i + " " + words(3))
                    .put("created_at", time(i));
            passage.putArray("tags").add("t" + i % 2);
            passage.putObject("metadata").put("n", i);
            passage.put("embedding_model", EMBEDDER)
                    .put("embedding", Base64.getEncoder().encodeToString(Vectors.bytes(vector)));
        }
    }

    private static String time(int second) {
        return START.plusSeconds(second).toString().replace("Z", ".000000+00:00");
    }

    private String block(String label) {
        String id = "block-" + blocks++;
        list("blocks")
                .addObject()
                .put("id", id)
                .put("label", label)
                .put("value", words(4))
                .put("limit", 5000)
                .put("read_only", random.nextBoolean())
                .putObject("metadata")
                .put("m", words(1));
        return id;
    }

    private void agent(int number) {
        String id = "agent-" + number;
        ObjectNode agent = list("agents")
                .addObject()
                .put("id", id)
                .put("name", "Ada " + number)
                .put("agent_type", "letta_v1_agent");
        agent.put("system", "Be " + words(2)).put("description", words(1)).put("timezone", "Europe/Berlin");
        agent.putObject("metadata").put("x", words(1));
        agent.set("embedding_config", embedding());
        agent.putArray("tool_ids").add("tool-0").add("tool-1");
        agent.putArray("source_ids").add("source-0");
        ArrayNode held = agent.putArray("block_ids").add(block("human")).add(block("persona"));
        agent.putArray("tags").add("tag" + number);
        agent.putObject("secrets").put("API_KEY", "");
        agent.putArray("tool_rules").addObject().put("type", "exit_loop").put("tool_name", "roll");
        agent.putArray("group_ids");
        agent.putArray("identity_ids").add("identity-0");
        agent.putArray("archive_ids").add("archive-0");
        agent.putArray("files_agents")
                .addObject()
                .put("id", "file_agent-1")
                .put("agent_id", id)
                .put("file_id", "file-0")
                .put("source_id", "source-0")
                .put("file_name", "a.txt")
                .put("is_open", number == 0)
                .put("visible_content", number == 0 ? "1: alpha" : null);
        ArrayNode rows = agent.putArray("messages");
        agent.set("in_context_message_ids", Json.tree(thread(rows, null)));
        ArrayNode conversations = agent.putArray("conversations");
        for (int i = 0; i < random.nextInt(3); i++) {
            String thread = "conversation-" + threads++;
            ObjectNode entry = conversations
                    .addObject()
                    .put("id", thread)
                    .put("summary", words(2))
                    .put("created_at", time(i));
            entry.putNull("last_message_at");
            entry.set("in_context_message_ids", Json.tree(thread(rows, thread)));
            entry.putArray("shared_message_ids").add(rows.get(0).get("id"));
            entry.putArray("isolated_blocks")
                    .addObject()
                    .put("shared_block_id", held.get(0).asText())
                    .put("block_id", block("human"));
        }
    }

    /** A thread's messages at the end of the list; those of its context. */
    private List<String> thread(ArrayNode rows, String conversation) {
        List<String> context = new ArrayList<>();
        context.add(message(rows, "system", conversation));
        for (int i = 0; i < random.nextInt(6); i++) {
            String said = message(rows, "user", conversation);
            String call = message(rows, "assistant", conversation);
            ObjectNode row = (ObjectNode) rows.get(rows.size() - 1);
            String back = message(rows, "tool", conversation);
            String callId = "call-" + messages;
            row.putArray("tool_calls")
                    .addObject()
                    .put("id", callId)
                    .put("type", "function")
                    .putObject("function")
                    .put("name", "roll")
                    .put("arguments", "{\"a\":" + i + "}");
            ((ObjectNode) rows.get(rows.size() - 1))
                    .put("tool_call_id", callId)
                    .putArray("tool_returns")
                    .addObject()
                    .put("tool_call_id", callId)
                    .put("status", i % 2 == 0 ? "success" : "error")
                    .put("func_response", words(2));
            if (random.nextBoolean()) {
                context.addAll(List.of(said, call, back));
            }
        }
        return context;
    }

    private String message(ArrayNode rows, String role, String conversation) {
        String id = "message-" + messages++;
        rows.addObject()
                .put("id", id)
                .put("role", role)
                .put("created_at", time(100 + messages))
                .put("conversation_id", conversation)
                .putArray("content")
                .addObject()
                .put("type", "text")
                .put("text", words(5));
        return id;
    }
}
