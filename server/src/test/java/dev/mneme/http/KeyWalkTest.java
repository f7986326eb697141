package dev.mneme.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.account.KeyRole;
import dev.mneme.run.DeskOptions;
import dev.mneme.testkit.FakeMcp;
import dev.mneme.testkit.ScriptedModels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every route of the table with a key of every role. What a route's reach should be is not listed here, it shows: a route that reads changes
 * no row and tells no secret, and an agent's key gets nothing of another agent.
 */
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KeyWalkTest {
    @TempDir
    static Path folder;

    private static House house;
    private static FakeMcp fake;
    private static Tenant mine;
    private static Tenant other;
    private static List<Route> routes;

    @BeforeAll
    static void start() throws Exception {
        house = new House(folder, new ScriptedModels(), DeskOptions.DEFAULTS, Duration.ofSeconds(20));
        fake = new FakeMcp();
        fake.offer(
                "[{\"name\":\"said\",\"description\":\"x\",\"inputSchema\":{\"type\":\"object\",\"properties\":{}}}]");
        mine = Tenant.in(house, fake, "mouse");
        other = mine.beside(fake, "goat");
        routes = Routes.all(house.rooms);
    }

    @AfterAll
    static void stop() throws Exception {
        fake.close();
        house.close();
    }

    @Test
    @Order(1)
    void readOnlyKeysReadAndChangeNothing() {
        String key = mine.key(KeyRole.READ_ONLY);
        Set<String> ids = mine.ids();
        Set<String> before = mine.rows(ids);
        List<String> faults = new ArrayList<>();
        for (Route route : routes) {
            Web.Reply reply = send(route, mine, key);
            boolean reads = route.reach() == Route.Reach.READ || route.reach() == Route.Reach.EVERYBODY || route.open();
            boolean changes = List.of("PUT", "PATCH", "DELETE").contains(route.method());
            if (reads == (reply.status() == 403) || reply.status() == 500 || (reads && changes)) {
                faults.add(name(route) + " of reach " + route.reach() + ": " + reply.status() + " " + reply.text());
            }
            if (reply.text().contains(mine.hidden())) {
                faults.add(name(route) + " tells a secret: " + reply.text());
            }
        }
        Set<String> after = mine.rows(ids);
        after.removeIf(row -> row.startsWith("api_key"));
        before.removeIf(row -> row.startsWith("api_key"));
        assertThat(faults).isEmpty();
        assertThat(after).as("rows after reading").isEqualTo(before);
    }

    @Test
    @Order(2)
    void keysOfAnAgentReachNothingOfAnotherAgent() {
        String key = mine.key(KeyRole.AGENT, mine.things().get("agent"));
        List<String> faults = new ArrayList<>();
        for (Route route : routes) {
            boolean everybody = route.reach() == Route.Reach.EVERYBODY || route.open();
            Web.Reply reply = send(route, other, key);
            if (everybody == (reply.status() == 403) || reply.text().contains(other.secret())) {
                faults.add(name(route) + ": " + reply.status() + " " + reply.text());
            }
        }
        assertThat(faults).isEmpty();
    }

    @Test
    @Order(3)
    void keysOfAnAgentReadTheirAgent() {
        String key = mine.key(KeyRole.AGENT, mine.things().get("agent"));
        String at = "/v1/agents/" + mine.things().get("agent");
        for (String path : List.of(at, at + "/messages", at + "/context", at + "/tools", at + "/files", "/v1/models")) {
            assertThat(house.web.get(path, "authorization", "Bearer " + key).status())
                    .as(path)
                    .isEqualTo(200);
        }
        String search = "{'query':'" + mine.secret() + "','agent_id':'";
        Web.Reply own = house.web.post(
                "/v1/agents/messages/search",
                search + mine.things().get("agent") + "'}",
                "authorization",
                "Bearer " + key);
        assertThat(own.json().size()).as(own.text()).isPositive();
        Web.Reply foreign = house.web.post(
                "/v1/agents/messages/search",
                search + other.things().get("agent") + "'}",
                "authorization",
                "Bearer " + key);
        assertThat(foreign.status()).isEqualTo(403);
    }

    private static Web.Reply send(Route route, Tenant whose, String key) {
        RouteProbe probe =
                RouteProbe.of(route).filled(hole -> whose.things().getOrDefault(RouteProbe.kind(hole), whose.word()));
        if (route.form()) {
            return house.web.upload(
                    probe.path(),
                    "x.txt",
                    "text/plain",
                    "hi".getBytes(StandardCharsets.UTF_8),
                    "authorization",
                    "Bearer " + key);
        }
        return house.web.send(route.method(), probe.path(), probe.body(), "authorization", "Bearer " + key);
    }

    private static String name(Route route) {
        return route.method() + " " + route.pattern();
    }
}
