package dev.mneme.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":1,\"b\":[1,2]}          | {\"a\": 1, \"b\": [1, 2]}",
                "{\"query\": \"abc\"}           | {\"query\": \"abc\"}",
                "{\"t\":\"x,y:z \\\" q\"}       | {\"t\": \"x,y:z \\\" q\"}",
                "{\"t\":\"\\\\\",\"u\":1.50}    | {\"t\": \"\\\\\", \"u\": 1.50}",
                "{}                             | {}",
                "{broken                        | {broken",
            })
    void spacesArguments(String json, String spaced) {
        assertThat(PythonText.spaced(json)).isEqualTo(spaced);
    }

    @Test
    void keepsAnEmptyTextAsItIs() {
        assertThat(PythonText.spaced("")).isEmpty();
        assertThat(PythonText.spaced("{ \"a\" :\n 1 }")).isEqualTo("{\"a\": 1}");
    }

    @Test
    void printsLikePython() throws Exception {
        assertThat(PythonText.repr(Json.parse("{\"a\":null,\"b\":[true,1.5,\"it's\"],\"c\":\"x\\ny\"}")))
                .isEqualTo("{'a': None, 'b': [True, 1.5, \"it's\"], 'c': 'x\\ny'}");
    }
}
