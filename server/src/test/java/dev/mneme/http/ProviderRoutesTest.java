package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.llm.LiveModels;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.FakeProvider;
import dev.mneme.testkit.FakeStep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers with keys of an organisation's own (contract 09 §2). */
class ProviderRoutesTest {
    private static final String ALL = "/v1/providers";
    private static final String SECRET = "sk-of-my-own-0815";

    private final FakeProvider server = FakeProvider.start();
    private final FakeProvider own = FakeProvider.start().models("gpt-4o", "text-embedding-3-small");
    private LiveModels models;
    private House house;
    private Web web;

    @BeforeEach
    void open(@TempDir Path folder) {
        models = new LiveModels(
                server.options(Map.of("MNEME_ALLOWED_PRIVATE_HOSTS", "localhost,127.0.0.1")),
                org -> Tenancy.keyring(house.rooms.tenancy().providers()).apply(org));
        house = new House(folder, models, DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterEach
    void close() {
        house.close();
        models.close();
        own.close();
        server.close();
    }

    private JsonNode make(String name, String url) {
        Web.Reply made = web.post(ALL, body(name, url));
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        return made.json();
    }

    private static String body(String name, String url) {
        return "{'name':'" + name + "','provider_type':'openai','api_key':' " + SECRET + " ','base_url':'" + url + "'}";
    }

    @Test
    void aKeyThatNoHeaderCanCarryIsRefused() {
        String body = "{'name':'odd','provider_type':'openai','api_key':'sk-\\u0007\\u00e9'}";
        for (String path : java.util.List.of("/v1/providers", "/v1/providers/check")) {
            Web.Reply refused = web.post(path, body);
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text()).contains("api_key");
        }
    }

    @Test
    void anAgentCallsItsModelWithTheOrganisationsKey() {
        JsonNode made = make("mine", own.openAiUrl());
        assertThat(made.path("provider_category").asText()).isEqualTo("byok");
        assertThat(made.path("last_synced").isNull()).isTrue();
        String at = ALL + "/" + made.path("id").asText();
        assertThat(web.get(at).json().path("last_synced").isTextual()).isTrue();
        JsonNode listed = web.get("/v1/models?provider_category=byok").json();
        assertThat(listed.findValuesAsText("handle")).containsExactly("mine/gpt-4o");
        assertThat(listed.path(0).path("provider_name").asText()).isEqualTo("mine");

        String agent = house.agent("{'model':'mine/gpt-4o'}");
        own.next(FakeStep.say("from my own"));
        Web.Reply said = web.post("/v1/agents/" + agent + "/messages", "{'messages':[{'role':'user','content':'hi'}]}");
        assertThat(said.text()).contains("from my own");
        assertThat(own.requests())
                .allMatch(seen -> ("Bearer " + SECRET).equals(seen.headers().get("authorization")));
        assertThat(own.calls().getLast().path("model").asText()).isEqualTo("gpt-4o");
        assertThat(server.calls()).isEmpty();

        assertThat(web.delete(at).text()).contains("successfully deleted");
        assertThat(web.get(at).status()).isEqualTo(404);
        Web.Reply after =
                web.post("/v1/agents/" + agent + "/messages", "{'messages':[{'role':'user','content':'hi'}]}");
        assertThat(after.status()).as(after.text()).isEqualTo(401);
        assertThat(after.text()).contains("was deleted");
        assertThat(server.calls())
                .as("the server's own key is not used instead")
                .isEmpty();
    }

    @Test
    void theKeyIsSealedAndNeverShown() {
        JsonNode made = make("mine", own.openAiUrl());
        String at = ALL + "/" + made.path("id").asText();
        String shown = made
                + web.get(ALL).text()
                + web.get(at).text()
                + web.get("/v1/models").text()
                + web.patch(at, "{'api_key':'" + SECRET + "2'}").text()
                + web.patch(at + "/refresh", "").text();
        assertThat(shown).doesNotContain(SECRET);
        assertThat(made.path("api_key_enc").isNull()).isTrue();
        String stored = house.db
                .everywhere()
                .read(tx -> tx.sql()
                        .selectFrom(dev.mneme.store.gen.Tables.PROVIDER)
                        .fetch()
                        .toString());
        assertThat(stored).doesNotContain(SECRET);
        assertThat(web.post(at + "/check", "").text()).contains("Valid api key for provider_type=openai");
        assertThat(own.requests().getLast().headers().get("authorization")).isEqualTo("Bearer " + SECRET + "2");
    }

    @Test
    void anotherOrganisationNeitherSeesNorUsesIt() {
        make("mine", own.openAiUrl());
        String org = web.post("/v1/admin/orgs", "{}").json().path("id").asText();
        String user = web.post("/v1/admin/users", "{'name':'x','organization_id':'" + org + "'}")
                .json()
                .path("id")
                .asText();
        assertThat(web.get("/v1/models", "user_id", user).text()).doesNotContain("mine/");
        assertThat(web.post("/v1/agents", "{'model':'mine/gpt-4o'}", "user_id", user)
                        .status())
                .isEqualTo(404);
        Web.Reply forged = web.post(
                "/v1/agents",
                "{'llm_config':{'model':'gpt-4o','model_endpoint_type':'openai','context_window':8000,'handle':'mine/gpt-4o',"
                        + "'provider_category':'byok','provider_name':'mine','model_endpoint':'" + own.openAiUrl()
                        + "'}}",
                "user_id",
                user);
        assertThat(forged.status()).as(forged.text()).isEqualTo(200);
        int before = own.requests().size();
        Web.Reply said = web.post(
                "/v1/agents/" + forged.json().path("id").asText() + "/messages",
                "{'messages':[{'role':'user','content':'hi'}]}",
                "user_id",
                user);
        assertThat(said.status()).as(said.text()).isEqualTo(401);
        assertThat(own.requests()).hasSize(before);
        assertThat(web.post(ALL, body("mine", own.openAiUrl()), "user_id", user).status())
                .as("names are the organisation's")
                .isEqualTo(200);
    }

    @Test
    void whatDoesNotFitIsSaid() {
        make("mine", own.openAiUrl());
        assertThat(web.post(ALL, body("mine", own.openAiUrl())).status()).isEqualTo(409);
        assertThat(web.post(ALL, body("openai", own.openAiUrl())).detail())
                .isEqualTo(
                        "Provider name 'openai' conflicts with an existing base provider. Please choose a different name.");
        assertThat(web.post(ALL, body("a/b", own.openAiUrl())).status()).isEqualTo(422);
        assertThat(web.post(ALL, "{'name':'x','provider_type':'nobody','api_key':'k'}")
                        .status())
                .isEqualTo(422);
        assertThat(web.post(ALL, "{'name':'x','provider_type':'openai','api_key':'k','more':1}")
                        .status())
                .isEqualTo(422);
        assertThat(web.post(ALL, "{'name':'x','provider_type':'bedrock','api_key':'k'}")
                        .status())
                .isEqualTo(400);
        assertThat(web.post(ALL, "{'name':'x','provider_type':'vllm','api_key':'k'}")
                        .detail())
                .contains("needs base_url");
        assertThat(web.post(ALL + "/check", "{'provider_type':'openai','api_key':''}")
                        .detail())
                .isEqualTo("API key is required!");
        assertThat(web.get(ALL + "/provider-123e4567-e89b-42d3-8456-426614174000")
                        .status())
                .isEqualTo(404);
        // an address within the walls is not called: nothing is listed, and a check says why
        JsonNode inside = make("inside", "http://169.254.169.254/v1");
        assertThat(web.get(ALL + "/" + inside.path("id").asText())
                        .json()
                        .path("last_synced")
                        .isNull())
                .isTrue();
        assertThat(web.post(ALL + "/" + inside.path("id").asText() + "/check", "")
                        .status())
                .isGreaterThanOrEqualTo(400);
    }
}
