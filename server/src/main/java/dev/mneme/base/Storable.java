package dev.mneme.base;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** Text that every database and every reader of UTF-8 takes: without NUL and without lone surrogates, which are left out. Pure. */
public final class Storable {
    private Storable() {}

    /** The tree with every text and every name in it storable; arrays are changed in place. */
    public static JsonNode of(JsonNode node) {
        if (node.isTextual()) {
            return TextNode.valueOf(of(node.textValue()));
        }
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, of(array.get(i)));
            }
        } else if (node instanceof ObjectNode object) {
            ObjectNode storable = Json.object();
            object.properties().forEach(field -> storable.set(of(field.getKey()), of(field.getValue())));
            return storable;
        }
        return node;
    }

    /** The text without NUL and without lone surrogates. */
    public static String of(String text) {
        if (fits(text)) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                out.append(c).append(text.charAt(++i));
            } else if (c != 0 && !Character.isSurrogate(c)) {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static boolean fits(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0 || Character.isSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
