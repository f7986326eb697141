package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The version of MCP that a message is written in (decision 0031). Since 2026-07-28 every request says it by itself; before that a client
 * and a server agreed on it by {@code initialize}, and over HTTP a header repeats it.
 *
 * @param modern 2026-07-28: results carry their type, unknown methods are 404, a closed stream means that the request is cancelled
 */
record McpDialect(String version, boolean modern) {
    private static final String MODERN = "2026-07-28";

    /** Newest first: the first is offered to who asks for one that is not known here. */
    private static final List<String> OLDER = List.of("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05");

    /** What the specification assumes when nobody says a version. */
    private static final String UNSAID = "2025-03-26";

    private static final String KEY = "io.modelcontextprotocol/protocolVersion";
    private static final String SERVER = "io.modelcontextprotocol/serverInfo";
    private static final String ENCODED = "=?base64?";

    /** The dialect of one message; throws 400 when nothing here speaks it or the headers contradict the message. */
    static McpDialect of(JsonNode message, Function<String, @Nullable String> header) {
        String said = header.apply("mcp-protocol-version");
        JsonNode own = message.path("params").path("_meta").path(KEY);
        if (!own.isTextual()) {
            if (MODERN.equals(said) && message.has("id")) {
                throw mismatch("MCP-Protocol-Version is " + said + ", but params._meta names no version");
            }
            if (said != null && !said.equals(MODERN) && !OLDER.contains(said)) {
                throw unsupported(said);
            }
            return new McpDialect(said == null ? UNSAID : said, MODERN.equals(said));
        }
        if (!own.textValue().equals(MODERN)) {
            throw unsupported(own.textValue());
        }
        require("MCP-Protocol-Version", said, MODERN);
        require("Mcp-Method", header.apply("mcp-method"), message.path("method").asText());
        if (message.path("method").asText().equals("tools/call")) {
            require(
                    "Mcp-Name",
                    decoded(header.apply("mcp-name")),
                    message.path("params").path("name").asText());
        }
        return new McpDialect(MODERN, true);
    }

    /** The version that {@code initialize} agrees on. */
    static String agreed(JsonNode wanted) {
        return OLDER.contains(wanted.asText()) ? wanted.asText() : OLDER.getFirst();
    }

    static List<String> all() {
        List<String> all = new java.util.ArrayList<>(OLDER);
        all.addFirst(MODERN);
        return all;
    }

    /** The result as this version wants it. server: its name and version. */
    ObjectNode finish(ObjectNode result, ObjectNode server) {
        if (modern) {
            result.put("resultType", "complete");
            result.putObject("_meta").set(SERVER, server);
        }
        return result;
    }

    /** An unknown method: an error among others, or the status of HTTP too. */
    RpcFault unknown(String method) {
        return new RpcFault(
                modern ? 404 : 200, RpcFault.METHOD_NOT_FOUND, "This server does not offer the method " + method);
    }

    private static void require(String name, @Nullable String given, String body) {
        if (!body.equals(given)) {
            throw mismatch(
                    given == null
                            ? "the header " + name + " is missing"
                            : name + " is '" + given + "', the message says '" + body + "'");
        }
    }

    private static @Nullable String decoded(@Nullable String header) {
        if (header == null || !header.startsWith(ENCODED) || !header.endsWith("?=")) {
            return header;
        }
        try {
            byte[] text = Base64.getDecoder().decode(header.substring(ENCODED.length(), header.length() - 2));
            return new String(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw mismatch("Mcp-Name is not Base64");
        }
    }

    private static RpcFault mismatch(String what) {
        return new RpcFault(400, RpcFault.HEADER_MISMATCH, "Header mismatch: " + what);
    }

    private static RpcFault unsupported(String version) {
        ObjectNode data = Json.object();
        all().forEach(data.putArray("supported")::add);
        data.put("requested", version);
        return new RpcFault(400, RpcFault.UNSUPPORTED_VERSION, "Unsupported protocol version", data);
    }
}
