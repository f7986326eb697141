package dev.mneme.memory;

import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.store.Db;
import dev.mneme.tool.NumberedLines;
import dev.mneme.tool.ToolContext;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the companion of an agent that speaks was given to read. Thread-safe. */
final class Overheard {
    private final Db db;

    Overheard(Db db) {
        this.db = db;
    }

    /** Lines of a dialogue, numbered from 1, and the agent that took part in it. */
    record Dialogue(String speakerId, List<String> lines) {}

    /** What the caller was given in its run; null: it is no such companion, or was given no lines. */
    @Nullable
    Dialogue in(ToolContext context) {
        return db.of(context.organizationId())
                .read(tx -> {
                    String speaker = OverheardSql.speaker(tx, context.agentId());
                    if (speaker == null) {
                        return Optional.<Dialogue>empty();
                    }
                    List<String> lines = MessageSql.ofRun(tx, context.runId()).stream()
                            .filter(row -> row.role() == Role.USER)
                            .findFirst()
                            .map(Overheard::lines)
                            .orElse(List.of());
                    return lines.isEmpty() ? Optional.<Dialogue>empty() : Optional.of(new Dialogue(speaker, lines));
                })
                .orElse(null);
    }

    private static List<String> lines(Message given) {
        return NumberedLines.read(Spoken.text(given));
    }
}
