package dev.mneme.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mneme.base.Problem;
import dev.mneme.store.Db;
import dev.mneme.testkit.TestDb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets at rest, the server's password, who acts. */
class AccountTest {
    @TempDir
    Path folder;

    final SecureRandom random = new SecureRandom();

    @Test
    void sealedTextOpensAgainAlsoAfterARestart() {
        String sealed = Secrets.open(folder, null, random).seal("sk-geheim-äß");
        assertThat(sealed).doesNotContain("geheim");
        assertThat(Secrets.open(folder, null, random).open(sealed)).isEqualTo("sk-geheim-äß");
        assertThat(Secrets.open(folder, "", random).open(sealed)).isEqualTo("sk-geheim-äß");
    }

    @Test
    void layoutIsThatOfTheRetiredServer() throws Exception {
        byte[] all = Base64.getDecoder().decode(new Secrets("phrase", random).seal("v"));
        assertThat(all).hasSize(16 + 12 + 1 + 16);
        byte[] key = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
                .generateSecret(new PBEKeySpec("phrase".toCharArray(), java.util.Arrays.copyOf(all, 16), 100_000, 256))
                .getEncoded();
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                Cipher.DECRYPT_MODE,
                new SecretKeySpec(key, "AES"),
                new GCMParameterSpec(128, java.util.Arrays.copyOfRange(all, 16, 28)));
        assertThat(new String(cipher.doFinal(all, 28, 17), StandardCharsets.UTF_8))
                .isEqualTo("v");
    }

    @Test
    void plainValuesOfOldDatabasesAreTakenAsTheyAre() {
        Secrets secrets = new Secrets("phrase", random);
        assertThat(secrets.open("plain value")).isEqualTo("plain value");
        assertThat(secrets.open("c2hvcnQ=")).isEqualTo("c2hvcnQ=");
    }

    @Test
    void anotherKeyIsRefusedWithWhatToDo() {
        String sealed = new Secrets("one", random).seal("v");
        assertThatThrownBy(() -> new Secrets("two", random).open(sealed))
                .isInstanceOf(Problem.class)
                .hasMessageContaining("LETTA_ENCRYPTION_KEY");
    }

    @Test
    void keyFileIsForItsOwnerOnly() throws IOException {
        Secrets.open(folder, null, random);
        Path file = folder.resolve("mneme.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.writeString(file, "");
        assertThatThrownBy(() -> Secrets.open(folder, null, random)).hasMessageContaining("mneme.key is empty");
    }

    @Test
    void generatedPasswordIsShownOnceAndStoredHashed() throws IOException {
        String password;
        try (Db db = TestDb.sqlite(folder)) {
            ServerPassword first = ServerPassword.open(db, null, random);
            password = first.fresh();
            assertThat(password).hasSize(24);
            assertThat(first.matches(String.valueOf(password))).isTrue();
        }
        try (Db db = TestDb.sqlite(folder)) {
            ServerPassword again = ServerPassword.open(db, null, random);
            assertThat(again.fresh()).isNull();
            assertThat(again.matches("wrong")).isFalse();
            assertThat(again.matches("")).isFalse();
            assertThat(again.matches(String.valueOf(password))).isTrue();
            assertThat(again.matches("wrong")).isFalse();
        }
        if (!TestDb.onPostgres()) {
            assertThat(Files.readString(folder.resolve("mneme.db"), StandardCharsets.ISO_8859_1))
                    .contains("$argon2id$")
                    .doesNotContain(password);
        }
    }

    @Test
    void givenPasswordIsTheOneThatCounts() {
        try (Db db = TestDb.open(folder)) {
            ServerPassword password = ServerPassword.open(db, "hunter2", random);
            assertThat(password.fresh()).isNull();
            assertThat(password.matches("hunter2")).isTrue();
            assertThat(password.matches("hunter3")).isFalse();
            assertThat(password.matches("x".repeat(2_000))).isFalse();
        }
    }

    @Test
    void unknownUserIsTheDefaultOneAndAMalformedOneIsRefused() {
        try (Db db = TestDb.open(folder)) {
            People people = new People(db);
            assertThat(people.resolve(null).id()).isEqualTo(Db.DEFAULT_USER);
            assertThat(people.resolve("user-11111111-1111-4111-8111-111111111111")
                            .id())
                    .isEqualTo(Db.DEFAULT_USER);
            assertThatThrownBy(() -> people.resolve("bob"))
                    .hasMessage("INVALID_ARGUMENT: Invalid user ID format: bob. Expected format: 'user-<uuid4>'");
            assertThat(people.organizations()).containsExactly(Db.DEFAULT_ORGANIZATION);
        }
    }
}
