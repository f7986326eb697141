package dev.mneme.http;

import dev.mneme.agent.Agents;
import java.util.List;

/** The tags of agents and blocks (contract 07 §5). */
final class TagRoutes {
    private static final Param<String> BEFORE = Param.text("before", "a tag: the page that ends before it");
    private static final Param<String> AFTER = Param.text("after", "a tag: the page that begins after it");
    private static final Param<String> ORDER_BY = Param.choice("order_by", "name", List.of("name"), "what to sort by");
    private static final Param<String> NAME = Param.text("name", "part of the tag");
    private static final Param<String> QUERY = Param.text("query_text", "older spelling of name");
    private static final Param<Integer> LIMIT = Paging.limit(50);

    private final Agents agents;

    TagRoutes(Agents agents) {
        this.agents = agents;
    }

    List<Route> routes() {
        return List.of(Route.get("/v1/tags", "Tags of agents and blocks, by the alphabet")
                .takes(BEFORE, AFTER, LIMIT, Paging.ASC, ORDER_BY, NAME, QUERY)
                .by(this::list));
    }

    private Answer list(Call call) {
        String name = call.maybe(NAME);
        return Answer.ok(agents.tags(
                call.org(),
                name == null ? call.maybe(QUERY) : name,
                call.maybe(BEFORE),
                call.maybe(AFTER),
                call.at(LIMIT),
                call.at(Paging.ASC).equals("asc")));
    }
}
