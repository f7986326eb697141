package dev.mneme.file.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeTraversor;
import org.jsoup.select.NodeVisitor;

/** The words of a web page, with headings, lists and tables as in Markdown. Stateless. */
final class HtmlText {
    /** Largest page, bytes: its tree needs about ten times that in memory. */
    private static final long MOST = 20L << 20;

    private static final Set<String> BLOCKS = Set.of(
            "p",
            "div",
            "section",
            "article",
            "main",
            "header",
            "footer",
            "aside",
            "nav",
            "ul",
            "ol",
            "dl",
            "table",
            "blockquote",
            "pre",
            "figure",
            "form",
            "fieldset",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "hr",
            "address");

    private static final Set<String> LINES = Set.of("li", "tr", "dt", "dd", "option", "caption", "figcaption");

    private HtmlText() {}

    static Parsed read(Path file, Budget budget) throws IOException, Unreadable {
        if (Files.size(file) > MOST) {
            throw new Unreadable("The page is larger than " + (MOST >> 20) + " MB. Upload its text instead.");
        }
        Document page;
        try (InputStream in = Files.newInputStream(file)) {
            page = Jsoup.parse(in, null, "");
        }
        page.select("script,style,noscript,template,svg,iframe,head > *:not(title)")
                .remove();
        Writer writer = new Writer();
        NodeTraversor.traverse(writer, page);
        String text = writer.text();
        budget.chars(text.length());
        return new Parsed(List.of(text), Parsed.Shape.MARKED);
    }

    /** Writes one text while the tree is walked. */
    private static final class Writer implements NodeVisitor {
        private final StringBuilder out = new StringBuilder();
        private int preformatted;

        @Override
        public void head(Node node, int depth) {
            if (node instanceof TextNode words) {
                text(words);
            } else if (node instanceof Element element) {
                open(element);
            }
        }

        private void text(TextNode words) {
            if (preformatted > 0) {
                out.append(words.getWholeText());
                return;
            }
            String text = words.text();
            boolean fresh = out.isEmpty() || Character.isWhitespace(out.charAt(out.length() - 1));
            out.append(fresh ? text.stripLeading() : text);
        }

        private void open(Element element) {
            String name = element.normalName();
            if (name.equals("title") || BLOCKS.contains(name)) {
                lines(2);
            } else if (LINES.contains(name)) {
                lines(1);
            }
            switch (name) {
                case "title", "h1" -> out.append("# ");
                case "h2" -> out.append("## ");
                case "h3" -> out.append("### ");
                case "h4", "h5", "h6" -> out.append("#### ");
                case "li" -> out.append("- ");
                case "br" -> out.append('\n');
                case "pre" -> preformatted++;
                default -> {
                    // nothing stands for it
                }
            }
        }

        @Override
        public void tail(Node node, int depth) {
            if (node instanceof Element element) {
                String name = element.normalName();
                if (name.equals("pre")) {
                    preformatted--;
                }
                if (name.equals("td") || name.equals("th")) {
                    out.append(element.nextElementSibling() == null ? "" : " | ");
                } else if (name.equals("title") || BLOCKS.contains(name)) {
                    lines(2);
                } else if (LINES.contains(name)) {
                    lines(1);
                }
            }
        }

        /** Ends the line, and with two leaves an empty one. */
        private void lines(int wanted) {
            while (!out.isEmpty() && out.charAt(out.length() - 1) == ' ') {
                out.setLength(out.length() - 1);
            }
            if (out.isEmpty()) {
                return;
            }
            int there = 0;
            while (there < out.length() && out.charAt(out.length() - 1 - there) == '\n') {
                there++;
            }
            out.append("\n".repeat(Math.max(0, wanted - there)));
        }

        String text() {
            return out.toString().strip() + (out.isEmpty() ? "" : "\n");
        }
    }
}
