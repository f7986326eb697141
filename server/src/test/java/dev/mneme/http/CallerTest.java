package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallerTest {
    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "1.12.1, Letta/Python 1.12.1, SDK_1",
                "0.1.0, -, SDK_1",
                "0.1.0, curl/8.5.0, SDK_1",
                "-, -, SDK_1",
                "-, '', SDK_1",
                "-, letta-client/1.0, SDK_1",
                "-, letta-client/1, SDK_1",
                "-, @letta-ai/letta-client/1.7.2, SDK_1",
                "-, letta-client/0.9, LEGACY",
                "-, letta-client/10.1, LEGACY",
                "-, foo/1.0, LEGACY",
                "-, Letta/Python 1.0, LEGACY",
                "-, curl/8.5.0, LEGACY",
                "-, nonsense, LEGACY",
                "-, Java-http-client/25, LEGACY",
            })
    void tellsGenerationsApart(@Nullable String version, @Nullable String agent, Caller expected) {
        assertThat(Caller.of(version, agent)).isEqualTo(expected);
    }
}
