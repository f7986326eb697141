package dev.mneme.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooq.Field;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/** The rows of one table as lines of JSON: first an array of the columns' names, then an array of values for each row. Bytes are base64. */
final class TableText {
    /** Rows that are fetched or sent at once. */
    private static final int BATCH = 500;

    /** Characters of values after which a batch is sent early: rows may be megabytes long. */
    private static final long BATCH_CHARACTERS = 4 << 20;

    /** A text may be as long as Java allows: the row was in a database already. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
            .build();

    private final Table<?> table;
    private final List<Field<?>> columns;

    TableText(Table<?> table) {
        this.table = table;
        this.columns = Arrays.asList(table.fields());
    }

    /** What becomes of a value on its way in. */
    @FunctionalInterface
    interface Change {
        @Nullable
        Object of(String column, @Nullable Object value);
    }

    long write(Tx tx, OutputStream out) {
        return tx.sql().connectionResult(connection -> {
            try (JsonGenerator json = JSON.createGenerator(out);
                    Statement statement = connection.createStatement()) {
                json.setRootValueSeparator(null);
                header(json);
                statement.setFetchSize(BATCH);
                try (ResultSet rows = statement.executeQuery("select " + names(columns) + " from " + table.getName())) {
                    long count = 0;
                    while (rows.next()) {
                        row(json, rows);
                        count++;
                    }
                    return count;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private void header(JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (Field<?> column : columns) {
            json.writeString(column.getName());
        }
        json.writeEndArray();
        json.writeRaw('\n');
    }

    private void row(JsonGenerator json, ResultSet rows) throws IOException, SQLException {
        json.writeStartArray();
        for (int i = 0; i < columns.size(); i++) {
            switch (Tx.cell(rows, i + 1, columns.get(i).getType())) {
                case null -> json.writeNull();
                case String text -> json.writeString(text);
                case Boolean yes -> json.writeBoolean(yes);
                case byte[] bytes -> json.writeBinary(bytes);
                case Number number -> json.writeNumber(number.longValue());
                default -> throw new IllegalStateException("no text for " + columns.get(i));
            }
        }
        json.writeEndArray();
        json.writeRaw('\n');
    }

    private static String names(List<? extends Field<?>> columns) {
        return columns.stream().map(Field::getName).collect(Collectors.joining(", "));
    }

    long read(Tx tx, InputStream in, Change change) {
        return tx.sql().connectionResult(connection -> {
            try (JsonParser json = JSON.createParser(in)) {
                List<Field<?>> given = given(json);
                return given.isEmpty() ? 0L : new Filling(connection, given, change).all(json);
            } catch (JsonProcessingException | IllegalArgumentException e) {
                throw new Dump.Unreadable("the rows of " + table.getName() + " are no rows: " + e.getMessage(), e);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** The columns that the text has; those it has not keep what the database gives them. */
    private List<Field<?>> given(JsonParser json) throws IOException {
        Map<String, Field<?>> known = columns.stream().collect(Collectors.toMap(Field::getName, Function.identity()));
        List<Field<?>> out = new ArrayList<>();
        expect(json.nextToken(), JsonToken.START_ARRAY);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            Field<?> column = known.get(json.getText());
            if (column == null) {
                throw new IllegalArgumentException("no column " + json.getText());
            }
            out.add(column);
        }
        if (new HashSet<>(out).size() != out.size()) {
            throw new IllegalArgumentException("a column is named twice");
        }
        return out;
    }

    private static void expect(@Nullable JsonToken found, JsonToken wanted) {
        if (found != wanted) {
            throw new IllegalArgumentException("found " + found + " where " + wanted + " belongs");
        }
    }

    /** Rows on their way into the table. */
    private final class Filling {
        private final Connection connection;
        private final List<Field<?>> given;
        private final Change change;
        private int waiting;
        private long characters;

        private Filling(Connection connection, List<Field<?>> given, Change change) {
            this.connection = connection;
            this.given = given;
            this.change = change;
        }

        private long all(JsonParser json) throws IOException, SQLException {
            String marks = IntStream.range(0, given.size()).mapToObj(i -> "?").collect(Collectors.joining(", "));
            try (PreparedStatement insert = connection.prepareStatement(
                    "insert into " + table.getName() + " (" + names(given) + ") values (" + marks + ")")) {
                long count = 0;
                while (json.nextToken() != null) {
                    expect(json.currentToken(), JsonToken.START_ARRAY);
                    for (int i = 0; i < given.size(); i++) {
                        json.nextToken();
                        Field<?> column = given.get(i);
                        set(insert, i + 1, column, change.of(column.getName(), value(json, column.getType())));
                    }
                    expect(json.nextToken(), JsonToken.END_ARRAY);
                    insert.addBatch();
                    count++;
                    waiting++;
                    if (waiting == BATCH || characters > BATCH_CHARACTERS) {
                        send(insert);
                    }
                }
                send(insert);
                return count;
            }
        }

        private void send(PreparedStatement insert) throws SQLException {
            if (waiting > 0) {
                insert.executeBatch();
                waiting = 0;
                characters = 0;
            }
        }

        private @Nullable Object value(JsonParser json, Class<?> type) throws IOException {
            if (json.currentToken() == JsonToken.VALUE_NULL) {
                return null;
            }
            if (type == Boolean.class) {
                return json.getBooleanValue();
            }
            if (type == Long.class || type == Integer.class) {
                expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT);
                return json.getLongValue();
            }
            expect(json.currentToken(), JsonToken.VALUE_STRING);
            return type == byte[].class ? json.getBinaryValue() : json.getText();
        }

        private void set(PreparedStatement insert, int at, Field<?> column, @Nullable Object value)
                throws SQLException {
            switch (value) {
                case null -> insert.setNull(at, type(column.getType()));
                case String text -> {
                    insert.setString(at, text);
                    characters += text.length();
                }
                case Boolean yes -> insert.setBoolean(at, yes);
                case byte[] bytes -> {
                    insert.setBytes(at, bytes);
                    characters += bytes.length;
                }
                case Long number -> {
                    if (column.getType() == Integer.class) {
                        insert.setInt(at, Math.toIntExact(number));
                    } else {
                        insert.setLong(at, number);
                    }
                }
                default -> throw new IllegalArgumentException("no value for " + column);
            }
        }

        private static int type(Class<?> type) {
            if (type == Long.class) {
                return Types.BIGINT;
            }
            if (type == Integer.class) {
                return Types.INTEGER;
            }
            if (type == Boolean.class) {
                return Types.BOOLEAN;
            }
            return type == byte[].class ? Types.BINARY : Types.VARCHAR;
        }
    }
}
