package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers beside the recorded cases, compared with the retired server 0.16.7 on the same requests (2026-11-23). */
class NeighbourTest {
    @TempDir
    static Path folder;

    private static House house;
    private static Web web;

    @BeforeAll
    static void start() {
        house = new House(folder, new ScriptedModels(), DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    private static JsonNode made(String path, String body) {
        Web.Reply reply = web.post(path, body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json();
    }

    @Test
    void aNameThatCameWithAMessageIsShownWithIt() {
        String agent = house.agent("{}");
        made("/v1/agents/" + agent + "/messages", "{'messages':[{'role':'user','content':'hi','name':'Bob Smith'}]}");
        JsonNode rows = web.get("/v1/agents/" + agent + "/messages?order=asc").json();
        assertThat(rows.path(1).path("name").asText()).isEqualTo("Bob Smith");
        assertThat(rows.path(2).path("name").isNull()).isTrue();
    }

    @Test
    void holdersAreListedWithoutRelationshipsUnlessAsked() {
        String block =
                made("/v1/blocks/", "{'label':'shared','value':'v'}").path("id").asText();
        String agent = house.agent("{'block_ids':['" + block + "'],'tags':['t']}");
        String path = "/v1/blocks/" + block + "/agents";
        JsonNode plain = web.get(path).json().path(0);
        assertThat(plain.path("id").asText()).isEqualTo(agent);
        assertThat(plain.path("blocks")).isEmpty();
        assertThat(plain.path("tools")).isEmpty();
        JsonNode asked = web.get(path + "?include=agent.blocks").json().path(0);
        assertThat(Web.words(asked.path("blocks"), "label")).contains("shared");
        assertThat(asked.path("tags").path(0).asText()).isEqualTo("t");
        assertThat(asked.path("tools")).isEmpty();
    }

    @Test
    void blocksAreCountedByWhatIsAskedFor() {
        made("/v1/blocks/", "{'label':'counted','value':'v','tags':['c1','c2']}");
        made("/v1/blocks/", "{'label':'counted','value':'v','tags':['c1']}");
        assertThat(web.get("/v1/blocks/count?tags=c1").text()).isEqualTo("2");
        assertThat(web.get("/v1/blocks/count?tags=c1&tags=c2&match_all_tags=true")
                        .text())
                .isEqualTo("1");
        assertThat(web.get("/v1/blocks/count?label=counted").text()).isEqualTo("2");
        assertThat(web.get("/v1/blocks/count?label=none").text()).isEqualTo("0");
    }

    @Test
    void theDefaultThreadIsListedAsTheAgentsMessagesAre() {
        String agent = house.agent("{}");
        made("/v1/agents/" + agent + "/messages", "{'input':'one'}");
        made("/v1/agents/" + agent + "/messages", "{'input':'two'}");
        for (String path : List.of("default/messages?agent_id=" + agent + "&", agent + "/messages?")) {
            assertThat(Web.words(web.get("/v1/conversations/" + path).json(), "message_type"))
                    .containsExactly(
                            "system_message", "user_message", "assistant_message", "user_message", "assistant_message");
            JsonNode newest = web.get("/v1/conversations/" + path + "limit=2").json();
            assertThat(Web.words(newest, "message_type")).containsExactly("user_message", "assistant_message");
            assertThat(newest.path(0).path("content").asText()).isEqualTo("two");
        }
    }

    @Test
    void groupsOfAnAgentComeNewestFirst() {
        String agent = house.agent("{}");
        for (String name : List.of("first", "second")) {
            made("/v1/groups/", "{'agent_ids':['" + agent + "'],'description':'" + name + "'}");
        }
        String path = "/v1/agents/" + agent + "/groups";
        assertThat(Web.words(web.get(path).json(), "description")).containsExactly("second", "first");
        assertThat(Web.words(web.get(path + "?order=asc").json(), "description"))
                .containsExactly("first", "second");
    }

    @Test
    void whatAStepDidNotUseIsNullBesideTheDetails() {
        String agent = house.agent("{}");
        String run = made("/v1/agents/" + agent + "/messages", "{'input':'x'}")
                .path("messages")
                .path(0)
                .path("run_id")
                .asText();
        JsonNode step = web.get("/v1/runs/" + run + "/steps").json().path(0);
        assertThat(step.path("cached_input_tokens").isNull()).isTrue();
        assertThat(step.path("reasoning_tokens").isNull()).isTrue();
        assertThat(step.path("prompt_tokens_details").path("cached_tokens").asInt(-1))
                .isZero();
        assertThat(step.path("completion_tokens_details")
                        .path("reasoning_tokens")
                        .asInt(-1))
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({"tool_ids,41", "block_ids,42", "source_ids,43", "folder_ids,43", "identity_ids,45"})
    void aMalformedIdInAnAgentIsRefusedByName(String field, int length) {
        String body = "{'model':'demo/mneme-demo','" + field + "':['foo']}";
        Web.Reply made = web.post("/v1/agents/", body);
        assertThat(made.status()).as(made.text()).isEqualTo(422);
        assertThat(made.detail())
                .contains("('body', '" + field + "', 0)")
                .contains("String should have at least " + length + " characters");
        Web.Reply changed = web.patch("/v1/agents/" + house.agent("{}"), "{'" + field + "':['foo']}");
        assertThat(changed.status()).as(changed.text()).isEqualTo(422);
    }

    @Test
    void everyRefusalOfAShapeCarriesATrace() {
        for (String body : List.of("{'agent_type':'bogus'}", "{'tool_rules':[{'type':'bogus','tool_name':'x'}]}")) {
            Web.Reply reply = web.post("/v1/agents/", body);
            assertThat(reply.status()).as(reply.text()).isEqualTo(422);
            assertThat(reply.json().path("trace_id").asText("?")).isEmpty();
        }
    }

    @Test
    void anUnknownTypeOfProviderIsRefused() {
        assertThat(web.get("/v1/models/?provider_type=bogus").status()).isEqualTo(422);
        assertThat(web.get("/v1/models/?provider_type=openai").status()).isEqualTo(200);
    }

    @Test
    void aSplitThreadAgentWithAPromptOfItsOwnHasTheToolsOf2023() {
        String split = house.agent("{'agent_type':'split_thread_agent','system':'Be brief.'}");
        String memgpt = house.agent("{'agent_type':'memgpt_agent'}");
        List<String> tools = Web.words(web.get("/v1/agents/" + split).json().path("tools"), "name");
        assertThat(tools)
                .contains("send_message", "core_memory_append")
                .containsExactlyInAnyOrderElementsOf(
                        Web.words(web.get("/v1/agents/" + memgpt).json().path("tools"), "name"));
    }

    @Test
    void importedMessagesKeepTheirOfflineIds() {
        String agent = house.agent("{'name':'exported'}");
        made("/v1/agents/" + agent + "/messages", "{'input':'x'}");
        JsonNode file = web.get("/v1/agents/" + agent + "/export").json();
        String otid = file.path("agents")
                .path(0)
                .path("messages")
                .path(1)
                .path("otid")
                .asText();
        Web.Reply imported = web.upload(
                "/v1/agents/import", "a.af", "application/json", file.toString().getBytes(StandardCharsets.UTF_8));
        assertThat(imported.status()).as(imported.text()).isEqualTo(200);
        String copy = imported.json().path("agent_ids").path(0).asText();
        JsonNode rows = web.get("/v1/agents/" + copy + "/messages?order=asc").json();
        assertThat(rows.path(1).path("otid").asText()).isEqualTo(otid);
    }
}
