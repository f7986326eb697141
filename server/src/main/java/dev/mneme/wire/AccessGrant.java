package dev.mneme.wire;

import java.util.List;

/** One agent of an access token and what may be done with it: read_messages, write_messages, read_agent, write_agent. */
public record AccessGrant(String type, String id, List<String> access) {}
