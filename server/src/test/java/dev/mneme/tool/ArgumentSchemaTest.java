package dev.mneme.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From an argument record to its schema and from a call to the record. */
class ArgumentSchemaTest {
    @Doc("Does it.")
    record Sample(
            @Doc("First.") String firstName,
            @Doc("How many.") @Nullable Integer count,

            @Doc(
                    value = "Which.",
                    oneOf = {"a", "b"})
            @Nullable
            List<String> kinds,

            @Doc("Really.") @Nullable Boolean sure,
            @Doc("Share.") @Nullable Double part) {}

    record Bare(String undocumented) {}

    static final ArgumentSchema<Sample> SCHEMA = ArgumentSchema.of("sample", Sample.class);

    @Test
    void theSchemaFollowsTheRecord() {
        assertThat(SCHEMA.spec().description()).isEqualTo("Does it.");
        assertThat(SCHEMA.spec().parameters()).hasToString("""
                        {"type":"object","properties":{"first_name":{"type":"string","description":"First."},\
                        "count":{"type":"integer","description":"How many."},\
                        "kinds":{"type":"array","items":{"type":"string","enum":["a","b"]},"description":"Which."},\
                        "sure":{"type":"boolean","description":"Really."},\
                        "part":{"type":"number","description":"Share."}},"required":["first_name"]}""");
        assertThatThrownBy(() -> ArgumentSchema.of("bare", Bare.class)).isInstanceOf(IllegalArgumentException.class);
    }

    static String parsed(String call) {
        try {
            return switch (SCHEMA.parse((ObjectNode) Json.parse(call.replace('`', '"')))) {
                case ArgumentSchema.Parsed.Arguments<Sample> ok -> ok.value().toString();
                case ArgumentSchema.Parsed.Wrong<Sample> wrong -> wrong.text();
            };
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(call, e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{`first_name`:`x`,`other`:1}|Sample[firstName=x, count=null, kinds=null, sure=null, part=null]",
                "{`first_name`:5,`count`:`7`,`kinds`:`a`,`sure`:`True`,`part`:`0.5`}|Sample[firstName=5, count=7, kinds=[a], sure=true, part=0.5]",
                "{`first_name`:`x`,`count`:2.0,`kinds`:[`a`,1],`sure`:false,`part`:1}|Sample[firstName=x, count=2, kinds=[a, 1], sure=false, part=1.0]",
                "{}|sample() missing 1 required positional argument: 'first_name'",
                "{`first_name`:null}|sample() missing 1 required positional argument: 'first_name'",
                "{`first_name`:[]}|sample() argument 'first_name' must be a string, not []",
                "{`first_name`:`x`,`count`:2.5}|sample() argument 'count' must be an integer, not 2.5",
                "{`first_name`:`x`,`count`:99999999999}|sample() argument 'count' must be an integer, not 99999999999",
                "{`first_name`:`x`,`count`:true}|sample() argument 'count' must be an integer, not true",
                "{`first_name`:`x`,`kinds`:[null]}|sample() argument 'kinds' must be a list of strings, not [null]",
                "{`first_name`:`x`,`sure`:1}|sample() argument 'sure' must be true or false, not 1",
                "{`first_name`:`x`,`part`:`much`}|sample() argument 'part' must be a number, not `much`",
            })
    void callsAreRead(String call, String expected) {
        assertThat(parsed(call)).isEqualTo(expected.replace('`', '"'));
    }
}
