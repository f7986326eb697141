package dev.mneme.base;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Posts a text to an address that somebody else wrote: only where the guard allows it, to exactly the address that was checked, without
 * following redirects, within a time. What comes back is not read. Thread-safe.
 */
public final class OutboundPost {
    /** Lets a call name its host while connecting to the checked address. Read by the JDK when its client is first used. */
    private static final String HOST_HEADER_SETTING = "jdk.httpclient.allowRestrictedHeaders";

    private final OutboundGuard guard;

    public OutboundPost(OutboundGuard guard) {
        if (System.getProperty(HOST_HEADER_SETTING) == null) {
            System.setProperty(HOST_HEADER_SETTING, "host");
        }
        this.guard = guard;
    }

    /** Refuses (400) an address that may not be called. */
    public void check(URI uri) {
        guard.check(uri);
    }

    /** The status of the answer. Throws when there is none within the time, or when the address is refused. */
    public int send(URI uri, Map<String, String> headers, String body, Duration within)
            throws IOException, InterruptedException {
        OutboundGuard.Target target = guard.check(uri);
        HttpRequest.Builder request = HttpRequest.newBuilder(target.uri())
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(within)
                .setHeader("Host", target.authority())
                .POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::setHeader);
        HttpClient client = client(target.host(), within);
        try {
            return client.sendAsync(request.build(), info -> HttpResponse.BodySubscribers.replacing(info.statusCode()))
                    .get(within.toMillis(), TimeUnit.MILLISECONDS)
                    .body();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + within.toSeconds() + " s", e);
        } finally {
            client.shutdownNow();
        }
    }

    /** A client of its own for each call: its TLS sessions are never taken up under another name of the same address. */
    private static HttpClient client(String host, Duration within) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, null, null);
            SSLParameters parameters = new SSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            if (!host.contains(":") && !host.matches("[0-9.]+")) {
                parameters.setServerNames(List.of(new SNIHostName(host)));
            }
            return HttpClient.newBuilder()
                    .connectTimeout(within)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .sslContext(context)
                    .sslParameters(parameters)
                    .build();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }
}
