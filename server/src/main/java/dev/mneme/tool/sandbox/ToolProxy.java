package dev.mneme.tool.sandbox;

import dev.mneme.base.OutboundGuard;
import dev.mneme.base.Problem;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.IntSupplier;

/**
 * The only way out of a jail: an HTTP proxy on a Unix socket, which calls what the guard allows and this server under a name of its own.
 * Thread-safe.
 *
 * <p>A name is resolved once and exactly that address is called. Each connection carries one request or one CONNECT tunnel. Requests to
 * {@link #OWN_NAME} are marked as forwarded, so that this server asks for a key as it would ask any stranger.
 */
public final class ToolProxy implements AutoCloseable {
    /** Name of the socket in the folder of an inmate. */
    public static final String SOCKET = "net.sock";
    /** What code in a jail calls this server. */
    public static final String OWN_NAME = "mneme.internal";

    /** Connections of one jail that are served at once; more wait. A call of Python has a quarter of them at most (forward.py). */
    private static final int MOST_CONNECTIONS = 1024;

    private static final int CONNECT_MILLIS = 10_000;
    private static final int BUFFER_BYTES = 16 << 10;

    private final OutboundGuard guard;
    private final boolean network;
    private final boolean keysOnly;
    private final IntSupplier ownPort;
    private final Set<String> keys = ConcurrentHashMap.newKeySet();
    private final Scope scope = new Scope("outlet");

    /**
     * @param network false: nothing but this server is called
     * @param keysOnly this server asks nobody for a password: then only keys of running jobs may reach it from a jail
     */
    public ToolProxy(OutboundGuard guard, boolean network, boolean keysOnly, IntSupplier ownPort) {
        this.guard = guard;
        this.network = network;
        this.keysOnly = keysOnly;
        this.ownPort = ownPort;
    }

    /** A key that counts until this is closed. */
    @FunctionalInterface
    public interface Pass extends AutoCloseable {
        @Override
        void close();
    }

    /** Counts the key as one of a running job until closed. */
    public Pass running(String key) {
        keys.add(key);
        return () -> keys.remove(key);
    }

    /** Serves a socket in that folder until the answer is closed. */
    public AutoCloseable open(Path folder) throws IOException {
        Path file = folder.resolve(SOCKET);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(file));
        file.toFile().setWritable(true, false);
        Semaphore places = new Semaphore(MOST_CONNECTIONS);
        scope.fork("accept", () -> accept(listener, places));
        return listener;
    }

    private void accept(ServerSocketChannel listener, Semaphore places) {
        try {
            while (true) {
                places.acquire();
                SocketChannel near = listener.accept();
                boolean taken = scope.fork("call", () -> {
                    try (near) {
                        serve(near);
                    } catch (IOException e) {
                        // one of the two ends has hung up
                    } finally {
                        places.release();
                    }
                });
                if (!taken) {
                    near.close();
                }
            }
        } catch (IOException | InterruptedException e) {
            // the jail has ended
        }
    }

    private void serve(SocketChannel near) throws IOException {
        ProxyRequest request;
        SocketChannel far;
        try {
            request = ProxyRequest.read(near);
            far = connect(request);
        } catch (Problem e) {
            refuse(near, 403, e.detail().replaceFirst("^INVALID_ARGUMENT: ", ""));
            return;
        } catch (ProxyRequest.Unclear e) {
            refuse(near, 400, String.valueOf(e.getMessage()));
            return;
        } catch (IOException e) {
            refuse(near, 502, "The host could not be reached: " + e.getMessage());
            return;
        }
        try (far) {
            if (request.tunnel()) {
                write(near, ByteBuffer.wrap("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
            } else {
                write(far, request.head(isOwn(request)));
            }
            write(far, request.rest());
            scope.fork("up", () -> pump(near, far));
            pump(far, near);
        }
    }

    private static boolean isOwn(ProxyRequest request) {
        return OWN_NAME.equalsIgnoreCase(request.host());
    }

    private SocketChannel connect(ProxyRequest request) throws IOException {
        return open(isOwn(request) ? own(request) : outside(request));
    }

    private InetSocketAddress own(ProxyRequest request) {
        if (request.tunnel()) {
            throw Problem.invalid("This server is http://" + OWN_NAME + " here, not https");
        }
        String key = request.bearer();
        if (key == null || (keysOnly && !keys.contains(key))) {
            throw Problem.invalid("http://" + OWN_NAME + " wants the key of the tool's client");
        }
        int port = ownPort.getAsInt();
        if (port == 0) {
            throw Problem.invalid("This server listens on no port, so code of tools cannot call it");
        }
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private InetSocketAddress outside(ProxyRequest request) throws IOException {
        if (!network) {
            throw Problem.invalid("Code of tools reaches no network here (MNEME_TOOL_NETWORK=false)");
        }
        URI uri = request.uri();
        OutboundGuard.Target target = guard.check(uri);
        int port = uri.getPort() >= 0 ? uri.getPort() : request.tunnel() ? 443 : 80;
        // The guard left a number in the place of the name: this resolves nothing.
        InetAddress address = InetAddress.getByName(target.uri().getHost());
        boolean here = address.isLoopbackAddress() || NetworkInterface.getByInetAddress(address) != null;
        if (here && port == ownPort.getAsInt()) {
            throw Problem.invalid("This server is http://" + OWN_NAME + " for code in its sandbox");
        }
        if (here && !address.isLoopbackAddress() && !address.isSiteLocalAddress() && !address.isLinkLocalAddress()) {
            throw Problem.invalid("This server does not call " + uri.getHost() + ": it is an address of this machine");
        }
        return new InetSocketAddress(address, port);
    }

    private static SocketChannel open(InetSocketAddress address) throws IOException {
        SocketChannel far = SocketChannel.open();
        try {
            far.socket().connect(address, CONNECT_MILLIS);
            far.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return far;
        } catch (IOException e) {
            far.close();
            throw e;
        }
    }

    /** Hands on until the source falls silent, and says so to the target. */
    private static void pump(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(buffer.clear()) >= 0) {
                write(to, buffer.flip());
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // an end has hung up; whoever opened the channels closes them
        }
    }

    private static void write(ByteChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    /** The reason stands in the first line too: of a refused tunnel, programs show nothing else. */
    private static void refuse(SocketChannel near, int status, String why) throws IOException {
        String plain = why.replaceAll("[^ -~]", "?");
        byte[] body = (why + "\n").getBytes(StandardCharsets.UTF_8);
        String head =
                "HTTP/1.1 " + status + " " + plain + "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: "
                        + body.length + "\r\nConnection: close\r\n\r\n";
        write(near, ByteBuffer.wrap(head.getBytes(StandardCharsets.US_ASCII)));
        write(near, ByteBuffer.wrap(body));
    }

    @Override
    public void close() {
        scope.close();
    }
}
