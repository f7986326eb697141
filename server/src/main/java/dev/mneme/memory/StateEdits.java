package dev.mneme.memory;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.store.Tx;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Edits of core memory that a tool made on the copy of it that it was given (contract 05 §4). Thread-safe. */
public final class StateEdits {
    private final Blocks blocks;

    public StateEdits(Blocks blocks) {
        this.blocks = blocks;
    }

    /**
     * Stores the texts that differ, all or none. A block that has changed since the tool was given it takes what the tool added at its end;
     * any other edit of it is refused, since it would undo the change.
     *
     * @param before blocks as {@code {"label","value"}}, likewise after
     * @return kind and text of what stands against it, null: stored
     */
    public @Nullable String apply(Tx tx, String agentId, String threadId, JsonNode before, JsonNode after) {
        Map<String, String> given = texts(before);
        Map<String, String> changed = texts(after);
        changed.entrySet().removeIf(left -> left.getValue().equals(given.get(left.getKey())));
        if (changed.isEmpty()) {
            return null;
        }
        AgentBlocks edits = new AgentBlocks(blocks, tx, agentId, threadId);
        for (Map.Entry<String, String> left : changed.entrySet()) {
            String label = left.getKey();
            String old = given.get(label);
            AgentBlocks.Refusal refusal = old == null
                    ? edits.create(label, null, left.getValue())
                    : edits.edit(label, now -> merged(label, old, left.getValue(), now));
            if (refusal != null) {
                return refusal.kind() + ": " + refusal.text();
            }
        }
        edits.write();
        return null;
    }

    private static Edited merged(String label, String given, String left, String now) {
        if (now.equals(given)) {
            return new Edited.To(left);
        }
        if (left.startsWith(given)) {
            return new Edited.To(now + left.substring(given.length()));
        }
        return new Edited.Refused("The block " + label
                + " was changed by somebody else while the tool ran, so its edit was not stored. Everything else that the tool did is"
                + " done; call it again if the edit is still wanted.");
    }

    private static Map<String, String> texts(JsonNode list) {
        Map<String, String> out = new LinkedHashMap<>();
        for (JsonNode block : list) {
            if (block.path("label").isTextual() && block.path("value").isTextual()) {
                out.put(block.path("label").textValue(), block.path("value").textValue());
            }
        }
        return out;
    }
}
