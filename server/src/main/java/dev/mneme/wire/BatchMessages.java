package dev.mneme.wire;

import java.util.List;

/** What was said in the runs of a batch. */
public record BatchMessages(List<MessageView> messages) {}
