package dev.mneme.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.mneme.account.Access;
import dev.mneme.account.AccessToken;
import dev.mneme.account.KeyRole;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Storable;
import io.helidon.common.uri.UriQuery;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where every request arrives: cross-origin rules, the door, the route, the answer, and the one edge where an exception becomes a status.
 * Thread-safe.
 */
public final class Reception {
    private static final String REQUEST_ID = "x-request-id";
    private static final String CONTENT_TYPE = "content-type";
    private static final String JSON = "application/json";
    private static final byte[] NOTHING = new byte[0];

    private final RouteTable table;
    private final Door door;
    private final Guests guests;
    private final Gate gate;
    private final Actors actors;
    private final BodyReader bodies;
    private final Refusals refusals = new Refusals();
    private final CrossOrigin crossOrigin;
    private final Sessions sessions;

    /** The reception of a server with these rooms. bodyLimit: bytes, 0: the standard one. */
    public static Reception of(Rooms rooms, Door door, Actors actors, int bodyLimit) {
        BodyReader bodies = new BodyReader(bodyLimit == 0 ? BodyReader.LIMIT : bodyLimit);
        Sessions sessions = new Sessions(rooms.clock());
        Guests guests = new Guests(
                text -> rooms.hosted().accessTokens().find(text),
                origin -> rooms.hosted().accessTokens().knows(origin));
        Gate gate = new Gate(rooms.tenancy().keys()::reaches);
        List<Route> routes = new ArrayList<>(Routes.all(rooms));
        routes.addAll(new McpEndpoint(rooms, door, gate, bodies).routes());
        routes.addAll(new AdeRoutes(door, sessions).routes());
        return new Reception(new RouteTable(routes), door, guests, gate, actors, bodies, sessions);
    }

    Reception(
            RouteTable table,
            Door door,
            Guests guests,
            Gate gate,
            Actors actors,
            BodyReader bodies,
            Sessions sessions) {
        this.table = table;
        this.door = door;
        this.guests = guests;
        this.gate = gate;
        this.actors = actors;
        this.bodies = bodies;
        this.sessions = sessions;
        this.crossOrigin = new CrossOrigin(door, guests.knowsPage());
    }

    /** Answers; what it throws, an unwritable answer apart, is a bug. */
    void receive(Exchange exchange) {
        String id = requestId(exchange);
        exchange.header(REQUEST_ID, id);
        Function<String, @Nullable String> header = sessions.over(exchange::header);
        crossOrigin.headers(header).forEach(exchange::header);
        Answer answer;
        try {
            answer = answer(exchange, header, id);
        } catch (Exception e) {
            answer = refusals.of(e, id);
        }
        write(answer, exchange);
    }

    private Answer answer(Exchange exchange, Function<String, @Nullable String> header, String id) {
        String method = exchange.method();
        if (CrossOrigin.isPreflight(method, header)) {
            return crossOrigin.preflight(header);
        }
        RouteTable.Found found = null;
        Invalid malformed = null;
        try {
            found = table.find(method, exchange.rawPath());
        } catch (Invalid e) {
            malformed = e;
        }
        boolean open =
                found instanceof RouteTable.Found.Match match && match.route().open();
        AccessToken token = guests.presented(header);
        Access access = open || token != null ? Access.OWNER : door.admit(exchange.loopback(), header);
        if (malformed != null) {
            throw malformed;
        }
        return switch (java.util.Objects.requireNonNull(found)) {
            case RouteTable.Found.Nowhere() ->
                new Answer.Json(404, Json.object().put("detail", "Not Found"), Map.of());
            case RouteTable.Found.WrongMethod(List<String> allowed) ->
                new Answer.Json(
                        405,
                        Json.object().put("detail", "Method Not Allowed"),
                        Map.of("allow", String.join(", ", allowed)));
            case RouteTable.Found.Match match -> {
                if (token != null && !open) {
                    Guests.admit(token, match.route(), match.values());
                }
                yield run(access, match, exchange, header, id, token);
            }
        };
    }

