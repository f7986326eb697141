package dev.mneme.account;

import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Seals and opens secrets at rest. Thread-safe.
 *
 * <p>Layout of a sealed text (contract 09 §8): base64 of salt (16 bytes), iv (12), ciphertext, tag (16); AES-256-GCM under a
 * key made from the pass phrase by PBKDF2-HMAC-SHA256 with 100,000 rounds. Deriving a key costs some 30 ms, so one salt serves
 * everything that this process writes and the keys of recently met salts are kept.
 */
public final class Secrets {
    static final int SALT_BYTES = 16;
    static final int IV_BYTES = 12;
    static final int TAG_BYTES = 16;
    static final int ROUNDS = 100_000;
    /** Derived keys kept in memory: one per start of the server whose values are still stored. */
    static final int KEYS_KEPT = 64;

    private static final int KEY_BITS = 256;

    private final String phrase;
    private final SecureRandom random;
    private final byte[] salt = new byte[SALT_BYTES];
    private final Map<ByteBuffer, SecretKeySpec> keys = new LinkedHashMap<>(16, 0.75f, true);

    /** Seals under this pass phrase. */
    public Secrets(String phrase, SecureRandom random) {
        this.phrase = phrase;
        this.random = random;
        random.nextBytes(salt);
    }

    /** With the given pass phrase (LETTA_ENCRYPTION_KEY), or without one by the key file of the data folder, made when missing. */
    public static Secrets open(Path folder, @Nullable String phrase, SecureRandom random) {
        return new Secrets(
                phrase == null || phrase.isBlank() ? KeyFile.load(folder, KeyFile.SECRETS, random) : phrase, random);
    }

    /** The pass phrase, sealed under another one: how it travels in a backup. */
    String sealedUnder(Secrets other) {
        return other.seal(phrase);
    }

    /** The text, sealed. Two seals of one text differ. */
    public String seal(String clear) {
        byte[] iv = new byte[IV_BYTES];
        random.nextBytes(iv);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, salt, iv).doFinal(clear.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder()
                    .encodeToString(ByteBuffer.allocate(SALT_BYTES + IV_BYTES + sealed.length)
                            .put(salt)
                            .put(iv)
                            .put(sealed)
                            .array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is missing in this Java", e);
        }
    }

    /**
     * The clear text. A text that cannot be a sealed one is returned as it is: databases of the retired server hold such values
     * when they were written without a key.
     *
     * @throws Problem 500 when it was sealed under another key
     */
    public String open(String stored) {
        byte[] all = bytes(stored);
        if (all == null) {
            return stored;
        }
        byte[] itsSalt = Arrays.copyOfRange(all, 0, SALT_BYTES);
        byte[] iv = Arrays.copyOfRange(all, SALT_BYTES, SALT_BYTES + IV_BYTES);
        try {
            byte[] clear = cipher(Cipher.DECRYPT_MODE, itsSalt, iv)
                    .doFinal(all, SALT_BYTES + IV_BYTES, all.length - SALT_BYTES - IV_BYTES);
            return new String(clear, StandardCharsets.UTF_8);
        } catch (AEADBadTagException e) {
            throw new Problem(
                    ProblemCode.INTERNAL,
                    "A stored secret was sealed under another key. Start the server with the LETTA_ENCRYPTION_KEY or the mneme.key"
                            + " file that it was written with, or set the secret anew.",
                    e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is missing in this Java", e);
        }
    }

    /** The decoded text, null when it is too short or no base64. */
    private static byte @Nullable [] bytes(String stored) {
        try {
            byte[] all = Base64.getDecoder().decode(stored);
            return all.length < SALT_BYTES + IV_BYTES + TAG_BYTES ? null : all;
        } catch (IllegalArgumentException notBase64) {
            return null;
        }
    }

    private Cipher cipher(int mode, byte[] itsSalt, byte[] iv) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key(itsSalt), new GCMParameterSpec(TAG_BYTES * 8, iv));
        return cipher;
    }

    private synchronized SecretKeySpec key(byte[] itsSalt) throws GeneralSecurityException {
        ByteBuffer name = ByteBuffer.wrap(itsSalt);
        SecretKeySpec known = keys.get(name);
        if (known != null) {
            return known;
        }
        PBEKeySpec spec = new PBEKeySpec(phrase.toCharArray(), itsSalt, ROUNDS, KEY_BITS);
        SecretKeySpec made = new SecretKeySpec(
                SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                        .generateSecret(spec)
                        .getEncoded(),
                "AES");
        spec.clearPassword();
        if (keys.size() >= KEYS_KEPT) {
            keys.remove(keys.keySet().iterator().next());
        }
        keys.put(name, made);
        return made;
    }
}
