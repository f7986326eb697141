package dev.mneme.base;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what an address names that somebody else wrote: only where the {@link OutboundGuard} lets it, also after each redirect, and only
 * so much of it. Keeps nothing between calls. Thread-safe.
 */
public final class OutboundFetch {
    /** Redirects that are followed: a picture's own server needs one or two. */
    private static final int MOST_REDIRECTS = 3;

    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    /** Lets a call name its host while connecting to the checked address; read by the JDK when its client is first used. */
    private static final String HOST_HEADER_SETTING = "jdk.httpclient.allowRestrictedHeaders";

    private static final Pattern CHARSET = Pattern.compile("(?i);\\s*charset\\s*=\\s*\"?([a-z0-9._:-]+)");

    private final OutboundGuard guard;

    public OutboundFetch(OutboundGuard guard) {
        if (System.getProperty(HOST_HEADER_SETTING) == null) {
            System.setProperty(HOST_HEADER_SETTING, "host");
        }
        this.guard = guard;
    }

    /**
     * What was fetched.
     *
     * @param address where it was found, after redirects
     * @param type media type in lower case without parameters, empty when the server said none
     * @param charset as the server named it, null: not at all
     */
    public record Fetched(
            URI address, String type, @Nullable String charset, byte[] body) {}

    /** Why nothing was fetched, in words for the one who gave the address. */
    public static final class Failed extends Exception {
        private static final long serialVersionUID = 1;

        Failed(String why, @Nullable Throwable cause) {
            super(why, cause, false, false);
        }
    }

    /**
     * Fetches once.
     *
     * @param mostBytes more is a failure
     * @param patience for each of at most {@value #MOST_REDIRECTS} redirects and the answer itself
     */
    public Fetched get(URI address, long mostBytes, Duration patience) throws Failed {
        URI at = address;
        for (int redirects = 0; ; redirects++) {
            HttpResponse<byte[]> answer = once(at, mostBytes, patience);
            if (!REDIRECTS.contains(answer.statusCode())) {
                if (answer.statusCode() != 200) {
                    throw new Failed("its server answered with status " + answer.statusCode(), null);
                }
                String type = answer.headers().firstValue("content-type").orElse("");
                Matcher charset = CHARSET.matcher(type);
                return new Fetched(
                        at,
                        type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT),
                        charset.find() ? charset.group(1) : null,
                        answer.body());
            }
            if (redirects == MOST_REDIRECTS) {
                throw new Failed("it was redirected more than " + MOST_REDIRECTS + " times", null);
            }
            at = next(at, answer.headers().firstValue("location").orElse(""));
        }
    }

    private static URI next(URI at, String location) throws Failed {
        try {
            return at.resolve(location);
        } catch (IllegalArgumentException e) {
            throw new Failed("it was redirected to an address that is none", e);
        }
    }

    private HttpResponse<byte[]> once(URI address, long mostBytes, Duration patience) throws Failed {
        OutboundGuard.Target target;
        try {
            target = guard.check(address);
        } catch (Problem e) {
            throw new Failed(e.detail().replaceFirst("^INVALID_ARGUMENT: ", ""), e);
        }
        try (Scope scope = new Scope("fetch");
                HttpClient client = client(target, scope, patience)) {
            HttpRequest request = HttpRequest.newBuilder(target.uri())
                    .setHeader("Host", target.authority())
                    .build();
            try {
                return client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), mostBytes))
                        .get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                client.shutdownNow();
            }
        } catch (TimeoutException e) {
            throw new Failed("its server did not answer within " + patience.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new Failed(reason(e.getCause(), mostBytes), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed("the server is stopping", e);
        }
    }

    private static String reason(@Nullable Throwable cause, long mostBytes) {
        String text = cause == null ? "" : String.valueOf(cause.getMessage());
        return cause instanceof IOException && text.contains("capacity")
                ? "it is larger than " + mostBytes + " bytes"
                : "its server could not be reached" + (text.isEmpty() || text.equals("null") ? "" : ": " + text);
    }

    /** Connects to a number but asks for, and checks, the certificate of the name. */
    private static HttpClient client(OutboundGuard.Target target, Scope scope, Duration patience) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .connectTimeout(patience)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(task -> {
                    if (!scope.fork("http", task)) {
                        task.run();
                    }
                });
        if (!"https".equalsIgnoreCase(target.uri().getScheme())) {
            return builder.build();
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLParameters parameters = new SSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(target.host())));
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            return builder.sslContext(context).sslParameters(parameters).build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }
}
