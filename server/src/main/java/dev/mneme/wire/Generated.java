package dev.mneme.wire;

/** What a model said. model: its bare name. */
public record Generated(String content, String model, UsageView usage) {}
