package dev.mneme.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Requests and answers in JSON. Thread-safe. */
final class Http {
    static final ObjectMapper JSON = new ObjectMapper();

    /** To open a connection. */
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** Bytes of an error's body that are read. */
    private static final int ERROR_BYTES = 64 * 1024;

    private final HttpClient client;
    private final String url;
    private final String key;
    private final Duration patience;

    /** key: empty for none. patience: for the first byte of an answer. */
    Http(String url, String key, Duration patience) {
        this(HttpClient.newBuilder().connectTimeout(CONNECT).build(), url, key, patience);
    }

    private Http(HttpClient client, String url, String key, Duration patience) {
        this.client = client;
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.key = key;
        this.patience = patience;
    }

    Http withKey(String other) {
        return new Http(client, url, other, patience);
    }

    Http patient(Duration other) {
        return new Http(client, url, key, other);
    }

    Http through(HttpClient other) {
        return new Http(other, url, key, patience);
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode get(String path) {
        return read(send("GET", path, BodyPublishers.noBody(), "application/json"));
    }

    JsonNode delete(String path) {
        return read(send("DELETE", path, BodyPublishers.noBody(), "application/json"));
    }

    JsonNode post(String path, JsonNode body) {
        return read(send("POST", path, json(body), "application/json"));
    }

    JsonNode patch(String path, JsonNode body) {
        return read(send("PATCH", path, json(body), "application/json"));
    }

    JsonNode upload(String path, BodyPublisher body, String contentType) {
        return read(send("POST", path, body, contentType));
    }

    /** The events of an answer; the caller closes it. */
    MessageStream open(String path, JsonNode body) {
        return new MessageStream(send("POST", path, json(body), "application/json"));
    }

    private static BodyPublisher json(JsonNode body) {
        return BodyPublishers.ofString(body.toString());
    }

    private InputStream send(String method, String path, BodyPublisher body, String contentType) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(patience)
                .header("Content-Type", contentType)
                .method(method, body);
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
            if (answer.statusCode() >= 400) {
                throw refused(answer);
            }
            return answer.body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MnemeException("interrupted while waiting for " + url + path, e);
        } catch (IOException e) {
            throw new MnemeException(
                    "No answer from " + url + path + " (" + e + "). Does the server run? Start it with: ./mneme server",
                    e);
        }
    }

    private static MnemeException refused(HttpResponse<InputStream> answer) throws IOException {
        String text;
        try (InputStream body = answer.body()) {
            text = new String(body.readNBytes(ERROR_BYTES), StandardCharsets.UTF_8);
        }
        try {
            JsonNode said = JSON.readTree(text);
            JsonNode detail = said.path("detail");
            String words = detail.isTextual() ? detail.textValue() : detail.isMissingNode() ? text : detail.toString();
            String hint = said.path("hint").asText("");
            return new MnemeException(answer.statusCode(), hint.isEmpty() ? words : words + " " + hint);
        } catch (JsonProcessingException e) {
            return new MnemeException(answer.statusCode(), "HTTP " + answer.statusCode() + ": " + text);
        }
    }

    private JsonNode read(InputStream answer) {
        try (answer) {
            JsonNode read = JSON.readTree(answer);
            return read == null ? MissingNode.getInstance() : read;
        } catch (InterruptedIOException e) {
            Thread.currentThread().interrupt();
            throw new MnemeException("interrupted while reading from " + url, e);
        } catch (IOException e) {
            throw new MnemeException("The answer of " + url + " broke off: " + e, e);
        }
    }
}
