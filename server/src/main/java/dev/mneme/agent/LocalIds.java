package dev.mneme.agent;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The numbers that things have within one agent file: the first tool met is {@code tool-0} (contract 10 §2). One per export. */
final class LocalIds {
    private final Map<String, Map<String, String>> kinds = new HashMap<>();

    /** The number of a thing, a new one when it is met for the first time. kind: prefix of the number. */
    String of(String kind, String id) {
        Map<String, String> known = kinds.computeIfAbsent(kind, each -> new LinkedHashMap<>());
        String local = known.get(id);
        if (local == null) {
            local = kind + "-" + known.size();
            known.put(id, local);
        }
        return local;
    }

    List<String> all(String kind, List<String> ids) {
        return ids.stream().map(id -> of(kind, id)).toList();
    }

    /** The number that it has; null: it is not in the file. */
    @Nullable
    String find(String kind, @Nullable String id) {
        return id == null ? null : kinds.getOrDefault(kind, Map.of()).get(id);
    }

    /** The numbers of those that are in the file, in their order. */
    List<String> found(String kind, List<String> ids) {
        Map<String, String> known = kinds.getOrDefault(kind, Map.of());
        return ids.stream().filter(known::containsKey).map(id -> of(kind, id)).toList();
    }
}
