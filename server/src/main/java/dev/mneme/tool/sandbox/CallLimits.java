package dev.mneme.tool.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;

/**
 * What one call may use.
 *
 * @param memory bytes, of all its processes together
 * @param processes and threads, at most
 * @param files open at once in one process
 * @param folder bytes of /tmp, which is kept in memory, and of one file
 * @param output bytes of stdout, and of stderr, that are kept
 * @param result bytes of the return as JSON
 */
public record CallLimits(long memory, int processes, int files, long folder, int output, int result) {
    /** A gigabyte of memory holds what data libraries load; the rest is far above what tools need. */
    public static final CallLimits USUAL = new CallLimits(1L << 30, 64, 256, 64L << 20, 1_000_000, 16_000_000);

    public CallLimits withMemory(long bytes) {
        return new CallLimits(bytes, processes, files, folder, output, result);
    }

    /** As the programs in the jail read them. */
    public ObjectNode json() {
        return Json.object()
                .put("memory", memory)
                .put("processes", processes)
                .put("files", files)
                .put("folder", folder)
                .put("output", output)
                .put("result", result);
    }
}
