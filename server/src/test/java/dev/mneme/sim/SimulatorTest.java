package dev.mneme.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mneme.store.Mortal;
import dev.mneme.store.StoreOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fault campaign: seeded trials on SQLite. {@code -Dsim.runs=10000 -Dsim.first=1} makes it long or repeats one seed: the same seed
 * brings the same faults.
 */
class SimulatorTest {
    /** Trials in the ordinary tests. */
    private static final int RUNS = 300;
    /** Trials on one database file: they share its rows, so that recovery meets what others left. */
    private static final int RUNS_PER_FILE = 100;
    /** Trials between two openings of that file. */
    private static final int RUNS_PER_OPENING = 10;

    /** Held here, since loggers are forgotten with their levels. */
    private static final Logger QUIET = Logger.getLogger("dev.mneme");

    @TempDir
    Path folder;

    @Test
    void whateverHappensEveryAgentCanBeTalkedTo() throws Exception {
        QUIET.setLevel(Level.OFF);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            if (!(e instanceof Mortal.Died)) {
                e.printStackTrace();
            }
        });
        long first = Long.getLong("sim.first", 1);
        long runs = Long.getLong("sim.runs", RUNS);
        long began = System.nanoTime();
        List<String> broken = new ArrayList<>();
        for (long seed = first; seed < first + runs; seed += RUNS_PER_OPENING) {
            Path file = Files.createDirectories(folder.resolve("file" + seed / RUNS_PER_FILE));
            try (Mortal disk = Mortal.open(new StoreOptions(file, null, 4))) {
                for (long each = seed; each < Math.min(first + runs, seed + RUNS_PER_OPENING); each++) {
                    long mine = each;
                    new Trial(each, disk).run().forEach(fault -> broken.add("seed " + mine + ": " + fault));
                }
            }
        }
        long ms = (System.nanoTime() - began) / 1_000_000;
        System.out.println(runs + " simulated runs from seed " + first + ", " + ms / runs + " ms a run");
        assertThat(broken)
                .as("replay one seed with -Dsim.first=SEED -Dsim.runs=1")
                .isEmpty();
    }
}
