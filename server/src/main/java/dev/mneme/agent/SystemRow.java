package dev.mneme.agent;

import dev.mneme.base.Clock;
import dev.mneme.memory.Prompt;
import dev.mneme.memory.Recall;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The stored system message of a thread: compiled, compared, rewritten (contract 02 §3, 04 §2). */
final class SystemRow {
    private static final Pattern TIME = Pattern.compile("(?m)^- System prompt last recompiled: .*$");

    private final Clock clock;
    private final Recall recall;
    private final Snapshots snapshots;

    SystemRow(Clock clock, Recall recall, Snapshots snapshots) {
        this.clock = clock;
        this.recall = recall;
        this.snapshots = snapshots;
    }

    /** The prompt as it would be now. */
    Prompt.Compiled compile(Tx tx, AgentState agent, String threadId) {
        return Prompt.compile(snapshots.promptParts(tx, agent, threadId, clock.now()));
    }

    /** Rewrites the row of the default thread if something other than time and counts changed. Conversations follow at their next step. */
    void refresh(Tx tx, AgentState agent) {
        Message row = stored(tx, agent.id());
        Prompt.Compiled now = compile(tx, agent, agent.id());
        if (row != null && !now.sameButForMetadata(row.text())) {
            write(tx, row, now.text());
        }
    }

    /**
     * The new text, stored unless this is a dry run.
     *
     * @param newTime without it the time line of the stored text stays
     */
    String recompile(Tx tx, AgentState agent, String threadId, boolean newTime, boolean dryRun) {
        Message row = stored(tx, threadId);
        String text = compile(tx, agent, threadId).text();
        if (!newTime && row != null) {
            text = withTimeOf(text, row.text());
        }
        if (!dryRun && row != null && !row.text().equals(text)) {
            write(tx, row, text);
        }
        return text;
    }

    private static String withTimeOf(String text, String stored) {
        String last = null;
        Matcher old = TIME.matcher(stored);
        while (old.find()) {
            last = old.group();
        }
        int metadata = text.lastIndexOf("<memory_metadata>");
        if (last == null || metadata < 0) {
            return text;
        }
        return text.substring(0, metadata)
                + TIME.matcher(text.substring(metadata)).replaceFirst(Matcher.quoteReplacement(last));
    }

    private @Nullable Message stored(Tx tx, String threadId) {
        List<String> ids = recall.contextIds(tx, threadId);
        return ids.isEmpty() ? null : recall.find(tx, ids.getFirst());
    }

    private void write(Tx tx, Message row, String text) {
        recall.replaceContent(tx, row.id(), List.of(new Content.Text(text)));
    }
}
