package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.base.ProblemCode;
import dev.mneme.llm.ModelEvent;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Usage;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.ScriptedModels;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendRoutesTest {
    private static final ScriptedModels MODELS = new ScriptedModels();
    private static final String[] SDK = {"X-Stainless-Package-Version", "1.12.1"};
    private static final String CALL = "{\"label\":\"human\",\"new_string\":\"Likes tea\"}";
    private static final Duration QUIET = Duration.ofMillis(200);

    @TempDir
    static Path folder;

    private static House house;
    private static Web web;
    private String agent = "";

    @BeforeAll
    static void start() {
        house = new House(folder, MODELS, DeskOptions.DEFAULTS, QUIET);
        web = house.web;
    }

    @AfterAll
    static void stop() {
        house.close();
    }

    @BeforeEach
    void anAgent() {
        agent = house.agent("{'memory_blocks':[{'label':'human','value':'Ada'}]}");
        MODELS.answer(request -> ScriptedModels.text("Hello there"));
    }

    private String path() {
        return "/v1/agents/" + agent + "/messages";
    }

    /** The data of every event, named ones marked by a leading bang. */
    private static List<String> events(Web.Reply reply) {
        assertThat(reply.header("content-type")).as(reply.text()).isEqualTo("text/event-stream; charset=utf-8");
        List<String> out = new ArrayList<>();
        for (String frame : reply.text().split("\n\n")) {
            out.add(frame.replace("event: error\ndata: ", "!").replace("data: ", ""));
        }
        return out;
    }

    private static List<String> kinds(List<String> events) {
        List<String> out = new ArrayList<>();
        for (String event : events) {
            try {
                out.add(
                        event.startsWith("[")
                                ? event
                                : Json.parse(event.replaceFirst("^!", ""))
                                        .path("message_type")
                                        .asText());
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new AssertionError(event, e);
            }
        }
        return out;
    }

    private static JsonNode parse(String event) {
        return Json.read(event, JsonNode.class);
    }

    @Test
    void aBlockingSendAnswersWithTheReply() {
        Web.Reply reply = web.post(path(), "{'messages':[{'role':'user','content':'hi','otid':'mine'}]}");

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        JsonNode body = reply.json();
        assertThat(body.path("messages")).hasSize(1);
        assertThat(body.path("messages").path(0).path("content").asText()).isEqualTo("Hello there");
        assertThat(body.path("stop_reason").toString())
                .isEqualTo("{\"message_type\":\"stop_reason\",\"stop_reason\":\"end_turn\"}");
        assertThat(body.path("usage").toString())
                .startsWith("{\"message_type\":\"usage_statistics\",\"completion_tokens\":2,\"prompt_tokens\":10,"
                        + "\"total_tokens\":12,\"step_count\":1,\"run_ids\":null,\"cached_input_tokens\":0,"
                        + "\"cache_write_tokens\":0,\"reasoning_tokens\":0,\"context_tokens\":");
        assertThat(body.has("logprobs")).isTrue();
        assertThat(body.has("turns")).isTrue();

        JsonNode history = web.get(path() + "?order=asc").json();
        assertThat(Web.words(history, "message_type"))
                .containsExactly("system_message", "user_message", "assistant_message");
        assertThat(history.path(1).path("otid").asText()).isEqualTo("mine");
        String run = history.path(1).path("run_id").asText();
        assertThat(Web.words(web.get("/v1/runs/" + run + "/messages").json(), "message_type"))
                .containsExactly("user_message", "assistant_message");
    }

    @Test
    void logProbabilitiesAndTheFormOfTheAnswerReachTheModel() {
        JsonNode logprobs = Json.read("{\"content\":[{\"token\":\"ok\",\"logprob\":-0.5}]}", JsonNode.class);
        MODELS.answer(request -> List.of(new ModelEvent.Done(
                List.of(new Content.Text("ok")), List.of(), false, new Usage(1, 1, 2, null, null, null), logprobs)));
        web.patch("/v1/agents/" + agent, "{'response_format':{'type':'json_object'}}");

        JsonNode body = web.post(path(), "{'input':'hi','return_logprobs':true,'top_logprobs':2}")
                .json();

        assertThat(body.path("logprobs")).isEqualTo(logprobs);
        LlmConfig asked = MODELS.requests.getLast().config();
        assertThat(asked.returnLogprobs()).isTrue();
        assertThat(asked.topLogprobs()).isEqualTo(2);
        assertThat(asked.responseFormat()).isEqualTo(Json.object().put("type", "json_object"));
    }

    @Test
    void toolCallsAreShownWithTheirReturns() {
        MODELS.answers(ScriptedModels.call("memory_insert", CALL), ScriptedModels.text("done"));

        JsonNode body = web.post(path(), "{'input':'remember tea'}").json();

        assertThat(Web.words(body.path("messages"), "message_type"))
                .containsExactly("tool_call_message", "tool_return_message", "assistant_message");
        assertThat(body.path("messages")
                        .path(0)
                        .path("tool_call")
                        .path("arguments")
                        .asText())
                .isEqualTo("{\"label\": \"human\", \"new_string\": \"Likes tea\"}");
        assertThat(body.path("messages").path(1).path("status").asText()).isEqualTo("success");
        assertThat(web.get("/v1/agents/" + agent + "/core-memory/blocks/human")
                        .json()
                        .path("value")
                        .asText())
                .isEqualTo("Ada\nLikes tea");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'role':'user','message':'hi'}", "{'messages':[{'role':'user','text':'hi'}]}"})
    void theShapesOfTheSeedDocumentWork(String body) {
        Web.Reply reply = web.post(path(), body);

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.json().path("messages")).hasSize(1);
    }

    @Test
    void stepsAreStreamed() {
        MODELS.answers(ScriptedModels.call("memory_insert", CALL), ScriptedModels.text("done"));

        List<String> events =
                withoutKeepAlive(web.post(path() + "/stream", "{'messages':[{'role':'user','content':'hi'}]}"));

        assertThat(kinds(events))
                .containsExactly(
                        "ping",
                        "tool_call_message",
                        "tool_return_message",
                        "assistant_message",
                        "stop_reason",
                        "usage_statistics",
                        "[DONE]");
        String run = parse(events.getFirst()).path("run_id").asText();
        assertThat(events.getFirst()).startsWith("{\"id\":\"ping-");
        assertThat(parse(events.get(3)).path("run_id").asText()).isEqualTo(run);
        assertThat(parse(events.get(3)).path("seq_id").isNull()).isTrue();
        assertThat(events.get(4)).isEqualTo("{\"message_type\":\"stop_reason\",\"stop_reason\":\"end_turn\"}");
    }

    @Test
    void tokensAreStreamed() {
        List<ModelEvent> call = new ArrayList<>();
        call.add(new ModelEvent.ReasoningDelta("hm"));
        call.addAll(ScriptedModels.call("memory_insert", CALL));
        MODELS.answers(call, ScriptedModels.text("Hello there my friend"));

        List<String> events = events(
                web.post(path(), "{'input':'hi','streaming':true,'stream_tokens':true,'include_pings':false}", SDK));

        assertThat(kinds(events))
                .containsExactly(
                        "reasoning_message",
                        "tool_call_message",
                        "tool_call_message",
                        "tool_return_message",
                        "assistant_message",
                        "assistant_message",
                        "assistant_message",
                        "assistant_message",
                        "stop_reason",
                        "usage_statistics",
                        "[DONE]");
        assertThat(events.get(1))
                .endsWith("\"tool_call\":{\"name\":\"memory_insert\",\"tool_call_id\":\"call_memory_insert\"},"
                        + "\"tool_calls\":{\"name\":\"memory_insert\",\"tool_call_id\":\"call_memory_insert\"}}");
        assertThat(parse(events.get(2)).path("tool_call").has("name")).isFalse();
        assertThat(parse(events.get(0)).path("otid").asText()).endsWith("0");
        assertThat(parse(events.get(1)).path("otid").asText()).endsWith("1");
        assertThat(parse(events.get(4)).path("id").asText())
                .isEqualTo(parse(events.get(7)).path("id").asText());
    }

    @Test
    void aFailureBeforeTheFirstTokenIsAnErrorOfItsOwn() {
        MODELS.answer(request -> ScriptedModels.refuse(ProblemCode.LLM_RATE_LIMIT));

        Web.Reply blocking = web.post(path(), "{'input':'hi'}");
        assertThat(blocking.status()).isEqualTo(429);
        assertThat(blocking.json().path("error").path("type").asText()).isEqualTo("llm_rate_limit");
        assertThat(blocking.json().path("error").path("detail").asText()).contains("planned");

        List<String> events = withoutKeepAlive(web.post(path() + "/stream", "{'input':'hi'}"));
        assertThat(kinds(events)).containsExactly("ping", "stop_reason", "error_message", "[DONE]");
        assertThat(events.get(1)).isEqualTo("{\"message_type\":\"stop_reason\",\"stop_reason\":\"llm_api_error\"}");
        assertThat(events.get(2)).startsWith("!{\"message_type\":\"error_message\",\"run_id\":\"run-");
    }

    @Test
    void aQuietStreamIsKeptAlive() {
        MODELS.answer(request -> {
            try {
                Thread.sleep(700);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return ScriptedModels.text("late");
        });

        assertThat(kinds(events(web.post(path() + "/stream", "{'input':'hi'}"))))
                .startsWith("ping", "ping", "ping")
                .endsWith("assistant_message", "stop_reason", "usage_statistics", "[DONE]");
    }

    @Test
    void aBackgroundRunIsNumberedAndReplayed() {
        List<String> events =
                withoutKeepAlive(web.post(path() + "/stream", "{'input':'hi','background':true,'stream_tokens':true}"));
        String run = parse(events.getFirst()).path("run_id").asText();

        assertThat(parse(events.get(0)).path("seq_id").asLong()).isEqualTo(1);
        assertThat(parse(events.get(2)).path("seq_id").asLong()).isEqualTo(3);
        assertThat(withoutKeepAlive(web.post("/v1/runs/" + run + "/stream", "{'starting_after':0}")))
                .isEqualTo(events);
        assertThat(withoutKeepAlive(web.post("/v1/runs/" + run + "/stream", "{'starting_after':2}")))
                .isEqualTo(events.subList(2, events.size()));
        assertThat(web.post("/v1/runs/" + run + "/stream", "{'starting_after':99}")
                        .text())
                .doesNotContain("assistant");
        JsonNode seen = web.get("/v1/runs/" + run).json();
        assertThat(seen.path("status").asText()).isEqualTo("completed");
        assertThat(seen.path("background").asBoolean()).isTrue();
        assertThat(seen.path("metadata").path("run_type").asText()).isEqualTo("send_message_streaming");
    }

    /** The recorded events: pings after the first come from the reader's side, when the machine is slow. */
    private static List<String> withoutKeepAlive(Web.Reply reply) {
        List<String> events = events(reply);
        List<String> out = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            if (i == 0 || !events.get(i).contains("\"message_type\":\"ping\"")) {
                out.add(events.get(i));
            }
        }
        return out;
    }

    @Test
    void runsAndStepsAreListed() {
        web.post(path(), "{'input':'hi'}");
        web.post(path(), "{'input':'again'}");

        JsonNode runs = web.get("/v1/runs/?agent_id=" + agent).json();
        assertThat(runs).hasSize(2);
        assertThat(runs.path(0).path("request_config").toString())
                .isEqualTo("{\"use_assistant_message\":true,\"assistant_message_tool_name\":\"send_message\","
                        + "\"assistant_message_tool_kwarg\":\"message\",\"include_return_message_types\":null}");
        String newest = runs.path(0).path("id").asText();
        String oldest = runs.path(1).path("id").asText();
        assertThat(Web.words(
                        web.get("/v1/runs?agent_id=" + agent + "&after=" + newest)
                                .json(),
                        "id"))
                .containsExactly(oldest);
        assertThat(Web.words(
                        web.get("/v1/runs?agent_id=" + agent + "&ascending=true")
                                .json(),
                        "id"))
                .containsExactly(oldest, newest);
        assertThat(web.get("/v1/runs/active?agent_id=" + agent).text()).isEqualTo("[]");
        assertThat(web.get("/v1/runs/" + newest + "/usage").text())
                .isEqualTo(
                        "{\"completion_tokens\":2,\"prompt_tokens\":10,\"total_tokens\":12,\"prompt_tokens_details\":null,\"completion_tokens_details\":null}");
        assertThat(web.get("/v1/runs/" + newest + "/metrics")
                        .json()
                        .path("num_steps")
                        .asInt())
                .isEqualTo(1);
        String step = web.get("/v1/runs/" + newest + "/steps")
                .json()
                .path(0)
                .path("id")
                .asText();
        assertThat(Web.words(web.get("/v1/steps?agent_id=" + agent).json(), "id"))
                .hasSize(2)
                .startsWith(step);
        assertThat(web.get("/v1/steps/" + step).json().path("status").asText()).isEqualTo("success");
        assertThat(Web.words(web.get("/v1/steps/" + step + "/messages").json(), "message_type"))
                .containsExactly("user_message", "assistant_message");
        assertThat(web.get("/v1/steps/" + step + "/metrics").json().path("id").asText())
                .isEqualTo(step);
        assertThat(web.patch("/v1/steps/" + step + "/feedback", "{'feedback':'positive'}")
                        .json()
                        .path("feedback")
                        .asText())
                .isEqualTo("positive");
        web.patch("/v1/steps/" + step + "/feedback", "{'feedback':'positive','tags':['kind','short']}");
        String list = "/v1/steps?agent_id=" + agent;
        assertThat(Web.words(web.get(list + "&tags=short&tags=other").json(), "id"))
                .containsExactly(step);
        assertThat(web.get(list + "&tags=shor&tags=Short").json()).isEmpty();
        String run = web.get("/v1/steps/" + step).json().path("run_id").asText();
        String trace = web.get("/v1/runs/" + run + "/trace")
                .json()
                .path(0)
                .path("trace_id")
                .asText();
        assertThat(Web.words(web.get(list + "&trace_ids=" + trace).json(), "run_id"))
                .contains(run)
                .doesNotContain("");
        assertThat(web.get(list + "&trace_ids=none").json()).isEmpty();
        assertThat(web.patch("/v1/steps/" + step + "/feedback", "{'feedback':'great'}")
                        .status())
                .isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'messages':[]}                                        | 422 | Messages must not be empty",
                "{}                                                     | 422 | Must specify either 'input' or 'messages'.",
                "{'input':'a','messages':[{'role':'user','content':'b'}]} | 422 | Cannot specify both 'input' and 'messages'.",
                "{'messages':[{'content':'b'}]}                         | 422 | ('body', 'messages', 0, 'role')",
                "{'messages':[{'role':'robot','content':'b'}]}          | 422 | 'user', 'system' or 'assistant'",
                "{'messages':[{'role':'user'}]}                         | 422 | ('body', 'messages', 0, 'content')",
                "{'messages':[{'role':'user','content':7}]}             | 422 | ('body', 'messages', 0, 'content')",
                "{'messages':['hi']}                                    | 422 | ('body', 'messages', 0)",
                "{'messages':'hi'}                                      | 422 | list_type",
                "{'messages':[{'role':'user','content':''}]}            | 400 | Message content is empty or invalid",
                "{'messages':[{'role':'user','content':[]}]}            | 400 | Message content is empty or invalid",
                "{'messages':[{'type':'approval','approve':true}]}      | 400 | No tool call is currently awaiting approval",
                "{'messages':[{'approve':true,'approval_request_id':'x'}]} | 400 | No tool call is currently awaiting approval",
                "{'messages':[{'type':'tool_return'}]}                  | 422 | Input should be a valid list",
                "{'messages':[{'role':'user','content':[{'type':'image','source':{'type':'base64','media_type':'image/png','data':'!'}}]}]} | 400 | base64",
                "{'messages':[{'role':'user','content':[{'type':'image','source':{'type':'url','url':'file:///etc/passwd'}}]}]} | 400 | only http and https",
                "{'messages':[{'role':'user','content':[{'type':'sound'}]}]} | 422 | union_tag_invalid",
                "{'input':'a','max_steps':0}                            | 422 | max_steps",
                "{'input':'a','max_steps':'many'}                       | 422 | max_steps",
                "{'input':'a','stream_tokens':true}                     | 422 | stream_tokens can only be true when streaming=true",
                "{'input':'a','background':true}                        | 422 | background can only be true",
                "{'input':'a','include_pings':false}                    | 422 | include_pings can only be false",
                "{'input':'a','streaming':true}                         | 422 | streaming=true is only supported for SDK v1.0+ clients.",
                "{'input':'a','include_return_message_types':['x']}     | 422 | literal_error",
                "{'input':'a','client_tools':[{'description':'x'}]}     | 422 | Field required",
                "{'input':'a','callback_url':'http://10.0.0.1/x'}       | 400 | callback_url",
            })
    void badInput(String body, int status, String detail) {
        Web.Reply reply = web.post(path(), body);

        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.detail()).contains(detail);
    }

    @Test
    void unknownAgentsAndRunsAreNotFound() {
        String nobody = "/v1/agents/agent-00000000-0000-4000-8000-00000000dead";
        assertThat(web.post(nobody + "/messages", "{'input':'a'}").status()).isEqualTo(404);
        assertThat(web.post(nobody + "/messages/stream", "{'input':'a'}").status())
                .isEqualTo(404);
        assertThat(web.get("/v1/runs/run-00000000-0000-4000-8000-00000000dead").status())
                .isEqualTo(404);
        assertThat(web.get("/v1/runs/bad").detail())
                .isEqualTo("INVALID_ARGUMENT: Invalid run ID format: bad. Expected format: 'run-<uuid4>'");
        assertThat(web.get("/v1/steps/step-00000000-0000-4000-8000-00000000dead")
                        .status())
                .isEqualTo(404);
        assertThat(web.get("/v1/runs?statuses=bogus").detail()).isEqualTo("'bogus' is not a valid RunStatus");
        assertThat(web.get("/v1/runs?limit=0").status()).isEqualTo(422);
    }

    @Test
    void aRepeatJoinsTheFirstTry() {
        String body = "{'messages':[{'role':'user','content':'once'}]}";
        String run = web.post(path(), body)
                .json()
                .path("messages")
                .path(0)
                .path("run_id")
                .asText();

        Web.Reply again = web.post(path(), body, "X-Stainless-Retry-Count", "1");

        assertThat(again.json().path("messages").path(0).path("run_id").asText())
                .isEqualTo(run);
        assertThat(web.get(path()).json()).hasSize(3);
    }

    @Test
    void aSendBehindAnswersWithItsRun() throws InterruptedException {
        JsonNode run = web.post(path() + "/async", "{'input':'hi'}").json();

        assertThat(run.path("background").asBoolean()).isTrue();
        assertThat(run.path("metadata").toString()).isEqualTo("{\"run_type\":\"send_message_async\",\"lettuce\":null}");
        awaitEnd(run.path("id").asText());
    }

    private static void awaitEnd(String run) throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            if (web.get("/v1/runs/" + run).json().path("status").asText().equals("completed")) {
                return;
            }
            Thread.sleep(20);
        }
        throw new AssertionError(web.get("/v1/runs/" + run).text());
    }

    @Test
    void aReaderWhoLeavesStopsNothing() throws Exception {
        MODELS.answer(request -> {
            try {
                Thread.sleep(400);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return ScriptedModels.text("still here");
        });
        String body = "{\"input\":\"hi\"}";
        String ping;
        try (Socket socket = new Socket("127.0.0.1", web.port())) {
            socket.getOutputStream()
                    .write(("POST " + path()
                                    + "/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            do {
                ping = String.valueOf(in.readLine());
            } while (!ping.startsWith("data: "));
        }

        awaitEnd(parse(ping.substring("data: ".length())).path("run_id").asText());
        assertThat(web.get(path()).json().path(2).path("content").asText()).isEqualTo("still here");
    }

    @Test
    void aStreamIsWholeForAClientThatClosesItsConnections() throws Exception {
        String body = "{\"input\":\"hi\"}";
        StringBuilder whole = new StringBuilder();
        try (Socket socket = new Socket("127.0.0.1", web.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(("POST " + path()
                                    + "/stream HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
                                    + "Content-Length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            byte[] some = new byte[4_096];
            while (whole.indexOf("\r\n0\r\n\r\n") < 0) {
                int read = socket.getInputStream().read(some);
                assertThat(read).as(whole.toString()).isPositive();
                whole.append(new String(some, 0, read, StandardCharsets.UTF_8));
            }
        }
        assertThat(whole.toString()).contains("[DONE]");
    }

    @Test
    void imagesReachTheModel() {
        web.post(
                path(),
                "{'messages':[{'role':'user','content':[{'type':'text','text':'see'},{'type':'image','source':{'type':'url','url':'data:image/png;base64,aGk='}}]}]}");

        assertThat(MODELS.requests.getLast().history().getLast().content())
                .containsExactly(new Content.Text("see"), new Content.Image("image/png", "aGk=", null));
        assertThat(web.get(path())
                        .json()
                        .path(1)
                        .path("content")
                        .path(1)
                        .path("source")
                        .path("data")
                        .asText())
                .isEqualTo("aGk=");
    }

    @Test
    void typesOfMessagesAreFiltered() {
        MODELS.answers(List.of(new ModelEvent.Done(
                List.of(new Content.Reasoning("hm", null), new Content.Text("yes")), List.of(), false, Usage.NONE)));

        JsonNode body = web.post(path(), "{'input':'a','include_return_message_types':['assistant_message']}")
                .json();

        assertThat(Web.words(body.path("messages"), "message_type")).containsExactly("assistant_message");
    }
}
