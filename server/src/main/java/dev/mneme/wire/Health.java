package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** That the server lives, and which version of the contract it speaks. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Health(String version, String status) {}
