package dev.mneme.http;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.base.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A small client for tests: one call per line. Speaks as a plain HTTP caller. */
final class Web implements AutoCloseable {
    private final HttpClient client;
    private final String base;
    private final int port;

    Web(int port) {
        this(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), "http://localhost:" + port, port);
    }

    /** Speaks through the door without a port. */
    Web(InProcess door) {
        this(door.client(), InProcess.URL, 0);
    }

    private Web(HttpClient client, String base, int port) {
        this.client = client;
        this.base = base;
        this.port = port;
    }

    /** An answer; json is a missing node when there is no JSON body. */
    record Reply(int status, String text, HttpResponse<String> raw) {
        JsonNode json() {
            try {
                return Json.parse(text);
            } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
                throw new AssertionError("no JSON: " + text, e);
            }
        }

        @Nullable
        String header(String name) {
            return raw.headers().firstValue(name).orElse(null);
        }

        String detail() {
            return json().path("detail").asText();
        }
    }

    /** For a socket; tests that need one are passed over where there is no port. */
    int port() {
        assumeTrue(port > 0, "there is no port");
        return port;
    }

    /** What each item of a list has under a key. */
    static List<String> words(JsonNode list, String key) {
        List<String> out = new ArrayList<>();
        list.forEach(item -> out.add(item.path(key).asText()));
        return out;
    }

    Reply get(String path, String... headers) {
        return send("GET", path, null, headers);
    }

    Reply post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    Reply patch(String path, String body, String... headers) {
        return send("PATCH", path, body, headers);
    }

    Reply put(String path, String body, String... headers) {
        return send("PUT", path, body, headers);
    }

    Reply delete(String path, String... headers) {
        return send("DELETE", path, null, headers);
    }

    /** Single quotes in the body stand for double ones. Headers: name, value, name, value. */
    Reply send(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return send(request.build());
    }

    /** Uploads a file as a form. */
    Reply upload(String path, String fileName, String contentType, byte[] content, String... headers) {
        String mark = "formmark7d1";
        byte[] head = ("--" + mark + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + fileName
                        + "\"\r\nContent-Type: " + contentType + "\r\n\r\n")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        byte[] tail = ("\r\n--" + mark + "--\r\n").getBytes(java.nio.charset.StandardCharsets.UTF_8);
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "multipart/form-data; boundary=" + mark)
                .POST(HttpRequest.BodyPublishers.ofByteArrays(java.util.List.of(head, content, tail)));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return send(request.build());
    }

    /** The bytes that a post is answered with. */
    byte[] download(String path, String body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body();
        } catch (IOException e) {
            throw new AssertionError(path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Sends a form with fields (name, value, name, value) and a file. */
    Reply form(String path, byte[] file, String... fields) {
        StringBuilder head = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            head.append("--m7d1x\r\nContent-Disposition: form-data; name=\"")
                    .append(fields[i])
                    .append("\"\r\n\r\n")
                    .append(fields[i + 1])
                    .append("\r\n");
        }
        head.append("--m7d1x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n");
        return send(HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "multipart/form-data; boundary=m7d1x")
                .POST(HttpRequest.BodyPublishers.ofByteArrays(java.util.List.of(
                        head.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        file,
                        "\r\n--m7d1x--\r\n".getBytes(java.nio.charset.StandardCharsets.UTF_8))))
                .build());
    }

    /** Sends an agent file with fields: name, value, name, value. */
    Reply importFile(String content, String... fields) {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < fields.length; i += 2) {
            form.append("--m\r\nContent-Disposition: form-data; name=\"")
                    .append(fields[i])
                    .append("\"\r\n\r\n")
                    .append(fields[i + 1])
                    .append("\r\n");
        }
        form.append("--m\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.af\"\r\n\r\n")
                .append(content)
                .append("\r\n--m--\r\n");
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/v1/agents/import"))
                .header("Content-Type", "multipart/form-data; boundary=m")
                .POST(HttpRequest.BodyPublishers.ofString(form.toString()))
                .build();
        return send(request);
    }

    private Reply send(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new AssertionError(request.method() + " " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
