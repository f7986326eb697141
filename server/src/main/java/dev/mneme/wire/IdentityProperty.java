package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;

/** A property of an identity. type: string, number, boolean or json; value is kept as it is sent. */
public record IdentityProperty(String key, JsonNode value, String type) {}
