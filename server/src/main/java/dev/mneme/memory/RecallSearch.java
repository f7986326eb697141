package dev.mneme.memory;

import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.llm.Embedder;
import dev.mneme.llm.ModelException;
import dev.mneme.message.Message;
import dev.mneme.search.Index;
import dev.mneme.search.Query;
import dev.mneme.store.Db;
import dev.mneme.store.Keyset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Searches the history: by the index, and where that knows nothing by pieces of words, newest first. Thread-safe. */
final class RecallSearch {
    /** Rows read at a time when messages are listed. */
    private static final int STRETCH = 200;

    private final Db db;
    private final Index index;
    private final MessageEmbedder embedder;

    RecallSearch(Db db, Index index, MessageEmbedder embedder) {
        this.db = db;
        this.index = index;
        this.embedder = embedder;
    }

    List<FoundMessage> search(String org, RecallQuery query) {
        if (query.roles().isEmpty()) {
            return List.of();
        }
        String text = query.text() == null ? "" : query.text().strip();
        if (text.isEmpty()) {
            return newest(org, query, null);
        }
        Vector vector = query.mode() == Query.Mode.TEXT ? null : vector(text);
        List<FoundMessage> found = ranked(org, query, text, vector);
        return found.isEmpty() ? newest(org, query, text) : found;
    }

    private record Vector(float[] numbers, String name) {}

    private @Nullable Vector vector(String text) {
        if (!db.everywhere().read(MessageVectorSql::any)) {
            return null; // nothing to compare with, so do not load a model for it
        }
        try {
            Embedder found = embedder.embedder();
            return found == null ? null : new Vector(found.embed(List.of(text)).getFirst(), found.name());
        } catch (Problem | ModelException e) {
            return null; // vectors only add to what words find, and the words are at hand
        }
    }

    private List<FoundMessage> ranked(String org, RecallQuery query, String text, @Nullable Vector vector) {
        boolean within = query.conversationId() != null;
        List<Index.Hit> hits = index.search(new Query(
                Query.Kind.MESSAGE,
                org,
                query.agentId() == null ? Set.of() : Set.of(query.agentId()),
                text,
                vector == null ? null : vector.numbers,
                vector == null ? null : vector.name,
                vector == null ? Query.Mode.TEXT : query.mode(),
                List.of(),
                false,
                query.roles(),
                query.from(),
                query.until(),
                within ? RecallQuery.MOST : query.limit()));
        Map<String, Message> rows = db.of(org)
                .read(tx ->
                        MessageSql.byIds(tx, hits.stream().map(Index.Hit::id).toList()));
        String mode = vector == null ? "fts" : "hybrid";
        List<FoundMessage> found = new ArrayList<>();
        for (Index.Hit hit : hits) {
            Message message = rows.get(hit.id());
            String said = message == null ? "" : Spoken.text(message);
            if (message != null
                    && !said.isEmpty()
                    && found.size() < query.limit()
                    && (!within || String.valueOf(query.conversationId()).equals(message.conversationId()))) {
                found.add(new FoundMessage(message, said, mode, hit.score(), hit.textRank(), hit.vectorRank()));
            }
        }
        return found;
    }

    private List<FoundMessage> newest(String org, RecallQuery query, @Nullable String contained) {
        // The column holds JSON, so the piece of text is looked for as JSON writes it, then checked in the text itself.
        String written = contained == null ? null : Json.write(contained);
        String inJson = written == null ? null : written.substring(1, written.length() - 1);
        List<FoundMessage> found = new ArrayList<>();
        Keyset.Mark older = null;
        while (true) {
            Keyset.Mark from = older;
            List<Message> stretch = db.of(org)
                    .read(tx -> MessageSql.newest(
                            tx,
                            query.agentId(),
                            query.conversationId(),
                            query.roles(),
                            query.from(),
                            query.until(),
                            inJson,
                            from,
                            STRETCH));
            for (Message message : stretch) {
                String text = Spoken.text(message);
                if (!text.isEmpty() && (contained == null || has(text, contained))) {
                    found.add(new FoundMessage(message, text, "sql", 0, 0, 0));
                }
                if (found.size() == query.limit()) {
                    return found;
                }
            }
            if (stretch.size() < STRETCH) {
                return found;
            }
            Message last = stretch.getLast();
            older = new Keyset.Mark(last.createdAt(), last.id());
        }
    }

    private static boolean has(String text, String piece) {
        return text.toLowerCase(Locale.ROOT).contains(piece.toLowerCase(Locale.ROOT));
    }
}
