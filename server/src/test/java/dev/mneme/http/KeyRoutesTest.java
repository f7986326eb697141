package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.store.Db;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** API keys: what each role reaches, and that nothing opens once a key is revoked. */
class KeyRoutesTest {
    @TempDir
    Path folder;

    private House house;
    private String mine;
    private String other;

    @BeforeEach
    void start() {
        house = new House(folder);
        mine = house.agent("{'name':'mine','memory_blocks':[{'label':'human','value':'a'}]}");
        other = house.agent("{'name':'other','memory_blocks':[{'label':'human','value':'b'}]}");
    }

    @AfterEach
    void stop() {
        house.close();
    }

    private int status(String key, String method, String path, String body) {
        return house.web
                .send(method, path, body, "authorization", "Bearer " + key)
                .status();
    }

    private JsonNode make(String body) {
        Web.Reply made = house.web.post("/v1/api-keys", body);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json();
    }

    private String block(String agent) {
        return house.web
                .get("/v1/agents/" + agent + "/core-memory/blocks/human")
                .json()
                .path("id")
                .asText();
    }

    @Test
    void aSecretIsShownOnceAndStoredOnlyAsAHash() {
        JsonNode made = make("{'name':'ci'}");
        String secret = made.path("key").asText();

        assertThat(secret).startsWith(made.path("prefix").asText()).hasSizeGreaterThan(50);
        assertThat(status(secret, "GET", "/v1/agents/", null)).isEqualTo(200);
        JsonNode listed = house.web.get("/v1/api-keys/").json();
        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).has("key")).isFalse();
        assertThat(listed.get(0).path("last_used_at").isTextual()).isTrue();
        assertThat(listed.toString()).doesNotContain(secret);
    }

    @Test
    void revokedAndUnknownKeysOpenNothingEvenWhereNobodyNeedsOne() {
        JsonNode made = make("{'name':'short'}");
        String secret = made.path("key").asText();
        house.web.delete("/v1/api-keys/" + made.path("id").asText());

        assertThat(status(secret, "GET", "/v1/agents/", null)).isEqualTo(401);
        assertThat(status(secret.substring(0, secret.length() - 1) + "_", "GET", "/v1/agents/", null))
                .isEqualTo(401);
        assertThat(status("sk-mneme-nothing", "GET", "/v1/agents/", null)).isEqualTo(401);
        assertThat(status("anything", "GET", "/v1/agents/", null)).isEqualTo(200);
    }

    @Test
    void aReadOnlyKeyReads() {
        String key = make("{'name':'eyes','role':'read_only'}").path("key").asText();

        assertThat(status(key, "GET", "/v1/agents/" + mine, null)).isEqualTo(200);
        assertThat(status(key, "PATCH", "/v1/agents/" + mine, "{'name':'x'}")).isEqualTo(403);
        assertThat(status(key, "DELETE", "/v1/agents/" + mine, null)).isEqualTo(403);
        assertThat(status(key, "GET", "/v1/api-keys", null)).isEqualTo(403);
    }

    @Test
    void anAgentsKeyReachesThatAgentAndWhatBelongsToIt() {
        String key = make("{'name':'tool','role':'agent','agent_ids':['" + mine + "']}")
                .path("key")
                .asText();

        assertThat(status(key, "GET", "/v1/agents/" + mine, null)).isEqualTo(200);
        assertThat(status(key, "GET", "/v1/agents/" + mine + "/messages", null)).isEqualTo(200);
        assertThat(status(key, "PATCH", "/v1/blocks/" + block(mine), "{'value':'c'}"))
                .isEqualTo(200);
        assertThat(status(key, "GET", "/v1/runs/?agent_id=" + mine, null)).isEqualTo(200);
        for (String path : new String[] {
            "/v1/agents/",
            "/v1/agents/" + other,
            "/v1/blocks/",
            "/v1/blocks/" + block(other),
            "/v1/runs/",
            "/v1/runs/?agent_id=",
            "/v1/runs/?agent_id=" + other,
            "/v1/runs/?agent_id=" + mine + "&agent_id=" + other,
            "/v1/api-keys",
            "/v1/tools/"
        }) {
            assertThat(status(key, "GET", path, null)).as(path).isEqualTo(403);
        }
        assertThat(status(key, "PATCH", "/v1/agents/" + mine + "/core-memory/blocks/attach/" + block(other), null))
                .isEqualTo(403);
        assertThat(status(key, "PATCH", "/v1/agents/" + mine, "{'block_ids':['" + block(other) + "']}"))
                .isEqualTo(403);
        String tool = house.web
                .get("/v1/agents/" + mine + "/tools")
                .json()
                .get(0)
                .path("id")
                .asText();
        assertThat(status(key, "GET", "/v1/tools/" + tool, null)).isEqualTo(200);
        assertThat(status(key, "PATCH", "/v1/tools/" + tool, "{'description':'x'}"))
                .isEqualTo(403);
    }

    @Test
    void aKeyOfOneCallEndsWithIt() {
        String key = house.keys.issue(Db.DEFAULT_ORGANIZATION, Db.DEFAULT_USER, mine, Duration.ofMinutes(1));
        assertThat(status(key, "GET", "/v1/agents/" + mine, null)).isEqualTo(200);
        assertThat(status(key, "GET", "/v1/agents/" + other, null)).isEqualTo(403);

        house.keys.withdraw(key);
        assertThat(status(key, "GET", "/v1/agents/" + mine, null)).isEqualTo(401);
        String late = house.keys.issue(Db.DEFAULT_ORGANIZATION, Db.DEFAULT_USER, mine, Duration.ZERO);
        assertThat(status(late, "GET", "/v1/agents/" + mine, null)).isEqualTo(401);
    }

    @Test
    void mistakesAreSaid() {
        assertThat(house.web.post("/v1/api-keys", "{'name':'x','role':'king'}").status())
                .isEqualTo(422);
        assertThat(house.web.post("/v1/api-keys", "{'name':'x','role':'agent'}").text())
                .contains("needs agent_ids");
        assertThat(house.web.post("/v1/api-keys", "{'name':'','role':'admin'}").status())
                .isEqualTo(422);
        assertThat(house.web
                        .get("/v1/api-keys/key-123e4567-e89b-42d3-8456-426614174000")
                        .status())
                .isEqualTo(404);
    }
}
