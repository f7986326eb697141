package dev.mneme.account;

import static dev.mneme.store.gen.Tables.ACCESS_TOKEN;
import static dev.mneme.store.gen.Tables.API_KEY;
import static dev.mneme.store.gen.Tables.ORGANIZATION;
import static dev.mneme.store.gen.Tables.PERSON;

import dev.mneme.store.Keyset;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.OrganizationRecord;
import dev.mneme.store.gen.tables.records.PersonRecord;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows of people and organisations. */
final class PeopleSql {
    private static final Keyset.Columns PEOPLE =
            new Keyset.Columns(PERSON, PERSON.CREATED_AT, PERSON.ID, PERSON.ORGANIZATION_ID);
    private static final Keyset.Columns ORGANIZATIONS =
            new Keyset.Columns(ORGANIZATION, ORGANIZATION.CREATED_AT, ORGANIZATION.ID, ORGANIZATION.ID);

    Optional<Person> find(Tx tx, String id) {
        return tx.sql()
                .selectFrom(PERSON)
                .where(PERSON.ID.eq(id), tx.own(PERSON.ORGANIZATION_ID))
                .fetchOptional()
                .map(PeopleSql::person);
    }

    List<Person> list(Tx tx, @Nullable String after, int limit) {
        return Keyset.of(tx, PEOPLE, after, null, true)
                .page(tx.sql().selectFrom(PERSON).where(tx.own(PERSON.ORGANIZATION_ID)), limit)
                .stream()
                .map(PeopleSql::person)
                .toList();
    }

    void insert(Tx tx, Person person) {
        tx.sql().insertInto(PERSON).set(row(person)).execute();
    }

    void update(Tx tx, Person person) {
        tx.sql()
                .update(PERSON)
                .set(row(person))
                .where(PERSON.ID.eq(person.id()), tx.own(PERSON.ORGANIZATION_ID))
                .execute();
    }

    /** Keys and tokens with which somebody acts as that user. */
    void endRights(Tx tx, String userId) {
        tx.sql()
                .deleteFrom(API_KEY)
                .where(API_KEY.USER_ID.eq(userId), tx.own(API_KEY.ORGANIZATION_ID))
                .execute();
        tx.sql()
                .deleteFrom(ACCESS_TOKEN)
                .where(ACCESS_TOKEN.USER_ID.eq(userId), tx.own(ACCESS_TOKEN.ORGANIZATION_ID))
                .execute();
    }

    void delete(Tx tx, String id) {
        tx.sql()
                .deleteFrom(PERSON)
                .where(PERSON.ID.eq(id), tx.own(PERSON.ORGANIZATION_ID))
                .execute();
    }

    List<Organization> organizations(Tx tx, @Nullable String after, int limit) {
        return Keyset.of(tx, ORGANIZATIONS, after, null, true)
                .page(tx.sql().selectFrom(ORGANIZATION).where(tx.own(ORGANIZATION.ID)), limit)
                .stream()
                .map(PeopleSql::organization)
                .toList();
    }

    @Nullable
    Organization organization(Tx tx, String id) {
        OrganizationRecord row = tx.sql()
                .selectFrom(ORGANIZATION)
                .where(ORGANIZATION.ID.eq(id), tx.own(ORGANIZATION.ID))
                .fetchOne();
        return row == null ? null : organization(row);
    }

    void insert(Tx tx, Organization organization) {
        tx.sql().insertInto(ORGANIZATION).set(row(organization)).execute();
    }

    void update(Tx tx, Organization organization) {
        tx.sql()
                .update(ORGANIZATION)
                .set(row(organization))
                .where(ORGANIZATION.ID.eq(organization.id()), tx.own(ORGANIZATION.ID))
                .execute();
    }

    private static PersonRecord row(Person person) {
        PersonRecord row = new PersonRecord();
        row.setId(person.id());
        row.setOrganizationId(person.organizationId());
        row.setName(Texts.clean(person.name()));
        row.setCreatedAt(person.createdAt());
        row.setUpdatedAt(person.updatedAt());
        return row;
    }

    private static OrganizationRecord row(Organization organization) {
        OrganizationRecord row = new OrganizationRecord();
        row.setId(organization.id());
        row.setName(Texts.clean(organization.name()));
        row.setCreatedAt(organization.createdAt());
        row.setPrivilegedTools(organization.privilegedTools());
        return row;
    }

    private static Person person(PersonRecord row) {
        return new Person(row.getId(), row.getOrganizationId(), row.getName(), row.getCreatedAt(), row.getUpdatedAt());
    }

    private static Organization organization(OrganizationRecord row) {
        return new Organization(
                row.getId(), row.getName(), row.getCreatedAt(), Boolean.TRUE.equals(row.getPrivilegedTools()));
    }
}
