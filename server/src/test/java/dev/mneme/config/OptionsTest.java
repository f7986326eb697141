package dev.mneme.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
    private static Options read(String... pairs) {
        Map<String, String> environment = new java.util.HashMap<>(Map.of("HOME", "/home/ada"));
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return Options.read(Map.of(), environment);
    }

    @Test
    void defaultsAreLoopbackAndTheHomeFolder() {
        Options options = read();
        assertThat(options.server())
                .isEqualTo(new ServerOptions("127.0.0.1", 8283, null, null, false, Presence.LISTENING));
        assertThat(options.storage().folder()).isEqualTo(Path.of("/home/ada/.mneme"));
        assertThat(options.storage().postgres()).isNull();
        assertThat(options.security().secure()).isFalse();
        assertThat(options.stream().pingSeconds()).isEqualTo(20);
        assertThat(options.warnings()).isEmpty();
    }

    @Test
    void aFlagWinsOverTheEnvironment() {
        Options options = Options.read(
                Map.of(Setting.PORT, "9000", Setting.SECURE, "true"),
                Map.of("HOME", "/h", "MNEME_PORT", "9001", "MNEME_HOST", "::1"));
        assertThat(options.server().port()).isEqualTo(9000);
        assertThat(options.server().host()).isEqualTo("::1");
        assertThat(options.security().secure()).isTrue();
    }

    @Test
    void namesCountWhateverTheirCaseAndEmptyIsUnset() {
        assertThat(read("letta_debug", "TRUE").server().debug()).isTrue();
        assertThat(read("MNEME_PORT", "  ").server().port()).isEqualTo(8283);
    }

    @Test
    void theDataFolderFollowsTheOldVariableIntoASubfolderOnly() {
        assertThat(read("LETTA_DIR", "~/.letta").storage().folder()).isEqualTo(Path.of("/home/ada/.letta/mneme"));
        assertThat(read("LETTA_DIR", "/x", "MNEME_DIR", "/y").storage().folder())
                .isEqualTo(Path.of("/y"));
    }

    @Test
    void anUnknownVariableOfOursStopsTheStartAndNamesTheNearest() {
        assertThatThrownBy(() -> read("MNEME_PROT", "1"))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("MNEME_PROT")
                .hasMessageContaining("MNEME_PORT")
                .hasMessageNotContaining("\n");
    }

    @Test
    void anUnknownVariableOfTheRetiredServerOnlyWarns() {
        assertThat(read("LETTA_REDIS_HOST", "redis", "LETTA_PG_URI", "postgresql://h/d")
                        .warnings())
                .hasSize(1)
                .first()
                .asString()
                .contains("LETTA_REDIS_HOST");
    }

    @ParameterizedTest
    @CsvSource({
        "MNEME_PORT,http",
        "MNEME_PORT,70000",
        "LETTA_PG_POOL_SIZE,0",
        "LETTA_DEBUG,maybe",
        "LETTA_SERVER_AUTH,off"
    })
    void aValueThatCannotBeIsRefusedInOneLine(String name, String value) {
        assertThatThrownBy(() -> read(name, value))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining(name)
                .hasMessageContaining(value)
                .hasMessageNotContaining("\n");
    }

    @Test
    void aPasswordSwitchesSecureModeOnAndNeverPrints() {
        SecurityOptions security = read("LETTA_SERVER_PASSWORD", "open sesame").security();
        assertThat(security.secure()).isTrue();
        assertThat(security.toString()).doesNotContain("sesame").contains("***");
    }

    @Test
    void passwordAndNoAuthContradictEachOther() {
        assertThatThrownBy(() -> read("LETTA_SERVER_PASSWORD", "x", "LETTA_SERVER_AUTH", "none"))
                .isInstanceOf(StartRefused.class);
    }

    @Test
    void thePartsOfTheDatabaseAddressCountOnlyTogether() {
        assertThat(read("LETTA_PG_DB", "letta", "LETTA_PG_HOST", "db").storage().postgres())
                .isNull();
        Secret whole = read(
                        "LETTA_PG_DB",
                        "letta",
                        "LETTA_PG_HOST",
                        "db",
                        "LETTA_PG_PORT",
                        "5433",
                        "LETTA_PG_USER",
                        "u",
                        "LETTA_PG_PASSWORD",
                        "p@ss /1")
                .storage()
                .postgres();
        assertThat(whole).isNotNull();
        assertThat(whole.reveal()).isEqualTo("postgresql://u:p%40ss%20%2F1@db:5433/letta");
    }

    @Test
    void originsComeAsJsonOrWithCommas() {
        assertThat(read("LETTA_CORS_ORIGINS", "[\"http://a\", \"http://b\"]")
                        .security()
                        .origins())
                .isEqualTo(List.of("http://a", "http://b"));
        assertThat(read("ACCEPTABLE_ORIGINS", "http://a, http://b").security().moreOrigins())
                .isEqualTo(List.of("http://a", "http://b"));
    }
}
