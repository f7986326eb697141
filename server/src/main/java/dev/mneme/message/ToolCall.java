package dev.mneme.message;

/** A call that the model asked for. arguments is JSON text. */
public record ToolCall(String id, String name, String arguments) {}
