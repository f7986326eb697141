package dev.mneme.memory;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One operation of a patch over several blocks (contract 04 §3, memory_apply_patch b). */
sealed interface BlockOperation {
    String label();

    record Add(String label, @Nullable String description, String value) implements BlockOperation {}

    /** moveTo: the new label, null: it stays. lines: hunks. */
    record Update(String label, @Nullable String moveTo, List<String> lines) implements BlockOperation {}

    record Delete(String label) implements BlockOperation {}

    String ADD = "*** Add Block:";
    String UPDATE = "*** Update Block:";
    String DELETE = "*** Delete Block:";
    String MOVE = "*** Move to:";
    String DESCRIPTION = "Description:";

    /** Whether a patch is of this dialect rather than hunks for one block. */
    static boolean occursIn(String patch) {
        return patch.lines()
                .anyMatch(line -> line.startsWith(ADD) || line.startsWith(UPDATE) || line.startsWith(DELETE));
    }

    /** The operations in order. {@code *** Begin Patch}, {@code *** End Patch} and unmarked lines are passed over. */
    static List<BlockOperation> parse(String patch) {
        List<BlockOperation> operations = new ArrayList<>();
        String header = "";
        List<String> body = new ArrayList<>();
        for (String line : patch.split("\r?\n", -1)) {
            if (line.startsWith(ADD) || line.startsWith(UPDATE) || line.startsWith(DELETE)) {
                finish(operations, header, body);
                header = line;
            } else if (!line.startsWith("*** Begin Patch") && !line.startsWith("*** End Patch")) {
                body.add(line);
            }
        }
        finish(operations, header, body);
        return operations;
    }

    private static void finish(List<BlockOperation> operations, String header, List<String> body) {
        if (header.startsWith(ADD)) {
            operations.add(add(after(header, ADD), body));
        } else if (header.startsWith(UPDATE)) {
            String moveTo = null;
            List<String> lines = new ArrayList<>();
            for (String line : body) {
                if (line.startsWith(MOVE)) {
                    moveTo = after(line, MOVE);
                } else {
                    lines.add(line);
                }
            }
            operations.add(new Update(after(header, UPDATE), moveTo, lines));
        } else if (header.startsWith(DELETE)) {
            operations.add(new Delete(after(header, DELETE)));
        }
        body.clear();
    }

    private static Add add(String label, List<String> body) {
        String description = null;
        List<String> lines = new ArrayList<>();
        for (String line : body) {
            if (line.startsWith("+")) {
                lines.add(line.substring(1));
            } else if (description == null && line.startsWith(DESCRIPTION)) {
                description = after(line, DESCRIPTION);
            }
        }
        return new Add(label, description, String.join("\n", lines));
    }

    private static String after(String line, String mark) {
        return line.substring(mark.length()).strip();
    }
}
