package dev.mneme.account;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.security.SecureRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes secrets of this server of those in a backup. Confined to one restore. */
final class Resealing implements UnaryOperator<String> {
    /** Sealed into every backup: whoever can open it has the key that the backup was made under. */
    static final String PROBE = "the key fits";

    private static final Logger LOG = LoggerFactory.getLogger(Resealing.class);

    private final Secrets here;
    private final @Nullable Secrets there;
    private final boolean sameKey;
    private long lost;

    private Resealing(Secrets here, @Nullable Secrets there, boolean sameKey) {
        this.here = here;
        this.there = there;
        this.sameKey = sameKey;
    }

    /**
     * @param probe the sealed probe of the backup
     * @param key its sealed key, null: it has none
     * @param passphrase null: the key stays closed, and the secrets are lost unless this server has the same key
     * @throws Problem 400 when the passphrase does not open the key
     */
    static Resealing of(
            Secrets here, SecureRandom random, String probe, @Nullable String key, @Nullable String passphrase) {
        if (opens(here, probe)) {
            return new Resealing(here, null, true);
        }
        if (key == null || passphrase == null) {
            return new Resealing(here, null, false);
        }
        try {
            Secrets there = new Secrets(new Secrets(passphrase, random).open(key), random);
            if (opens(there, probe)) {
                return new Resealing(here, there, false);
            }
        } catch (Problem e) {
            throw wrongPassphrase(e);
        }
        throw wrongPassphrase(null);
    }

    private static Problem wrongPassphrase(@Nullable Throwable cause) {
        return new Problem(
                ProblemCode.INVALID_ARGUMENT, "The passphrase does not fit this backup. Nothing was changed.", cause);
    }

    private static boolean opens(Secrets secrets, String probe) {
        try {
            return secrets.open(probe).equals(PROBE);
        } catch (Problem otherKey) {
            return false;
        }
    }

    @Override
    public String apply(String sealed) {
        if (sameKey) {
            return sealed;
        }
        if (there != null) {
            try {
                return here.seal(there.open(sealed));
            } catch (Problem e) {
                // It could not be opened there either: it was sealed under a key from before.
                LOG.info("a secret of the backup was closed already where it came from");
            }
        }
        lost++;
        return here.seal("");
    }

    /** Values that nobody can open any more and that are empty now. */
    long lost() {
        return lost;
    }
}
