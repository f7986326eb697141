package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;

/** What was filled into the blocks of an agent. */
public record VariablesView(JsonNode variables) {}
