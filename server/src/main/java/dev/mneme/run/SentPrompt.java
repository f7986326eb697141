package dev.mneme.run;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/**
 * What the model of a step was really sent.
 *
 * @param request the body of the provider's request
 */
public record SentPrompt(StepRow step, JsonNode request) {
    static SentPrompt of(StepRow step, byte[] zipped) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            return new SentPrompt(step, Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
