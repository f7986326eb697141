package dev.mneme.account;

import static dev.mneme.store.gen.Tables.SETTING;

import dev.mneme.store.Tx;
import java.util.Optional;

/** Facts about this server, by name. */
final class SettingSql {
    Optional<String> find(Tx tx, String name) {
        return tx.sql()
                .select(SETTING.VALUE)
                .from(SETTING)
                .where(SETTING.NAME.eq(name))
                .fetchOptional(SETTING.VALUE);
    }

    void put(Tx tx, String name, String value) {
        tx.sql()
                .insertInto(SETTING, SETTING.NAME, SETTING.VALUE)
                .values(name, value)
                .onConflict(SETTING.NAME)
                .doUpdate()
                .set(SETTING.VALUE, value)
                .execute();
    }
}
