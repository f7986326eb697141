package dev.mneme.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;

/** One part of a message. The JSON form is the stored form and that of agent files. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Content.Text.class, name = "text"),
    @JsonSubTypes.Type(value = Content.Image.class, name = "image"),
    @JsonSubTypes.Type(value = Content.Reasoning.class, name = "reasoning"),
    @JsonSubTypes.Type(value = Content.RedactedReasoning.class, name = "redacted_reasoning"),
    @JsonSubTypes.Type(value = Content.OmittedReasoning.class, name = "omitted_reasoning"),
})
public sealed interface Content {
    /** Plain text. signature: the provider's own mark on the part, kept verbatim. */
    record Text(String text, @Nullable String signature) implements Content {
        public Text(String text) {
            this(text, null);
        }
    }

    /** An image, always inline: mediaType such as image/png, data base64. */
    record Image(String mediaType, String data, @Nullable String detail) implements Content {}

    /** What the model thought, in its provider's words. isNative: thought by a reasoning model. vendor: provider item id or encrypted form. */
    record Reasoning(
            boolean isNative,
            String reasoning,
            @Nullable String signature,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String vendor)
            implements Content {
        public Reasoning(String reasoning, @Nullable String signature) {
            this(true, reasoning, signature, null);
        }
    }

    /** A thought that the provider encrypted; must be sent back verbatim. */
    record RedactedReasoning(String data) implements Content {}

    /** A thought that the provider kept to itself. */
    record OmittedReasoning(@Nullable String signature) implements Content {}
}
