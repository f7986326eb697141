package dev.mneme.tool.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Json;
import dev.mneme.base.Scope;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request for JSON to a service that the operator chose, within bounds. Thread-safe. */
final class JsonCall {
    /** A hundred results with the texts of their pages are far smaller. */
    private static final long MOST_BYTES = 32L << 20;
    /** Services fetch pages while we wait. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** Characters of a service's complaint that are handed on. */
    private static final int MOST_WORDS = 300;

    private final String service;

    JsonCall(String service) {
        this.service = service;
    }

    /** Why there is no answer, in words for the model. status: of HTTP, 0 when nothing answered. */
    static final class Failed extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;

        Failed(String why, int status, @Nullable Throwable cause) {
            super(why, cause, false, false);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** body null: GET, else POST. */
    JsonNode send(URI address, Map<String, String> headers, @Nullable ObjectNode body) throws Failed {
        HttpRequest.Builder request = HttpRequest.newBuilder(address).header("Accept", "application/json");
        headers.forEach(request::header);
        if (body != null) {
            request.header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(Json.write(body)));
        }
        HttpResponse<byte[]> answer = answer(request.build());
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        if (answer.statusCode() != 200) {
            throw new Failed(words(answer.statusCode(), text), answer.statusCode(), null);
        }
        try {
            return Json.parse(text);
        } catch (JsonProcessingException e) {
            throw new Failed(service + " answered with something that is no JSON", 200, e);
        }
    }

    private HttpResponse<byte[]> answer(HttpRequest request) throws Failed {
        try (Scope scope = new Scope("search");
                HttpClient client = client(scope)) {
            try {
                return client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES))
                        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            } finally {
                client.shutdownNow();
            }
        } catch (TimeoutException e) {
            throw new Failed(service + " did not answer within " + PATIENCE.toSeconds() + " s", 0, e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            String detail = cause instanceof IOException && cause.getMessage() != null ? ": " + cause.getMessage() : "";
            throw new Failed(service + " could not be reached" + detail, 0, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed("the search was cancelled", 0, e);
        }
    }

    private static HttpClient client(Scope scope) {
        return HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .executor(task -> {
                    if (!scope.fork("http", task)) {
                        task.run();
                    }
                })
                .build();
    }

    private String words(int status, String text) {
        String what = switch (status) {
            case 401, 403 -> service + " refused the key";
            case 402 -> service + " wants to be paid";
            case 429 -> service + " has had too many requests for now; try again later";
            default -> service + " answered with status " + status;
        };
        String said = text.strip();
        return said.isEmpty() ? what : what + ": " + said.substring(0, Math.min(MOST_WORDS, said.length()));
    }
}
