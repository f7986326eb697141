package dev.mneme.tool;

/**
 * A tool that was stored.
 *
 * @param overwrote number of the earlier version whose source it took the place of, 0: none did
 */
public record Saved(ToolRow tool, int overwrote) {}
