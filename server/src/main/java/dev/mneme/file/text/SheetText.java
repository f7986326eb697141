package dev.mneme.file.text;

import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/** The cells of an Excel file, a page for each sheet, a line for each row. Values as stored; dates as dates. Stateless. */
final class SheetText {
    private static final Pattern SHEET = Pattern.compile("xl/worksheets/sheet(\\d+)\\.xml");
    private static final LocalDateTime EPOCH = LocalDateTime.of(1899, 12, 30, 0, 0);
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd");
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm");

    /** Days after which no date lies that a table means. */
    private static final double LAST_DAY = 2_958_465;

    private SheetText() {}

    static List<String> sheets(OfficeText.Parts parts) throws IOException, XMLStreamException, Unreadable {
        List<String> shared = shared(parts);
        Set<String> dates = dateStyles(parts);
        List<String> names = new ArrayList<>();
        parts.each("xl/workbook.xml", xml -> {
            if (xml.getLocalName().equals("sheet")) {
                names.add(String.valueOf(OfficeText.value(xml, "name")));
            }
            return true;
        });
        List<String> pages = new ArrayList<>();
        TreeMap<Integer, String> sheets = parts.numbered(SHEET);
        int position = 0;
        for (String sheet : sheets.values()) {
            String name = position < names.size() ? names.get(position) : "Sheet " + (position + 1);
            position++;
            pages.add("# " + name + "\n\n" + sheet(parts, sheet, shared, dates) + "\n");
        }
        return pages;
    }

    private static List<String> shared(OfficeText.Parts parts) throws IOException, XMLStreamException, Unreadable {
        List<String> texts = new ArrayList<>();
        if (!parts.has("xl/sharedStrings.xml")) {
            return texts;
        }
        try (InputStream in = parts.open("xl/sharedStrings.xml")) {
            XMLStreamReader xml = parts.xml(in);
            StringBuilder text = new StringBuilder();
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamReader.START_ELEMENT && xml.getLocalName().equals("t")) {
                    text.append(xml.getElementText());
                } else if (event == XMLStreamReader.END_ELEMENT
                        && xml.getLocalName().equals("si")) {
                    parts.budget().chars(text.length());
                    texts.add(text.toString());
                    text.setLength(0);
                }
            }
        }
        return texts;
    }

    /** The positions of cell styles that show dates (ECMA-376 part 1, 18.8.30: formats 14 to 22 and 45 to 47, and those with a year or day). */
    private static Set<String> dateStyles(OfficeText.Parts parts) throws IOException, XMLStreamException, Unreadable {
        Set<String> formats = new HashSet<>();
        for (int i = 14; i <= 22; i++) {
            formats.add(String.valueOf(i));
        }
        Set<String> styles = new HashSet<>();
        if (!parts.has("xl/styles.xml")) {
            return styles;
        }
        Map<String, Integer> seen = new HashMap<>();
        boolean[] cells = {false};
        parts.each("xl/styles.xml", xml -> {
            switch (xml.getLocalName()) {
                case "numFmt" -> {
                    String code = String.valueOf(OfficeText.value(xml, "formatCode"));
                    if (code.replaceAll("\"[^\"]*\"|\\[[^]]*]", "").matches("(?i).*(y|d).*")) {
                        formats.add(String.valueOf(OfficeText.value(xml, "numFmtId")));
                    }
                }
                case "cellStyleXfs", "cellStyles", "dxfs" -> cells[0] = false;
                case "cellXfs" -> cells[0] = true;
                case "xf" -> {
                    if (cells[0]) {
                        int style = seen.merge("xf", 1, Integer::sum) - 1;
                        if (formats.contains(String.valueOf(OfficeText.value(xml, "numFmtId")))) {
                            styles.add(String.valueOf(style));
                        }
                    }
                }
                default -> {
                    // says nothing about dates
                }
            }
            return true;
        });
        return styles;
    }

    private static String sheet(OfficeText.Parts parts, String name, List<String> shared, Set<String> dates)
            throws IOException, XMLStreamException, Unreadable {
        StringBuilder out = new StringBuilder();
        try (InputStream in = parts.open(name)) {
            XMLStreamReader xml = parts.xml(in);
            List<String> row = new ArrayList<>();
            String type = "";
            String style = "";
            String value = "";
            while (xml.hasNext()) {
                int event = xml.next();
                if (event == XMLStreamReader.START_ELEMENT) {
                    switch (xml.getLocalName()) {
                        case "c" -> {
                            type = String.valueOf(OfficeText.value(xml, "t"));
                            style = String.valueOf(OfficeText.value(xml, "s"));
                            value = "";
                        }
                        case "v", "t" -> value += xml.getElementText();
                        default -> {
                            // carries no value
                        }
                    }
                } else if (event == XMLStreamReader.END_ELEMENT
                        && xml.getLocalName().equals("c")) {
                    row.add(shown(type, value, dates.contains(style), shared));
                } else if (event == XMLStreamReader.END_ELEMENT
                        && xml.getLocalName().equals("row")) {
                    String line = String.join(" | ", row);
                    row.clear();
                    if (!line.isBlank()) {
                        parts.budget().chars(line.length() + 1L);
                        out.append(line).append('\n');
                    }
                }
            }
        }
        return out.toString();
    }

    private static String shown(String type, String value, boolean date, List<String> shared) {
        return switch (type) {
            case "s" -> {
                Integer at = whole(value);
                yield at == null || at < 0 || at >= shared.size() ? "" : shared.get(at);
            }
            case "b" -> value.equals("1") ? "true" : "false";
            default -> date ? dated(value) : value;
        };
    }

    private static @Nullable Integer whole(String text) {
        try {
            return Integer.valueOf(text.strip());
        } catch (NumberFormatException e) {
            return null; // a damaged reference shows nothing
        }
    }

    private static String dated(String value) {
        try {
            double days = Double.parseDouble(value);
            if (!(days >= 0) || days > LAST_DAY) {
                return value;
            }
            LocalDateTime moment = EPOCH.plusMinutes(Math.round(days * 24 * 60));
            return (days == Math.rint(days) ? DATE : MOMENT).format(moment);
        } catch (NumberFormatException e) {
            return value; // no number: shown as it is
        }
    }
}
