package dev.mneme.http;

import dev.mneme.account.AccessToken;
import dev.mneme.account.AccessTokens;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who comes with an access token: a page in a browser that may do a few things with a few agents (decision 0023). A token counts wherever it
 * comes from, also on this machine, and in the place of any other right.
 *
 * @param find what a token stands for, null when it is none
 * @param knowsPage whether a token was made for pages of an origin
 */
record Guests(Function<String, @Nullable AccessToken> find, Predicate<String> knowsPage) {
    private static final String BEARER = "bearer ";
    private static final String OF_AGENT = "/v1/agents/{agent_id:agent}";
    private static final String MESSAGES = OF_AGENT + "/messages";

    /** No token is known. */
    static final Guests NONE = new Guests(text -> null, origin -> false);

    /** The token of a request; null when it brings none; 401 when it is not known or over, 403 when a foreign page holds it. */
    @Nullable
    AccessToken presented(Function<String, @Nullable String> header) {
        String bearer = header.apply("authorization");
        if (bearer == null || !bearer.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return null;
        }
        String text = bearer.substring(BEARER.length()).strip();
        if (!text.startsWith(AccessTokens.PREFIX)) {
            return null;
        }
        AccessToken token = find.apply(text);
        if (token == null) {
            throw new Problem(ProblemCode.UNAUTHORIZED, "Unauthorized")
                    .with("hint", "The access token is unknown, revoked or over. Ask your server for a new one.");
        }
        String origin = header.apply("origin");
        if (origin != null && !origin.equalsIgnoreCase(token.hostname())) {
            throw new Problem(
                    ProblemCode.FORBIDDEN,
                    "The access token is for pages of " + token.hostname() + ", not of " + origin);
        }
        return token;
    }

    /** Refuses with 403 unless the token allows this. */
    static void admit(AccessToken token, Route route, Map<String, String> values) {
        String agent = values.get("agent_id");
        boolean ofAgent = route.pattern().equals(OF_AGENT) || route.pattern().startsWith(OF_AGENT + "/");
        if (!ofAgent || agent == null || !token.allows(agent, needed(route))) {
            throw new Problem(ProblemCode.FORBIDDEN, "The access token does not allow this")
                    .with(
                            "hint",
                            ofAgent
                                    ? "It needs " + needed(route).word() + " for this agent."
                                    : "Access tokens are for /v1/agents/{agent_id} and what is below it.");
        }
    }

    private static AccessToken.Access needed(Route route) {
        boolean reading = route.method().equals("GET");
        boolean messages = route.pattern().equals(MESSAGES) || route.pattern().startsWith(MESSAGES + "/");
        if (messages) {
            return reading ? AccessToken.Access.READ_MESSAGES : AccessToken.Access.WRITE_MESSAGES;
        }
        return reading ? AccessToken.Access.READ_AGENT : AccessToken.Access.WRITE_AGENT;
    }
}
