package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class SkillTreeTest {
    private static JsonNode skill(String location, String description) {
        return Json.object().put("name", "n").put("location", location).put("description", description);
    }

    @Test
    void oneSkill() {
        assertThat(SkillTree.of(List.of(skill("x", "does"))))
                .isEqualTo("\n\n<available_skills>\n/\n└── x (does)\n</available_skills>");
    }

    @Test
    void placesBecomeATree() {
        assertThat(SkillTree.of(List.of(
                        skill("skills/slack/SKILL.md", "posts\nmessages"),
                        skill("/skills/pdf/", "reads"),
                        skill("a", ""))))
                .isEqualTo("""


                        <available_skills>
                        /
                        ├── a
                        └── skills
                            ├── pdf (reads)
                            └── slack
                                └── SKILL.md (posts messages)
                        </available_skills>""");
    }

    @Test
    void noneIsNothingAndAHalfOneIsRefused() {
        assertThat(SkillTree.of(null)).isNull();
        assertThat(SkillTree.of(List.of())).isNull();
        assertThatThrownBy(() -> SkillTree.of(List.of(Json.object().put("name", "n"))))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("client_skills");
    }
}
