package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.Json;
import dev.mneme.http.LettaMessages.Display;
import dev.mneme.message.Content;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolReturn;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LettaMessagesTest {
    private static final String ID = "message-43fd0000-0000-4000-8000-000000000866";
    private static final String HEAD = "{\"id\":\"" + ID + "\",\"date\":\"2026-01-05T10:00:03+00:00\",\"name\":";
    private static final Display PLAIN = Display.plain(null);
    private static final Display SPEECH = new Display(true, "send_message", "message", List.of());

    private static Message row(
            Role role,
            List<Content> content,
            List<ToolCall> calls,
            List<ToolReturn> returns,
            @Nullable String name,
            @Nullable String otid) {
        return new Message(
                ID,
                "agent-1",
                null,
                role,
                content,
                calls,
                returns,
                null,
                name,
                otid,
                null,
                null,
                null,
                "step-1",
                "run-1",
                role == Role.USER,
                null,
                1_767_607_203_900_000L);
    }

    private static String tail(String type, @Nullable String otid) {
        return ",\"message_type\":\"" + type + "\",\"otid\":" + (otid == null ? "null" : "\"" + otid + "\"")
                + ",\"sender_id\":null,\"step_id\":\"step-1\",\"is_err\":null,\"seq_id\":null,\"run_id\":\"run-1\",";
    }

    private static String piece(String last) {
        return "43fd0000-0000-4000-8000-0000000008" + last;
    }

    private static List<String> shown(Message row, Display display) {
        return LettaMessages.of(row, display).stream().map(Json::write).toList();
    }

    @Test
    void anAssistantRowBecomesItsPieces() {
        Message row = row(
                Role.ASSISTANT,
                List.of(
                        new Content.Reasoning("plan ", null),
                        new Content.Reasoning("it", "sig"),
                        new Content.Text("Let me "),
                        new Content.Text("look.")),
                List.of(new ToolCall("call_1", "find", "{\"query\":\"abc\"}"), new ToolCall("call_2", "find", "{}")),
                List.of(),
                null,
                null);

        assertThat(shown(row, PLAIN))
                .containsExactly(
                        HEAD + "null" + tail("reasoning_message", piece("00"))
                                + "\"source\":\"reasoner_model\",\"reasoning\":\"plan it\",\"signature\":\"sig\"}",
                        HEAD + "null" + tail("assistant_message", piece("01")) + "\"content\":\"Let me look.\"}",
                        HEAD + "null" + tail("tool_call_message", piece("02"))
                                + "\"tool_call\":{\"name\":\"find\",\"arguments\":\"{\\\"query\\\": \\\"abc\\\"}\",\"tool_call_id\":\"call_1\"},"
                                + "\"tool_calls\":[{\"name\":\"find\",\"arguments\":\"{\\\"query\\\": \\\"abc\\\"}\",\"tool_call_id\":\"call_1\"},"
                                + "{\"name\":\"find\",\"arguments\":\"{}\",\"tool_call_id\":\"call_2\"}]}");
    }

    @Test
    void hiddenThoughtsAreNamed() {
        Message row = row(
                Role.ASSISTANT,
                List.of(new Content.RedactedReasoning("xyz"), new Content.OmittedReasoning(null)),
                List.of(),
                List.of(),
                null,
                null);

        assertThat(shown(row, PLAIN))
                .containsExactly(
                        HEAD + "null" + tail("hidden_reasoning_message", piece("00"))
                                + "\"state\":\"redacted\",\"hidden_reasoning\":\"xyz\"}",
                        HEAD + "null" + tail("hidden_reasoning_message", piece("01"))
                                + "\"state\":\"omitted\",\"hidden_reasoning\":null}");
    }

    @Test
    void aToolRowIsOneMessage() {
        Message row = row(
                Role.TOOL,
                List.of(),
                List.of(),
                List.of(
                        new ToolReturn("call_1", "success", "None", null, null),
                        new ToolReturn("call_2", "error", "no", List.of("out"), List.of("err"))),
                "find",
                null);

        assertThat(shown(row, PLAIN))
                .containsExactly(
                        HEAD + "\"find\"" + tail("tool_return_message", piece("00"))
                                + "\"tool_return\":\"None\",\"status\":\"success\",\"tool_call_id\":\"call_1\",\"stdout\":null,\"stderr\":null,"
                                + "\"tool_returns\":[{\"type\":\"tool\",\"tool_return\":\"None\",\"status\":\"success\",\"tool_call_id\":\"call_1\",\"stdout\":null,\"stderr\":null},"
                                + "{\"type\":\"tool\",\"tool_return\":\"no\",\"status\":\"error\",\"tool_call_id\":\"call_2\",\"stdout\":[\"out\"],\"stderr\":[\"err\"]}]}");
    }

    @Test
    void aToolThatSpeaksIsShownAsSpeech() {
        List<ToolCall> speech = List.of(new ToolCall("call_1", "send_message", "{\"message\":\"hello\"}"));
        Message call = row(Role.ASSISTANT, List.of(new Content.Text("inner")), speech, List.of(), null, null);
        Message back = row(
                Role.TOOL,
                List.of(),
                List.of(),
                List.of(new ToolReturn("call_1", "success", "ok", null, null)),
                "send_message",
                null);

        assertThat(shown(call, SPEECH))
                .containsExactly(
                        HEAD + "null" + tail("reasoning_message", piece("00"))
                                + "\"source\":\"non_reasoner_model\",\"reasoning\":\"inner\",\"signature\":null}",
                        HEAD + "null" + tail("assistant_message", piece("01")) + "\"content\":\"hello\"}");
        assertThat(shown(back, SPEECH)).isEmpty();
        assertThat(shown(back, PLAIN)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hi                                                | hi",
                "{'type':'user_message','message':'hi','time':'x'} | hi",
                "{'type':'login','last_login':'Never'}             | {'type':'login','last_login':'Never'}",
                "{not json                                         | {not json",
            })
    void aUsersTextIsUnpacked(String stored, String content) {
        Message row = row(
                Role.USER, List.of(new Content.Text(stored.replace('\'', '"'))), List.of(), List.of(), null, "mine");

        assertThat(shown(row, PLAIN))
                .containsExactly(HEAD + "null" + tail("user_message", "mine") + "\"content\":"
                        + Json.write(content.replace('\'', '"')) + "}");
    }

    @Test
    void imagesComeAsParts() {
        Message row = row(
                Role.USER,
                List.of(new Content.Text("see"), new Content.Image("image/png", "aGk=", null)),
                List.of(),
                List.of(),
                null,
                "mine");

        assertThat(shown(row, PLAIN).getFirst())
                .endsWith(
                        "\"content\":[{\"type\":\"text\",\"text\":\"see\",\"signature\":null},{\"type\":\"image\",\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"aGk=\",\"detail\":null}}]}");
    }

    @Test
    void typesAreFiltered() {
        Message row = row(
                Role.ASSISTANT,
                List.of(new Content.Reasoning("a", null), new Content.Text("b")),
                List.of(),
                List.of(),
                null,
                null);

        assertThat(shown(row, Display.plain(List.of("assistant_message")))).hasSize(1);
    }
}
