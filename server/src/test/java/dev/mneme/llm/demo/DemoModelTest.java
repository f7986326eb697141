package dev.mneme.llm.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.llm.ModelEvent;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.ModelRequest.ToolChoice;
import dev.mneme.message.ToolCall;
import dev.mneme.message.ToolSpec;
import dev.mneme.testkit.ScriptedModels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Conversations with the demo model: a fact in, the block changed, the answer out. */
class DemoModelTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            My name is Ada.                                   | Name: Ada
            my name is ada                                    | Name: Ada
            Hi, I'm Grace Hopper!                             | Name: Grace Hopper
            Hello! Call me Sam, please.                       | Name: Sam
            I'm Bob and I love jazz.                          | Name: Bob;Loves jazz
            I live in Paris.                                  | Lives in Paris
            I just moved to New York, and I love it there.    | Lives in New York;Loves it there
            I work at Acme Corp.                              | Works at Acme Corp
            I am a teacher.                                   | Is a teacher
            I work as a nurse, my cat is called Miso          | Works as a nurse;Cat: Miso
            I like green tea and I hate mornings.             | Likes green tea;Hates mornings
            I prefer short answers.                           | Prefers short answers
            My favourite colour is teal.                      | Favourite colour: teal
            My dog's name is Rex.                             | Dog's name: Rex
            I have a cat named Miso.                          | Has a cat named Miso
            Remember that the gate code is 4711.              | the gate code is 4711
            Please remember: my birthday is May 5.            | Birthday: May 5
            What is my name?                                  |
            Where do I live?                                  |
            Do you like tea?                                  |
            I'm fine, thanks.                                 |
            Nice weather today.                               |
            """)
    void readsFacts(String text, String lines) {
        List<String> found = Fact.in(text).stream().map(Fact::line).toList();
        assertThat(found).isEqualTo(lines == null ? List.of() : List.of(lines.split(";")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            My name is Ada.                       | What is my name?                   | Your name is Ada.
            I'm Ada.                              | Do you know my name?               | Your name is Ada.
            I live in Paris.                      | Where do I live?                   | You live in Paris.
            I work at Acme.                       | Where do I work?                   | You work at Acme.
            I like tea. I love jazz.              | What do I like?                    | You like tea, and you love jazz.
            My favourite colour is teal.          | What's my favourite colour?        | Your favourite colour is teal.
            My cat is called Miso.                | What is my cat called?             | Your cat is Miso.
            My name is Ada. I like tea.           | What is my name, and what do I like? | Your name is Ada. You like tea.
            I live in Oslo and I like tea.        | Where do I live and what do I like? | You live in Oslo, and you like tea.
            My birthday is May 5.                 | When is my birthday?               | Your birthday is May 5.
            My name is Ada and I live in Paris.   | What do you know about me?         | This is what I know about you: Name: Ada; Lives in Paris.
            Remember that the gate code is 4711.  | What is the gate code?             | I remember: the gate code is 4711.
            """)
    void factInBlockChangedAnswerOut(String told, String asked, String answer) {
        DemoChat chat = DemoChat.usual();
        assertThat(chat.say(told)).contains("I will remember");
        assertThat(chat.blocks.get("human")).isNotEmpty();
        chat.forget();
        assertThat(chat.say(asked)).isEqualTo(answer);
        assertThat(chat.calls).noneMatch(call -> call.name().equals("conversation_search"));
    }

    @Test
    void theFirstFactTakesThePlaceOfTheEmptyLine() {
        DemoChat chat = DemoChat.usual();
        chat.blocks.put("human", "I know nothing about this person yet.");
        chat.say("My name is Ada and I like tea.");
        assertThat(chat.blocks.get("human").strip().split("\n")).containsExactly("Name: Ada", "Likes tea");
    }

    @Test
    void changedFactReplacesTheOldOne() {
        DemoChat chat = DemoChat.usual();
        chat.say("I live in Paris.");
        chat.say("I moved to Rome.");
        assertThat(chat.blocks.get("human")).isEqualTo("Lives in Rome");
        assertThat(chat.calls.getLast().name()).isEqualTo("memory_replace");
    }

    @Test
    void knownFactIsNotWrittenTwice() {
        DemoChat chat = DemoChat.usual();
        chat.say("I like tea.");
        assertThat(chat.say("I like tea.")).contains("I know that already");
        assertThat(chat.calls).hasSize(1);
    }

    @Test
    void searchesThePastWhenTheBlocksDoNotKnow() {
        DemoChat chat = DemoChat.usual();
        chat.say("The meeting about llamas was moved to Tuesday.");
        chat.forget();
        assertThat(chat.say("When did I say the llama meeting is?")).contains("moved to Tuesday");
        assertThat(chat.calls.getLast().name()).isEqualTo("conversation_search");
    }

    @Test
    void longNotesGoToTheArchiveAndAreFoundThere() {
        DemoChat chat = new DemoChat("archival_memory_insert", "archival_memory_search", "memory_insert");
        chat.say("Remember that the spare key hangs behind the blue door.");
        assertThat(chat.archive).containsExactly("the spare key hangs behind the blue door");
        chat.forget();
        assertThat(chat.say("Do you remember where the spare key is?")).contains("behind the blue door");
    }

    @Test
    void saysThatItDoesNotKnow() {
        DemoChat chat = DemoChat.usual();
        assertThat(chat.say("What is my shoe size?"))
                .contains("I do not know that yet")
                .contains("found nothing");
        assertThat(chat.say("What is the capital of Peru?")).contains("demo model");
    }

    @Test
    void saysWhatItIs() {
        DemoChat chat = DemoChat.usual();
        assertThat(chat.say("Hello!")).contains("demo model").contains("without a language model");
        assertThat(chat.say("Who are you?")).contains("demo model");
        assertThat(chat.say("Blue is nice.")).contains("demo model");
    }

    @Test
    void refusedWritesAreTold() {
        DemoChat chat = DemoChat.usual();
        chat.blocks.remove("human");
        chat.blocks.put("gone", "");
        chat.say("I like tea.");
        assertThat(chat.blocks.get("gone")).isEqualTo("Likes tea");
        DemoChat without = new DemoChat();
        assertThat(without.say("I like tea.")).contains("no memory tool");
    }

    @Test
    void answersThroughSendMessageWhereThatIsTheWay() {
        DemoChat chat = new DemoChat("core_memory_append", "core_memory_replace");
        chat.tool("send_message", """
                {"type":"object","properties":{"message":{"type":"string"},"thinking":{"type":"string"},"request_heartbeat":{"type":"boolean"}},"required":["message"]}""");
        chat.choice = ToolChoice.REQUIRED;
        assertThat(chat.say("My name is Ada.")).contains("Nice to meet you, Ada!");
        assertThat(chat.blocks.get("human")).contains("Name: Ada");
        assertThat(chat.calls.getLast().arguments()).contains("\"thinking\"").contains("\"request_heartbeat\":false");
        chat.say("My name is Eve.");
        assertThat(chat.blocks.get("human")).contains("Name: Eve").doesNotContain("Ada");
    }

    @Test
    void whatIsForcedIsNotAskedForAgain() {
        ToolSpec keep = new ToolSpec("keep", "", Json.read("""
                        {"type":"object","properties":{"thinking":{"type":"string"},"what":{"type":"string"},"request_heartbeat":{"type":"boolean"}},"required":["thinking","what","request_heartbeat"]}""", JsonNode.class));
        Scene scene = new Scene("hello", List.of(), List.of(), Map.of("keep", keep));
        ModelRequest request = new ModelRequest(
                new ScriptedModels().resolve("demo/mneme-demo"),
                "",
                List.of(),
                List.of(keep),
                ToolChoice.REQUIRED,
                false,
                false,
                "agent-1",
                "user-1",
                "UTC");

        Reply reply = Obedience.to(request, scene, Reply.say("A greeting.", "Hello!"));

        assertThat(reply.calls().getFirst().arguments().toString())
                .as("its own thought, not the user's words; and no wish for more")
                .isEqualTo("{\"thinking\":\"A greeting.\",\"what\":\"hello\",\"request_heartbeat\":false}");
        assertThat(reply.reasoning()).as("the thought stands in the call").isEmpty();
    }

    @Test
    void callsAToolThatTheUserNames() {
        DemoChat chat = DemoChat.usual();
        chat.tool("roll_dice", """
                {"type":"object","properties":{"sides":{"type":"integer"}},"required":["sides"]}""");
        assertThat(chat.say("Please use roll_dice with 6 sides")).isEqualTo("roll_dice answered: 4");
        assertThat(chat.calls.getLast().arguments()).isEqualTo("{\"sides\":6}");
        chat.say("roll_dice {\"sides\": 20}");
        assertThat(chat.calls.getLast().arguments()).isEqualTo("{\"sides\":20}");
    }

    @Test
    void callsTheToolItMust() {
        DemoChat chat = DemoChat.usual();
        chat.tool("roll_dice", """
                {"type":"object","properties":{"sides":{"type":"integer"}},"required":["sides"]}""");
        chat.choice = ToolChoice.named("roll_dice");
        try {
            chat.say("hello");
        } catch (AssertionError e) {
            // it is forced again and again: the loop's rules would have ended it
        }
        assertThat(chat.calls.getFirst().name()).isEqualTo("roll_dice");
    }

    @Test
    void streamsWordByWordAndTheSameEachTime() {
        DemoChat chat = DemoChat.usual();
        chat.stream = true;
        String said = chat.say("Hello!");
        StringBuilder streamed = new StringBuilder();
        for (ModelEvent event : chat.events) {
            streamed.append(event instanceof ModelEvent.TextDelta delta ? delta.text() : "");
        }
        assertThat(streamed).hasToString(said);
        assertThat(chat.events)
                .anyMatch(ModelEvent.ReasoningDelta.class::isInstance)
                .hasSizeGreaterThan(10);
        DemoChat again = DemoChat.usual();
        assertThat(again.say("Hello!")).isEqualTo(said);
        assertThat(((ModelEvent.Done) chat.events.getLast()).usage().totalTokens())
                .isPositive();
    }

    @Test
    void callsAreStreamedInPiecesThatMakeTheWhole() {
        DemoChat chat = DemoChat.usual();
        chat.stream = true;
        chat.say("I live in Paris.");
        StringBuilder arguments = new StringBuilder();
        for (ModelEvent event : chat.events) {
            arguments.append(
                    event instanceof ModelEvent.CallDelta delta && delta.arguments() != null ? delta.arguments() : "");
        }
        ToolCall call = chat.calls.getFirst();
        assertThat(arguments).hasToString(call.arguments());
    }

    @Test
    void aPastedBookCostsNoMoreThanALetter() {
        DemoChat chat = DemoChat.usual();
        String book = "I like the words that i like and my tea is my tea and ".repeat(20_000);
        long start = System.nanoTime();
        chat.say(book);
        assertThat((System.nanoTime() - start) / 1_000_000).isLessThan(3_000);
    }
}
