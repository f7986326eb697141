package dev.mneme.memory;

/** A passage and how well it fits: score 0 to 1, ranks 1-based in the search by words and by vector, 0: not among them. */
public record FoundPassage(Passage passage, double score, int textRank, int vectorRank) {}
