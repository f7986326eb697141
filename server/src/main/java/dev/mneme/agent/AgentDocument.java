package dev.mneme.agent;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.agent.ScantParser.Allowance;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.base.Storable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An agent file on disk, read as a stream (contract 10 §2, §3): everything but the messages is held as a tree, messages come one at a time
 * and may be read again. A file of version 1 is rewritten as version 2 first.
 */
final class AgentDocument {
    /** Messages of one file: what an agent says in years, and what one transaction can store in minutes. */
    static final int MOST_MESSAGES = 500_000;

    /** All but the messages: blocks, tools, texts of files. The tree of it is held in memory. */
    private static final Allowance TREE = new Allowance(2_000_000, 64L << 20);

    /** One message, its pictures included. */
    private static final Allowance MESSAGE = new Allowance(200_000, 64L << 20);

    static final String CORRUPTED = "Corrupted agent file format.";
    static final String LEGACY =
            "Legacy AgentSchema format is deprecated. Please use the new AgentFileSchema format with 'agents' field.";

    private static final String AGENTS = "agents";
    private static final String MESSAGES = "messages";

    private final Path file;
    private ObjectNode root = Json.object();

    private AgentDocument(Path file) {
        this.file = file;
    }

    /** Gets the messages of the file's agents, in order. agent: position in the file. */
    @FunctionalInterface
    interface Reader {
        void read(int agent, JsonNode message);
    }

    /** Reads a file of either version; it may be rewritten in place. Throws INVALID_ARGUMENT in the contract's words. */
    static AgentDocument open(Path file) {
        AgentDocument document = new AgentDocument(file);
        try {
            document.unwrap();
            document.load();
            if (!document.root.has(AGENTS)) {
                if (!LegacyFile.is(document.root)) {
                    throw refused(LEGACY);
                }
                Json.MAPPER.writeValue(file.toFile(), LegacyFile.converted(document.root));
                document.load();
            }
            return document;
        } catch (StreamConstraintsException e) {
            throw refused(
                    CORRUPTED + " It holds more than this server reads: values nested deeper than 500, a text over "
                            + (MESSAGE.chars() >> 20) + " MB, or over " + (TREE.chars() >> 20)
                            + " MB beside its messages.");
        } catch (JsonProcessingException e) {
            throw new Problem(ProblemCode.INVALID_ARGUMENT, CORRUPTED, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Problem refused(String text) {
        return new Problem(ProblemCode.INVALID_ARGUMENT, text);
    }

    /** The document; every {@code messages} of an agent is an empty array, or what stood there instead of one. */
    ObjectNode root() {
        return root;
    }

    /** Reads all messages, once more with each call. */
    void messages(Reader reader) {
        try {
            walk(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // it was read without a fault before
        }
    }

    /** A file that is one JSON text with the document in it. */
    private void unwrap() throws IOException {
        String inner;
        try (JsonParser parser = Json.MAPPER.createParser(file.toFile())) {
            if (parser.nextToken() != JsonToken.VALUE_STRING) {
                return;
            }
            inner = parser.getText();
        }
        Files.writeString(file, inner);
    }

    private void load() throws IOException {
        int[] count = {0};
        root = walk((agent, message) -> {
            if (++count[0] > MOST_MESSAGES) {
                throw refused("An agent file may hold " + MOST_MESSAGES + " messages; this one holds more.");
            }
        });
    }

    private ObjectNode walk(Reader reader) throws IOException {
        try (ScantParser parser = new ScantParser(Json.MAPPER.createParser(file.toFile()))) {
            parser.allow(TREE);
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw refused(CORRUPTED);
            }
            if (first != JsonToken.START_OBJECT) {
                throw refused(first == JsonToken.VALUE_STRING ? CORRUPTED : LEGACY);
            }
            ObjectNode out = Json.object();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                boolean agents = parser.nextToken() == JsonToken.START_ARRAY && name.equals(AGENTS);
                if (agents && out.has(AGENTS)) {
                    throw refused(CORRUPTED + " It says twice who its agents are.");
                }
                out.set(Storable.of(name), agents ? agents(parser, reader) : tree(parser));
            }
            if (parser.nextToken() != null) {
                throw refused(CORRUPTED);
            }
            return out;
        }
    }

    private static ArrayNode agents(ScantParser parser, Reader reader) throws IOException {
        ArrayNode out = Json.array();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            out.add(parser.currentToken() == JsonToken.START_OBJECT ? agent(parser, out.size(), reader) : tree(parser));
        }
        return out;
    }

    private static ObjectNode agent(ScantParser parser, int position, Reader reader) throws IOException {
        ObjectNode out = Json.object();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && name.equals(MESSAGES)) {
                Allowance rest = parser.left();
                parser.allow(MESSAGE);
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    reader.read(position, tree(parser));
                    parser.allow(MESSAGE);
                }
                parser.allow(rest);
                out.putArray(MESSAGES);
            } else {
                out.set(Storable.of(name), tree(parser));
            }
        }
        return out;
    }

    private static JsonNode tree(ScantParser parser) throws IOException {
        return Storable.of((JsonNode) Json.MAPPER.readTree(parser));
    }
}
