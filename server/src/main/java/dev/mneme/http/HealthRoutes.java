package dev.mneme.http;

import dev.mneme.wire.Health;
import java.util.List;

/** That the server lives. Open to everybody: probes carry no password. */
final class HealthRoutes {
    private static final Health OK = new Health(Routes.CONTRACT, "ok");

    List<Route> routes() {
        return List.of(
                Route.get("/v1/health", "Whether the server lives, and the version of the contract that it speaks")
                        .gives(Health.class)
                        .open()
                        .by(call -> Answer.ok(OK)),
                Route.get("/v1/ready", "Whether the server takes requests")
                        .gives(Health.class)
                        .open()
                        .by(call -> Answer.ok(OK)));
    }
}
