package dev.mneme.http;

import dev.mneme.account.Backups;
import dev.mneme.agent.Agents;
import dev.mneme.base.Finding;
import dev.mneme.base.Problem;
import dev.mneme.base.Scratch;
import dev.mneme.memory.Recall;
import dev.mneme.run.Desk;
import dev.mneme.wire.DoctorReport;
import dev.mneme.wire.MakeBackup;
import dev.mneme.wire.RestoreReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What whoever runs a server needs: a backup, a restore, and a look for what is broken (decision 0029). */
final class UpkeepRoutes {
    /** Bytes of a backup that is sent in: more than a disk would take by mistake. */
    private static final long MOST_BYTES = 256L << 30;

    /** Bytes of a plain field of the form. */
    private static final int LONGEST_FIELD = 4_096;

    /** How long the doctor lets the index take in what was just written before it counts as behind. */
    private static final Duration INDEX_PATIENCE = Duration.ofSeconds(5);

    private static final Duration INDEX_LOOK = Duration.ofMillis(50);

    private final Backups backups;
    private final Agents agents;
    private final Recall recall;
    private final Desk desk;
    private final Scratch scratch;

    UpkeepRoutes(Rooms rooms) {
        this.backups = rooms.backups();
        this.agents = rooms.agents();
        this.recall = rooms.recall();
        this.desk = rooms.desk();
        this.scratch = rooms.scratch();
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/admin/backup", "A backup of the whole server, made while it works: a zip file")
                        .reach(Route.Reach.OWNER)
                        .optionalBody(MakeBackup.class)
                        .by(this::backup),
                Route.post(
                                "/v1/admin/restore",
                                "Puts a backup (part file) in the place of what is here; parts passphrase, replace")
                        .reach(Route.Reach.OWNER)
                        .form()
                        .gives(RestoreReport.class)
                        .by(this::restore),
                Route.get("/v1/admin/doctor", "Everything that is broken: agents, rows, runs, the index")
                        .reach(Route.Reach.OWNER)
                        .gives(DoctorReport.class)
                        .by(call -> look(false)),
                Route.post("/v1/admin/doctor", "The same, and mends it")
                        .reach(Route.Reach.OWNER)
                        .gives(DoctorReport.class)
                        .by(call -> look(true)));
    }

    private Answer backup(Call call) {
        String passphrase =
                call.json().isMissingNode() ? null : call.body(MakeBackup.class).passphrase();
        Path file = scratch.newFile(".zip");
        try {
            backups.write(file, passphrase == null || passphrase.isEmpty() ? null : passphrase);
        } catch (RuntimeException e) {
            delete(file);
            throw e;
        }
        return new Answer.Spooled("application/zip", "mneme-backup.zip", file);
    }

    /** Deletes a file that was sent. */
    static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Answer restore(Call call) {
        Multipart form =
                Multipart.of(call.header("content-type"), call.content().get());
        if (form == null) {
            throw new Invalid(Invalid.Fault.missing(List.of("body", "file")));
        }
        Path file = scratch.newFile(".zip");
        try {
            Wish wish = wish(form, file);
            Backups.Restored done = desk.atRest(() -> backups.restore(file, wish.passphrase(), wish.replace()));
            return Answer.ok(new RestoreReport(done.rows(), done.lostSecrets()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(file);
        }
    }

    private record Wish(@Nullable String passphrase, boolean replace) {}

    private static Wish wish(Multipart form, Path file) throws IOException {
        String passphrase = null;
        boolean replace = false;
        boolean came = false;
        for (Multipart.Part part = form.next(); part != null; part = form.next()) {
            switch (part.name()) {
                case "file" -> {
                    part.store(
                            file, MOST_BYTES, "The backup is larger than the limit of " + (MOST_BYTES >> 30) + " GB.");
                    came = true;
                }
                case "passphrase" -> passphrase = part.text(LONGEST_FIELD);
                case "replace" -> replace = part.text(LONGEST_FIELD).equals("true");
                default -> throw Problem.unprocessable("The form has a field that means nothing here: " + part.name());
            }
        }
        if (!came) {
            throw new Invalid(Invalid.Fault.missing(List.of("body", "file")));
        }
        return new Wish(passphrase == null || passphrase.isEmpty() ? null : passphrase, replace);
    }

    private Answer look(boolean mend) {
        List<Finding> found = new ArrayList<>();
        for (String run : desk.forgotten(mend)) {
            found.add(new Finding("run", run, "Run " + run + " never ended, and nobody works on it.", mend));
        }
        found.addAll(agents.doctor().look(mend));
        index(mend, found);
        return Answer.ok(new DoctorReport(
                found.stream().allMatch(Finding::mended),
                found.stream()
                        .map(one -> new DoctorReport.Found(one.kind(), one.id(), one.text(), one.mended()))
                        .toList()));
    }

    private void index(boolean mend, List<Finding> found) {
        long waiting = behind();
        long amiss = waiting > 0 ? 0 : recall.indexAmiss();
        if (waiting > 0) {
            found.add(new Finding(
                    "index",
                    "",
                    "The search index is " + waiting + " rows behind the database and does not catch up.",
                    mend));
        } else if (amiss > 0) {
            found.add(
                    new Finding("index", "", "The search index and the database differ by " + amiss + " rows.", mend));
        }
        if (mend && waiting + amiss > 0) {
            recall.rebuildIndex();
        }
    }

    /** How many rows the index has not taken in although it had time to. An index that is being built anew is not behind. */
    private long behind() {
        long end = System.nanoTime() + INDEX_PATIENCE.toNanos();
        while (true) {
            var status = recall.indexStatus();
            if (status.rebuilding() || status.waiting() == 0) {
                return 0;
            }
            if (System.nanoTime() > end) {
                return status.waiting();
            }
            try {
                Thread.sleep(INDEX_LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 0;
            }
        }
    }
}
