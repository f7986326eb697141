package dev.mneme.http;

import dev.mneme.account.AccessToken;
import dev.mneme.account.AccessTokens;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.wire.AccessGrant;
import dev.mneme.wire.AccessTokenPage;
import dev.mneme.wire.AccessTokenView;
import dev.mneme.wire.CreateAccessToken;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tokens that pages in browsers may hold (decision 0023; shapes of openapi.json). */
final class AccessTokenRoutes {
    private static final Param<String> AGENT = Param.id("agentId", IdKind.AGENT, "tokens that name this agent");
    private static final Param<Integer> OFFSET =
            Param.whole("offset", 0, 0, Integer.MAX_VALUE, "tokens to leave out from the start");
    private static final Param<Integer> LIMIT = Paging.limit(10, 1, 1_000);
    private static final String ALL = "/v1/client-side-access-tokens";
    private static final List<String> WORDS = Arrays.stream(AccessToken.Access.values())
            .map(AccessToken.Access::word)
            .toList();

    private final Rooms rooms;

    AccessTokenRoutes(Rooms rooms) {
        this.rooms = rooms;
    }

    private AccessTokens tokens() {
        return rooms.hosted().accessTokens();
    }

    List<Route> routes() {
        return List.of(
                Route.post(ALL, "Makes a token for pages in browsers, limited to a few agents and a time")
                        .body(CreateAccessToken.class)
                        .gives(AccessTokenView.class)
                        .by(this::create),
                Route.get(ALL, "Tokens that still count, newest first, without their secret")
                        .takes(AGENT, OFFSET, LIMIT)
                        .gives(AccessTokenPage.class)
                        .by(this::list),
                Route.delete(ALL + "/{token}", "Revokes a token, named as in lists or whole")
                        .by(call -> {
                            tokens().delete(call.org(), call.at("token"));
                            return Answer.noContent();
                        }));
    }

    private Answer create(Call call) {
        CreateAccessToken body = call.body(CreateAccessToken.class);
        List<AccessToken.Grant> policy = new ArrayList<>();
        for (int i = 0; i < body.policy().size(); i++) {
            policy.add(grant(call, body.policy().get(i), i));
        }
        String hostname = body.hostname().strip().toLowerCase(Locale.ROOT).replaceAll("/+$", "");
        if (!hostname.matches("https?://[^/\\s]+")) {
            throw Problem.unprocessable(
                    "hostname must be an origin with its protocol, such as https://app.example, not '" + body.hostname()
                            + "'.");
        }
        Long end = null;
        if (body.expiresAt() != null) {
            end = Param.micros(body.expiresAt(), ZoneOffset.UTC);
            if (end == null) {
                throw Problem.unprocessable("expires_at must be an ISO-8601 time, not '" + body.expiresAt() + "'.");
            }
        }
        AccessTokens.Fresh made = tokens().create(call.org(), call.user(), hostname, policy, end);
        return new Answer.Json(201, Json.tree(view(made.token(), made.text())), Map.of());
    }

    private AccessToken.Grant grant(Call call, AccessGrant wanted, int at) {
        if (!wanted.type().equals("agent")) {
            throw new Invalid(Param.notOneOf(List.of("body", "policy", at, "type"), wanted.type(), List.of("agent")));
        }
        List<AccessToken.Access> access = new ArrayList<>();
        for (int i = 0; i < wanted.access().size(); i++) {
            String word = wanted.access().get(i);
            if (!WORDS.contains(word)) {
                throw new Invalid(Param.notOneOf(List.of("body", "policy", at, "access", i), word, WORDS));
            }
            access.add(AccessToken.Access.valueOf(word.toUpperCase(Locale.ROOT)));
        }
        return new AccessToken.Grant(rooms.agents().get(call.org(), wanted.id()).id(), List.copyOf(access));
    }

    private Answer list(Call call) {
        int limit = call.at(LIMIT);
        List<AccessToken> found = tokens().list(call.org(), call.maybe(AGENT), call.at(OFFSET), limit + 1);
        return Answer.ok(new AccessTokenPage(
                found.stream()
                        .limit(limit)
                        .map(token -> view(token, token.id()))
                        .toList(),
                found.size() > limit));
    }

    private static AccessTokenView view(AccessToken token, String text) {
        return new AccessTokenView(text, token.hostname(), token.policyJson(), Times.zulu(token.expiresAt()));
    }
}
