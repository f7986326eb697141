package dev.mneme.llm.google;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ReturnText;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * History as turns of {@code user} and {@code model}, taking turns, the first one the user's. Results of calls stand in a turn of their
 * own right after the calls, and a short turn of the model's parts them from what a user says next (contract 09 §5).
 */
final class Contents {
    private static final String OPENING = "(The conversation begins here.)";
    private static final String NOTED = "(The results were noted.)";

    /**
     * Stands where the provider demands a signature and the call was made by another model or came without one (Google's
     * documentation of thought signatures names it for exactly this).
     */
    private static final String UNSIGNED = "skip_thought_signature_validator";

    /** Models that refuse unsigned calls. */
    private static final Pattern STRICT = Pattern.compile("(?:.*/)?gemini-(?!1|2).*");

    private final ModelRequest request;
    private final boolean ids;
    private final boolean strict;
    private final boolean tools;
    private final ArrayNode turns = Json.array();
    private boolean lastIsResults;

    /** @param ids whether the place takes the ids of calls */
    Contents(ModelRequest request, boolean ids) {
        this.request = request;
        this.ids = ids;
        this.strict = STRICT.matcher(request.config().model()).matches();
        this.tools = !request.tools().isEmpty();
    }

    /** @param rows repaired history */
    ArrayNode of(List<Message> rows) {
        Message said = null;
        for (Message row : rows) {
            switch (row.role()) {
                case SYSTEM -> text(parts("user"), "<event>SYSTEM ALERT: " + row.text() + "</event>", null);
                case USER, SUMMARY -> user(row);
                case ASSISTANT, APPROVAL -> {
                    assistant(row);
                    said = row;
                }
                case TOOL -> results(row, said);
            }
        }
        if (turns.isEmpty() || !turns.path(0).path("role").asText().equals("user")) {
            turns.insert(0, turn("user", OPENING));
        }
        return turns;
    }

    private void user(Message row) {
        ArrayNode parts = parts("user");
        int before = parts.size();
        for (Content part : row.content()) {
            switch (part) {
                case Content.Text text -> text(parts, text.text(), null);
                case Content.Image image -> image(parts, image);
                case Content.Reasoning reasoning -> {}
                case Content.RedactedReasoning redacted -> {}
                case Content.OmittedReasoning omitted -> {}
            }
        }
        if (parts.size() == before) {
            text(parts, "(an empty message)", null);
        }
    }

    private static void image(ArrayNode parts, Content.Image image) {
        parts.addObject()
                .putObject("inlineData")
                .put("mimeType", image.mediaType())
                .put("data", image.data());
    }

    private void assistant(Message row) {
        ArrayNode parts = parts("model");
        boolean calls = tools && !row.toolCalls().isEmpty();
        for (Content part : row.content()) {
            if (part instanceof Content.Text text) {
                text(parts, text.text(), own(row) ? text.signature() : null);
            }
        }
        String signature = own(row) ? signature(row) : null;
        boolean first = true;
        for (ToolCall call : row.toolCalls()) {
            if (!calls) {
                text(parts, "[called " + call.name() + " with " + call.arguments() + "]", null);
                continue;
            }
            ObjectNode part = parts.addObject();
            ObjectNode made = part.putObject("functionCall");
            if (ids) {
                made.put("id", call.id());
            }
            made.put("name", call.name());
            made.set("args", arguments(call.arguments()));
            if (first && (signature != null || strict)) {
                part.put("thoughtSignature", signature == null ? UNSIGNED : signature);
            }
            first = false;
        }
        if (!calls && signature != null && parts.path(parts.size() - 1) instanceof ObjectNode last) {
            last.putIfAbsent("thoughtSignature", Json.MAPPER.getNodeFactory().textNode(signature));
        }
        if (parts.isEmpty()) {
            turns.remove(turns.size() - 1);
        }
    }

    /** Whether a Gemini made this row: other vendors' signatures mean nothing here. */
    private static boolean own(Message row) {
        return row.model() == null || row.model().contains("gemini");
    }

    private static @Nullable String signature(Message row) {
        for (Content part : row.content()) {
            if (part instanceof Content.Reasoning reasoning
                    && GenerateStream.VENDOR.equals(reasoning.vendor())
                    && reasoning.signature() != null) {
                return reasoning.signature();
            }
            if (part instanceof Content.OmittedReasoning omitted && omitted.signature() != null) {
                return omitted.signature();
            }
        }
        return null;
    }

    private void results(Message row, @Nullable Message said) {
        if (!tools) {
            for (ToolReturn back : row.toolReturns()) {
                ArrayNode parts = parts("user");
                text(parts, "[it returned " + envelope(row, back) + "]", null);
                back.images().forEach(image -> image(parts, image));
            }
            return;
        }
        ArrayNode parts = turns.addObject().put("role", "user").putArray("parts");
        lastIsResults = true;
        for (ToolReturn back : row.toolReturns()) {
            ObjectNode result = parts.addObject().putObject("functionResponse");
            if (ids) {
                result.put("id", back.toolCallId());
            }
            result.put("name", name(said, back.toolCallId()));
            result.set("response", arguments(envelope(row, back)));
        }
        for (ToolReturn back : row.toolReturns()) {
            back.images().forEach(image -> image(parts, image));
        }
        for (Content part : row.content()) {
            if (part instanceof Content.Image image) {
                image(parts, image);
            }
        }
    }

    private String envelope(Message row, ToolReturn back) {
        return ReturnText.of(back, row.createdAt(), request.timezone(), request.config());
    }

    private static String name(@Nullable Message said, String callId) {
        for (ToolCall call : said == null ? List.<ToolCall>of() : said.toolCalls()) {
            if (call.id().equals(callId)) {
                return call.name();
            }
        }
        return "unknown";
    }

    /** The parts of the last turn if it has this role, else of a new one. */
    private ArrayNode parts(String role) {
        if (lastIsResults && role.equals("user")) {
            turns.add(turn("model", NOTED));
        }
        lastIsResults = false;
        JsonNode last = turns.path(turns.size() - 1);
        return last.path("role").asText().equals(role) && last.get("parts") instanceof ArrayNode open
                ? open
                : turns.addObject().put("role", role).putArray("parts");
    }

    private static ObjectNode turn(String role, String text) {
        ObjectNode turn = Json.object().put("role", role);
        turn.putArray("parts").addObject().put("text", text);
        return turn;
    }

    private static void text(ArrayNode parts, String text, @Nullable String signature) {
        if (!text.isBlank()) {
            ObjectNode part = parts.addObject().put("text", text);
            if (signature != null) {
                part.put("thoughtSignature", signature);
            }
        }
    }

    /** The arguments as an object: the first one in the text, or none at all if the model wrote something else. */
    private static JsonNode arguments(String text) {
        try (JsonParser parser = Json.MAPPER.createParser(text)) {
            if (Json.MAPPER.readTree(parser) instanceof ObjectNode object) {
                return object;
            }
        } catch (IOException e) {
            // broken JSON: the tool has already answered with what was wrong
        }
        return Json.object();
    }
}
