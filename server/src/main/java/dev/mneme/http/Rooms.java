package dev.mneme.http;

/**
 * What the routes work with: the facades of the other rooms.
 *
 * @param version of this server, for people
 */
public record Rooms(String version) {}
