package dev.mneme.tool.mcp;

/** Secrets at rest, as the account room keeps them. */
public interface Sealing {
    String seal(String clear);

    String open(String sealed);
}
