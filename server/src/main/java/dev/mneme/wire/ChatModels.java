package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/** The agents as OpenAI's clients list models. */
public record ChatModels(String object, List<ChatModel> data) {
    /** An agent: its id is what requests name as the model, its name is for people. created: seconds since 1970 UTC. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record ChatModel(String id, String object, long created, String ownedBy, String name) {}
}
