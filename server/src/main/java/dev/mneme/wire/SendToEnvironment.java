package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Messages for a machine. */
public record SendToEnvironment(List<JsonNode> messages) {}
