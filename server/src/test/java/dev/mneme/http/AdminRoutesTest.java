package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.store.Db;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Users and organisations over REST (contract 12 §6). */
class AdminRoutesTest {
    private static final String USERS = "/v1/admin/users";
    private static final String ORGS = "/v1/admin/orgs";

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

    private static JsonNode made(String path, String body, String... headers) {
        Web.Reply reply = web.post(path, body, headers);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    private static String id(JsonNode made) {
        return made.path("id").asText();
    }

    @Test
    void anOrganisationHasUsersWithAgentsOfTheirOwn() {
        JsonNode org = made(ORGS, "{'name':'Acme'}");
        assertThat(org.path("privileged_tools").asBoolean(true)).isFalse();
        JsonNode user = made(USERS, "{'name':'Ann','organization_id':'" + id(org) + "'}");
        assertThat(user.path("organization_id")).isEqualTo(org.path("id"));

        Web.Reply agent = web.post("/v1/agents", "{'name':'hers'}", "user_id", id(user));
        assertThat(agent.json().path("tools").size()).as("base tools are there").isPositive();
        String at = "/v1/agents/" + agent.json().path("id").asText();
        assertThat(web.get(at).status()).isEqualTo(404);
        assertThat(web.get(at, "user_id", id(user)).status()).isEqualTo(200);

        assertThat(web.delete(ORGS + "?org_id=" + id(org)).detail()).contains("still holds 1 agents");
        web.delete(at, "user_id", id(user));
        web.get("/v1/blocks?limit=100", "user_id", id(user))
                .json()
                .forEach(block -> web.delete("/v1/blocks/" + id(block), "user_id", id(user)));
        Web.Reply gone = web.delete(ORGS + "?org_id=" + id(org));
        assertThat(gone.status()).as(gone.text()).isEqualTo(200);
        assertThat(web.get(ORGS).text()).doesNotContain(id(org));
        assertThat(web.get(USERS).text()).doesNotContain(id(user));
    }

    @Test
    void usersAreListedChangedMovedAndDeleted() {
        String org = id(made(ORGS, ""));
        String user = id(made(USERS, "{'name':'Bob','organization_id':'" + Db.DEFAULT_ORGANIZATION + "'}"));
        assertThat(web.get(USERS + "?after=" + Db.DEFAULT_USER).text())
                .contains(user)
                .doesNotContain(Db.DEFAULT_USER + "\",\"org");
        String key = web.post("/v1/api-keys", "{'name':'k'}", "user_id", user)
                .json()
                .path("key")
                .asText();
        assertThat(web.get("/v1/agents", "authorization", "Bearer " + key).status())
                .isEqualTo(200);

        JsonNode moved = web.put(USERS, "{'id':'" + user + "','name':'Rob','organization_id':'" + org + "'}")
                .json();
        assertThat(moved.path("name").asText()).isEqualTo("Rob");
        assertThat(moved.path("organization_id").asText()).isEqualTo(org);
        assertThat(web.get("/v1/agents", "authorization", "Bearer " + key).status())
                .as("a key stays behind")
                .isEqualTo(401);

        assertThat(web.delete(USERS + "?user_id=" + user).json().path("id").asText())
                .isEqualTo(user);
        assertThat(web.delete(USERS + "?user_id=" + user).status()).isEqualTo(404);
        assertThat(web.patch(ORGS + "?org_id=" + org, "{'name':'New','privileged_tools':true}")
                        .json()
                        .path("privileged_tools")
                        .asBoolean())
                .isTrue();
        assertThat(web.delete(ORGS + "?org_id=" + org).status()).isEqualTo(200);
        assertThat(web.patch(ORGS + "?org_id=" + org, "{'name':'New'}").status())
                .isEqualTo(404);
    }

    @Test
    void theFirstOnesStay() {
        assertThat(web.delete(USERS + "?user_id=" + Db.DEFAULT_USER).status()).isEqualTo(409);
        assertThat(web.delete(ORGS + "?org_id=" + Db.DEFAULT_ORGANIZATION).status())
                .isEqualTo(409);
        String nowhere = Db.DEFAULT_ORGANIZATION.replace("00000000-", "11111111-");
        assertThat(web.post(USERS, "{'name':'x','organization_id':'" + nowhere + "'}")
                        .status())
                .isEqualTo(409);
        assertThat(web.post(USERS, "{'name':'','organization_id':'" + nowhere + "'}")
                        .status())
                .isEqualTo(422);
        assertThat(web.post(USERS, "{'name':'x','organization_id':'acme'}").status())
                .isEqualTo(400);
    }

    @Test
    void anAdminKeySeesAndMakesOnlyItsOwnPeople() {
        String org = id(made(ORGS, "{'name':'apart'}"));
        String user = id(made(USERS, "{'name':'Eve','organization_id':'" + org + "'}"));
        String key = web.post("/v1/api-keys", "{'name':'k'}", "user_id", user)
                .json()
                .path("key")
                .asText();
        String[] with = {"authorization", "Bearer " + key};

        assertThat(web.get(ORGS, with).json()).hasSize(1);
        assertThat(web.get(USERS, with).json()).hasSize(1);
        assertThat(web.post(ORGS, "{'name':'more'}", with).status()).isEqualTo(403);
        assertThat(web.delete(ORGS + "?org_id=" + org, with).status()).isEqualTo(403);
        assertThat(web.patch(ORGS + "?org_id=" + Db.DEFAULT_ORGANIZATION, "{'name':'mine'}", with)
                        .status())
                .isEqualTo(404);
        assertThat(web.post(USERS, "{'name':'x','organization_id':'" + Db.DEFAULT_ORGANIZATION + "'}", with)
                        .status())
                .isEqualTo(403);
        assertThat(web.delete(USERS + "?user_id=" + Db.DEFAULT_USER, with).status())
                .isEqualTo(404);
        assertThat(web.put(USERS, "{'id':'" + user + "','organization_id':'" + Db.DEFAULT_ORGANIZATION + "'}", with)
                        .status())
                .isEqualTo(403);
    }
}
