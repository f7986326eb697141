package dev.mneme.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Problem;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresAddressTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "postgresql://u:p@h:5433/db | jdbc:postgresql://h:5433/db?user=u&password=p",
                "postgres://u:p@h/db?sslmode=require | jdbc:postgresql://h/db?user=u&password=p&sslmode=require",
                "postgresql+asyncpg://u@h/db?ssl=disable | jdbc:postgresql://h/db?user=u&sslmode=disable",
                "postgresql+pg8000://u:a+b%40c@h/db | jdbc:postgresql://h/db?user=u&password=a%2Bb%40c",
                "postgresql://h | jdbc:postgresql://h/letta",
                "host=h port=6 dbname=d user=u password='a b' | jdbc:postgresql://h:6/d?user=u&password=a+b",
                "jdbc:postgresql://h/db | jdbc:postgresql://h/db",
            })
    void everySpellingIsUnderstood(String address, String jdbc) {
        assertThat(PostgresAddress.jdbc(address)).isEqualTo(jdbc);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "mysql://h/db", "postgresql://u:p%@h/db"})
    void anythingElseSaysWhatToWrite(String address) {
        assertThatThrownBy(() -> PostgresAddress.jdbc(address))
                .isInstanceOfSatisfying(
                        Problem.class, p -> assertThat(p.detail()).contains("LETTA_PG_URI", "postgresql://"));
    }
}
