package dev.mneme.http;

import java.util.ArrayList;
import java.util.List;

/** Everything that the server answers, put together from the rooms' routes. */
final class Routes {
    /** The version of the retired server whose contract this one keeps; clients read it from health. */
    static final String CONTRACT = "0.16.7";

    private Routes() {}

    static List<Route> all(Rooms rooms) {
        List<Route> all = new ArrayList<>();
        all.addAll(new HealthRoutes().routes());
        all.addAll(LaterRoutes.routes());
        all.addAll(new PageRoutes(() -> all, rooms.version()).routes());
        return List.copyOf(all);
    }
}
