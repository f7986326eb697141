package dev.mneme.account;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import dev.mneme.base.Sha256;
import dev.mneme.store.Db;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The one password of this server. Thread-safe.
 *
 * <p>Given by the environment it is only held in memory. Otherwise it is generated once and its argon2id hash is stored; the clear
 * text exists only in {@link #fresh}. Checking argon2 costs tens of milliseconds and 19 MiB, so the digest of the last text that passed is
 * remembered, and attempts that need argon2 wait for one another: guessing is slow for everybody together.
 */
public final class ServerPassword {
    static final String SETTING = "server_password_argon2id";
    /** OWASP's minimum for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. */
    static final int MEMORY_KIB = 19_456;

    static final int PASSES = 2;
    static final int LANES = 1;
    static final int HASH_BYTES = 32;
    /** 18 random bytes are 24 letters and 144 bits. */
    static final int GENERATED_BYTES = 18;
    /** Longer texts are refused unread: argon2 and SHA-256 should not chew on megabytes. */
    static final int LONGEST = 1_024;

    private final @Nullable String hash;
    private final @Nullable String fresh;
    private volatile byte @Nullable [] passed;

    private ServerPassword(@Nullable String hash, @Nullable String fresh, byte @Nullable [] passed) {
        this.hash = hash;
        this.fresh = fresh;
        this.passed = passed;
    }

    /** The given password; without one the stored one; without that a new one, which is then in {@link #fresh}. */
    public static ServerPassword open(Db db, @Nullable String given, SecureRandom random) {
        if (given != null && !given.isEmpty()) {
            return new ServerPassword(null, null, Sha256.of(given));
        }
        SettingSql settings = new SettingSql();
        return db.everywhere()
                .read(tx -> settings.find(tx, SETTING))
                .map(stored -> new ServerPassword(stored, null, null))
                .orElseGet(() -> generate(db, settings, random));
    }

    /** Forgets the stored password and makes a new one, for people who lost it. */
    public static ServerPassword renew(Db db, SecureRandom random) {
        return generate(db, new SettingSql(), random);
    }

    private static ServerPassword generate(Db db, SettingSql settings, SecureRandom random) {
        byte[] bytes = new byte[GENERATED_BYTES];
        random.nextBytes(bytes);
        String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String hash = Password.hash(password).addRandomSalt(16).with(argon2()).getResult();
        db.everywhere().write(tx -> {
            settings.put(tx, SETTING, hash);
            return true;
        });
        return new ServerPassword(hash, password, Sha256.of(password));
    }

    /** The password in clear if this start generated it: to be shown once. */
    public @Nullable String fresh() {
        return fresh;
    }

    /** Whether it is the password; takes the same time wherever the texts differ. */
    public boolean matches(String presented) {
        if (presented.isEmpty() || presented.length() > LONGEST) {
            return false;
        }
        byte[] digest = Sha256.of(presented);
        byte[] known = passed;
        if (known != null && MessageDigest.isEqual(known, digest)) {
            return true;
        }
        return hash != null && slowly(presented, digest, hash);
    }

    private synchronized boolean slowly(String presented, byte[] digest, String stored) {
        boolean right = Password.check(presented, stored).with(Argon2Function.getInstanceFromHash(stored));
        if (right) {
            passed = digest;
        }
        return right;
    }

    private static Argon2Function argon2() {
        return Argon2Function.getInstance(MEMORY_KIB, PASSES, LANES, HASH_BYTES, Argon2.ID);
    }
}
