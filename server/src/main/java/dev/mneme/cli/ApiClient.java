package dev.mneme.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import dev.mneme.config.ClientOptions;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The REST API as the command line needs it. Every failure is an {@link ApiRefused}. */
final class ApiClient implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** For plain requests; a stream may last as long as the model needs. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private final ClientOptions options;
    private final HttpClient http;

    ApiClient(ClientOptions options) {
        this(
                options,
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_TIMEOUT)
                        .build());
    }

    private ApiClient(ClientOptions options, HttpClient http) {
        this.options = options;
        this.http = http;
    }

    /** Asks a server in this process, as its owner. */
    static ApiClient within(RunningServer server) {
        return new ApiClient(new ClientOptions(server.url(), null, null), server.client());
    }

    String url() {
        return options.url();
    }

    JsonNode get(String path) {
        return exchange(request(path).timeout(ANSWER_TIMEOUT).GET());
    }

    JsonNode post(String path, JsonNode body) {
        return exchange(request(path).timeout(ANSWER_TIMEOUT).POST(text(body)));
    }

    JsonNode patch(String path, JsonNode body) {
        return exchange(request(path).timeout(ANSWER_TIMEOUT).method("PATCH", text(body)));
    }

    JsonNode delete(String path) {
        return exchange(request(path).timeout(ANSWER_TIMEOUT).DELETE());
    }

    /** As {@link #get}, and waits as long as the server needs. */
    JsonNode getPatiently(String path) {
        return exchange(request(path).GET());
    }

    /** As {@link #post}, and waits as long as the server needs. */
    JsonNode postPatiently(String path, JsonNode body) {
        return exchange(request(path).POST(text(body)));
    }

    /** Gets, or posts a body, and puts the answer into a file for its owner only, which is not touched unless all of it arrived. */
    void download(String path, @Nullable JsonNode body, Path file) {
        HttpRequest.Builder request = request(path);
        Path folder = file.toAbsolutePath().getParent();
        try {
            Path part = Files.createTempFile(folder, "." + file.getFileName(), ".part");
            try {
                HttpResponse<Path> response = http.send(
                        (body == null ? request.GET() : request.POST(text(body))).build(),
                        HttpResponse.BodyHandlers.ofFile(part));
                if (response.statusCode() >= 300) {
                    throw refused(response.statusCode(), Files.readString(part));
                }
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (FileSystemException e) {
            throw new ApiRefused(0, "Cannot write " + file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Sends a file as a form with these fields; waits as long as the server needs. */
    JsonNode upload(String path, Path file, Map<String, String> fields) {
        if (!Files.isReadable(file)) {
            throw new ApiRefused(0, "Cannot read " + file + ".", null);
        }
        String mark = "mneme-" + UUID.randomUUID();
        StringBuilder head = new StringBuilder();
        fields.forEach((name, value) -> head.append("--")
                .append(mark)
                .append("\r\nContent-Disposition: form-data; name=\"")
                .append(name)
                .append("\"\r\n\r\n")
                .append(value)
                .append("\r\n"));
        head.append("--")
                .append(mark)
                .append("\r\nContent-Disposition: form-data; name=\"file\"; filename=\"upload\"\r\n\r\n");
        try {
            return exchange(request(path)
                    .setHeader("Content-Type", "multipart/form-data; boundary=" + mark)
                    .POST(HttpRequest.BodyPublishers.concat(
                            HttpRequest.BodyPublishers.ofString(head.toString()),
                            HttpRequest.BodyPublishers.ofFile(file),
                            HttpRequest.BodyPublishers.ofString("\r\n--" + mark + "--\r\n"))));
        } catch (FileNotFoundException e) {
            throw new ApiRefused(0, "Cannot read " + file + ".", e);
        }
    }

    /** Posts and hands over each event's data as it arrives; returns when the stream has ended. */
    void stream(String path, JsonNode body, Consumer<JsonNode> events) {
        HttpResponse<Stream<String>> response;
        try {
            response = http.send(request(path).POST(text(body)).build(), HttpResponse.BodyHandlers.ofLines());
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try (Stream<String> lines = response.body()) {
            if (response.statusCode() >= 300) {
                throw refused(response.statusCode(), String.join("\n", lines.toList()));
            }
            StringBuilder data = new StringBuilder();
            for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
                String line = each.next();
                if (line.startsWith("data:")) {
                    data.append(line.substring(5).strip());
                } else if (line.isEmpty() && !data.isEmpty()) {
                    String event = data.toString();
                    data.setLength(0);
                    if (event.equals("[DONE]")) {
                        return;
                    }
                    events.accept(json(event));
                }
            }
        } catch (java.io.UncheckedIOException e) {
            throw new ApiRefused(0, "The connection broke off. The agent goes on by itself; ask again to see.", e);
        }
    }

    /** Posts and gives the answer as it comes, whatever its status; the caller reads its lines and closes them. */
    HttpResponse<Stream<String>> post(String path, String body, Map<String, String> headers) {
        HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofLines());
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        URI uri;
        try {
            uri = URI.create(options.url().replaceAll("/+$", "") + path);
        } catch (IllegalArgumentException e) {
            throw new ApiRefused(0, options.url() + " is not an address: write http://host:port.", e);
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Content-Type", "application/json");
        if (options.key() != null) {
            request.header("Authorization", "Bearer " + options.key().reveal());
        }
        return request;
    }

    private static HttpRequest.BodyPublisher text(JsonNode body) {
        return HttpRequest.BodyPublishers.ofString(Json.write(body));
    }

    private JsonNode exchange(HttpRequest.Builder request) {
        HttpResponse<String> response;
        try {
            response = http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        if (response.statusCode() >= 300) {
            throw refused(response.statusCode(), response.body());
        }
        return json(response.body());
    }

    private static JsonNode json(String text) {
        try {
            return Json.parse(text.isBlank() ? "null" : text);
        } catch (JsonProcessingException e) {
            throw new ApiRefused(0, "The answer is not JSON; is this the address of a Mneme server?", e);
        }
    }

    private ApiRefused unreachable(IOException cause) {
        return new ApiRefused(
                0,
                "No server answers at " + options.url()
                        + ": start one with ./mneme server, or name another with --url.",
                cause);
    }

    private static ApiRefused interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ApiRefused(0, "Interrupted.", e);
    }

    /** What a refusal says, in one line. */
    static ApiRefused refused(int status, String body) {
        if (status == 401) {
            return new ApiRefused(status, "The server wants a password: set LETTA_API_KEY to it.", null);
        }
        return new ApiRefused(status, "The server answered " + status + ": " + reason(body), null);
    }

    /** The server's own sentence, from {@code detail} or the {@code error} envelope. */
    private static String reason(String body) {
        @Nullable JsonNode tree;
        try {
            tree = Json.parse(body);
        } catch (JsonProcessingException e) {
            tree = null; // not ours; shown as it is
        }
        if (tree == null || !tree.isObject()) {
            return body;
        }
        JsonNode detail = tree.path("detail");
        if (detail.isTextual()) {
            return detail.asText();
        }
        JsonNode error = tree.path("error");
        if (error.isObject()) {
            return error.path("message").asText() + " " + error.path("detail").asText("");
        }
        return detail.isMissingNode() ? body : detail.toString();
    }

    @Override
    public void close() {
        http.close();
    }
}
