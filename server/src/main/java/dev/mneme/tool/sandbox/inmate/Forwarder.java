package dev.mneme.tool.sandbox.inmate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A proxy address on loopback inside the jail: hands connections on to the Unix socket behind which the network guard listens. */
final class Forwarder {
    private static final int BUFFER_BYTES = 16 << 10;

    private Forwarder() {}

    /** Its port. */
    static int start(Path proxy) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        fork(() -> {
            try {
                while (true) {
                    SocketChannel near = listener.accept();
                    fork(() -> carry(near, proxy));
                }
            } catch (IOException e) {
                // the program is ending
            }
        });
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    private static void carry(SocketChannel near, Path proxy) {
        try (near;
                SocketChannel far = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            far.connect(UnixDomainSocketAddress.of(proxy));
            fork(() -> pump(near, far));
            pump(far, near);
        } catch (IOException e) {
            // one of the two ends has hung up
        }
    }

    private static void pump(SocketChannel from, SocketChannel to) {
        try {
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            while (from.read(buffer) >= 0) {
                write(to, buffer.flip());
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // the other direction sees it too
        }
    }

    private static void write(ByteChannel to, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            to.write(buffer);
        }
    }

    private static void fork(Runnable work) {
        Thread thread = new Thread(work, "way out");
        thread.setDaemon(true);
        thread.start();
    }
}
