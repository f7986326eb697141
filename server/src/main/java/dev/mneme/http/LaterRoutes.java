package dev.mneme.http;

import dev.mneme.base.Problem;
import java.util.ArrayList;
import java.util.List;

/** What the contract has and this version does not: 501 with the reason, never 404. */
final class LaterRoutes {
    private LaterRoutes() {}

    /** One line per route: method, pattern. Grouped by what brings them. */
    private static final List<Group> GROUPS =
            List.of(new Group("Signing in at MCP servers by OAuth", "OAuth for MCP servers", """
                    GET /v1/tools/mcp/oauth/callback
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
