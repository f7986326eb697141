package dev.mneme.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A request that came in by the server's port. */
record SocketExchange(ServerRequest request, ServerResponse response) implements Exchange {
    @Override
    public String method() {
        return request.prologue().method().text();
    }

    @Override
    public String rawPath() {
        return request.path().absolute().rawPath();
    }

    @Override
    public String rawQuery() {
        return request.query().rawValue();
    }

    @Override
    public @Nullable String header(String name) {
        return request.headers().first(HeaderNames.create(name)).orElse(null);
    }

    @Override
    public boolean loopback() {
        return request.remotePeer().address() instanceof InetSocketAddress peer
                && peer.getAddress() != null
                && peer.getAddress().isLoopbackAddress();
    }

    @Override
    public boolean hasBody() {
        return request.content().hasEntity();
    }

    @Override
    public InputStream body() {
        return request.content().inputStream();
    }

    @Override
    public void status(int status) {
        response.status(Status.create(status));
    }

    @Override
    public void header(String name, String value) {
        response.header(name, value);
    }

    @Override
    public void send(byte[] body) {
        if (body.length == 0) {
            response.send();
        } else {
            response.send(body);
        }
    }

    @Override
    public OutputStream open(long length) {
        if (length != UNKNOWN) {
            response.contentLength(length);
        }
        return response.outputStream();
    }
}
