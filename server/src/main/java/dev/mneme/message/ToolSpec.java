package dev.mneme.message;

import com.fasterxml.jackson.databind.JsonNode;

/** A tool as a model is told of it. parameters is a JSON schema of type object. */
public record ToolSpec(String name, String description, JsonNode parameters) {}
