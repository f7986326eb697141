package dev.mneme.wire;

import java.util.List;

/** The ids of the messages that went: the one that was asked for and the calls and returns that belong to it. */
public record DeletedMessages(List<String> deleted) {}
