package dev.mneme.message;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a tool returned as texts and images: a list of {@code {"type":"text","text"}} and
 * {@code {"type":"image","source":{"type":"base64","media_type","data"}}}, or MCP's {@code {"type":"image","data","mimeType"}}. Pure.
 */
public final class ReturnParts {
    /** What models take (contract 02 §2). */
    public static final Set<String> IMAGE_TYPES = Set.of("image/png", "image/jpeg", "image/gif", "image/webp");

    /** Images of one return; each stays in the context and costs the model some thousand tokens. */
    public static final int MOST_IMAGES = 10;

    /** Characters of one image in base64: 5 MB, what the provider with the smallest limit takes. */
    public static final int MOST_CHARACTERS = 5 * 1024 * 1024 / 3 * 4;

    private ReturnParts() {}

    /** Null when the value is anything but a list of such parts. Images that models do not take, or too many, become a text that says so. */
    public static @Nullable List<Content> of(JsonNode value) {
        if (!value.isArray() || value.isEmpty()) {
            return null;
        }
        List<Content> out = new ArrayList<>();
        int images = 0;
        for (JsonNode part : value) {
            switch (part.path("type").asText()) {
                case "text" -> {
                    if (!part.path("text").isTextual()) {
                        return null;
                    }
                    out.add(new Content.Text(part.path("text").textValue()));
                }
                case "image" -> {
                    JsonNode source = part.path("source");
                    boolean plain = source.isObject();
                    JsonNode data = plain ? source.path("data") : part.path("data");
                    JsonNode type = plain ? source.path("media_type") : part.path("mimeType");
                    if (!data.isTextual() || !type.isTextual()) {
                        return null;
                    }
                    images++;
                    String wrong = fault(type.textValue(), data.textValue(), images);
                    out.add(
                            wrong == null
                                    ? new Content.Image(
                                            type.textValue(),
                                            data.textValue(),
                                            source.path("detail").textValue())
                                    : new Content.Text("[an image was left out: " + wrong + "]"));
                }
                default -> {
                    return null;
                }
            }
        }
        return List.copyOf(out);
    }

    /** Whether there is an image among the parts. */
    public static boolean pictured(List<Content> parts) {
        return parts.stream().anyMatch(Content.Image.class::isInstance);
    }

    /** The parts in words. */
    public static String text(List<Content> parts) {
        return parts.stream()
                .map(part -> switch (part) {
                    case Content.Text text -> text.text();
                    case Content.Image image -> "[" + image.mediaType() + "]";
                    case Content.Reasoning thought -> thought.reasoning();
                    case Content.RedactedReasoning redacted -> "";
                    case Content.OmittedReasoning omitted -> "";
                })
                .collect(Collectors.joining("\n"));
    }

    private static @Nullable String fault(String type, String data, int number) {
        if (!IMAGE_TYPES.contains(type)) {
            return type + " is not one of " + IMAGE_TYPES.stream().sorted().collect(Collectors.joining(", "));
        }
        if (number > MOST_IMAGES) {
            return "a tool may return " + MOST_IMAGES + " images";
        }
        if (data.length() > MOST_CHARACTERS) {
            return "it has " + data.length() + " characters of base64, and " + MOST_CHARACTERS + " are the limit";
        }
        try {
            return Base64.getDecoder().decode(data).length == 0 ? "it is empty" : null;
        } catch (IllegalArgumentException e) {
            return "it is not valid base64";
        }
    }
}
