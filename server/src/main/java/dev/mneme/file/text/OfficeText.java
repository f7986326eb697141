package dev.mneme.file.text;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * The text of Word, PowerPoint and Excel files (ECMA-376), read straight from their XML: headings, paragraphs, tables, slides, cells.
 * Stateless.
 */
final class OfficeText {
    /** Parts of a file: a presentation with 5,000 slides has about 20,000. */
    private static final int MOST_PARTS = 50_000;

    private static final Pattern HEADING = Pattern.compile("(?i)heading\\s*([1-6])|title");
    private static final Pattern SLIDE = Pattern.compile("ppt/slides/slide(\\d+)\\.xml");

    private OfficeText() {}

    static Parsed read(Path file, Budget budget) throws IOException, Unreadable {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.size() > MOST_PARTS) {
                throw new Unreadable("The file has " + zip.size() + " parts; at most " + MOST_PARTS + " are read.");
            }
            Parts parts = new Parts(zip, budget);
            if (zip.getEntry("word/document.xml") != null) {
                return new Parsed(List.of(document(parts)), Parsed.Shape.MARKED);
            }
            if (zip.getEntry("ppt/presentation.xml") != null) {
                return new Parsed(slides(parts), Parsed.Shape.MARKED);
            }
            if (zip.getEntry("xl/workbook.xml") != null) {
                return new Parsed(SheetText.sheets(parts), Parsed.Shape.MARKED);
            }
            throw new Unreadable("The file is an archive, not a document. Unpack it and upload what is in it.");
        } catch (java.util.zip.ZipException e) {
            throw new Unreadable("The file is damaged and cannot be unpacked (" + e.getMessage() + ").", e);
        } catch (XMLStreamException | IllegalArgumentException e) {
            // The parser wraps what the meter says.
            if (e instanceof XMLStreamException wrapped
                    && wrapped.getNestedException() != null
                    && wrapped.getNestedException().getCause() instanceof Unreadable reason) {
                throw reason;
            }
            throw new Unreadable("The file is damaged: its XML cannot be read (" + e.getMessage() + ").", e);
        }
    }

    private static String document(Parts parts) throws IOException, XMLStreamException, Unreadable {
        Body body = new Body(parts.budget());
        try (InputStream in = parts.open("word/document.xml")) {
            XMLStreamReader xml = parts.xml(in);
            while (xml.hasNext()) {
                switch (xml.next()) {
                    case XMLStreamReader.START_ELEMENT -> body.start(xml);
                    case XMLStreamReader.END_ELEMENT -> body.end(xml.getLocalName());
                    default -> {
                        // text is read with the element that holds it
                    }
                }
            }
        }
        return body.out.toString().strip() + "\n";
    }

    /** A Word document being written as text. Confined to its thread. */
    private static final class Body {
        final StringBuilder out = new StringBuilder();
        private final Budget budget;
        private final StringBuilder paragraph = new StringBuilder();
        private final List<String> row = new ArrayList<>();
        private final StringBuilder cell = new StringBuilder();
        private int tables;
        private String mark = "";

        Body(Budget budget) {
            this.budget = budget;
        }

        void start(XMLStreamReader xml) throws XMLStreamException, Unreadable {
            switch (xml.getLocalName()) {
                case "t" -> append(xml.getElementText());
                case "tab" -> append("\t");
                case "br", "cr" -> append("\n");
                case "tbl" -> tables++;
                case "pStyle" -> mark = heading(value(xml, "val"));
                case "numPr" -> mark = mark.isEmpty() ? "- " : mark;
                default -> {
                    // carries no text
                }
            }
        }

        private void append(String text) throws Unreadable {
            budget.chars(text.length());
            paragraph.append(text);
        }

        private static String heading(@Nullable String style) {
            Matcher heading = HEADING.matcher(style == null ? "" : style);
            if (!heading.matches()) {
                return "";
            }
            return "#".repeat(heading.group(1) == null ? 1 : Integer.parseInt(heading.group(1))) + " ";
        }

        void end(String name) {
            switch (name) {
                case "p" -> {
                    String text = paragraph.toString().strip();
                    paragraph.setLength(0);
                    if (tables > 0) {
                        cell.append(cell.isEmpty() || text.isEmpty() ? "" : " ").append(text);
                    } else if (!text.isEmpty()) {
                        out.append(mark).append(text).append(mark.equals("- ") ? "\n" : "\n\n");
                    }
                    mark = "";
                }
                case "tc" -> {
                    row.add(cell.toString());
                    cell.setLength(0);
                }
                case "tr" -> {
                    out.append(String.join(" | ", row)).append('\n');
                    row.clear();
                }
                case "tbl" -> {
                    tables--;
                    out.append('\n');
                }
                default -> {
                    // ends nothing that shows
                }
            }
        }
    }

    private static List<String> slides(Parts parts) throws IOException, XMLStreamException, Unreadable {
        TreeMap<Integer, String> names = parts.numbered(SLIDE);
        List<String> pages = new ArrayList<>();
        for (var slide : names.entrySet()) {
            StringBuilder out = new StringBuilder("# Slide " + slide.getKey() + "\n\n");
            try (InputStream in = parts.open(slide.getValue())) {
                XMLStreamReader xml = parts.xml(in);
                while (xml.hasNext()) {
                    int event = xml.next();
                    if (event == XMLStreamReader.START_ELEMENT
                            && xml.getLocalName().equals("t")) {
                        String text = xml.getElementText();
                        parts.budget().chars(text.length());
                        out.append(text);
                    } else if (event == XMLStreamReader.END_ELEMENT
                            && xml.getLocalName().equals("p")
                            && out.charAt(out.length() - 1) != '\n') {
                        out.append('\n');
                    }
                }
            }
            pages.add(out.append('\n').toString());
        }
        if (pages.isEmpty()) {
            throw new Unreadable("The presentation has no slides.");
        }
        return pages;
    }

    static @Nullable String value(XMLStreamReader xml, String attribute) {
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            if (xml.getAttributeLocalName(i).equals(attribute)) {
                return xml.getAttributeValue(i);
            }
        }
        return null;
    }

    /** The parts of a packed file, read under its budget. XML has no entities and no way to other files. */
    record Parts(ZipFile zip, Budget budget) {
        boolean has(String name) {
            return zip.getEntry(name) != null;
        }

        InputStream open(String name) throws IOException, Unreadable {
            ZipEntry entry = zip.getEntry(name);
            if (entry == null) {
                throw new Unreadable("The file is damaged: its part " + name + " is missing.");
            }
            return new Metered(zip.getInputStream(entry), budget);
        }

        XMLStreamReader xml(InputStream in) throws XMLStreamException {
            XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
            factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
            factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
            factory.setProperty(XMLInputFactory.IS_COALESCING, true);
            return factory.createXMLStreamReader(in);
        }

        /** Names of parts by the number in them. */
        TreeMap<Integer, String> numbered(Pattern pattern) {
            TreeMap<Integer, String> names = new TreeMap<>();
            Enumeration<? extends ZipEntry> entries = zip.entries();
            while (entries.hasMoreElements()) {
                Matcher name = pattern.matcher(entries.nextElement().getName());
                if (name.matches() && name.group(1).length() < 8) {
                    names.put(Integer.parseInt(name.group(1)), name.group());
                }
            }
            return names;
        }

        /** Walks through the start tags of a part; the function reads what it needs and says whether to go on. */
        void each(String name, Function<XMLStreamReader, Boolean> element)
                throws IOException, XMLStreamException, Unreadable {
            try (InputStream in = open(name)) {
                XMLStreamReader xml = xml(in);
                while (xml.hasNext()) {
                    if (xml.next() == XMLStreamReader.START_ELEMENT && !element.apply(xml)) {
                        return;
                    }
                }
            }
        }
    }

    /** Counts what comes out of the packing. */
    private static final class Metered extends FilterInputStream {
        private final Budget budget;

        Metered(InputStream in, Budget budget) {
            super(in);
            this.budget = budget;
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            count(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int n = super.read(into, offset, length);
            count(n);
            return n;
        }

        private void count(int n) throws IOException {
            try {
                budget.unpacked(Math.max(0, n));
            } catch (Unreadable e) {
                throw new IOException(e.getMessage(), e);
            }
        }
    }
}
