package dev.mneme.base;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.junit.jupiter.api.Test;

class StorableTest {
    @Test
    void nulAndLoneSurrogatesAreLeftOutAndAllElseStays() {
        assertThat(Storable.of("a\0b\ud800c\udc00d")).isEqualTo("abcd");
        assertThat(Storable.of("\ud83d\ude00 \u4f60\n")).isEqualTo("\ud83d\ude00 \u4f60\n");
    }

    @Test
    void treesAreCleanedInNamesAndValues() throws JsonProcessingException {
        assertThat(Storable.of(Json.parse("{\"a\\u0000\":[1,\"x\\u0000\",{\"k\":\"\\udc00\"}]}")))
                .isEqualTo(Json.parse("{\"a\":[1,\"x\",{\"k\":\"\"}]}"));
    }
}
