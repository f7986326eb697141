package dev.mneme.tool.web;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/** Finds what a page is about and leaves out what surrounds it: menus, forms, notices. Pure. */
final class ReadablePage {
    /** Elements that are never what a page is about. */
    private static final String NEVER =
            "script,style,noscript,template,svg,canvas,iframe,object,embed,form,button,input,select,textarea,dialog,"
                    + "nav,[hidden],[aria-hidden=true],[role=navigation],[role=dialog],[role=banner],[role=search],"
                    + "[style~=(?i)display\\s*:\\s*none]";

    private static final String AROUND = "header,footer,aside";

    private static final Pattern NOTICE = Pattern.compile(
            "(?i)(^|[-_ ])(cookies?|consent|banner|advert\\w*|ads?|promo\\w*|sponsor\\w*|share|sharing|social|related|"
                    + "breadcrumbs?|newsletter|popup|modal|sidebar|comments?|pagination)($|[-_ ])");

    /** Characters from which a paragraph counts as prose. */
    private static final int PROSE = 25;
    /** Characters from which an article is the page's matter. */
    private static final int ARTICLE = 200;

    private static final int CHARS_PER_POINT = 100;
    private static final int MOST_LENGTH_POINTS = 3;

    private ReadablePage() {}

    /** charset: as the server named it; else the page's own word counts. */
    static String markdown(byte[] html, @Nullable String charset, URI address) {
        try {
            Document page = Jsoup.parse(new ByteArrayInputStream(html), known(charset), address.toString());
            String title = title(page);
            Element matter = matter(page);
            String text = new Markdown().of(matter);
            boolean titled = text.startsWith("# ");
            return (title.isEmpty() || titled ? "" : "# " + title + "\n\n")
                    + (text.isEmpty() ? "(This page has no readable text; it may be made by scripts.)" : text);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // there is nothing to read from but memory
        }
    }

    private static @Nullable String known(@Nullable String charset) {
        try {
            return charset != null && Charset.isSupported(charset) ? charset : null;
        } catch (IllegalCharsetNameException e) {
            return null; // a made-up name: the page's own word counts
        }
    }

    private static String title(Document page) {
        String social = page.select("meta[property=og:title]").attr("content").strip();
        return social.isEmpty() ? page.title().strip() : social;
    }

    private static Element matter(Document page) {
        page.select(NEVER).remove();
        Element body = page.body();
        Element marked = marked(body);
        if (marked == null) {
            page.select(AROUND).remove();
        }
        Element found = marked != null ? marked : densest(body);
        // Not in the whole page: a class of its outermost frame may say anything.
        for (Element element : found.select("[class],[id]")) {
            if (element != found
                    && NOTICE.matcher(element.className() + " " + element.id()).find()) {
                element.remove();
            }
        }
        return found;
    }

    /** What the page itself calls its matter, if that is one piece of some length. */
    private static @Nullable Element marked(Element body) {
        for (String mark : new String[] {"article", "main", "[role=main]"}) {
            var found = body.select(mark);
            if (found.size() == 1 && found.getFirst().text().length() >= ARTICLE) {
                return found.getFirst();
            }
        }
        return null;
    }

    /** The element around which most prose stands that is no link; the body when there is little. */
    private static Element densest(Element body) {
        Map<Element, Double> points = new HashMap<>();
        for (Element paragraph : body.select("p,pre,td,blockquote,li,h2,h3")) {
            String text = paragraph.text();
            Element parent = paragraph.parent();
            if (text.length() < PROSE || parent == null) {
                continue;
            }
            long commas = text.chars().filter(c -> c == ',').count();
            double worth = 1 + commas + Math.min(MOST_LENGTH_POINTS, text.length() / CHARS_PER_POINT);
            points.merge(parent, worth, Double::sum);
            if (parent.parent() != null) {
                points.merge(parent.parent(), worth / 2, Double::sum);
            }
        }
        Element best = body;
        double most = 0;
        for (Map.Entry<Element, Double> entry : points.entrySet()) {
            double worth = entry.getValue() * (1 - linked(entry.getKey()));
            if (worth > most) {
                most = worth;
                best = entry.getKey();
            }
        }
        return 2 * best.text().length() < body.text().length() ? body : best;
    }

    /** Which part of the text is links, 0 to 1. */
    private static double linked(Element element) {
        int all = element.text().length();
        int links =
                element.select("a").stream().mapToInt(a -> a.text().length()).sum();
        return all == 0 ? 0 : Math.min(1, (double) links / all);
    }
}
