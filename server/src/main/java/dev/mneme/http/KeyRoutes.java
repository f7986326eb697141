package dev.mneme.http;

import dev.mneme.account.ApiKey;
import dev.mneme.account.ApiKeys;
import dev.mneme.account.KeyRole;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.wire.ApiKeyView;
import dev.mneme.wire.CreateApiKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keys of the API: made, listed, revoked (decision 0022). */
final class KeyRoutes {
    private static final String ALL = "/v1/api-keys";
    private static final String ONE = ALL + "/{api_key_id:key}";

    /** Letters of a name. */
    private static final int LONGEST_NAME = 200;

    /** Agents of one key. */
    private static final int MOST_AGENTS = 100;

    /** Seconds of the longest life, a hundred years: longer ones are mistakes. */
    private static final long LONGEST_LIFE = 100L * 366 * 86_400;

    private final ApiKeys keys;

    KeyRoutes(ApiKeys keys) {
        this.keys = keys;
    }

    List<Route> routes() {
        return List.of(
                Route.post(ALL, "Makes an API key; its secret is in this answer and never again")
                        .reach(Route.Reach.ADMIN)
                        .body(CreateApiKey.class)
                        .gives(ApiKeyView.class)
                        .by(this::create),
                Route.get(ALL, "The organisation's API keys, newest first")
                        .reach(Route.Reach.ADMIN)
                        .givesList(ApiKeyView.class)
                        .by(call -> Answer.ok(keys.list(call.org()).stream()
                                .map(key -> view(key, null))
                                .toList())),
                Route.get(ONE, "One API key, without its secret")
                        .reach(Route.Reach.ADMIN)
                        .gives(ApiKeyView.class)
                        .by(call -> Answer.ok(view(keys.get(call.org(), call.at("api_key_id")), null))),
                Route.delete(ONE, "Revokes an API key at once")
                        .reach(Route.Reach.ADMIN)
                        .gives(ApiKeyView.class)
                        .by(call -> Answer.ok(view(keys.revoke(call.org(), call.at("api_key_id")), null))));
    }

    private Answer create(Call call) {
        CreateApiKey body = call.body(CreateApiKey.class);
        String name = body.name().strip();
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            throw Problem.unprocessable("name must have 1 to " + LONGEST_NAME + " letters.");
        }
        List<String> agents = body.agentIds() == null ? List.of() : body.agentIds();
        if (agents.size() > MOST_AGENTS) {
            throw Problem.unprocessable("A key reaches at most " + MOST_AGENTS + " agents.");
        }
        agents.stream().filter(id -> !IdKind.AGENT.fits(id)).findFirst().ifPresent(id -> {
            throw Param.malformed(IdKind.AGENT, id);
        });
        Long seconds = body.expiresInSeconds();
        if (seconds != null && (seconds < 1 || seconds > LONGEST_LIFE)) {
            throw Problem.unprocessable("expires_in_seconds must be from 1 to " + LONGEST_LIFE + ".");
        }
        ApiKeys.Made made = keys.create(
                call.org(),
                call.user(),
                new ApiKeys.Wish(
                        name, role(body.role()), agents, seconds == null ? null : Duration.ofSeconds(seconds)));
        return new Answer.Json(201, view(made.key(), made.secret()), Map.of("cache-control", "no-store"));
    }

    private static KeyRole role(@Nullable String word) {
        if (word == null) {
            return KeyRole.ADMIN;
        }
        return Arrays.stream(KeyRole.values())
                .filter(role -> role.word().equals(word.replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new Invalid(Param.notOneOf(
                        List.of("body", "role"),
                        word,
                        Arrays.stream(KeyRole.values()).map(KeyRole::word).toList())));
    }

    private static ApiKeyView view(ApiKey key, @Nullable String secret) {
        return new ApiKeyView(
                key.id(),
                key.name(),
                key.role().word(),
                key.agentIds(),
                key.prefix(),
                secret,
                key.organizationId(),
                key.userId(),
                Times.zulu(key.createdAt()),
                Times.zuluOrNull(key.lastUsedAt()),
                Times.zuluOrNull(key.expiresAt()),
                Times.zuluOrNull(key.revokedAt()));
    }
}
