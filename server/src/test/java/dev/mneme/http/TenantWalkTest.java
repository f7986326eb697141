package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.base.IdKind;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.FakeMcp;
import dev.mneme.testkit.ScriptedModels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two organisations on one server: no route, whatever ids are given to it, tells the one anything of the other or changes it. The routes are
 * those of the table, so that a new one is walked as soon as it is there.
 *
 * <p>The measure: with an id of the other organisation a route answers exactly as with an id of nothing.
 */
@Timeout(120)
class TenantWalkTest {
    @TempDir
    static Path folder;

    private static House house;
    private static FakeMcp fake;
    private static Tenant theirs;
    private static Tenant mine;
    private static Set<String> theirIds;
    private static List<Route> routes;

    @BeforeAll
    static void start() throws Exception {
        house = new House(folder, new ScriptedModels(), DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        fake = new FakeMcp();
        fake.offer(
                "[{\"name\":\"said\",\"description\":\"x\",\"inputSchema\":{\"type\":\"object\",\"properties\":{}}}]");
        theirs = Tenant.in(house, fake, "zebra");
        mine = Tenant.in(house, fake, "mouse");
        theirIds = theirs.ids();
        theirIds.addAll(theirs.things().values());
        routes = Routes.all(house.rooms);
    }

    @AfterAll
    static void stop() throws Exception {
        fake.close();
        house.close();
    }

    @Test
    void idsOfAnotherOrganisationAreIdsOfNothing() {
        List<String> faults = new ArrayList<>();
        Set<String> before = theirs.rows(theirIds);
        for (Route route : routes) {
            int known = faults.size();
            RouteProbe probe = RouteProbe.of(route);
            for (Set<String> foreign : choices(probe.holes())) {
                compare(probe, foreign, faults);
            }
            Set<String> after = theirs.rows(theirIds);
            if (!after.equals(before) && faults.size() == known) {
                Set<String> changed = new LinkedHashSet<>(after);
                changed.removeAll(before);
                Set<String> gone = new LinkedHashSet<>(before);
                gone.removeAll(after);
                faults.add(name(route) + " changed rows: " + cut(changed.toString()) + " for " + cut(gone.toString()));
            }
            before = after;
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void nothingThatIsReadTellsOfAnotherOrganisation() {
        List<String> faults = new ArrayList<>();
        for (Route route : routes) {
            if (route.method().equals("GET") && !route.pattern().startsWith("/ade")) {
                RouteProbe probe = RouteProbe.of(route);
                for (String word : List.of(theirs.word())) {
                    StringBuilder query = new StringBuilder(probe.path().contains("?") ? "" : "?");
                    for (Param<?> param : route.params()) {
                        if (param.schema().path("type").asText().equals("string")
                                && !param.schema().has("enum")
                                && !param.schema().has("format")
                                && !probe.path().contains(param.name() + "=")
                                && !List.of("before", "after", "cursor").contains(param.name())) {
                            check(probe, "&" + param.name() + "=" + word, faults);
                        }
                    }
                    check(probe, "", faults);
                }
            }
        }
        for (String search : List.of(
                "/v1/messages/search", "/v1/agents/messages/search", "/v1/passages/search", "/v1/tools/search")) {
            Web.Reply reply = send("POST", search, "{'query':'" + theirs.secret() + "'}");
            assertThat(reply.status()).as(search + reply.text()).isEqualTo(200);
            tell(search, reply, search + theirs.secret(), faults);
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void anAdminKeyActsForNobodyOfAnotherOrganisation() {
        Web.Reply reply =
                house.web.get("/v1/agents", "authorization", "Bearer " + mine.key(), "user_id", theirs.user());
        assertThat(reply.status()).isEqualTo(403);
    }

    private void check(RouteProbe probe, String more, List<String> faults) {
        RouteProbe own = probe.filled(hole -> mine.things().getOrDefault(RouteProbe.kind(hole), mine.word()));
        String path = own.path() + (more.isEmpty() || own.path().contains("?") ? more : "?" + more.substring(1));
        Web.Reply reply = send("GET", path, null);
        tell(name(probe.route()) + more, reply, path, faults);
    }

    /** One hole after the other, and all at once. */
    private static List<Set<String>> choices(List<String> holes) {
        List<Set<String>> out = new ArrayList<>();
        holes.forEach(hole -> out.add(Set.of(hole)));
        if (holes.size() > 1) {
            out.add(Set.copyOf(holes));
        }
        return out;
    }

    private void compare(RouteProbe probe, Set<String> foreign, List<String> faults) {
        String fresh = "n" + IdKind.uuid();
        Map<String, String> nothing = new HashMap<>();
        RouteProbe unknown = probe.filled(hole -> foreign.contains(hole)
                ? nothing.computeIfAbsent(RouteProbe.kind(hole), TenantWalkTest::ofNothing)
                : own(hole, fresh + "a"));
        RouteProbe known = probe.filled(hole -> foreign.contains(hole)
                ? theirs.things().getOrDefault(RouteProbe.kind(hole), theirs.word())
                : own(hole, fresh + "b"));
        Web.Reply expected = send(unknown);
        Web.Reply got = send(known);
        String where = name(probe.route()) + " with " + foreign;
        // what goes on changing one's own things may answer them as they are by then
        boolean own = expected.status() == 200 && !probe.route().method().equals("GET");
        if (got.status() != expected.status() || (!own && !plain(got.text()).equals(plain(expected.text())))) {
            faults.add(where + ": " + got.status() + " " + cut(got.text()) + "\n    for nothing: " + expected.status()
                    + " " + cut(expected.text()));
        }
        if (expected.status() == 500 || expected.status() == 422) {
            // such an answer comes before anything is looked up, so it proves nothing
            faults.add(where + ": " + expected.status() + " " + cut(expected.text()));
        }
        tell(where, got, known.path() + known.body(), faults);
    }

    /** Notes what an answer tells of the other organisation that the request did not say. */
    private static void tell(String where, Web.Reply reply, String asked, List<String> faults) {
        Set<String> told = Tenant.idsIn(reply.text());
        told.retainAll(theirIds);
        told.removeIf(asked::contains);
        if (!told.isEmpty() || (reply.text().contains(theirs.secret()) && !asked.contains(theirs.secret()))) {
            faults.add(where + " tells " + told + ": " + cut(reply.text()));
        }
    }

    private static String own(String hole, String fresh) {
        return hole.equals("@new") ? fresh : mine.things().getOrDefault(RouteProbe.kind(hole), mine.word());
    }

    private static String ofNothing(String kind) {
        for (IdKind each : IdKind.values()) {
            if (each.prefix().equals(kind)) {
                return each.next();
            }
        }
        return switch (kind) {
            case "token" -> "mneme-at-" + IdKind.uuid() + ".x";
            case "connection" -> "conn-" + IdKind.uuid();
            default -> "otter";
        };
    }

    private static Web.Reply send(RouteProbe probe) {
        if (probe.route().form()) {
            return house.web.upload(
                    probe.path(),
                    "x.txt",
                    "text/plain",
                    "hi".getBytes(StandardCharsets.UTF_8),
                    "authorization",
                    "Bearer " + mine.key());
        }
        return send(probe.route().method(), probe.path(), probe.body());
    }

    private static Web.Reply send(String method, String path, @org.jspecify.annotations.Nullable String body) {
        return house.web.send(method, path, body, "authorization", "Bearer " + mine.key());
    }

    /** The answer without what differs from call to call. */
    private static String plain(String text) {
        return text.replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID")
                .replaceAll("\\b(zebra|otter)(?!secret)", "NAME")
                .replaceAll("\\d+", "N");
    }

    private static String name(Route route) {
        return route.method() + " " + route.pattern();
    }

    private static String cut(String text) {
        return text.length() > 300 ? text.substring(0, 300) + "…" : text;
    }
}
