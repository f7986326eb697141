package dev.mneme.tool.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A program and all that descends from it, as this machine sees them: no limit of Linux without control groups adds them up. */
final class Family {
    private static final String RESIDENT = "VmRSS:";
    private static final int KILO = 1024;
    /** Far more generations than a call has processes. */
    private static final int MOST_ROUNDS = 200;

    private static final Duration HALT_PATIENCE = Duration.ofSeconds(1);

    private Family() {}

    /**
     * Why it must end (a word of {@link Replies}), null: it keeps within its bounds.
     *
     * @param memory bytes of all together
     * @param processes at most, the first one included
     */
    static @Nullable String excess(ProcessHandle first, long memory, int processes) {
        List<ProcessHandle> all = all(first);
        if (all.size() > processes) {
            return "processes";
        }
        long resident = 0;
        for (ProcessHandle each : all) {
            resident += resident(each.pid());
        }
        return resident > memory ? "memory" : null;
    }

    /**
     * Ends them, children first: a program that has lost its parent is out of sight. The first one is halted before, so that it starts no
     * more of them, and its children are looked for until there are no new ones.
     * A child of a child that is just being started may live on (decision 0033).
     */
    static void end(ProcessHandle first) {
        halt(first.pid());
        Set<ProcessHandle> ended = new HashSet<>();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            List<ProcessHandle> found = first.descendants().toList();
            found.forEach(ProcessHandle::destroyForcibly);
            if (!ended.addAll(found)) {
                break;
            }
        }
        first.destroyForcibly();
    }

    /** Java has no word for it. Where it cannot be done, a child that is started at this moment may be missed. */
    private static void halt(long pid) {
        try {
            Process shell = new ProcessBuilder("/bin/sh", "-c", "kill -STOP " + pid)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!shell.waitFor(HALT_PATIENCE)) {
                shell.destroyForcibly();
            }
        } catch (IOException e) {
            // no shell: the rounds have to do
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<ProcessHandle> all(ProcessHandle first) {
        return Stream.concat(Stream.of(first), first.descendants()).toList();
    }

    /** Resident bytes; 0 for one that has ended, and where there is no /proc. */
    private static long resident(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
                if (line.startsWith(RESIDENT)) {
                    return Long.parseLong(line.substring(RESIDENT.length())
                                    .replace("kB", "")
                                    .strip())
                            * KILO;
                }
            }
        } catch (IOException | NumberFormatException e) {
            // it ended between the two looks
        }
        return 0;
    }
}
