package dev.mneme.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.agent.Agents;
import dev.mneme.agent.ImportWish;
import dev.mneme.agent.Imported;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Scratch;
import dev.mneme.base.Storable;
import dev.mneme.file.Library;
import dev.mneme.tool.Registrar;
import dev.mneme.wire.ImportedAgents;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes in an agent file as it arrives: onto the disk first, then in one transaction (contract 10 §4). */
final class ImportRoute {
    /** Bytes of an agent file: half a million messages of two kilobytes, or a few years with pictures. */
    static final long MOST_BYTES = 1L << 30;

    /** Bytes of a field beside the file. */
    private static final int FIELD_BYTES = 1 << 20;

    /** How much of a refused upload is read and thrown away, in bytes, so that the client gets to read the answer. */
    private static final long DRAIN = 256L << 20;

    private static final int CHUNK = 1 << 16;

    /** Characters of a refusal, which repeats ids and names of the file: twenty faults of a usual length. */
    static final int LONGEST_REFUSAL = 4_000;

    private final Agents agents;
    private final Library library;
    private final Registrar registrar;
    private final Scratch scratch;

    ImportRoute(Agents agents, Library library, Registrar registrar, Scratch scratch) {
        this.agents = agents;
        this.library = library;
        this.registrar = registrar;
        this.scratch = scratch;
    }

    Route route() {
        return Route.post(
                        "/v1/agents/import",
                        "Takes in an agent file of version 1 or 2 (form field file), all of it or nothing")
                .form()
                .gives(ImportedAgents.class)
                .by(this::take);
    }

    private Answer take(Call call) {
        InputStream in = call.content().get();
        Path file = null;
        try {
            file = scratch.newFile(".af");
            Map<String, String> fields = receive(call, Multipart.of(call.header("content-type"), in), file);
            Imported done = agents.imports()
                    .take(
                            call.org(),
                            call.user(),
                            file,
                            wish(call, fields),
                            (source, type) -> registrar.schemaOf(source, type, null, null));
            library.arrived();
            return Answer.ok(new ImportedAgents(done.agentIds(), done.warnings().isEmpty() ? null : done.warnings()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Problem e) {
            drain(in);
            throw shortened(e);
        } catch (RuntimeException e) {
            drain(in);
            throw e;
        } finally {
            if (file != null) {
                UpkeepRoutes.delete(file);
            }
        }
    }

    /** Puts the file on disk; answers the other fields. */
    private static Map<String, String> receive(Call call, @Nullable Multipart form, Path file) throws IOException {
        Map<String, String> fields = new HashMap<>();
        boolean found = false;
        Multipart.Part part = form == null ? null : form.next();
        while (form != null && part != null) {
            if (part.name().equals("file")) {
                part.store(
                        file, MOST_BYTES, "The agent file is larger than the limit of " + (MOST_BYTES >> 20) + " MB.");
                found = true;
            } else {
                fields.put(part.name(), part.text(FIELD_BYTES));
            }
            part = form.next();
        }
        if (!found) {
            throw new Invalid(Invalid.Fault.missing(java.util.List.of("body", "file")));
        }
        return fields;
    }

    /** Without the middle when the file made it long. */
    private static Problem shortened(Problem problem) {
        String text = problem.detail();
        int half = LONGEST_REFUSAL / 2;
        return text.length() <= LONGEST_REFUSAL
                ? problem
                : new Problem(
                        problem.code(),
                        Storable.of(text.substring(0, half)) + " … "
                                + Storable.of(text.substring(text.length() - half)),
                        problem);
    }

    private static void drain(InputStream in) {
        try {
            byte[] chunk = new byte[CHUNK];
            long left = DRAIN;
            int n;
            while (left > 0 && (n = in.read(chunk)) >= 0) {
                left -= n;
            }
        } catch (IOException | UncheckedIOException e) {
            return; // the client left: there is nobody to read the answer
        }
    }

    private static ImportWish wish(Call call, Map<String, String> fields) {
        String project = call.header("x-project-id");
        String embedding = either(fields, "embedding", "override_embedding_handle");
        return new ImportWish(
                flag(fields, "append_copy_suffix", true),
                either(fields, "name", "override_name"),
                flag(fields, "override_existing_tools", true),
                flag(fields, "strip_messages", false),
                secrets(either(fields, "secrets", "env_vars_json")),
                either(fields, "model", "override_model_handle"),
                embedding == null ? blankless(call.header("x-override-embedding-model")) : embedding,
                project == null || project.isBlank() ? blankless(fields.get("project_id")) : project);
    }

    private static @Nullable String either(Map<String, String> fields, String name, String older) {
        String value = blankless(fields.get(name));
        return value == null ? blankless(fields.get(older)) : value;
    }

    private static @Nullable String blankless(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    private static boolean flag(Map<String, String> fields, String name, boolean standard) {
        String value = fields.get(name);
        if (value == null || value.isBlank()) {
            return standard;
        }
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "true", "1", "on", "t", "yes", "y" -> true;
            case "false", "0", "off", "f", "no", "n" -> false;
            default ->
                throw Problem.unprocessable(
                        "The form field " + name + " should be true or false, not '" + value + "'.");
        };
    }

    private static Map<String, String> secrets(@Nullable String text) {
        Map<String, String> out = new LinkedHashMap<>();
        if (text == null) {
            return out;
        }
        try {
            JsonNode given = Json.parse(text);
            if (!given.isObject()) {
                throw new Problem(ProblemCode.INVALID_ARGUMENT, "secrets must be a valid JSON string");
            }
            given.properties()
                    .forEach(one -> out.put(one.getKey(), one.getValue().asText("")));
            return out;
        } catch (JsonProcessingException e) {
            throw new Problem(ProblemCode.INVALID_ARGUMENT, "secrets must be a valid JSON string", e);
        }
    }
}
