package dev.mneme.account;

import static dev.mneme.store.gen.Tables.ORGANIZATION;
import static dev.mneme.store.gen.Tables.PERSON;

import dev.mneme.store.Tx;
import java.util.List;
import java.util.Optional;

/** Rows of people and organisations. */
final class PeopleSql {
    Optional<Person> find(Tx tx, String id) {
        return tx.sql()
                .select(PERSON.ID, PERSON.ORGANIZATION_ID, PERSON.NAME, PERSON.CREATED_AT)
                .from(PERSON)
                .where(PERSON.ID.eq(id), tx.own(PERSON.ORGANIZATION_ID))
                .fetchOptional()
                .map(row -> new Person(row.value1(), row.value2(), row.value3(), row.value4()));
    }

    List<String> organizations(Tx tx) {
        return tx.sql()
                .select(ORGANIZATION.ID)
                .from(ORGANIZATION)
                .orderBy(ORGANIZATION.CREATED_AT, ORGANIZATION.ID)
                .fetch(ORGANIZATION.ID);
    }
}
