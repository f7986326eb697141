package dev.mneme.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * The messages of a turn as they are made. Can be walked once, by one thread; closing it stops the reading, and a turn in the background
 * goes on. A connection that breaks off throws MnemeException: {@link Run#follow} goes on after the last number that was seen.
 */
public final class MessageStream implements Iterable<Message>, AutoCloseable {
    private final BufferedReader lines;

    MessageStream(InputStream body) {
        this.lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    @Override
    public Iterator<Message> iterator() {
        return new Iterator<>() {
            private Message next = read();

            @Override
            public boolean hasNext() {
                return next != null;
            }

            @Override
            public Message next() {
                if (next == null) {
                    throw new NoSuchElementException();
                }
                Message now = next;
                next = read();
                return now;
            }
        };
    }

    /** Null at the end. Pings are left out. */
    private Message read() {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("data:")) {
                    continue;
                }
                String data = line.substring("data:".length()).strip();
                if (data.equals("[DONE]")) {
                    return null;
                }
                Message message = message(data);
                if (!message.type().equals("ping")) {
                    return message;
                }
            }
            throw new MnemeException("The stream broke off before its end.", new IOException("end of input"));
        } catch (IOException e) {
            throw new MnemeException("The stream broke off: " + e, e);
        }
    }

    private static Message message(String data) throws JsonProcessingException {
        JsonNode json = Http.JSON.readTree(data);
        if (json.path("message_type").asText("").equals("error_message") || json.has("error")) {
            JsonNode error = json.has("error") ? json.path("error") : json;
            throw new MnemeException(
                    500, error.path("detail").asText(error.path("message").asText(data)));
        }
        return Message.of(json);
    }

    @Override
    public void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
