package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.account.Access;
import dev.mneme.account.KeyRole;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The one place where keys are kept to their role (decision 0022). Thread-safe.
 *
 * <p>It decides by the route's {@link Route.Reach} and by the ids in path, query and body. A key of role AGENT reaches only routes that name
 * one of its agents or something that belongs to one, and no other id may stand in the request.
 *
 * @param belongs whether all those things belong to the agents of an access
 */
record Gate(BiPredicate<Access, Map<String, IdKind>> belongs) {
    /** What an agent uses together with others: its key reads them, but changes them only as a part of the agent. */
    private static final Set<IdKind> READ_ALONE = Set.of(IdKind.TOOL, IdKind.SOURCE, IdKind.IDENTITY);

    /** Ids of things that only exist inside an agent or an archive, which the route's own query makes sure of. */
    private static final Set<IdKind> INSIDE = Set.of(IdKind.SCHEDULE, IdKind.FILE);

    /** Lets the request through or throws 403. */
    void check(Access access, Route route, Map<String, String> path, Map<String, List<String>> query, JsonNode body) {
        if (!route.open()) {
            List<String> asked = query.getOrDefault("agent_id", List.of());
            boolean byQuery = !asked.isEmpty()
                    && asked.stream().allMatch(IdKind.AGENT::fits)
                    && route.params().stream().anyMatch(param -> param.name().equals("agent_id"));
            check(access, route.reach(), byQuery || searchesAgent(route, body), path, query, body);
        }
    }

    /** As for a route with these path values, for what is called by a name of its own. */
    void check(Access access, Route.Reach reach, Map<String, String> path, JsonNode body) {
        check(access, reach, false, path, Map.of(), body);
    }

    private void check(
            Access access,
            Route.Reach reach,
            boolean ofAgent,
            Map<String, String> path,
            Map<String, List<String>> query,
            JsonNode body) {
        KeyRole role = access.role();
        if (role == null) {
            return;
        }
        switch (reach) {
            case OWNER -> throw refused("Only the server's password opens this, no API key does.");
            case ADMIN -> {
                if (role != KeyRole.ADMIN) {
                    throw refused("This needs the server's password or an API key of role admin.");
                }
            }
            case READ, WRITE -> {
                switch (role) {
                    case ADMIN -> {}
                    case READ_ONLY -> {
                        if (reach != Route.Reach.READ) {
                            throw refused("This API key is read-only.");
                        }
                    }
                    case AGENT -> agent(access, reach, ofAgent || path.containsKey("agent_id"), path, query, body);
                }
            }
            case EVERYBODY -> {}
        }
    }

    private void agent(
            Access access,
            Route.Reach reach,
            boolean ofAgent,
            Map<String, String> path,
            Map<String, List<String>> query,
            JsonNode body) {
        Map<String, IdKind> ids = new LinkedHashMap<>();
        path.forEach((slot, value) -> put(ids, slot.endsWith("_id") && !slot.equals("scheduled_message_id"), value));
        boolean named = !ids.isEmpty();
        query.forEach((name, values) -> values.forEach(value -> put(ids, false, value)));
        collect(ids, "", body);
        if (ofAgent) {
            ids.values().removeAll(INSIDE);
        }
        boolean alone =
                reach == Route.Reach.READ || ofAgent || ids.values().stream().noneMatch(READ_ALONE::contains);
        if (!(named || ofAgent) || !alone || ids.containsValue(IdKind.ORG) || !belongs.test(access, ids)) {
            throw refused("This API key reaches only its agents and what belongs to them.");
        }
    }

    /** Whether the route only looks for what its body asks, and the body asks for one agent's. */
    private static boolean searchesAgent(Route route, JsonNode body) {
        return route.reach() == Route.Reach.READ
                && route.body() != null
                && Arrays.stream(route.body().getRecordComponents())
                        .anyMatch(component -> Binder.name(component).equals("agent_id"))
                && IdKind.AGENT.fits(body.path("agent_id").asText());
    }

    /** Takes the value down when it is an id. must: nothing but ids can stand there, and another text belongs to nobody. */
    private static void put(Map<String, IdKind> ids, boolean must, String value) {
        IdKind kind = kind(value);
        if (kind != null) {
            ids.put(value, kind);
        } else if (must && !value.equals("default")) {
            ids.put(value, IdKind.ORG);
        }
    }

    private static void collect(Map<String, IdKind> ids, String name, JsonNode json) {
        if (json.isObject()) {
            json.properties().forEach(entry -> collect(ids, entry.getKey(), entry.getValue()));
        } else if (json.isArray()) {
            json.forEach(item -> collect(ids, name, item));
        } else if (json.isTextual() && (name.endsWith("_id") || name.endsWith("_ids"))) {
            put(ids, false, json.textValue());
        }
    }

    private static @Nullable IdKind kind(String value) {
        for (IdKind kind : IdKind.values()) {
            if (kind.fits(value)) {
                return kind;
            }
        }
        return null;
    }

    private static Problem refused(String text) {
        return new Problem(ProblemCode.FORBIDDEN, text);
    }
}
