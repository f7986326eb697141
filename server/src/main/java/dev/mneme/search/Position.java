package dev.mneme.search;

import java.util.HashMap;
import java.util.Map;

/**
 * How far the index has followed the database, table by table. Immutable.
 */
record Position(Track passages, Track messages, Track filePassages, Track graves) {
    static final Position NOTHING = new Position(Track.START, Track.START, Track.START, Track.START);

    Track of(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> passages;
            case MESSAGE -> messages;
            case FILE_PASSAGE -> filePassages;
        };
    }

    long newest() {
        return Math.max(
                Math.max(passages.newest(), filePassages.newest()), Math.max(messages.newest(), graves.newest()));
    }

    /**
     * How far one table was followed. Every row with a change_seq up to {@code floor} is in; of the later ones, those that
     * {@code recent} names with their marks. Marks are given before their transaction commits, so a smaller mark may appear
     * after a greater one: the floor therefore stays some seconds behind the clock ({@link Intake}), and rows above it
     * are told apart one by one.
     */
    record Track(long floor, Map<String, Long> recent) {
        static final Track START = new Track(0, Map.of());

        /** Whether this state of the row is in the index. */
        boolean holds(String id, long seq) {
            Long taken = recent.get(id);
            return taken != null && taken == seq;
        }

        long newest() {
            long newest = floor;
            for (long seq : recent.values()) {
                newest = Math.max(newest, seq);
            }
            return newest;
        }

        /**
         * With more rows taken in and all rows up to a mark known to be in. The floor never passes the newest row: so an index
         * that is ahead of its database gives itself away.
         */
        Track moved(Map<String, Long> more, long settled) {
            if (more.isEmpty() && recent.isEmpty()) {
                return this;
            }
            Map<String, Long> kept = new HashMap<>(recent);
            kept.putAll(more);
            long higher = Math.max(floor, Math.min(settled, new Track(floor, kept).newest()));
            kept.values().removeIf(seq -> seq <= higher);
            return new Track(higher, Map.copyOf(kept));
        }
    }

    /** A row's id and mark. */
    record Key(String id, long seq) {}

    /** Something to forget: one row, or all rows of an owner. */
    record Grave(long seq, String entityId, boolean wholeOwner) {
        Key key() {
            return new Key("grave-" + seq, seq);
        }
    }

    /** Where to go on reading. */
    record Cursor(long seq, String id) {
        /** After all rows up to a mark. */
        static Cursor after(long seq) {
            return new Cursor(seq + 1, "");
        }
    }
}
