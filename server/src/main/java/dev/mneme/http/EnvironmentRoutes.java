package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.account.Environment;
import dev.mneme.account.Environments;
import dev.mneme.base.Json;
import dev.mneme.wire.EnvironmentMade;
import dev.mneme.wire.EnvironmentPage;
import dev.mneme.wire.EnvironmentView;
import dev.mneme.wire.RegisterEnvironment;
import dev.mneme.wire.SendToEnvironment;
import dev.mneme.wire.Success;
import java.util.List;

/** Machines that work for agents (decision 0023; shapes of openapi.json). */
final class EnvironmentRoutes {
    private static final Param<Integer> LIMIT = Paging.limit(50, 1, 1_000);
    private static final Param<String> USER = Param.text("userId", "machines of this user");
    private static final Param<Boolean> ONLINE =
            Param.flag("onlineOnly", false, "connected ones only: none, this server keeps no connections");
    private static final String ALL = "/v1/environments";

    /** Microseconds of a millisecond. */
    private static final long MILLI = 1_000;

    private final Rooms rooms;

    EnvironmentRoutes(Rooms rooms) {
        this.rooms = rooms;
    }

    private Environments environments() {
        return rooms.hosted().environments();
    }

    List<Route> routes() {
        return List.of(
                Route.get(ALL, "Machines that registered, newest first")
                        .takes(Paging.AFTER, LIMIT, USER, ONLINE)
                        .gives(EnvironmentPage.class)
                        .by(this::list),
                Route.post(ALL + "/register", "Notes a machine that works for agents")
                        .body(RegisterEnvironment.class)
                        .gives(EnvironmentMade.class)
                        .by(this::register),
                Route.get(ALL + "/{id}", "One machine, by its own name")
                        .gives(EnvironmentView.class)
                        .by(call -> Answer.ok(view(environments().get(call.org(), call.at("id"))))),
                Route.delete(ALL + "/{id}", "Forgets a machine")
                        .gives(Success.class)
                        .by(call -> {
                            environments().delete(call.org(), call.at("id"));
                            return Answer.ok(new Success(true, "Environment " + call.at("id") + " removed"));
                        }),
                Route.post(ALL + "/{id}/messages", "Refused with 409: machines hold no connection to this server")
                        .body(SendToEnvironment.class)
                        .by(call -> {
                            call.body(SendToEnvironment.class);
                            environments().send(call.org(), call.at("id"));
                            return Answer.nothing();
                        }));
    }

    /** The names of this body are the only ones in camel case. */
    private Answer register(Call call) {
        ObjectNode named = Json.object();
        JsonNode given = Binder.orEmpty(call.json());
        given.properties()
                .forEach(field -> named.set(
                        switch (field.getKey()) {
                            case "deviceId" -> "device_id";
                            case "connectionName" -> "connection_name";
                            default -> field.getKey();
                        },
                        field.getValue()));
        RegisterEnvironment body = call.body(named, RegisterEnvironment.class);
        Environment seen = environments()
                .register(call.org(), call.user(), body.deviceId(), body.connectionName(), body.metadata());
        return Answer.ok(new EnvironmentMade(seen.connectionId(), ""));
    }

    private Answer list(Call call) {
        if (call.at(ONLINE)) {
            return Answer.ok(new EnvironmentPage(List.of(), false));
        }
        int limit = call.at(LIMIT);
        List<Environment> found =
                environments().list(call.org(), call.maybe(USER), call.maybe(Paging.AFTER), limit + 1);
        return Answer.ok(new EnvironmentPage(
                found.stream().limit(limit).map(EnvironmentRoutes::view).toList(), found.size() > limit));
    }

    private static EnvironmentView view(Environment seen) {
        return new EnvironmentView(
                seen.id(),
                seen.connectionId(),
                seen.deviceId(),
                seen.name(),
                seen.organizationId(),
                seen.userId(),
                null,
                null,
                null,
                seen.lastSeenAt() / MILLI,
                seen.firstSeenAt() / MILLI,
                seen.metadata());
    }
}
