package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/** Somebody who acts in an organisation (contract 12 §6). */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record UserView(
        String id, String organizationId, String name, String createdAt, String updatedAt, boolean isDeleted) {}
