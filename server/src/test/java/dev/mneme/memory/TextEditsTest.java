package dev.mneme.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Edits of a text, as tables. */
class TextEditsTest {
    static void becomes(Edited edited, String expected) {
        assertThat(edited).isEqualTo(new Edited.To(expected));
    }

    static void refused(Edited edited, String expected) {
        assertThat(edited).isEqualTo(new Edited.Refused(expected));
    }

    @Test
    void append() {
        becomes(TextEdits.append("", "first"), "\nfirst");
        becomes(TextEdits.append("a", "b"), "a\nb");
    }

    @Test
    void replaceAll() {
        becomes(TextEdits.replaceAll("l", "a b a", "a", "c"), "c b c");
        becomes(TextEdits.replaceAll("l", "a b", " b", ""), "a");
        refused(TextEdits.replaceAll("l", "a", "z", "c"), "Old content 'z' not found in memory block 'l'");
        assertThat(TextEdits.replaceAll("l", "a", "", "c")).isInstanceOf(Edited.Refused.class);
    }

    @Test
    void replaceOnce() {
        becomes(TextEdits.replaceOnce("l", "a\tb", "a       b", "x\ty"), "x       y");
        refused(
                TextEdits.replaceOnce("l", "x\ntea\ny\nz\ntea", "tea", "t"),
                "No replacement was performed. Multiple occurrences of old_string `tea` in lines [2, 5]. Please ensure"
                        + " it is unique.");
        refused(
                TextEdits.replaceOnce("l", "x\ny", "", "t"),
                "No replacement was performed. Multiple occurrences of old_string `` in lines [1, 2]. Please ensure it"
                        + " is unique.");
        refused(
                TextEdits.replaceOnce("l", "x", "", "t"),
                "No replacement was performed. Multiple occurrences of old_string `` in lines [1]. Please ensure it is"
                        + " unique.");
        refused(
                TextEdits.replaceOnce("l", "x", " 1→ x", "t"),
                "old_string contains a line number prefix, which is not allowed. Do not include line numbers when"
                        + " calling memory tools (line numbers are for display purposes only).");
        refused(
                TextEdits.replaceOnce("l", "x", "x", "a\n2→b"),
                "new_string contains a line number prefix, which is not allowed. Do not include line numbers when"
                        + " calling memory tools (line numbers are for display purposes only).");
    }

    @Test
    void insert() {
        becomes(TextEdits.insert("a\nb", "x", -1), "a\nb\nx");
        becomes(TextEdits.insert("a\nb\n", "x", -1), "a\nb\n\nx");
        becomes(TextEdits.insert("a\nb", "x\ny", 1), "a\nx\ny\nb");
        becomes(TextEdits.insert("a", "x", 0), "x\na");
        refused(
                TextEdits.insert("1\n2\n3\n4\n5\n6\n7\n8", "x", 99),
                "Invalid `insert_line` parameter: 99. It should be within the range of lines of the memory block:"
                        + " [0, 8], or -1 to append to the end of the memory block.");
    }

    @Test
    void hunks() {
        becomes(patch("a\nb\nc", " a\n-b\n+B\n c"), "a\nB\nc");
        becomes(patch("a\nb\nc", "@@\n-a\n+A\n@@\n-c"), "A\nb");
        becomes(patch("a\n\nb", " a\n\n-b\n+c\n"), "a\n\nc");
        becomes(patch("", "+x"), "x");
        becomes(patch("Name: Ada Lovelace", "-Ada\n+Countess"), "Name: Countess Lovelace");
        becomes(patch("-5 °C", "--5 °C\n+-6 °C"), "-6 °C");
        refused(patch("a", "nothing"), "No applicable hunks found in patch. Ensure lines start with ' ', '-', or '+'.");
        assertThat(patch("a\nb", "-z\n+y"))
                .isInstanceOfSatisfying(
                        Edited.Refused.class,
                        no -> assertThat(no.text())
                                .isEqualTo(
                                        "Failed to apply patch: expected hunk context not found in the memory block. Verify the"
                                                + " target lines exist and try providing more context. Expected start:\nz"));
        assertThat(patch("a\na", "-a\n+y"))
                .isInstanceOfSatisfying(
                        Edited.Refused.class,
                        no -> assertThat(no.text())
                                .startsWith(
                                        "Failed to apply patch: hunk context matched multiple places in the memory block."));
    }

    static Edited patch(String value, String patch) {
        return Hunks.apply(value, List.of(patch.split("\n", -1)));
    }
}
