package dev.mneme.config;

/**
 * What agents may remember.
 *
 * @param archivalTokens tokens of one passage, at most
 * @param keptPrompts of how many steps of each agent what the model was sent is kept; 0: of none
 */
public record MemoryOptions(int archivalTokens, int keptPrompts) {}
