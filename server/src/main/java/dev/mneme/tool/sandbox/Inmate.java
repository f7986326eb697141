package dev.mneme.tool.sandbox;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A program to be locked in.
 *
 * @param folder of this machine, for sockets: the only one that it may write to, seen as {@link Jail#RUN}
 * @param views folders and files that it reads
 * @param environment everything that it sees
 * @param command with paths as {@link Jail#inside} names them
 * @param nests it makes namespaces of its own in the jail, and gives up what it gets for that before it does anything else
 */
public record Inmate(
        Path folder, List<View> views, Map<String, String> environment, List<String> command, boolean nests) {
    /** A read-only path and where it appears in the jail. */
    public record View(Path host, String inside) {
        /** At its own place. */
        public static View same(Path host) {
            return new View(host, host.toString());
        }
    }
}
