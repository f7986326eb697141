package dev.mneme.run;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who speaks next in a group, and for how long (contract 08 §8.4). Pure. */
final class Speakers {
    /** Turns of one talk, whatever the group says: each is a model call that somebody pays for. */
    static final int MOST_TURNS = 100;

    /** Turns of a talk whose end its manager decides, unless the group says. */
    static final int DYNAMIC_TURNS = 20;

    private Speakers() {}

    /** Turns of a talk in list order: one for each member unless the group says. */
    static int inTurn(@Nullable Integer maxTurns, int members) {
        return Math.clamp(maxTurns == null ? members : maxTurns, 0, MOST_TURNS);
    }

    /** Turns of a talk in which the manager names each speaker. */
    static int named(@Nullable Integer maxTurns) {
        return Math.clamp(maxTurns == null ? DYNAMIC_TURNS : maxTurns, 0, MOST_TURNS);
    }

    /** Whether the word that ends the talk was said; an empty word ends nothing. */
    static boolean ends(@Nullable String token, List<String> said) {
        return token != null && !token.isBlank() && said.stream().anyMatch(text -> text.contains(token));
    }

    /**
     * The member that the manager names: its name stands in the answer, in any case; of several the longest name. Who spoke last is not
     * asked again. When nobody is named, the next in the list after the last one.
     */
    static Cast.Member next(List<Cast.Member> members, @Nullable String previousId, String answer) {
        List<Cast.Member> free = members.size() == 1
                ? members
                : members.stream()
                        .filter(member -> !member.id().equals(previousId))
                        .toList();
        String said = answer.toLowerCase(Locale.ROOT);
        return free.stream()
                .filter(member -> said.contains(member.name().toLowerCase(Locale.ROOT)))
                .max(Comparator.comparingInt(member -> member.name().length()))
                .orElseGet(() -> after(members, previousId));
    }

    private static Cast.Member after(List<Cast.Member> members, @Nullable String previousId) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).id().equals(previousId)) {
                return members.get((i + 1) % members.size());
            }
        }
        return members.getFirst();
    }
}
