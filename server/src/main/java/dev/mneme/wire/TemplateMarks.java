package dev.mneme.wire;

/** Which template and deployment something belongs to, and which part of it it is. */
public record TemplateMarks(String templateId, String baseTemplateId, String deploymentId, String entityId) {}
