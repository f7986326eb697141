package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A parameter that a route documents is refused when it is malformed, also where the answer would not depend on it (contract 12.1). */
class ListQueryTest {
    private static final String SOME = "0c4ed6b1-7b5f-4f2e-8b0f-0a5a0b0c0d0e";

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        house = new House(folder);
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "agents",
                "archives",
                "blocks",
                "conversations",
                "folders",
                "groups",
                "identities",
                "jobs",
                "messages/batches",
                "providers",
                "runs",
                "steps",
                "tags",
                "tools",
                "agents/agent-@/tools",
                "agents/agent-@/files",
                "agents/agent-@/folders",
                "agents/agent-@/groups",
                "agents/agent-@/messages",
                "agents/agent-@/core-memory/blocks",
                "blocks/block-@/agents",
                "runs/run-@/messages",
                "runs/run-@/steps",
                "steps/step-@/messages",
                "identities/identity-@/agents",
                "groups/group-@/messages"
            })
    void whatToSortByIsOneOfTheKnownWords(String list) {
        Web.Reply refused = web.get("/v1/" + list.replace("@", SOME) + "?order_by=bogus");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.detail()).contains("literal_error").contains("order_by");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /v1/jobs/foo", "DELETE /v1/jobs/foo", "PATCH /v1/jobs/foo/cancel"})
    void aJobsIdIsCheckedAsOtherTypedIds(String request) {
        String[] words = request.split(" ");
        Web.Reply refused = web.send(words[0], words[1], words[0].equals("GET") ? null : "{}");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.detail()).contains("string_pattern_mismatch").contains("job_id");
        assertThat(refused.json().path("examples")).hasSize(1);
    }
}
