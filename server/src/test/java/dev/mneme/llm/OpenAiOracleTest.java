package dev.mneme.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.core.ObjectMappers;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseStreamEvent;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.message.Content;
import dev.mneme.message.LlmConfig;
import dev.mneme.message.Message;
import dev.mneme.message.Role;
import dev.mneme.message.ToolCall;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** OpenAI's own Java library must know every field that is sent, and accept every piece of our recordings. */
class OpenAiOracleTest {
    /** Fields of other servers that our recordings hold on purpose, and {@code stream}, which the library adds by itself. */
    private static final Set<String> FOREIGN = Set.of("stream", "reasoning_content");

    private static final Models MODELS =
            LlmTest.models(LlmOptions.fromEnvironment(Map.of("OPENAI_API_KEY", "sk-x")), new ArrayList<>());

    private static ModelRequest request(String model, boolean stream, boolean strict) {
        LlmConfig plain = MODELS.resolve("openai/" + model);
        LlmConfig config = Rows.config(plain, plain.enableReasoner(), 0, strict, 100_000)
                .asking(
                        Json.read(
                                "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"n\",\"schema\":{\"type\":\"object\",\"properties\":{}}}}",
                                JsonNode.class),
                        true,
                        2);
        Message seen = Rows.row(
                Role.USER,
                List.of(new Content.Text("see"), new Content.Image("image/png", "aWdn", "low")),
                List.of(),
                List.of(),
                null);
        Message thought = Rows.row(
                Role.ASSISTANT,
                List.of(
                        new Content.Reasoning(
                                true,
                                "hm",
                                null,
                                "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[{\"type\":\"summary_text\",\"text\":\"hm\"}],\"encrypted_content\":\"g\"}"),
                        new Content.Text("look")),
                List.of(new ToolCall("x", "get_weather", "{}")),
                List.of(),
                null);
        return Rows.request(
                config,
                stream,
                seen,
                thought,
                Rows.returned("x"),
                Rows.system("note"),
                Rows.said("fin"),
                Rows.user("r"));
    }

    @ParameterizedTest
    @CsvSource({"gpt-4o,false", "gpt-4.1,true", "gpt-5-mini,false", "o4-mini,true", "gpt-5.4-fast,true"})
    void knowsEveryFieldOfAChatRequest(String model, boolean strict) throws IOException {
        for (ToolChoice choice : List.of(ToolChoice.AUTO, ToolChoice.REQUIRED, ToolChoice.named("get_weather"))) {
            for (boolean stream : new boolean[] {false, true}) {
                JsonNode body = MODELS.preview(Rows.with(request(model, stream, strict), choice, true, Rows.TOOL));
                ChatCompletionCreateParams.Body read =
                        ObjectMappers.jsonMapper().readValue(body.toString(), ChatCompletionCreateParams.Body.class);
                assertThatCode(read::validate).doesNotThrowAnyException();
                assertThat(FOREIGN).containsAll(read._additionalProperties().keySet());
                assertThat(tree(read)).isEqualTo(body);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt-5-mini,false", "o4-mini,true", "gpt-5.4-fast,true"})
    void knowsEveryFieldOfAResponsesRequest(String model, boolean strict) throws IOException {
        for (ToolChoice choice : List.of(ToolChoice.AUTO, ToolChoice.REQUIRED, ToolChoice.named("get_weather"))) {
            JsonNode body = MODELS.preview(Rows.with(request(model, true, strict), choice, true, Rows.TOOL)
                    .from("letta_v1_agent"));
            // the library tells items apart by a type that the API lets be left out
            for (JsonNode item : body.path("input")) {
                if (item.has("role")) {
                    ((ObjectNode) item).put("type", "message");
                }
            }
            ResponseCreateParams.Body read =
                    ObjectMappers.jsonMapper().readValue(body.toString(), ResponseCreateParams.Body.class);
            assertThatCode(read::validate).doesNotThrowAnyException();
            assertThat(FOREIGN).containsAll(read._additionalProperties().keySet());
            assertThat(tree(read)).isEqualTo(body);
        }
    }

    @Test
    void theChecksAreNotBlind() throws IOException {
        ChatCompletionCreateParams.Body wrong = ObjectMappers.jsonMapper()
                .readValue(
                        "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":7}],\"invented\":1}",
                        ChatCompletionCreateParams.Body.class);
        assertThat(wrong.isValid()).isFalse();
        assertThat(wrong._additionalProperties()).containsKey("invented");
    }

    static Stream<Path> recordings() throws IOException, URISyntaxException {
        List<Path> files = new ArrayList<>();
        for (String folder : List.of("chat", "responses")) {
            try (Stream<Path> found = Files.list(Path.of(
                    OpenAiOracleTest.class.getResource("/streams/" + folder).toURI()))) {
                files.addAll(found.toList());
            }
        }
        return files.stream();
    }

    @ParameterizedTest
    @MethodSource("recordings")
    void acceptsTheRecordings(Path file) throws IOException {
        boolean chat = file.getParent().endsWith("chat");
        List<String> texts = file.toString().endsWith(".json")
                ? List.of(Files.readString(file))
                : Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith("data: {"))
                        .map(line -> line.substring("data: ".length()))
                        .toList();
        assertThat(texts).isNotEmpty();
        for (String text : texts) {
            if (text.startsWith("{\"error\"")) {
                continue; // an error takes the place of a chunk
            }
            Object read = ObjectMappers.jsonMapper()
                    .readValue(text, kind(chat, file.toString().endsWith(".json")));
            switch (read) {
                case ChatCompletion whole -> whole.validate();
                case ChatCompletionChunk chunk -> chunk.validate();
                case Response whole -> whole.validate();
                case ResponseStreamEvent event -> event.validate();
                default -> throw new AssertionError(read);
            }
        }
    }

    private static Class<?> kind(boolean chat, boolean whole) {
        if (chat) {
            return whole ? ChatCompletion.class : ChatCompletionChunk.class;
        }
        return whole ? Response.class : ResponseStreamEvent.class;
    }

    private static JsonNode tree(Object read) throws IOException {
        return Json.read(ObjectMappers.jsonMapper().writeValueAsString(read), JsonNode.class);
    }
}
