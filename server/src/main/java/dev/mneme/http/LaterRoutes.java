package dev.mneme.http;

import dev.mneme.base.Problem;
import java.util.ArrayList;
import java.util.List;

/** What the contract has and this version does not: 501 with the reason, never 404. */
final class LaterRoutes {
    private LaterRoutes() {}

    /** One line per route: method, pattern. Grouped by what brings them. */
    private static final List<Group> GROUPS = List.of(
            new Group("Providers with keys of their own", "every provider", """
                    GET /v1/providers
                    POST /v1/providers
                    POST /v1/providers/check
                    GET /v1/providers/{provider_id:provider}
                    PATCH /v1/providers/{provider_id:provider}
                    DELETE /v1/providers/{provider_id:provider}
                    POST /v1/providers/{provider_id:provider}/check
                    PATCH /v1/providers/{provider_id:provider}/refresh
                    """),
            new Group("Signing in at MCP servers by OAuth", "OAuth for MCP servers", """
                    GET /v1/tools/mcp/oauth/callback
                    """),
            new Group("Admin of users and organisations", "knowledge and people", """
                    GET /v1/admin/users
                    POST /v1/admin/users
                    PUT /v1/admin/users
                    DELETE /v1/admin/users
                    GET /v1/admin/orgs
                    POST /v1/admin/orgs
                    PATCH /v1/admin/orgs
                    DELETE /v1/admin/orgs
                    """));

    /** Routes that one later part brings. */
    private record Group(String what, String with, String lines) {}

    /** The pattern without the kinds of its ids: what is not there yet says so before it looks at an id. */
    private static String untyped(String pattern) {
        return pattern.replaceAll(":\\w+}", "}");
    }

    static List<Route> routes() {
        List<Route> out = new ArrayList<>();
        for (Group group : GROUPS) {
            for (String line : group.lines().strip().split("\n")) {
                String[] words = line.strip().split(" ");
                out.add(Route.of(words[0], untyped(words[1]), "Not yet: arrives with " + group.with())
                        .by(call -> {
                            throw Problem.notImplemented(
                                    group.what() + ": arrives with the version of Mneme that brings " + group.with()
                                            + ". This one does not have it yet.");
                        }));
            }
        }
        return out;
    }
}
