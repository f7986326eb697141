package dev.mneme.tool;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.message.ToolSpec;

/** One of the server's own tools, as far as its row is concerned. parallel: calls of it may run side by side. */
public record BaseTool(ToolType type, ToolSpec spec, boolean parallel) {
    public String name() {
        return spec.name();
    }

    /** The row's {@code json_schema}. */
    ObjectNode jsonSchema() {
        return Json.object()
                .put("name", spec.name())
                .put("description", spec.description())
                .set("parameters", spec.parameters());
    }
}
