package dev.mneme.wire;

import java.util.List;

/**
 * What a look over the whole server found.
 *
 * @param healthy whether nothing is wrong, or not any more
 */
public record DoctorReport(boolean healthy, List<Found> findings) {
    /** kind: agent, conversation, rows, run or index. id: of what it is about, empty for rows and the index. text: for people. */
    public record Found(String kind, String id, String text, boolean mended) {}
}
