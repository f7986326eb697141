package dev.mneme.http;

import dev.mneme.base.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The route table as a page of docs/gen: every route, its query parameters, its body and its answer. */
public final class ApiPage {
    private ApiPage() {}

    /** Every route, hidden ones too. Rooms are absent: routes are listed, never called. */
    @SuppressWarnings("NullAway")
    static List<Route> routes() {
        Rooms none = new Rooms(
                "docs",
                Clock.system(),
                Duration.ZERO,
                null,
                null,
                new Workshop(null, null, null, null, null, null, null, null),
                List.of(),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                new Tenancy(null, null, null),
                null,
                null,
                null);
        return Routes.all(none);
    }

    /** The page, without its heading. */
    public static String text() {
        Map<String, StringBuilder> rooms = new TreeMap<>();
        for (Route route : routes()) {
            if (!route.hidden()) {
                rooms.computeIfAbsent(
                                route.room(),
                                room -> new StringBuilder(
                                        "\n## " + room
                                                + "\n\n| Route | What it does | Query | Body | Answer |\n|---|---|---|---|---|\n"))
                        .append(row(route));
            }
        }
        return String.join("", rooms.values());
    }

    private static String row(Route route) {
        String query = String.join(
                ", ",
                route.params().stream().map(param -> "`" + param.name() + "`").toList());
        return "| `" + route.method() + " " + OpenApi.plain(route) + "` | "
                + route.summary().replace("|", "\\|") + " | " + query + " | " + name(route.body()) + " | "
                + (route.list() ? "list of " : "") + name(route.gives()) + " |\n";
    }

    private static String name(Class<?> type) {
        return type == null ? "" : "`" + type.getSimpleName() + "`";
    }
}
