package dev.mneme.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Storable;
import dev.mneme.message.Content;
import dev.mneme.message.ToolCall;
import dev.mneme.message.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a model says, as it says it, in no vendor's words. A stream ends with exactly one Done. */
public sealed interface ModelEvent {
    record ReasoningDelta(String text) implements ModelEvent {}

    record TextDelta(String text) implements ModelEvent {}

    /** A piece of a tool call; index tells parallel calls apart; id and name come with the first piece of a call. */
    record CallDelta(
            int index,
            @Nullable String id,
            @Nullable String name,
            @Nullable String arguments) implements ModelEvent {}

    /**
     * The whole answer. content keeps thinking blocks verbatim and in order; arguments of calls are JSON text as the model wrote it.
     *
     * <p>Texts and calls are made storable here, whatever the model sent; thinking stays as its signature vouches for it.
     *
     * @param truncated cut by the output limit
     * @param logprobs the log probabilities of the text as OpenAI writes them ({@code {"content":[…]}}); null: none were asked for, or
     *     the provider knows none
     */
    record Done(
            List<Content> content,
            List<ToolCall> calls,
            boolean truncated,
            Usage usage,
            @Nullable JsonNode logprobs) implements ModelEvent {
        public Done(List<Content> content, List<ToolCall> calls, boolean truncated, Usage usage) {
            this(content, calls, truncated, usage, null);
        }

        /** The same answer, saying and calling this. */
        public Done with(List<Content> said, List<ToolCall> made) {
            return new Done(said, made, truncated, usage, logprobs);
        }

        /** The same answer at another price. */
        public Done costing(Usage all) {
            return new Done(content, calls, truncated, all, logprobs);
        }

        public Done {
            content = content.stream()
                    .map(part -> part instanceof Content.Text text
                            ? new Content.Text(Storable.of(text.text()), text.signature())
                            : part)
                    .toList();
            calls = calls.stream()
                    .map(call -> new ToolCall(
                            Storable.of(call.id()), Storable.of(call.name()), Storable.of(call.arguments())))
                    .toList();
        }
    }
}