    private Answer run(
            Access access,
            RouteTable.Found.Match match,
            Exchange exchange,
            Function<String, @Nullable String> header,
            String id,
            @Nullable AccessToken token) {
        Route route = match.route();
        Actor actor = token == null
                ? actor(access, header.apply("user_id"))
                : new Actor(token.organizationId(), token.userId());
        JsonNode json = MissingNode.getInstance();
        if (route.body() != null) {
            json = exchange.hasBody()
                    ? bodies.json(header.apply("content-type"), exchange.body())
                    : MissingNode.getInstance();
            if (json.isMissingNode() && !route.bodyOptional()) {
                throw new Invalid(Invalid.Fault.missing(List.of("body")));
            }
        }
        Map<String, List<String>> query = query(exchange.rawQuery());
        gate.check(access, route, match.values(), query, json);
        Caller caller = Caller.of(header.apply("x-stainless-package-version"), header.apply("user-agent"));
        Call call = new Call(id, actor, caller, access, match.values(), query, header, json, () -> content(exchange));
        // a malformed one is refused, also where the handler has no use for it
        route.params().stream().filter(call::has).forEach(call::maybe);
        return route.handler().answer(call);
    }

    private static InputStream content(Exchange exchange) {
        return exchange.hasBody() ? exchange.body() : InputStream.nullInputStream();
    }

    /** Only who may do everything in an organisation may act for others there. */
    private Actor actor(Access access, @Nullable String userId) {
        Actor named = access.role() == null || access.role() == KeyRole.ADMIN ? actor(userId) : null;
        if (access.organizationId() == null || access.userId() == null) {
            return java.util.Objects.requireNonNull(named);
        }
        if (named == null || userId == null || userId.isEmpty()) {
            return new Actor(access.organizationId(), access.userId());
        }
        if (!named.org().equals(access.organizationId()) || !named.userId().equals(userId)) {
            throw new Problem(ProblemCode.FORBIDDEN, "User " + userId + " is not of the organization of this API key.");
        }
        return named;
    }

    private Actor actor(@Nullable String userId) {
        if (userId != null && !IdKind.USER.fits(userId)) {
            throw Param.malformed(IdKind.USER, userId);
        }
        return actors.of(userId);
    }

    private static String requestId(Exchange exchange) {
        String given = exchange.header(REQUEST_ID);
        return given != null && given.matches("[\\w.:-]{1,100}") ? given : "req-" + IdKind.uuid();
    }

    private static Map<String, List<String>> query(String raw) {
        UriQuery query = UriQuery.create(raw);
        Map<String, List<String>> out = new LinkedHashMap<>();
        for (String name : query.names()) {
            out.put(name, query.all(name).stream().map(Storable::of).toList());
        }
        return out;
    }

    private static void write(Answer answer, Exchange exchange) {
        exchange.status(answer.status());
        answer.headers().forEach(exchange::header);
        switch (answer) {
            case Answer.Json json -> {
                exchange.header(CONTENT_TYPE, JSON);
                exchange.send(bytes(json));
            }
            case Answer.Empty empty -> exchange.send(NOTHING);
            case Answer.Bytes bytes -> {
                exchange.header(CONTENT_TYPE, bytes.contentType());
                exchange.send(bytes.body());
            }
            case Answer.Spooled spooled -> file(spooled, exchange);
            case Answer.Stream stream -> events(stream, exchange);
        }
    }

    private static byte[] bytes(Answer.Json json) {
        try {
            return Json.MAPPER.writeValueAsBytes(json.body());
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void file(Answer.Spooled spooled, Exchange exchange) {
        exchange.header(CONTENT_TYPE, spooled.contentType());
        try (OutputStream out = exchange.open(Files.size(spooled.file()))) {
            Files.copy(spooled.file(), out);
        } catch (IOException | UncheckedIOException e) {
            // the reader left, and sees by the length that it has not got everything
            return;
        } finally {
            UpkeepRoutes.delete(spooled.file());
        }
    }

    private static void events(Answer.Stream stream, Exchange exchange) {
        exchange.header(CONTENT_TYPE, SseWriter.CONTENT_TYPE);
        exchange.header("cache-control", "no-cache");
        // nginx would else keep events back until it has a buffer full of them
        exchange.header("x-accel-buffering", "no");
        try (OutputStream out = exchange.open(Exchange.UNKNOWN)) {
            stream.events().writeTo(new SseWriter(out));
        } catch (SseWriter.Gone e) {
            // the reader left: what it read about goes on without it
            return;
        } catch (IOException | UncheckedIOException e) {
            // it left while the stream was being closed
            return;
        }
    }
}
