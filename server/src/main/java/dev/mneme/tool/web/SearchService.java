package dev.mneme.tool.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Somebody who searches the web for us. */
interface SearchService {
    /**
     * What is looked for.
     *
     * @param most results, 1 to 100
     * @param text whether the text of each page comes along
     * @param from ISO date, to: ISO date, both of publication
     * @param location country code of two letters
     */
    record Query(
            String words,
            int most,
            @Nullable String category,
            boolean text,
            List<String> onlyDomains,
            List<String> notDomains,
            @Nullable String from,
            @Nullable String to,
            @Nullable String location) {}

    /** The results in the service's own order: {@code title}, {@code url} and what else it knows. */
    ArrayNode find(Query query) throws JsonCall.Failed;
}
