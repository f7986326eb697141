package dev.mneme.wire;

import org.jspecify.annotations.Nullable;

/** Asks for a backup. passphrase: the key of secrets goes along, sealed under it; without one it stays behind. */
public record MakeBackup(@Nullable String passphrase) {
    @Override
    public String toString() {
        return "MakeBackup[]"; // a passphrase does not belong into logs
    }
}
