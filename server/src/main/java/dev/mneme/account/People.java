package dev.mneme.account;

import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.store.Db;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The users of this server. Thread-safe. */
public final class People {
    private final Db db;
    private final PeopleSql sql = new PeopleSql();
    private final Person first;

    public People(Db db) {
        this.db = db;
        this.first = db.everywhere()
                .read(tx -> sql.find(tx, Db.DEFAULT_USER))
                .orElseThrow(() -> new IllegalStateException("the default user is made when a database is opened"));
    }

    /**
     * Who acts (contract 01 §1): the user of the {@code user_id} header; the default user when the header is absent, empty or names
     * nobody.
     *
     * @throws Problem 400 when the header is no user id
     */
    public Person resolve(@Nullable String header) {
        if (header == null || header.isEmpty()) {
            return defaultPerson();
        }
        if (!IdKind.USER.fits(header)) {
            throw Problem.invalid("Invalid user ID format: " + header + ". Expected format: 'user-<uuid4>'");
        }
        return db.everywhere().read(tx -> sql.find(tx, header)).orElse(first);
    }

    /** The first user, who always exists. */
    public Person defaultPerson() {
        return first;
    }

    /** Every organisation's id, oldest first. */
    public List<String> organizations() {
        return db.everywhere().read(sql::organizations);
    }
}
