package dev.mneme.tool.web;

import java.util.Set;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;

/** Writes a piece of a page as Markdown. Not thread-safe: one per page. */
final class Markdown {
    /** Deeper nesting is nothing that a person wrote. */
    private static final int DEEPEST = 200;

    private static final Set<String> BLOCKS = Set.of(
            "p",
            "div",
            "section",
            "article",
            "main",
            "header",
            "footer",
            "aside",
            "figure",
            "figcaption",
            "table",
            "tr",
            "ul",
            "ol",
            "li",
            "dl",
            "dt",
            "dd",
            "blockquote",
            "pre",
            "hr",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "address",
            "details",
            "summary",
            "body",
            "fieldset");

    private final StringBuilder out = new StringBuilder();
    private int depth;

    String of(Element element) {
        inside(element, "");
        return out.toString()
                .replaceAll("[ \\t]+\n", "\n")
                .replaceAll("\n{3,}", "\n\n")
                .strip();
    }

    private void inside(Element element, String indent) {
        if (++depth <= DEEPEST) {
            for (Node child : element.childNodes()) {
                switch (child) {
                    case TextNode text -> words(text.text());
                    case Element inner -> element(inner, indent);
                    default -> {} // comments and the like
                }
            }
        }
        depth--;
    }

    private void element(Element element, String indent) {
        String name = element.normalName();
        switch (name) {
            case "h1", "h2", "h3", "h4", "h5", "h6" ->
                line(indent, "#".repeat(name.charAt(1) - '0') + " " + element.text());
            case "br" -> out.append('\n').append(indent);
            case "hr" -> line(indent, "---");
            case "pre" -> line(indent, "```\n" + element.wholeText().stripTrailing() + "\n```");
            case "code" -> words("`" + element.text() + "`");
            case "strong", "b" -> marked(element, "**");
            case "em", "i" -> marked(element, "*");
            case "a" -> link(element);
            case "img" -> {
                if (!element.attr("alt").isBlank()) {
                    words("[image: " + element.attr("alt").strip() + "]");
                }
            }
            case "ul", "ol" -> list(element, indent);
            case "blockquote" -> line(indent, new Markdown().of(element).replaceAll("(?m)^", "> "));
            case "table" -> table(element, indent);
            default -> {
                if (BLOCKS.contains(name)) {
                    paragraph(indent);
                    inside(element, indent);
                    paragraph(indent);
                } else {
                    inside(element, indent);
                }
            }
        }
    }

    private void list(Element list, String indent) {
        paragraph(indent);
        int number = 1;
        for (Element item : list.children()) {
            String mark = list.normalName().equals("ol") ? number++ + ". " : "- ";
            String text = new Markdown().of(item);
            if (!text.isEmpty()) {
                fresh(indent);
                out.append(mark).append(text.replaceAll("\n+", "\n" + indent + "  "));
            }
        }
        paragraph(indent);
    }

    private void table(Element table, String indent) {
        paragraph(indent);
        boolean first = true;
        for (Element row : table.select("tr")) {
            var cells = row.select("> th, > td");
            if (cells.isEmpty()) {
                continue;
            }
            fresh(indent);
            cells.forEach(cell ->
                    out.append("| ").append(cell.text().replace("|", "\\|")).append(' '));
            out.append('|');
            if (first) {
                fresh(indent);
                cells.forEach(_ -> out.append("|---"));
                out.append('|');
                first = false;
            }
        }
        paragraph(indent);
    }

    private void link(Element link) {
        String text = link.text().strip();
        String to = link.absUrl("href");
        if (text.isEmpty()) {
            inside(link, "");
        } else if (to.startsWith("http") && !link.attr("href").startsWith("#")) {
            words("[" + text + "](" + to + ")");
        } else {
            words(text);
        }
    }

    private void marked(Element element, String mark) {
        String text = element.text().strip();
        if (!text.isEmpty()) {
            words(mark + text + mark);
            // the words after it follow without a mark of ours between them
        }
    }

    private void words(String text) {
        boolean atStart = out.isEmpty() || Character.isWhitespace(out.charAt(out.length() - 1));
        out.append(atStart ? text.stripLeading() : text);
    }

    private void line(String indent, String text) {
        paragraph(indent);
        out.append(text);
        paragraph(indent);
    }

    private void paragraph(String indent) {
        if (!out.isEmpty()) {
            out.append("\n\n").append(indent);
        }
    }

    private void fresh(String indent) {
        if (!out.isEmpty() && out.charAt(out.length() - 1) != '\n') {
            out.append('\n').append(indent);
        }
    }
}
