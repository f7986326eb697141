package dev.mneme.memory;

import dev.mneme.message.Message;

/**
 * A message that a search of the history found.
 *
 * @param text its words as people said them
 * @param mode hybrid or fts; sql: listed by time, or by a piece of a word
 * @param score 0 to 1; 0 for sql
 * @param textRank place in the search by words, from 1; 0: not among them. likewise vectorRank
 */
public record FoundMessage(Message message, String text, String mode, double score, int textRank, int vectorRank) {}
