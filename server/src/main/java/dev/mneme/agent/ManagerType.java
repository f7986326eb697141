package dev.mneme.agent;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who decides which member of a group speaks (contract 08 §8.1). The word is the wire form. */
public enum ManagerType {
    ROUND_ROBIN,
    SUPERVISOR,
    DYNAMIC,
    SLEEPTIME,
    VOICE_SLEEPTIME,
    /** Known as a filter; no group of this kind can be made. */
    SWARM;

    /** The word on the wire. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of a word, null when there is none. */
    public static @Nullable ManagerType find(String word) {
        for (ManagerType type : values()) {
            if (type.word().equals(word)) {
                return type;
            }
        }
        return null;
    }

    /** The words of all kinds. */
    public static List<String> words() {
        return List.of(values()).stream().map(ManagerType::word).toList();
    }

    /** The words of the kinds that can be made. */
    public static List<String> creatable() {
        return words().subList(0, SWARM.ordinal());
    }

    /** Whether the manager talks with the user and the members read along in the background. */
    public boolean inBackground() {
        return this == SLEEPTIME || this == VOICE_SLEEPTIME;
    }
}
