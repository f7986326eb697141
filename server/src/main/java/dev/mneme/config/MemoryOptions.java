package dev.mneme.config;

/**
 * What agents may remember.
 *
 * @param archivalTokens tokens of one passage, at most
 */
public record MemoryOptions(int archivalTokens) {}
