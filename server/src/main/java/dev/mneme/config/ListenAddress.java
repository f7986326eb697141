package dev.mneme.config;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;

/** Finds out early, before a database is opened, whether the server can listen where it should. */
public final class ListenAddress {
    private ListenAddress() {}

    /** Throws {@link StartRefused} if host and port cannot be bound now. */
    public static void check(ServerOptions options) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(options.host()), options.port()));
        } catch (UnknownHostException e) {
            throw new StartRefused(
                    "The host " + options.host() + " is unknown: use --host with an address of this machine.", e);
        } catch (BindException e) {
            throw refused(options, e);
        } catch (IOException e) {
            throw new StartRefused(
                    "Cannot listen on " + options.host() + ":" + options.port() + " (" + e.getMessage()
                            + "): choose others with --host and --port.",
                    e);
        }
    }

    /** The refusal for an address that could not be bound, also for the door itself to throw. */
    public static StartRefused refused(ServerOptions options, Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (message.contains("Permission denied")) {
            return new StartRefused(
                    "Port " + options.port() + " needs rights that this user lacks: choose one above 1023 with --port.",
                    cause);
        }
        if (message.contains("assign requested address")) {
            return new StartRefused(
                    options.host() + " is not an address of this machine: choose another with --host.", cause);
        }
        return new StartRefused(
                "Port " + options.port() + " on " + options.host()
                        + " is in use: stop what listens there, or choose another with --port.",
                cause);
    }
}
