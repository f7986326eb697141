package dev.mneme.wire;

import com.fasterxml.jackson.databind.JsonNode;

/** An access token. token: whole when it is made, its name without the secret in lists. */
public record AccessTokenView(String token, String hostname, JsonNode policy, String expiresAt) {}
