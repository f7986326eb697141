package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.OutboundFetch;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.message.ReturnParts;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the images that a request only links to, so that what is stored and sent to models is the image itself (contract 02 §2).
 * Thread-safe.
 */
final class ImageLinks {
    static final Set<String> TYPES = ReturnParts.IMAGE_TYPES;

    /** Bytes of one image: what the provider with the largest limit takes. */
    static final long MOST_BYTES = 20L * 1024 * 1024;

    /** Images fetched for one request: it waits for them one after the other. */
    static final int MOST_IMAGES = 20;

    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final OutboundFetch fetch;

    ImageLinks(OutboundFetch fetch) {
        this.fetch = fetch;
    }

    /** The body with every linked image of its messages inline. {@code data:} links are left to who reads the message. */
    JsonNode inlined(JsonNode body) {
        if (!body.isObject() || !body.toString().contains("\"url\"")) {
            return body;
        }
        JsonNode copy = body.deepCopy();
        Map<String, ObjectNode> known = new HashMap<>();
        walk(copy.path("messages"), known);
        walk(copy.path("input"), known);
        return copy;
    }

    private void walk(JsonNode node, Map<String, ObjectNode> known) {
        if (node instanceof ArrayNode list) {
            list.forEach(each -> walk(each, known));
        } else if (node instanceof ObjectNode object) {
            JsonNode source = object.path("source");
            String link = source.path("url").asText("");
            if (object.path("type").asText("").equals("image")
                    && source.path("type").asText("").equals("url")
                    && !link.startsWith("data:")) {
                ObjectNode inline = known.get(link);
                if (inline == null) {
                    if (known.size() == MOST_IMAGES) {
                        throw Problem.invalid(
                                "At most " + MOST_IMAGES + " linked images in one request. Send the others as base64.");
                    }
                    inline = fetched(link);
                    known.put(link, inline);
                }
                object.set("source", inline.deepCopy().set("detail", source.path("detail")));
            } else {
                object.forEach(each -> walk(each, known));
            }
        }
    }

    private ObjectNode fetched(String link) {
        try {
            OutboundFetch.Fetched image = fetch.get(URI.create(link.strip()), MOST_BYTES, PATIENCE);
            String type = TYPES.contains(image.type()) ? image.type() : sniffed(image.body());
            if (type == null) {
                throw failed(
                        link,
                        "it is " + (image.type().isEmpty() ? "of no type" : image.type()) + ", not one of "
                                + String.join(", ", TYPES.stream().sorted().toList()));
            }
            return Json.object()
                    .put("type", "base64")
                    .put("media_type", type)
                    .put("data", Base64.getEncoder().encodeToString(image.body()));
        } catch (OutboundFetch.Failed e) {
            throw failed(link, e.getMessage());
        } catch (IllegalArgumentException e) {
            throw failed(link, "that is no address");
        }
    }

    /** The type by the first bytes, for servers that say something general; null: none of those that models take. */
    private static @Nullable String sniffed(byte[] body) {
        String head = new String(body, 0, Math.min(12, body.length), StandardCharsets.ISO_8859_1);
        if (head.startsWith("\u0089PNG")) {
            return "image/png";
        }
        if (head.startsWith("\u00ff\u00d8\u00ff")) {
            return "image/jpeg";
        }
        if (head.startsWith("GIF8")) {
            return "image/gif";
        }
        return head.startsWith("RIFF") && head.endsWith("WEBP") ? "image/webp" : null;
    }

    private static Problem failed(String link, @Nullable String why) {
        return new Problem(ProblemCode.INVALID_ARGUMENT, "Failed to fetch image from " + link + ": " + why);
    }
}
