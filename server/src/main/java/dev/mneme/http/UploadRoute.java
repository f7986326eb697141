package dev.mneme.http;

import dev.mneme.base.Problem;
import dev.mneme.file.FolderFiles;
import dev.mneme.file.FolderFiles.Duplicates;
import dev.mneme.file.FolderFiles.Upload;
import dev.mneme.file.Library;
import dev.mneme.wire.FileRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes a file into a folder as it arrives (contract 06 §6.3). */
final class UploadRoute {
    private static final Param<String> DUPLICATES = Param.choice(
            "duplicate_handling",
            "suffix",
            List.of("skip", "error", "suffix", "replace"),
            "what to do when the folder has a file of this name");
    private static final Param<String> NAME = Param.text("name", "store the file under this name");

    /** How much of a refused upload is read and thrown away, in bytes, so that the client gets to read the answer. */
    private static final long DRAIN = 256L << 20;

    private final Library library;
    private final String word;

    /** word: folder or source, as the family of routes calls it. */
    UploadRoute(Library library, String word) {
        this.library = library;
        this.word = word;
    }

    Route route(String folder) {
        return Route.post(folder + "/upload", "Takes a file in; it is read behind the answer")
                .takes(DUPLICATES, NAME)
                .form()
                .gives(FileRecord.class)
                .by(this::upload);
    }

    private Answer upload(Call call) {
        Duplicates mode = Duplicates.valueOf(call.at(DUPLICATES).toUpperCase(Locale.ROOT));
        InputStream in = call.content().get();
        Multipart form = Multipart.of(call.header("content-type"), in);
        try {
            return accept(call, mode, form);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RuntimeException e) {
            drain(in);
            throw e;
        }
    }

    private Answer accept(Call call, Duplicates mode, @Nullable Multipart form) throws IOException {
        if (form == null) {
            throw new Invalid(Invalid.Fault.missing(List.of("body", "file")));
        }
        Multipart.Part part = form.next();
        while (part != null && !(part.name().equals("file") && part.fileName() != null)) {
            part = form.next();
        }
        String fileName = part == null ? null : part.fileName();
        if (part == null || fileName == null) {
            throw new Invalid(Invalid.Fault.missing(List.of("body", "file")));
        }
        if (fileName.isBlank()) {
            throw Problem.invalid("The uploaded file has no name.");
        }
        FolderFiles.Accepted taken = library.files()
                .accept(
                        call.org(),
                        call.user(),
                        call.at(word + "_id"),
                        new Upload(fileName, part.contentType(), call.maybe(NAME), part.content()),
                        mode,
                        word);
        form.drain(DRAIN);
        return new Answer.Json(
                200,
                FolderViews.uploaded(taken.file(), call.org()),
                taken.skipped() ? Map.of("x-upload-result", "skipped") : Map.of());
    }

    private static void drain(InputStream in) {
        try {
            byte[] chunk = new byte[1 << 16];
            long left = DRAIN;
            int n;
            while (left > 0 && (n = in.read(chunk)) >= 0) {
                left -= n;
            }
        } catch (IOException e) {
            return; // the client left: there is nobody to read the answer
        }
    }
}
