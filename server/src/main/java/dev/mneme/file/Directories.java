package dev.mneme.file;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The section of a system prompt that shows an agent its folders and files (contract 06 §6.7). Pure.
 *
 * @param maxOpen files that may be open at once
 * @param charLimit characters shown of each
 */
public record Directories(List<Directory> folders, int maxOpen, int charLimit) {
    /** Closed files that are listed of each folder; of more, only their number is told, so that a prompt stays small. */
    static final int MOST_CLOSED = 500;

    public Directories {
        folders = List.copyOf(folders);
    }

    /** The section; empty when there is no folder. tagged: for the kinds of agent without memory blocks, whose files are elements by name. */
    public String text(boolean tagged) {
        if (folders.isEmpty()) {
            return "";
        }
        long open = folders.stream()
                .flatMap(folder -> folder.files().stream())
                .filter(Directory.Shown::open)
                .count();
        StringBuilder out = new StringBuilder("<directories>\n<file_limits>\n- current_files_open=")
                .append(open)
                .append("\n- max_files_open=")
                .append(maxOpen)
                .append("\n</file_limits>\n");
        for (Directory folder : folders) {
            folder(out, folder, tagged);
        }
        return out.append("</directories>").toString();
    }

    private void folder(StringBuilder out, Directory folder, boolean tagged) {
        out.append("<directory name=\"").append(folder.name()).append("\">\n");
        element(out, "description", folder.description());
        element(out, "instructions", folder.instructions());
        int closed = 0;
        for (Directory.Shown file : folder.files()) {
            if (file.open() || closed++ < MOST_CLOSED) {
                file(out, file, tagged);
            }
        }
        if (closed > MOST_CLOSED) {
            out.append("<note>").append(closed - MOST_CLOSED).append(" more closed files are not listed.</note>\n");
        }
        out.append("</directory>\n");
    }

    private static void element(StringBuilder out, String name, @Nullable String text) {
        if (text != null && !text.isEmpty()) {
            out.append('<')
                    .append(name)
                    .append('>')
                    .append(text)
                    .append("</")
                    .append(name)
                    .append(">\n");
        }
    }

    private void file(StringBuilder out, Directory.Shown file, boolean tagged) {
        String value = file.value() == null ? "" : file.value();
        out.append("<file status=\"").append(file.open() ? "open" : "closed").append('"');
        if (tagged) {
            out.append(">\n<").append(file.label()).append(">\n<description>\n\n</description>\n");
        } else {
            out.append(" name=\"").append(file.label()).append("\">\n");
        }
        out.append("<metadata>\n- read_only=true\n- chars_current=").append(value.length());
        out.append("\n- chars_limit=").append(charLimit).append("\n</metadata>\n");
        if (file.open() || tagged) {
            out.append("<value>\n").append(value).append("\n</value>\n");
        }
        if (tagged) {
            out.append("</").append(file.label()).append(">\n");
        }
        out.append("</file>\n");
    }
}
