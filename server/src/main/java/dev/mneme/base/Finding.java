package dev.mneme.base;

/**
 * Something that a look over the stored data found to be wrong.
 *
 * @param kind agent, conversation, rows, run or index
 * @param id of what it is about; empty for rows and the index
 * @param text for people
 * @param mended whether it is right again
 */
public record Finding(String kind, String id, String text, boolean mended) {}
