package dev.mneme.memory;

import dev.mneme.store.Db;
import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import java.util.ArrayList;
import java.util.List;

/** The tools with which an agent speaks and remembers (contract 04 §3 to §5). Thread-safe. */
public final class MemoryTools {
    private final List<Tool> all = new ArrayList<>();

    public MemoryTools(Db db, Blocks blocks, Recall recall, Archival archival) {
        BlockTools edits = new BlockTools(blocks);
        all.add(new RecordTool<>(
                "send_message",
                SendMessage.class,
                (call, context) -> tx -> RecordTool.ok("Sent message successfully.")));
        all.add(new ConversationSearch(recall).tool());
        all.addAll(new ArchivalTools(archival).all());
        all.addAll(edits.all());
        all.add(new MemoryCommand(blocks).tool());
        all.addAll(new VoiceTools(recall, archival, edits).all());
        all.add(new StoreMemories(new Overheard(db), archival));
    }

    public List<Tool> all() {
        return List.copyOf(all);
    }

    @Doc("Say something to the user.")
    record SendMessage(@Doc("What the user gets to read.") String message) {}
}
