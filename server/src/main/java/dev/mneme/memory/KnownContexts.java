package dev.mneme.memory;

import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What threads have in their contexts, kept so that a step reads only what was added since the last one. The database decides each time
 * whether what is kept still holds: its revision of the thread, and the last row known, must be the same. Thread-safe.
 */
final class KnownContexts {
    /** Bytes of messages kept, roughly: as many as some hundred long conversations have. The least recently read go first. */
    static final long LIMIT = 32L << 20;

    /** Bytes that a message takes besides its text, roughly. */
    private static final int ROW = 600;

    /** Bytes of a character, at most: texts beyond Latin-1 take two. */
    private static final int CHARACTER = 2;

    private final long limit;
    private final Map<Key, Known> known = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    KnownContexts(long limit) {
        this.limit = limit;
    }

    private record Key(String organizationId, String threadId) {}

    private record Known(long revision, ContextSql.Placed last, List<Message> rows, long bytes) {}

    /** What is in the context of a thread, in order. */
    List<Message> of(Tx tx, String threadId) {
        Long revision = tx.writing() ? null : ContextSql.revision(tx, threadId);
        if (revision == null) {
            return messages(ContextSql.from(tx, threadId, 0));
        }
        Key key = new Key(tx.org(), threadId);
        Known before = get(key);
        if (before != null && before.revision == revision) {
            List<ContextSql.Placed> newer = ContextSql.from(tx, threadId, before.last.position());
            // A snapshot older than what is kept does not have its last row.
            if (!newer.isEmpty()
                    && newer.getFirst()
                            .message()
                            .id()
                            .equals(before.last.message().id())) {
                return newer.size() == 1
                        ? before.rows
                        : keep(key, revision, before.rows, newer.subList(1, newer.size()), before.bytes);
            }
        }
        List<ContextSql.Placed> all = ContextSql.from(tx, threadId, 0);
        return all.isEmpty() ? List.of() : keep(key, revision, List.of(), all, 0);
    }

    private List<Message> keep(Key key, long revision, List<Message> before, List<ContextSql.Placed> more, long size) {
        List<Message> rows = new ArrayList<>(before.size() + more.size());
        rows.addAll(before);
        long grown = size;
        for (ContextSql.Placed each : more) {
            rows.add(each.message());
            grown += weight(each.message());
        }
        List<Message> whole = List.copyOf(rows);
        put(key, new Known(revision, more.getLast(), whole, grown));
        return whole;
    }

    private synchronized @Nullable Known get(Key key) {
        return known.get(key);
    }

    private synchronized void put(Key key, Known now) {
        Known before = known.put(key, now);
        bytes += now.bytes - (before == null ? 0 : before.bytes);
        Iterator<Known> oldest = known.values().iterator();
        while (bytes > limit && oldest.hasNext()) {
            bytes -= oldest.next().bytes;
            oldest.remove();
        }
    }

    /** Bytes kept now, roughly. */
    synchronized long bytes() {
        return bytes;
    }

    private static long weight(Message message) {
        long characters = 0;
        for (Content part : message.content()) {
            characters += switch (part) {
                case Content.Text text -> text.text().length();
                case Content.Image image -> image.data().length();
                case Content.Reasoning thought ->
                    thought.reasoning().length() + length(thought.signature()) + length(thought.vendor());
                case Content.RedactedReasoning redacted -> redacted.data().length();
                case Content.OmittedReasoning omitted -> length(omitted.signature());
            };
        }
        for (ToolCall call : message.toolCalls()) {
            characters += call.arguments().length();
        }
        for (ToolReturn back : message.toolReturns()) {
            characters += back.text().length();
            for (Content.Image image : back.images()) {
                characters += image.data().length();
            }
        }
        return ROW + CHARACTER * characters;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    private static List<Message> messages(List<ContextSql.Placed> rows) {
        return rows.stream().map(ContextSql.Placed::message).toList();
    }
}
