package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.account.Access;
import dev.mneme.account.KeyRole;
import dev.mneme.base.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One tool of our own MCP server.
 *
 * @param description for the model that chooses tools
 * @param reach which API keys may call it
 * @param slow whether it may take long: its answer is a stream if the client takes one
 */
record AgentTool(
        String name,
        String title,
        String description,
        List<ToolInput.Field> fields,
        Route.Reach reach,
        boolean slow,
        Work work) {
    /** What a tool does. */
    @FunctionalInterface
    interface Work {
        Result run(Call call, ToolInput input, Watcher watcher);
    }

    /** Hears how a slow call goes. */
    interface Watcher {
        /** Something happened. */
        void happened(String what);

        /** Nothing happened for a while; throws {@link SseWriter.Gone} when nobody waits any more. */
        void quiet();

        /** Whether the work is to be stopped when nobody waits for it any more. */
        boolean stopsWork();
    }

    /**
     * What a tool gives back.
     *
     * @param text for the model
     * @param data the same for programs, null: only the text
     * @param failed whether the text says what went wrong
     */
    record Result(String text, @Nullable ObjectNode data, boolean failed) {
        static Result of(ObjectNode data) {
            return new Result(Json.write(data), data, false);
        }

        static Result refused(String why) {
            return new Result(why, null, true);
        }

        ObjectNode json() {
            ObjectNode out = Json.object();
            out.putArray("content").addObject().put("type", "text").put("text", text);
            if (data != null) {
                out.set("structuredContent", data);
            }
            return out.put("isError", failed);
        }
    }

    /** Whether a key of that kind gets to see it. */
    boolean shownTo(Access access) {
        return access.role() != KeyRole.READ_ONLY || reach != Route.Reach.WRITE;
    }

    /** As {@code tools/list} shows it. */
    ObjectNode listed() {
        ObjectNode out = Json.object().put("name", name).put("title", title).put("description", description);
        ObjectNode schema = out.putObject("inputSchema").put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = Json.array();
        for (ToolInput.Field field : fields) {
            properties.set(field.name(), field.schema());
            if (field.required()) {
                required.add(field.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        schema.put("additionalProperties", false);
        out.putObject("annotations").put("readOnlyHint", reach != Route.Reach.WRITE);
        return out;
    }
}
