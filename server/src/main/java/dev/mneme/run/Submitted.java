package dev.mneme.run;

/** The run that answers a request. joined: an earlier try's run. */
public record Submitted(String runId, boolean joined) {}
