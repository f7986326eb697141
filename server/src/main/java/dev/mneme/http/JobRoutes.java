package dev.mneme.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.file.FileStatus;
import dev.mneme.file.FolderFiles;
import dev.mneme.file.Library;
import dev.mneme.file.StoredFile;
import dev.mneme.memory.Page;
import dev.mneme.run.Batches;
import dev.mneme.wire.BatchView;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The reading of files as older clients ask for it (contract 12.3, 14.6): each file has a job with the same digits in its id, and a file's
 * own id is taken for its job's, since those clients poll what the upload answered. A batch's job is the batch.
 */
final class JobRoutes {
    private static final Param<String> SOURCE = Param.text("source_id", "jobs of this folder");
    private static final Param<String> FOLDER = Param.text("folder_id", "jobs of this folder");
    private static final Param<Boolean> ACTIVE = Param.flag("active", false, "only those that are not done");
    private static final Param<Integer> LIMIT = Paging.limit(100);
    private static final String JOB = "/v1/jobs/{job_id}";

    /** Bytes of each unit of the storage route. */
    private static final List<String> UNITS = List.of("B", "KB", "MB", "GB", "TB");

    private static final double KILO = 1_024;

    private final Library library;
    private final Batches batches;

    JobRoutes(Library library, Batches batches) {
        this.library = library;
        this.batches = batches;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/v1/jobs", "The reading of files as jobs, newest first")
                        .takes(
                                SOURCE,
                                FOLDER,
                                Paging.BEFORE,
                                Paging.AFTER,
                                LIMIT,
                                Paging.DESC,
                                Paging.ORDER_BY,
                                Paging.ASCENDING,
                                ACTIVE)
                        .givesList(BatchView.class)
                        .by(call -> list(call, call.at(ACTIVE))),
                Route.get("/v1/jobs/active", "Jobs that are not done")
                        .takes(SOURCE, FOLDER, Paging.BEFORE, Paging.AFTER, LIMIT, Paging.DESC, Paging.ASCENDING)
                        .givesList(BatchView.class)
                        .by(call -> list(call, true)),
                Route.get(JOB, "One job").gives(BatchView.class).by(this::get),
                Route.delete(JOB, "Forgets a job; the file stays")
                        .gives(BatchView.class)
                        .by(this::delete),
                Route.patch(JOB + "/cancel", "Stops reading a file")
                        .gives(BatchView.class)
                        .by(this::cancel),
                Route.get(
                                "/v1/embeddings/total_storage_size",
                                "How much room vectors take; header storage-unit, GB unless given")
                        .by(this::size));
    }

    private Answer list(Call call, boolean openOnly) {
        if (call.at(LIMIT) == 0) {
            return Answer.ok(List.of());
        }
        String folder = call.maybe(FOLDER) == null ? call.maybe(SOURCE) : call.maybe(FOLDER);
        Page page = new Page(
                file(call.maybe(Paging.BEFORE)),
                file(call.maybe(Paging.AFTER)),
                call.at(LIMIT),
                Paging.ascending(call, Paging.DESC));
        return Answer.ok(library.files().jobs(call.org(), folder, openOnly, page).stream()
                .map(JobRoutes::view)
                .toList());
    }

    /** The id of the file whose job this is. */
    private static @Nullable String file(@Nullable String jobId) {
        return jobId == null ? null : jobId.replaceFirst("^job-", "file-");
    }

    private static String id(Call call) {
        String id = call.at("job_id");
        if (!IdKind.JOB.fits(id) && !IdKind.FILE.fits(id)) {
            throw RouteTable.malformed("job_id", IdKind.JOB, id);
        }
        return id.replaceFirst("^job-", "file-");
    }

    private @Nullable StoredFile find(Call call) {
        return library.files().job(call.org(), id(call));
    }

    private Answer get(Call call) {
        StoredFile file = find(call);
        return Answer.ok(file == null ? BatchRoutes.view(batches.get(call.org(), call.at("job_id"))) : view(file));
    }

    private Answer delete(Call call) {
        StoredFile file = find(call);
        if (file == null) {
            throw Problem.notFound("Job with id " + call.at("job_id") + " does not exist or user does not have access");
        }
        library.files().deleteJob(call.org(), file.id());
        return Answer.ok(view(file));
    }

    private Answer cancel(Call call) {
        StoredFile file = find(call);
        if (file == null) {
            batches.cancel(
                    call.org(), batches.get(call.org(), call.at("job_id")).id());
        } else {
            library.files().cancel(call.org(), file.id());
        }
        return get(call);
    }

    static BatchView view(StoredFile file) {
        boolean done = !FileStatus.OPEN.contains(file.status());
        ObjectNode metadata = Json.object()
                .put("type", "embedding")
                .put("filename", file.originalName())
                .put("source_id", file.folderId())
                .put("file_id", file.id());
        if (file.status() == FileStatus.COMPLETED) {
            metadata.put("num_passages", file.totalChunks()).put("num_documents", 1);
        }
        if (file.error() != null) {
            metadata.put("error", file.error());
        }
        return new BatchView(
                file.createdById(),
                file.createdById(),
                Times.zulu(file.createdAt()),
                Times.zulu(file.updatedAt()),
                status(file),
                done ? Times.zulu(file.updatedAt()) : null,
                null,
                metadata,
                "job",
                true,
                null,
                null,
                null,
                null,
                null,
                null,
                done ? Long.valueOf((file.updatedAt() - file.createdAt()) * 1_000) : null,
                file.id().replaceFirst("^file-", "job-"));
    }

    private static String status(StoredFile file) {
        return switch (file.status()) {
            case PENDING -> "created";
            case PARSING, EMBEDDING -> "running";
            case COMPLETED -> "completed";
            case ERROR -> FolderFiles.CANCELLED.equals(file.error()) ? "cancelled" : "failed";
        };
    }

    private Answer size(Call call) {
        String given = call.header("storage-unit");
        String unit = given == null ? call.header("storage_unit") : given;
        int power = UNITS.indexOf(unit == null ? "GB" : unit.strip().toUpperCase(Locale.ROOT));
        if (power < 0) {
            throw Problem.unprocessable("storage-unit must be one of " + String.join(", ", UNITS));
        }
        return Answer.ok(library.passages().vectorBytes(call.org()) / Math.pow(KILO, power));
    }
}
