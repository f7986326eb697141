package dev.mneme.cli;

import dev.mneme.config.DataFolder;
import dev.mneme.config.ListenAddress;
import dev.mneme.config.Logs;
import dev.mneme.config.Options;
import dev.mneme.config.Presence;
import dev.mneme.config.StartRefused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A server in this process, from its first line to its drain. */
final class Serving {
    private Serving() {}

    /** Starts it, shows what it has to say, and sees to it that Ctrl-C and SIGTERM drain it. */
    static RunningServer start(ServerStarter starter, Options options, Console console) {
        Logs.configure(options.server().debug());
        options.warnings().forEach(line -> console.err().println("mneme: " + line));
        // Before a database is opened; the web server itself only logs a port that is taken.
        ListenAddress.check(options.server());
        unpackInto(DataFolder.scratchOf(options.storage().folder()).toString());
        RunningServer server = starter.start(options);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close, "drain"));
        server.notices().forEach(line -> console.err().println("mneme: " + line));
        console.out().println("Mneme is ready at " + server.url());
        console.out().flush();
        return server;
    }

    /** One that listens nowhere and does nothing by itself, to look after data whose server is down. */
    static RunningServer asleep(ServerStarter starter, Options options) {
        Path folder = options.storage().folder();
        if (!Files.isDirectory(folder)) {
            throw new StartRefused("There is no data folder " + folder + ": name it with --data or MNEME_DIR.");
        }
        Logs.configure(false);
        unpackInto(DataFolder.scratchOf(folder).toString());
        return starter.start(options.with(Presence.ASLEEP));
    }

    /**
     * Libraries unpack their native parts into the system's temporary folder and the user's home, and leave them there when the process is
     * killed. This folder is ours and emptied at each start, and it can be written where those cannot (a container without either).
     */
    private static void unpackInto(String folder) {
        System.setProperty("org.sqlite.tmpdir", folder);
        System.setProperty("DJL_CACHE_DIR", folder);
    }

    /** Blocks until the process is told to stop. */
    static void untilStopped() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
