package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinderTest {
    record Inner(String name) {}

    record Body(
            String someText,
            @Nullable Integer howMany,
            @Nullable Boolean flag,
            @Nullable List<Inner> inners,
            @Nullable Map<String, String> texts,
            @Nullable JsonNode any) {}

    private static Body read(String json) throws Exception {
        return Binder.body(Json.parse(json), Body.class);
    }

    @Test
    void readsWhatFits() throws Exception {
        Body body = read(
                "{'some_text':'a','how_many':3.0,'flag':'true','inners':[{'name':'x'}],'texts':{'k':'v'},'other':1}"
                        .replace('\'', '"'));

        assertThat(body).isEqualTo(new Body("a", 3, true, List.of(new Inner("x")), Map.of("k", "v"), null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}                                    | missing               | ('body', 'some_text')",
                "[]                                    | model_attributes_type | ('body',)",
                "{'some_text':null}                    | string_type           | ('body', 'some_text')",
                "{'some_text':1}                       | string_type           | ('body', 'some_text')",
                "{'some_text':'a','how_many':1.5}      | int_from_float        | ('body', 'how_many')",
                "{'some_text':'a','how_many':'x'}      | int_type              | ('body', 'how_many')",
                "{'some_text':'a','how_many':99999999999} | int_parsing_size   | ('body', 'how_many')",
                "{'some_text':'a','flag':'perhaps'}    | bool_parsing          | ('body', 'flag')",
                "{'some_text':'a','inners':{}}         | list_type             | ('body', 'inners')",
                "{'some_text':'a','inners':[{}]}       | missing               | ('body', 'inners', 0, 'name')",
                "{'some_text':'a','texts':{'k':1}}     | string_type           | ('body', 'texts', 'k')",
                "{'some_text':'a','texts':[]}          | dict_type             | ('body', 'texts')",
            })
    void saysWhatDoesNot(String json, String type, String place) throws Exception {
        assertThatThrownBy(() -> read(json.replace('\'', '"'))).isInstanceOfSatisfying(Invalid.class, invalid -> {
            assertThat(invalid.body().path("detail").asText())
                    .startsWith("[{'type': '" + type + "', 'loc': " + place + ", 'msg': '");
            assertThat(invalid.body().path("errors").path(0).path("type").asText())
                    .isEqualTo(type);
            assertThat(invalid.body().path("trace_id").asText("?")).isEmpty();
        });
    }

    @Test
    void namesEverythingThatIsWrongAtOnce() {
        assertThatThrownBy(() -> read("{\"how_many\":\"x\",\"flag\":\"perhaps\"}"))
                .isInstanceOfSatisfying(
                        Invalid.class,
                        invalid -> assertThat(invalid.body().path("errors")).hasSize(3));
    }
}
