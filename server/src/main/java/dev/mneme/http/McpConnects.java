package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.PythonText;
import dev.mneme.tool.mcp.McpConfig;
import dev.mneme.tool.mcp.McpFailure;
import dev.mneme.tool.mcp.SignIns;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Connecting to an MCP server as a stream of events, signing in on the way when it asks for that (contract 11 §5). Thread-safe. */
final class McpConnects {
    /** Between the lines that keep proxies from cutting the stream while somebody signs in. */
    private static final Duration QUIET = Duration.ofSeconds(15);

    private static final Param<String> CODE = Param.text("code", "what becomes tokens");
    private static final Param<String> STATE = Param.text("state", "which signing in it is");
    private static final Param<String> ERROR = Param.text("error", "why there is no code");
    private static final Param<String> DESCRIPTION = Param.text("error_description", "the same in a sentence");
    private static final Param<String> ISSUER = Param.text("iss", "who sent the browser back");

    private final SignIns signIns;

    McpConnects(SignIns signIns) {
        this.signIns = signIns;
    }

    /** What a connection is made for. */
    interface Listing {
        List<ObjectNode> tools() throws McpFailure;

        /** Called when somebody has signed in, before the tools are listed again. */
        default void signedIn() throws McpFailure {}
    }

    /** The browser of somebody who signs in; whoever has the state may come, so it asks for no key. */
    Route callback() {
        return Route.get(SignIns.CALLBACK, "Where browsers come back to after signing in at an MCP server")
                .takes(CODE, STATE, ERROR, DESCRIPTION, ISSUER)
                .open()
                .by(call -> switch (signIns.back(new SignIns.Returned(
                        call.maybe(STATE),
                        call.maybe(CODE),
                        call.maybe(ERROR),
                        call.maybe(DESCRIPTION),
                        call.maybe(ISSUER)))) {
                    case SignIns.Outcome.Done done ->
                        Answer.ok(Json.object()
                                .put("status", "success")
                                .put("message", "Authorization successful")
                                .put("server_url", done.serverUrl()));
                    case SignIns.Outcome.Refused refused -> refusal(refused.why());
                    case SignIns.Outcome.Waiting() -> refusal("Authorization is still pending");
                });
    }

    /** The contract's body, and the detail that every refusal here has. */
    private static Answer refusal(String why) {
        ObjectNode body =
                Json.object().put("status", "error").put("message", why).put("detail", why);
        return new Answer.Json(400, body, Map.of());
    }

    Answer stream(Call call, String name, McpConfig config, Listing listing) {
        return Answer.stream(out -> {
            out.data(spaced(event("connection_attempt").put("server_name", name)));
            try {
                success(out, attempted(call, config, listing, out));
            } catch (McpFailure e) {
                failure(out, e.why());
            } catch (Problem e) {
                failure(out, e.detail());
            }
        });
    }

    private List<ObjectNode> attempted(Call call, McpConfig config, Listing listing, SseWriter out) throws McpFailure {
        McpFailure refusal;
        try {
            return listing.tools();
        } catch (McpFailure e) {
            if (!SignIns.mayHelp(e, config)) {
                throw e;
            }
            refusal = e;
        }
        out.data(spaced(event("oauth_required").put("message", "OAuth authentication required")));
        SignIns.Begun begun = signIns.begin(call.org(), call.user(), config, refusal);
        try {
            out.data(spaced(event("authorization_url")
                    .put("url", begun.authorizationUrl())
                    .put("session_id", begun.sessionId())));
            out.data(spaced(event("waiting_for_auth").put("message", "Waiting for user authorization...")));
            SignIns.Outcome outcome = signIns.await(call.org(), begun.sessionId(), QUIET);
            while (outcome instanceof SignIns.Outcome.Waiting) {
                out.comment();
                outcome = signIns.await(call.org(), begun.sessionId(), QUIET);
            }
            if (outcome instanceof SignIns.Outcome.Refused refused) {
                throw new Problem(ProblemCode.UNAUTHORIZED, refused.why());
            }
        } finally {
            signIns.leave(begun.sessionId());
        }
        listing.signedIn();
        return listing.tools();
    }

    private static void success(SseWriter out, List<ObjectNode> tools) {
        JsonNode offered = Json.tree(tools);
        out.data(spaced(event("success").set("tools", offered)));
    }

    private static void failure(SseWriter out, String why) {
        out.data(spaced(event("error").put("message", why)));
    }

    private static ObjectNode event(String name) {
        return Json.object().put("event", name);
    }

    private static String spaced(JsonNode event) {
        return PythonText.spaced(event.toString());
    }
}
