package dev.mneme.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReturnPartsTest {
    private static final String IMAGE =
            "{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"aWdn\"}}";

    private static List<Content> of(String json) {
        return ReturnParts.of(Json.read(json, JsonNode.class));
    }

    @Test
    void bothShapesOfImagesAreRead() {
        Content image = new Content.Image("image/png", "aWdn", null);
        assertThat(of("[{\"type\":\"text\",\"text\":\"a\"}," + IMAGE + "]"))
                .containsExactly(new Content.Text("a"), image);
        assertThat(of("[{\"type\":\"image\",\"data\":\"aWdn\",\"mimeType\":\"image/png\"}]"))
                .containsExactly(image);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{}",
                "\"text\"",
                "[1]",
                "[{\"type\":\"text\"}]",
                "[{\"type\":\"image\"}]",
                "[{\"type\":\"video\"}]",
                "[{\"type\":\"text\",\"text\":\"a\"},{\"name\":\"x\"}]"
            })
    void whateverElseIsNoListOfParts(String json) {
        assertThat(of(json)).isNull();
    }

    @Test
    void imagesThatNoModelTakesAreLeftOutInWords() {
        assertThat(ReturnParts.text(of("[" + IMAGE.replace("image/png", "image/tiff") + "]")))
                .isEqualTo(
                        "[an image was left out: image/tiff is not one of image/gif, image/jpeg, image/png, image/webp]");
        assertThat(ReturnParts.text(of("[" + IMAGE.replace("aWdn", "?") + "]"))).contains("not valid base64");
        String many = "[" + (IMAGE + ",").repeat(ReturnParts.MOST_IMAGES) + IMAGE + "]";
        assertThat(of(many).getLast())
                .isEqualTo(new Content.Text("[an image was left out: a tool may return 10 images]"));
        String large = "A".repeat(ReturnParts.MOST_CHARACTERS + 4);
        assertThat(ReturnParts.text(of("[" + IMAGE.replace("aWdn", large) + "]")))
                .contains("are the limit");
    }

    @Test
    void storedReturnsWithoutPartsStayAsTheyWere() {
        ToolReturn plain = new ToolReturn("c", ToolReturn.SUCCESS, "x", null, null);
        assertThat(Json.write(plain)).doesNotContain("parts").doesNotContain("images");
        assertThat(Json.read(Json.write(plain), ToolReturn.class)).isEqualTo(plain);
        ToolReturn pictured = new ToolReturn("c", ToolReturn.SUCCESS, "x", null, null, of("[" + IMAGE + "]"));
        assertThat(Json.read(Json.write(pictured), ToolReturn.class)).isEqualTo(pictured);
    }
}
