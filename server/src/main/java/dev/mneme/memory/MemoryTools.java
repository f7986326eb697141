package dev.mneme.memory;

import dev.mneme.tool.Doc;
import dev.mneme.tool.RecordTool;
import dev.mneme.tool.Tool;
import java.util.ArrayList;
import java.util.List;

/** The tools with which an agent speaks and remembers (contract 04 §3 to §5). Thread-safe. */
public final class MemoryTools {
    private final List<Tool> all = new ArrayList<>();

    public MemoryTools(Blocks blocks, Recall recall, Archival archival) {
        all.add(new RecordTool<>(
                "send_message",
                SendMessage.class,
                (call, context) -> tx -> RecordTool.ok("Sent message successfully.")));
        all.add(new ConversationSearch(recall).tool());
        all.addAll(new ArchivalTools(archival).all());
        all.addAll(new BlockTools(blocks).all());
        all.add(new MemoryCommand(blocks).tool());
    }

    public List<Tool> all() {
        return List.copyOf(all);
    }

    @Doc("Say something to the user.")
    record SendMessage(@Doc("What the user gets to read.") String message) {}
}
