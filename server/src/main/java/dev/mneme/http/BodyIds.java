package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.base.IdKind;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks ids that stand in bodies: 422 when they are malformed (contract 12 §1). Pure. */
final class BodyIds {
    private BodyIds() {}

    /** Each of a list under a key of the body. */
    static void all(IdKind kind, String field, @Nullable List<String> ids) {
        for (int i = 0; ids != null && i < ids.size(); i++) {
            one(kind, List.of("body", field, i), ids.get(i));
        }
    }

    /** Length first, then shape, as the contract has it: 36 characters of the number, a hyphen and the kind. */
    static void one(IdKind kind, List<Object> place, String id) {
        int length = kind.prefix().length() + 37;
        JsonNode given = TextNode.valueOf(id);
        if (id.length() < length) {
            throw new Invalid(new Invalid.Fault(
                    "string_too_short",
                    place,
                    "String should have at least " + length + " characters",
                    given,
                    Map.of("min_length", length)));
        }
        if (id.length() > length) {
            throw new Invalid(new Invalid.Fault(
                    "string_too_long",
                    place,
                    "String should have at most " + length + " characters",
                    given,
                    Map.of("max_length", length)));
        }
        if (!kind.fits(id)) {
            throw new Invalid(Invalid.Fault.mismatch(kind, place, id));
        }
    }
}
