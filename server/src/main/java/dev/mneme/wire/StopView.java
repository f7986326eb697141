package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** Why a request ended (contract 03 §4). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record StopView(String messageType, String stopReason) {}
