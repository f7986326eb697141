package dev.mneme.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Files on the server that agents can be given. Thread-safe. */
public final class Folder {
    /** Between two looks at a file that is being read. */
    private static final Duration POLL = Duration.ofMillis(200);

    private final Http http;
    private final String id;
    private final String name;

    private Folder(Http http, String id, String name) {
        this.http = http;
        this.id = id;
        this.name = name;
    }

    static Folder of(Http http, JsonNode json) {
        return new Folder(http, json.path("id").asText(), json.path("name").asText());
    }

    public String id() {
        return id;
    }

    public String name() {
        return name;
    }

    /**
     * Uploads a file (streamed from disk) and waits until it can be searched.
     *
     * @throws MnemeException with the server's reason when the file cannot be read, or when the wait takes longer than patience
     */
    public void upload(Path file, Duration patience) {
        String boundary = UUID.randomUUID().toString();
        String safeName = String.valueOf(file.getFileName()).replace('"', '_');
        BodyPublisher content;
        try {
            content = BodyPublishers.ofFile(file);
        } catch (FileNotFoundException e) {
            throw new MnemeException("There is no file " + file, e);
        }
        BodyPublisher body = BodyPublishers.concat(
                BodyPublishers.ofString(
                        "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + safeName
                                + "\"\r\nContent-Type: application/octet-stream\r\n\r\n"),
                content,
                BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
        String path = "/v1/folders/" + Http.encoded(id);
        JsonNode state = http.upload(path + "/upload", body, "multipart/form-data; boundary=" + boundary);
        long end = System.nanoTime() + patience.toNanos();
        while (!state.path("processing_status").asText().equals("completed")) {
            if (state.path("processing_status").asText().equals("error")) {
                throw new MnemeException(
                        0, safeName + ": " + state.path("error_message").asText());
            }
            if (System.nanoTime() > end) {
                throw new MnemeException(
                        0,
                        safeName + " is still "
                                + state.path("processing_status").asText() + " after " + patience);
            }
            pause();
            state = http.get(path + "/files/" + Http.encoded(state.path("id").asText()));
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MnemeException("interrupted while a file was read", e);
        }
    }

    /** The names of its files. */
    public List<String> files() {
        List<String> names = new ArrayList<>();
        http.get("/v1/folders/" + Http.encoded(id) + "/files?limit=1000")
                .forEach(file -> names.add(file.path("file_name").asText()));
        return List.copyOf(names);
    }

    public void delete() {
        http.delete("/v1/folders/" + Http.encoded(id));
    }
}
