package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import org.jspecify.annotations.Nullable;

/** A refusal in the words of JSON-RPC, with the HTTP status that the MCP specification wants beside it. */
final class RpcFault extends RuntimeException {
    private static final long serialVersionUID = 1;

    static final int PARSE_ERROR = -32700;
    static final int INVALID_REQUEST = -32600;
    static final int METHOD_NOT_FOUND = -32601;
    static final int INVALID_PARAMS = -32602;
    static final int INTERNAL_ERROR = -32603;
    /** A header says something else than the body (MCP 2026-07-28). */
    static final int HEADER_MISMATCH = -32020;
    /** MCP 2026-07-28; {@code data} names the versions that are spoken here. */
    static final int UNSUPPORTED_VERSION = -32022;

    private final int status;
    private final int code;
    private final transient @Nullable JsonNode data;

    RpcFault(int status, int code, String message) {
        this(status, code, message, null);
    }

    RpcFault(int status, int code, String message, @Nullable JsonNode data) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.data = data;
    }

    int status() {
        return status;
    }

    int code() {
        return code;
    }

    /** The whole message. id: of the request, null: it could not be read. */
    ObjectNode message(@Nullable JsonNode id) {
        ObjectNode out = Json.object().put("jsonrpc", "2.0");
        if (id != null) {
            out.set("id", id);
        }
        ObjectNode error = out.putObject("error").put("code", code).put("message", getMessage());
        if (data != null) {
            error.set("data", data);
        }
        return out;
    }
}
