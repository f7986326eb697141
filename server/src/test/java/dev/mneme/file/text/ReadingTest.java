package dev.mneme.file.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.testkit.Papers;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of every format, made here, and files made to do harm. */
class ReadingTest {
    private static final Reading.Hint PLAIN = new Reading.Hint(false, false, false);

    @TempDir
    Path folder;

    private Parsed read(byte[] bytes, Reading.Hint hint) throws Exception {
        return Reading.of(Files.write(folder.resolve("file"), bytes), hint);
    }

    private String text(byte[] bytes) throws Exception {
        return read(bytes, PLAIN).text();
    }

    private void refused(byte[] bytes, String why) {
        assertThatThrownBy(() -> read(bytes, PLAIN))
                .isInstanceOf(Unreadable.class)
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @CsvSource({
        "UTF-8, Größe и мир 漢字",
        "UTF-16LE, plain words without a mark in the file",
        "UTF-16BE, plain words without a mark in the file",
        "windows-1252, 'Die Größe der Übung zählt für alle Köche und Gärtner, sagte der Müller.'",
        "windows-1251, 'Все счастливые семьи похожи друг на друга, каждая несчастливая семья несчастлива по-своему. Все смешалось в доме Облонских. Жена узнала, что муж был в связи с бывшею в их доме француженкою-гувернанткой, и объявила мужу, что не может жить с ним в одном доме.'",
        "Shift_JIS, 'これは日本語の文章です。吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。'",
        "GB18030, '这是一个中文文本文件，用来测试编码检测是否正确。今天天气很好，我们去公园散步吧。'",
    })
    void textInAnyEncoding(String charset, String words) throws Exception {
        assertThat(text(words.getBytes(Charset.forName(charset)))).isEqualTo(words);
    }

    @Test
    void aMarkOfTheEncodingIsNoText() throws Exception {
        assertThat(text("\ufeffhello".getBytes(StandardCharsets.UTF_8))).isEqualTo("hello");
        assertThat(text("\ufeffhello".getBytes(StandardCharsets.UTF_16LE))).isEqualTo("hello");
    }

    @Test
    void aPdfIsReadPageByPage() throws Exception {
        Parsed parsed = read(Papers.pdf(List.of("First page", "Second page")), PLAIN);
        assertThat(parsed.pages()).hasSize(2);
        assertThat(parsed.text()).contains("First page").contains("\fSecond page");
    }

    @Test
    void aPdfWithoutTextOrUnderLockIsRefused() throws Exception {
        refused(Papers.pdf(List.of("", "")), "No text extracted from PDF: its 2 pages have images only");
        refused(Papers.lockedPdf("secret"), "protected by a password");
        byte[] whole = Papers.pdf(List.of("First page"));
        refused(java.util.Arrays.copyOf(whole, 60), "damaged");
    }

    @Test
    void aWebPageLosesItsTags() throws Exception {
        String page = """
                <html><head><title>Tea</title><style>p{}</style></head><body><h1>Green <b>tea</b></h1>
                <p>Hot   water.</p><script>alert(1)</script><ul><li>one<li>two</ul>
                <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>""";
        String text = read(page.getBytes(StandardCharsets.UTF_8), new Reading.Hint(true, false, false))
                .text();
        assertThat(text).isEqualTo("# Tea\n\n# Green tea\n\nHot water.\n\n- one\n- two\n\na | b\n1 | 2\n");
    }

    @Test
    void officeFilesAreReadFromTheirXml() throws Exception {
        assertThat(text(Papers.docx("Handbook", "Refunds take 5 days.")))
                .isEqualTo("# Handbook\n\nRefunds take 5 days.\n\nA | B\n");
        assertThat(text(Papers.pptx("Our plan", "Grow & sell"))).contains("# Slide 1\n\nOur plan\nGrow & sell");
        assertThat(text(Papers.xlsx())).isEqualTo("# Prices\n\nName | Price | Since\nTea | 4.5 | 2024-02-01\n\n");
    }

    @Test
    void packedFilesMadeToDoHarmAreRefused() throws Exception {
        refused(Papers.zip("readme.txt", "hello".getBytes(StandardCharsets.UTF_8)), "is an archive, not a document");
        refused(Papers.bomb(), "unpacks to more than 500 MB");
        refused(
                Papers.zip(
                        "word/document.xml",
                        "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><d><p><t>&x;</t></p></d>"
                                .getBytes(StandardCharsets.UTF_8)),
                "damaged");
        refused(new byte[] {'P', 'K', 3, 4, 1, 2, 3}, "damaged");
        refused(new byte[] {(byte) 0xd0, (byte) 0xcf, 0x11, (byte) 0xe0, 1}, "password, or from an Office before 2007");
        refused(new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 0, 0, 13, 0, 1, 2, 3}, "not text");
    }

    @Test
    void passagesFollowTheStructure() throws IOException {
        Chunker chunker = new Chunker();
        String marked = "# A\n\nalpha beta.\n\n# B\n\ngamma delta.\n\n## C\n\nepsilon.";
        assertThat(chunker.passages(new Parsed(List.of(marked), Parsed.Shape.MARKED), 300))
                .containsExactly("# A\n\nalpha beta.", "# B\n\ngamma delta.", "## C\n\nepsilon.");
        assertThat(chunker.passages(new Parsed(List.of("one", "two"), Parsed.Shape.PROSE), 300))
                .containsExactly("one", "two");
        StringBuilder long_ = new StringBuilder();
        for (int i = 1; i <= 60; i++) {
            long_.append("Line ").append(i).append(": the quick brown fox jumps over the lazy dog again.\n");
        }
        List<String> passages = chunker.passages(new Parsed(List.of(long_.toString()), Parsed.Shape.PROSE), 300);
        assertThat(passages).hasSizeBetween(3, 5);
        assertThat(passages.get(1)).startsWith("Line 1"); // repeats the end of the first
        assertThat(String.join("\n", passages)).contains("Line 60:");
        // no word is so long that it is lost, and no text without blanks takes for ever
        String endless = "x".repeat(200_000);
        List<String> pieces = chunker.passages(new Parsed(List.of(endless), Parsed.Shape.LINES), 300);
        assertThat(String.join("", pieces)).isEqualTo(endless);
    }
}
