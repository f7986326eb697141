package dev.mneme.wire;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * How far the search index is. Searches are right at any time; while it is behind or linking they are slower.
 *
 * @param rebuilding whether it is being built from nothing
 * @param linking whether graphs are being built or segments merged, or will be once the writing pauses
 * @param caughtUp whether nothing of that is left to do
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record IndexView(boolean caughtUp, boolean rebuilding, boolean linking, List<Kind> kinds, String folder) {
    /** One kind of entry (passage, message): how many are in the index, and how many rows it has not read yet. */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    public record Kind(String kind, long entries, long behind) {}
}
