package dev.mneme.base;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/** Texts in the spelling of Python, where clients know them so: printed lists in 422 answers and from archival_memory_search, spaced JSON in call arguments. Pure. */
public final class PythonText {
    private PythonText() {}

    /** As Python's repr prints the value: {@code {'a': None, 'b': [True, 1]}}. */
    public static String repr(JsonNode value) {
        StringBuilder out = new StringBuilder();
        repr(value, out);
        return out.toString();
    }

    private static void repr(JsonNode value, StringBuilder out) {
        switch (value.getNodeType()) {
            case STRING -> out.append(quoted(value.textValue()));
            case BOOLEAN -> out.append(value.booleanValue() ? "True" : "False");
            case OBJECT -> {
                out.append('{');
                Iterator<Map.Entry<String, JsonNode>> fields = value.fields();
                while (fields.hasNext()) {
                    Map.Entry<String, JsonNode> field = fields.next();
                    out.append(quoted(field.getKey())).append(": ");
                    repr(field.getValue(), out);
                    out.append(fields.hasNext() ? ", " : "");
                }
                out.append('}');
            }
            case ARRAY -> {
                out.append('[');
                for (int i = 0; i < value.size(); i++) {
                    out.append(i == 0 ? "" : ", ");
                    repr(value.get(i), out);
                }
                out.append(']');
            }
            case NUMBER -> out.append(value.asText());
            case NULL, MISSING, BINARY, POJO -> out.append("None");
        }
    }

    /** A quoted string; single quotes unless the text has some and no double ones. */
    public static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder(text.length() + 2).append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (c < ' ' || c == 0x7f) {
                        out.append(String.format(Locale.ROOT, "\\x%02x", c));
                    } else {
                        out.appendCodePoint(c);
                    }
                }
            }
        });
        return out.append(quote).toString();
    }

    /**
     * JSON text with a space after each comma and colon, as stored call arguments appear on the wire (contract 03 §8). Text that is no JSON
     * comes back as it is.
     */
    public static String spaced(String json) {
        try {
            JsonNode tree = Json.parse(json);
            if (tree.isMissingNode()) {
                return json;
            }
        } catch (JsonProcessingException e) {
            // a model may write broken arguments: they are shown as written
            return json;
        }
        StringBuilder out = new StringBuilder(json.length() + 16);
        boolean inText = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inText) {
                out.append(c);
                if (c == '\\' && i + 1 < json.length()) {
                    out.append(json.charAt(++i));
                } else if (c == '"') {
                    inText = false;
                }
            } else if (!Character.isWhitespace(c)) {
                inText = c == '"';
                out.append(c);
                if (c == ',' || c == ':') {
                    out.append(' ');
                }
            }
        }
        return out.toString();
    }
}
