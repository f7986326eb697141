package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.agent.Templates;
import dev.mneme.base.Json;
import dev.mneme.wire.Success;
import java.util.List;

/** What programs of the hosted service ask about its accounts: who am I, and where usage is told, which nobody reads here. */
final class AccountRoutes {
    private static final String TIER = "self-hosted";

    AccountRoutes(Rooms rooms) {
        this.rooms = rooms;
    }

    private final Rooms rooms;

    List<Route> routes() {
        return List.of(
                Route.get("/v1/metadata/user", "Who the caller is here")
                        .reach(Route.Reach.EVERYBODY)
                        .by(this::user),
                Route.get("/v1/metadata/status", "The project of the request")
                        .reach(Route.Reach.EVERYBODY)
                        .by(call -> Answer.ok(Json.object().put("current_project_id", project(call)))),
                Route.get("/v1/metadata/balance", "Nothing is billed here")
                        .reach(Route.Reach.EVERYBODY)
                        .by(call -> Answer.ok(Json.object()
                                .put("total_balance", 0)
                                .put("monthly_credit_balance", 0)
                                .put("purchased_credit_balance", 0)
                                .put("billing_tier", TIER))),
                Route.post("/v1/metadata/telemetry", "Taken and thrown away: this server tells nobody anything")
                        .reach(Route.Reach.EVERYBODY)
                        .optionalBody(Ignored.class)
                        .gives(Success.class)
                        .by(call -> Answer.ok(Success.DONE)),
                Route.post("/v1/metadata/feedback", "Taken and thrown away: this server tells nobody anything")
                        .reach(Route.Reach.EVERYBODY)
                        .optionalBody(Ignored.class)
                        .gives(Success.class)
                        .by(call -> Answer.ok(Success.DONE)));
    }

    /** A body of which nothing is read. */
    record Ignored(@org.jspecify.annotations.Nullable JsonNode events) {}

    private static String project(Call call) {
        String given = call.header("x-project-id");
        return given == null ? Templates.PROJECT : given;
    }

    private Answer user(Call call) {
        return Answer.ok(Json.object()
                .put("id", call.user())
                .put("email", "")
                .put("name", call.user())
                .put("organization_name", call.org())
                .put("organization_id", call.org())
                .put("current_project_name", project(call))
                .put("current_project_id", project(call))
                .put("billing_tier", TIER)
                .put("remaining_credits", 0)
                .put("server_version", rooms.version()));
    }
}
