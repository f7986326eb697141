package dev.mneme.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a restore did. lost_secrets: values that no key opens, empty now. */
public record RestoreReport(
        long rows, @JsonProperty("lost_secrets") long lostSecrets) {}
