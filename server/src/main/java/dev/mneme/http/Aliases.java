package dev.mneme.http;

import java.util.ArrayList;
import java.util.List;

/** Other names of routes that the contract has (openapi.json): each answers as the one it stands for. */
final class Aliases {
    /** Method, other name, name. */
    private static final String NAMES = """
            GET /v1/_internal_agents/count /v1/agents/count
            PATCH /v1/_internal_agents/{agent_id:agent}/core-memory/blocks/{block_label} /v1/agents/{agent_id:agent}/core-memory/blocks/{block_label*}
            GET /v1/_internal_blocks /v1/blocks
            POST /v1/_internal_blocks /v1/blocks
            DELETE /v1/_internal_blocks/{block_id:block} /v1/blocks/{block_id:block}
            GET /v1/_internal_blocks/{block_id:block}/agents /v1/blocks/{block_id:block}/agents
            GET /v1/models/embeddings /v1/models/embedding
            """;

    private Aliases() {}

    static List<Route> of(List<Route> routes) {
        List<Route> out = new ArrayList<>();
        for (String line : NAMES.strip().split("\n")) {
            String[] words = line.strip().split(" ");
            Route known = routes.stream()
                    .filter(route ->
                            route.method().equals(words[0]) && route.pattern().equals(words[2]))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no route " + words[0] + " " + words[2]));
            out.add(known.named(words[1]));
        }
        return out;
    }
}
