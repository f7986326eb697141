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
import java.util.Set;

/**
 * An agent file on disk, read as a stream (contract 10 §2, §3): everything but messages, passages and texts of files is held as a tree; these
 * come one at a time and may be read again. A file of version 1 is rewritten as version 2 first.
 */
final class AgentDocument {
    /** Messages of one file: what an agent says in years, and what one transaction can store in minutes. */
    static final int MOST_MESSAGES = 500_000;

    /** All but messages, passages and texts of files: blocks, tools. The tree of it is held in memory. */
    private static final Allowance TREE = new Allowance(2_000_000, 64L << 20);

    /** One message, its pictures included; one passage; one file. */
    private static final Allowance MESSAGE = new Allowance(200_000, 64L << 20);

    static final String CORRUPTED = "Corrupted agent file format.";
    static final String LEGACY =
            "Legacy AgentSchema format is deprecated. Please use the new AgentFileSchema format with 'agents' field.";

    private static final String AGENTS = "agents";
    private static final String MESSAGES = "messages";
    private static final String ARCHIVES = "archives";
    private static final String PASSAGES = "passages";
    private static final String FILES = "files";
    private static final String CONTENT = "content";
    private static final Set<String> STREAMED = Set.of(AGENTS, ARCHIVES, FILES);

    private final Path file;
    private ObjectNode root = Json.object();

    private AgentDocument(Path file) {
        this.file = file;
    }

    /** Gets what a file may hold too much of for a tree, in order. */
    interface Reader {
        /** agent: position in the file; likewise archive and file. */
        default void message(int agent, JsonNode message) {}

        default void passage(int archive, JsonNode passage) {}

        /** content: missing when the entry has none. */
        default void file(int file, JsonNode content) {}
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
            throw refused(CORRUPTED
                    + " It holds more than this server reads: values nested deeper than 500, a name over 50,000 characters,"
                    + " a text over " + (MESSAGE.chars() >> 20) + " MB, or over " + (TREE.chars() >> 20)
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

    /**
     * The document; every {@code messages} of an agent and every {@code passages} of an archive is an empty array, or what stood there
     * instead of one; every text in {@code content} of a file is empty.
     */
    ObjectNode root() {
        return root;
    }

    /** Reads what is not in the tree, once more with each call. */
    void read(Reader reader) {
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
        root = walk(new Reader() {
            private int messages;
            private int passages;

            @Override
            public void message(int agent, JsonNode message) {
                if (++messages > MOST_MESSAGES) {
                    throw refused("An agent file may hold " + MOST_MESSAGES + " messages; this one holds more.");
                }
            }

            @Override
            public void passage(int archive, JsonNode passage) {
                if (++passages > MOST_MESSAGES) {
                    throw refused("An agent file may hold " + MOST_MESSAGES + " passages; this one holds more.");
                }
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
                if (STREAMED.contains(name) && out.has(name)) {
                    throw refused(CORRUPTED + " It says twice who its " + name + " are.");
                }
                boolean list = parser.nextToken() == JsonToken.START_ARRAY;
                out.set(
                        Storable.of(name),
                        switch (list ? name : "") {
                            case AGENTS -> owners(parser, MESSAGES, reader::message);
                            case ARCHIVES -> owners(parser, PASSAGES, reader::passage);
                            case FILES -> files(parser, reader);
                            default -> tree(parser);
                        });
            }
            if (parser.nextToken() != null) {
                throw refused(CORRUPTED);
            }
            return out;
        }
    }

    /** Gets the entries of one owner's list. owner: position in the file. */
    private interface Entries {
        void take(int owner, JsonNode entry);
    }

    private static ArrayNode owners(ScantParser parser, String list, Entries entries) throws IOException {
        ArrayNode out = Json.array();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            out.add(
                    parser.currentToken() == JsonToken.START_OBJECT
                            ? owner(parser, out.size(), list, entries)
                            : tree(parser));
        }
        return out;
    }

    private static ObjectNode owner(ScantParser parser, int position, String list, Entries entries) throws IOException {
        ObjectNode out = Json.object();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            if (parser.nextToken() == JsonToken.START_ARRAY && name.equals(list)) {
                Allowance rest = parser.left();
                parser.allow(MESSAGE);
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    entries.take(position, tree(parser));
                    parser.allow(MESSAGE);
                }
                parser.allow(rest);
                out.putArray(list);
            } else {
                out.set(Storable.of(name), tree(parser));
            }
        }
        return out;
    }

    private static ArrayNode files(ScantParser parser, Reader reader) throws IOException {
        ArrayNode out = Json.array();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Allowance rest = parser.left();
            parser.allow(MESSAGE);
            JsonNode entry = tree(parser);
            JsonNode content = entry.path(CONTENT);
            reader.file(out.size(), content);
            if (entry instanceof ObjectNode object && content.isTextual()) {
                object.put(CONTENT, "");
            }
            parser.allow(rest.without(Json.write(entry).length()));
            out.add(entry);
        }
        return out;
    }

    private static JsonNode tree(ScantParser parser) throws IOException {
        return Storable.of((JsonNode) Json.MAPPER.readTree(parser));
    }
}
