package dev.mneme.tool.mcp;

import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Problem;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Requests to one server at the one address that the guard found fit for its name when the connection was made. Redirects are followed
 * only within that server; any other is a failure that names it. Thread-safe.
 */
final class HttpCalls implements AutoCloseable {
    /** A slash at the end is the usual reason. */
    private static final int MOST_REDIRECTS = 2;

    private static final String MASK = "********";

    /** Shorter values are words that stand in any text. */
    private static final int SHORTEST_SECRET = 6;

    private static final String HOST_HEADER_SETTING = "jdk.httpclient.allowRestrictedHeaders";

    private final OutboundGuard.Target target;
    private final URI asked;
    private final Map<String, String> headers;
    private final @Nullable Bearer bearer;
    private final HttpClient client;
    private final Scope scope = new Scope("mcp-http");
    /** What was sent last, so that no error repeats it. */
    private volatile String lastToken = "";

    /** bearer: whose tokens are sent with each request, null: nobody's. */
    HttpCalls(OutboundGuard guard, String url, Map<String, String> headers, Duration patience, @Nullable Bearer bearer)
            throws McpFailure {
        if (System.getProperty(HOST_HEADER_SETTING) == null) {
            System.setProperty(HOST_HEADER_SETTING, "host");
        }
        this.asked = address(url);
        try {
            this.target = guard.check(asked);
        } catch (Problem e) {
            String why = e.detail().replaceFirst("^INVALID_ARGUMENT: ", "");
            throw new McpFailure(
                    McpFailure.Kind.UNREACHABLE,
                    why.startsWith("The host of ") ? "Cannot resolve hostname: " + asked.getHost() : why,
                    e);
        }
        this.headers = Map.copyOf(headers);
        this.bearer = bearer;
        this.client = client(target.host(), patience);
    }

    private static URI address(String url) throws McpFailure {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException e) {
            throw new McpFailure(McpFailure.Kind.UNREACHABLE, "its address is none: " + url, e);
        }
    }

    /** Where the server was first asked. */
    URI asked() {
        return asked;
    }

    /** The same server under another path, or a failure: whoever names another host gets none of our headers. */
    private URI within(URI from, String location) throws McpFailure {
        URI to = from.resolve(address(location));
        boolean same = asked.getScheme().equalsIgnoreCase(to.getScheme())
                && asked.getHost().equalsIgnoreCase(String.valueOf(to.getHost()))
                && asked.getPort() == to.getPort()
                && to.getUserInfo() == null;
        if (!same) {
            throw new McpFailure(
                    McpFailure.Kind.UNREACHABLE,
                    "it points to another server, " + to.getScheme() + "://" + to.getAuthority()
                            + ", which is not followed; register that address if it is the right one");
        }
        return to;
    }

    /** An address of this server that it has named itself. */
    URI inside(String location) throws McpFailure {
        return within(asked, location);
    }

    /** Sends; the body of the answer is open and must be closed. body null: GET. */
    HttpResponse<InputStream> send(
            URI at, @Nullable String method, Map<String, String> more, @Nullable String body, Duration patience)
            throws McpFailure {
        String token = bearer == null ? null : bearer.token();
        HttpResponse<InputStream> answer = followed(at, method, with(more, token), body, patience);
        if (answer.statusCode() != 401 || bearer == null || token == null) {
            return answer;
        }
        String other;
        try {
            other = bearer.renewed(token);
        } catch (McpFailure e) {
            close(answer.body());
            throw e;
        }
        if (other == null) {
            return answer;
        }
        close(answer.body());
        return followed(at, method, with(more, other), body, patience);
    }

    private Map<String, String> with(Map<String, String> more, @Nullable String token) {
        if (token == null) {
            return more;
        }
        lastToken = token;
        Map<String, String> all = new LinkedHashMap<>(more);
        all.put(McpConfig.AUTHORIZATION, McpConfig.BEARER + token);
        return all;
    }

    /** What a server says about tokens; empty: nothing. */
    static String challenge(HttpResponse<InputStream> answer) {
        return String.join(", ", answer.headers().allValues("www-authenticate"));
    }

    /** A text of the server without the credentials that were sent to it. */
    String withoutSecrets(String text) {
        String out = lastToken.isEmpty() ? text : text.replace(lastToken, MASK);
        for (Map.Entry<String, String> each : headers.entrySet()) {
            String value = each.getValue().replaceFirst("^" + McpConfig.BEARER, "");
            out = value.length() < SHORTEST_SECRET ? out : out.replace(value, MASK);
        }
        return out;
    }

    private HttpResponse<InputStream> followed(
            URI at, @Nullable String method, Map<String, String> more, @Nullable String body, Duration patience)
            throws McpFailure {
        URI place = at;
        for (int redirects = 0; ; redirects++) {
            HttpResponse<InputStream> answer = once(place, method, more, body, patience);
            int status = answer.statusCode();
            if (status < 300 || status >= 400) {
                return answer;
            }
            close(answer.body());
            if (redirects == MOST_REDIRECTS || (body != null && status != 307 && status != 308)) {
                throw new McpFailure(McpFailure.Kind.UNREACHABLE, "it answers with a redirect (status " + status + ")");
            }
            place = within(place, answer.headers().firstValue("location").orElse(""));
        }
    }

    private HttpResponse<InputStream> once(
            URI place, @Nullable String method, Map<String, String> more, @Nullable String body, Duration patience)
            throws McpFailure {
        HttpRequest.Builder request = HttpRequest.newBuilder(pinned(place));
        for (Map.Entry<String, String> each : headers.entrySet()) {
            header(request, each.getKey(), each.getValue());
        }
        more.forEach(request::setHeader);
        request.setHeader("Host", target.authority());
        request.method(
                method != null ? method : body == null ? "GET" : "POST",
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        try {
            return client.sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream())
                    .get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new McpFailure(
                    McpFailure.Kind.TIMEOUT, "the server did not answer within " + patience.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String text = cause == null ? null : cause.getMessage();
            throw new McpFailure(
                    McpFailure.Kind.UNREACHABLE,
                    "All connection attempts failed" + (text == null ? "" : ": " + text),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new McpFailure(McpFailure.Kind.UNREACHABLE, "the call was cancelled", e);
        }
    }

    /** Values come from templates, so any text may stand in them. */
    private static void header(HttpRequest.Builder request, String name, String value) throws McpFailure {
        try {
            request.setHeader(name, value);
        } catch (IllegalArgumentException e) {
            throw new McpFailure(McpFailure.Kind.UNREACHABLE, "its header " + name + " cannot be sent", e);
        }
    }

    private URI pinned(URI place) throws McpFailure {
        URI number = target.uri();
        String path = place.getRawPath() == null ? "" : place.getRawPath();
        String query = place.getRawQuery() == null ? "" : "?" + place.getRawQuery();
        return address(number.getScheme() + "://" + number.getRawAuthority() + path + query);
    }

    static void close(InputStream in) {
        try {
            in.close();
        } catch (IOException e) {
            // Nothing more is wanted of it.
            return;
        }
    }

    private HttpClient client(String host, Duration patience) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLParameters parameters = new SSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            if (!host.contains(":") && !host.matches("[0-9.]+")) {
                parameters.setServerNames(List.of(new SNIHostName(host)));
            }
            return HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(patience)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .sslContext(context)
                    .sslParameters(parameters)
                    .executor(task -> {
                        if (!scope.fork("http", task)) {
                            task.run();
                        }
                    })
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        scope.close();
    }
}
