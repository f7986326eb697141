package dev.mneme.arch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.config.Setting;
import dev.mneme.llm.LlmOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The generated pages are as their sources say. With {@code -Dmneme.regen=true} it writes them instead. */
class GeneratedDocsTest {
    static Set<String> names() {
        return GeneratedDocs.pages().keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void isUpToDate(String name) throws IOException {
        Path file = GeneratedDocs.FOLDER.resolve(name);
        String made = GeneratedDocs.pages().get(name).get();
        if (Boolean.getBoolean("mneme.regen")) {
            Files.createDirectories(GeneratedDocs.FOLDER);
            Files.writeString(file, made);
        }
        assertThat(file).as("run ./verify --regen and commit docs/gen").exists();
        assertThat(Files.readString(file))
                .as("docs/gen/%s is out of date: run ./verify --regen", name)
                .isEqualTo(made);
    }

    /** Else a variable that room llm reads would stop the start as unknown. */
    @Test
    void settingsKnowEveryVariableOfOursThatTheModelsRead() {
        Set<String> known = new HashSet<>();
        for (Setting setting : Setting.values()) {
            known.addAll(setting.variables());
        }
        assertThat(known)
                .containsAll(LlmOptions.variables().stream()
                        .map(LlmOptions.Variable::name)
                        .filter(name -> name.startsWith("MNEME_") || name.startsWith("LETTA_"))
                        .toList());
    }
}
