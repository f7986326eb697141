package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Problem;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The skills that a client brings along, as a tree of their places, for the system prompt of one request (contract 02 §2). Pure.
 *
 * <pre>
 * /
 * └── skills
 *     ├── pdf (reads forms)
 *     └── slack (posts messages)
 * </pre>
 */
final class SkillTree {
    /** Skills of one request: more would fill a prompt with a list. */
    private static final int MOST = 1_000;

    /** Levels of the tree; what lies deeper stands in one line. */
    private static final int DEEPEST = 32;

    private final Map<String, SkillTree> below = new TreeMap<>();
    private String description = "";

    private SkillTree() {}

    /** The text to add, null when there are no skills. */
    static @Nullable String of(@Nullable List<JsonNode> skills) {
        if (skills == null || skills.isEmpty()) {
            return null;
        }
        if (skills.size() > MOST) {
            throw Problem.unprocessable("client_skills may hold " + MOST + " skills, not " + skills.size() + ".");
        }
        SkillTree root = new SkillTree();
        for (JsonNode skill : skills) {
            for (String key : List.of("name", "description", "location")) {
                if (!skill.path(key).isTextual()) {
                    throw Problem.unprocessable("Each of client_skills needs " + key + " as text.");
                }
            }
            SkillTree at = root;
            for (String part : skill.path("location").textValue().split("/+", DEEPEST)) {
                if (!part.isBlank()) {
                    at = at.below.computeIfAbsent(oneLine(part), each -> new SkillTree());
                }
            }
            at.description = oneLine(skill.path("description").textValue());
        }
        StringBuilder out = new StringBuilder("\n\n<available_skills>\n/\n");
        root.write(out, "");
        return out.append("</available_skills>").toString();
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private void write(StringBuilder out, String indent) {
        int left = below.size();
        for (Map.Entry<String, SkillTree> each : below.entrySet()) {
            boolean last = --left == 0;
            SkillTree child = each.getValue();
            out.append(indent).append(last ? "└── " : "├── ").append(each.getKey());
            if (!child.description.isEmpty()) {
                out.append(" (").append(child.description).append(')');
            }
            out.append('\n');
            child.write(out, indent + (last ? "    " : "│   "));
        }
    }
}
