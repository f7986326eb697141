package dev.mneme.turn;

import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import dev.mneme.llm.ModelRequest;
import dev.mneme.llm.Models;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of what models are sent, made beside the call while the model thinks (decision 0036). A request is its body only: keys travel in
 * headers, which no copy has. Thread-safe.
 */
final class SentPrompts {
    private static final Logger LOG = LoggerFactory.getLogger(SentPrompts.class);

    /** Gzipped bytes of one copy, at most: a text of some million letters; requests with large images are not kept. */
    static final int MAX_BYTES = 256 * 1024;

    private final Models models;
    private final Scope scope;
    private final int kept;

    /** kept: copies of each agent, the newest; 0: none are made. */
    SentPrompts(Models models, Scope scope, int kept) {
        this.models = models;
        this.scope = scope;
        this.kept = kept;
    }

    /** A copy that is made or being made. */
    static final class Copy {
        static final Copy NONE = new Copy(CompletableFuture.completedFuture(Optional.empty()));

        private final CompletableFuture<Optional<byte[]>> bytes;

        private Copy(CompletableFuture<Optional<byte[]>> bytes) {
            this.bytes = bytes;
        }

        /** Gzipped JSON; empty: none is kept. Waits for a copy under way, which is a matter of a millisecond. */
        Optional<byte[]> bytes() {
            return bytes.join();
        }
    }

    Copy of(String organizationId, ModelRequest call) {
        if (kept == 0) {
            return Copy.NONE;
        }
        CompletableFuture<Optional<byte[]>> made = new CompletableFuture<>();
        boolean begun = scope.fork("copy of a prompt", () -> {
            try {
                made.complete(Optional.of(zipped(organizationId, call)).filter(bytes -> bytes.length <= MAX_BYTES));
            } catch (RuntimeException e) {
                // The call itself says what is wrong with such a request; a copy is no reason to fail.
                LOG.debug("a prompt could not be copied", e);
            } finally {
                made.complete(Optional.empty());
            }
        });
        return begun ? new Copy(made) : Copy.NONE;
    }

    private byte[] zipped(String organizationId, ModelRequest call) {
        String json = Json.write(models.of(organizationId).preview(call));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new Fast(out)) {
            zip.write(json.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Prompts repeat themselves: the quickest level takes a third of the usual one's time for a tenth more bytes. */
    private static final class Fast extends GZIPOutputStream {
        Fast(ByteArrayOutputStream out) throws IOException {
            super(out);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
