package dev.mneme.http;

import io.helidon.common.socket.SocketOptions;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The server's socket: starts and stops listening. Owned by Main; start and stop are not to be called at once from two threads. */
public final class HttpServer {
    /** Longest first line of a request, in bytes: filters by many tags make long ones. */
    private static final int LONGEST_LINE = 64 << 10;
    /** All headers of one request, in bytes. */
    private static final int LONGEST_HEADERS = 32 << 10;
    /** Open connections; beyond it new ones wait in the backlog. */
    private static final int MOST_CONNECTIONS = 10_000;
    /** How long answers under way may take once the server stops. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Reception reception;
    private @Nullable WebServer server;

    public HttpServer(Reception reception) {
        this.reception = reception;
    }

    /** Listens on host and port (0: any free one) and returns the port. Throws when the port is taken. */
    public int start(String host, int port) {
        WebServer started = WebServer.builder()
                .host(host)
                .port(port)
                .shutdownHook(false)
                .maxTcpConnections(MOST_CONNECTIONS)
                .shutdownGracePeriod(GRACE)
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .protocolsDiscoverServices(false)
                .addProtocol(Http1Config.builder()
                        .maxPrologueLength(LONGEST_LINE)
                        .maxHeadersSize(LONGEST_HEADERS)
                        .validatePath(false)
                        .build())
                .directHandlers(HttpServer::plainErrors)
                .routing(routing -> routing.any(this::answer))
                .build()
                .start();
        if (!started.isRunning()) {
            throw new IllegalStateException("cannot listen on " + host + ":" + port); // Helidon only logs why
        }
        server = started;
        return started.port();
    }

    /** Answers, and hangs up when the client asked for that: Helidon 4.5 says that it will, and then waits for the next request. */
    private void answer(ServerRequest request, ServerResponse response) {
        reception.receive(new SocketExchange(request, response));
        if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            // Writes the end of a chunked answer, which Helidon else does after this.
            if (response instanceof RoutingResponse open) {
                open.commit();
            }
            throw new CloseConnectionException("as the client asked");
        }
    }

    /** What Helidon itself refuses (a broken first line, too many headers) in our shape. */
    private static void plainErrors(DirectHandlers.Builder handlers) {
        DirectHandler handler = (request, type, status, headers, message) -> DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .keepAlive(false)
                .header(io.helidon.http.HeaderNames.CONTENT_TYPE, "application/json")
                .entity(BodyReader.utf8(
                        dev.mneme.base.Json.write(java.util.Map.of("detail", sentence(status, message)))))
                .build();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, handler);
        }
    }

    /** Helidon has no words for some of what it refuses. */
    private static String sentence(Status status, @Nullable String message) {
        return message == null || message.isBlank() ? status.reasonPhrase() : message;
    }

    /** Stops listening; answers under way get a moment to end. */
    public void stop() {
        WebServer running = server;
        if (running != null) {
            server = null;
            running.stop();
        }
    }
}
