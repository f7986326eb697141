package dev.mneme.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;

/** Documents composed for tests. */
public final class Papers {
    private static final int PART = 1 << 20;

    private Papers() {}

    /** A PDF with these pages, a line of the text for each of theirs. */
    public static byte[] pdf(List<String> pages) {
        return pdf(pages, null);
    }

    public static byte[] lockedPdf(String password) {
        return pdf(List.of("Nobody may read this"), password);
    }

    private static byte[] pdf(List<String> pages, @org.jspecify.annotations.Nullable String password) {
        try (PDDocument document = new PDDocument();
                ByteArrayOutputStream out = new ByteArrayOutputStream()) {
            PDType1Font font = new PDType1Font(Standard14Fonts.FontName.HELVETICA);
            for (String text : pages) {
                PDPage page = new PDPage();
                document.addPage(page);
                try (PDPageContentStream content = new PDPageContentStream(document, page)) {
                    content.beginText();
                    content.setFont(font, 10);
                    content.setLeading(12);
                    content.newLineAtOffset(50, 740);
                    for (String line : text.split("\n")) {
                        content.showText(line);
                        content.newLine();
                    }
                    content.endText();
                }
            }
            if (password != null) {
                document.protect(new StandardProtectionPolicy("owner", password, new AccessPermission()));
            }
            document.save(out);
            return out.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] docx(String title, String text) {
        return zip("word/document.xml", bytes("""
                <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
                <w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>
                <w:p><w:r><w:t>%s</w:t></w:r></w:p>
                <w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc>
                <w:tc><w:p><w:r><w:t>B</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
                </w:body></w:document>""".formatted(title, text)));
    }

    public static byte[] pptx(String title, String text) {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        parts.put("ppt/presentation.xml", bytes("<p/>"));
        parts.put("ppt/slides/slide1.xml", bytes("""
                <p:sld xmlns:p="p" xmlns:a="a"><a:p><a:r><a:t>%s</a:t></a:r></a:p>
                <a:p><a:r><a:t>%s</a:t></a:r></a:p></p:sld>""".formatted(title, text.replace("&", "&amp;"))));
        return zip(parts);
    }

    /** A sheet Prices with a text, a number and a date. */
    public static byte[] xlsx() {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        parts.put("xl/workbook.xml", bytes("<workbook><sheets><sheet name=\"Prices\"/></sheets></workbook>"));
        parts.put(
                "xl/sharedStrings.xml",
                bytes("<sst><si><t>Name</t></si><si><t>Price</t></si><si><t>Tea</t></si><si><t>Since</t></si></sst>"));
        parts.put(
                "xl/styles.xml",
                bytes("<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"));
        parts.put("xl/worksheets/sheet1.xml", bytes("""
                <worksheet><sheetData><row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>3</v></c></row>
                <row><c t="s"><v>2</v></c><c><v>4.5</v></c><c s="1"><v>45323</v></c></row></sheetData></worksheet>"""));
        return zip(parts);
    }

    /** A small file that claims to be a Word document and unpacks to 600 MB. */
    public static byte[] bomb() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("word/document.xml"));
            zip.write(bytes("<d><!--"));
            byte[] part = new byte[PART];
            java.util.Arrays.fill(part, (byte) ' ');
            for (int i = 0; i < 600; i++) {
                zip.write(part);
            }
            zip.write(bytes("--></d>"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public static byte[] zip(String name, byte[] content) {
        return zip(Map.of(name, content));
    }

    private static byte[] zip(Map<String, byte[]> parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> part : parts.entrySet()) {
                zip.putNextEntry(new ZipEntry(part.getKey()));
                zip.write(part.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
