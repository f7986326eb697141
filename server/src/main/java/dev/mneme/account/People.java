package dev.mneme.account;

import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The users and organisations of this server. Thread-safe. */
public final class People {
    private final Db db;
    private final Clock clock;
    private final PeopleSql sql = new PeopleSql();
    private final Person first;

    public People(Db db) {
        this.db = db;
        this.clock = db.clock();
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
        return organizations(null, null, Integer.MAX_VALUE).stream()
                .map(Organization::id)
                .toList();
    }

    /** Organisations, oldest first. scope: only this one; null: all. after: an id, ignored when unknown. */
    public List<Organization> organizations(@Nullable String scope, @Nullable String after, int limit) {
        return within(scope).read(tx -> sql.organizations(tx, after, limit));
    }

    /** Makes an organisation; its tools are the caller's business. name: null: made from its id. */
    public Organization createOrganization(@Nullable String name, boolean privilegedTools) {
        String id = IdKind.ORG.next();
        String known = name == null
                ? "Organization " + id.substring(IdKind.ORG.prefix().length() + 1, 12)
                : name;
        Organization made = new Organization(id, known, clock.next(), privilegedTools);
        return db.of(id).write(tx -> {
            sql.insert(tx, made);
            return made;
        });
    }

    /** Changes an organisation; null stays. 404 when it is not within the scope. */
    public Organization changeOrganization(
            @Nullable String scope, String id, @Nullable String name, @Nullable Boolean privilegedTools) {
        return within(scope).write(tx -> {
            Organization old = organization(tx, id);
            Organization changed = new Organization(
                    id,
                    Objects.requireNonNullElse(name, old.name()),
                    old.createdAt(),
                    Objects.requireNonNullElse(privilegedTools, old.privilegedTools()));
            sql.update(tx, changed);
            return changed;
        });
    }

    /** Deletes an organisation with its users, keys and tools; 409 while it holds anything else, and for the first one. */
    public Organization deleteOrganization(String id) {
        if (id.equals(Db.DEFAULT_ORGANIZATION)) {
            throw Problem.conflict("The default organization cannot be deleted.");
        }
        return db.of(id).write(tx -> {
            Organization old = organization(tx, id);
            List<String> held = OrganizationSql.held(tx);
            if (!held.isEmpty()) {
                throw Problem.conflict("Organization " + id + " still holds " + String.join(", ", held)
                        + ". Delete them first: nothing is deleted unasked.");
            }
            OrganizationSql.delete(tx);
            return old;
        });
    }

    /** Users, oldest first, as {@link #organizations(String, String, int)}. */
    public List<Person> users(@Nullable String scope, @Nullable String after, int limit) {
        return within(scope).read(tx -> sql.list(tx, after, limit));
    }

    /** Makes a user; 409 when there is no such organisation (contract 12 §6). */
    public Person createUser(String organizationId, String name) {
        Person made = new Person(IdKind.USER.next(), organizationId, name, clock.next(), null);
        return db.of(organizationId).write(tx -> {
            known(tx, organizationId);
            sql.insert(tx, made);
            return made;
        });
    }

    /** Changes a user; null stays. Its keys stay in the organisation that they were made for, so a user who moves loses them. */
    public Person changeUser(
            @Nullable String scope, String id, @Nullable String name, @Nullable String organizationId) {
        return within(scope).write(tx -> {
            Person old = user(tx, id);
            Person changed = new Person(
                    id,
                    Objects.requireNonNullElse(organizationId, old.organizationId()),
                    Objects.requireNonNullElse(name, old.name()),
                    old.createdAt(),
                    clock.next());
            if (!changed.organizationId().equals(old.organizationId())) {
                keep(id);
                known(tx, changed.organizationId());
                sql.endRights(tx, id);
            }
            sql.update(tx, changed);
            return changed;
        });
    }

    /** Deletes a user and ends its keys and tokens; 409 for the first one. What it made stays. */
    public Person deleteUser(@Nullable String scope, String id) {
        return within(scope).write(tx -> {
            Person old = user(tx, id);
            keep(id);
            sql.endRights(tx, id);
            sql.delete(tx, id);
            return old;
        });
    }

    private Db.View within(@Nullable String scope) {
        return scope == null ? db.everywhere() : db.of(scope);
    }

    private static void keep(String id) {
        if (id.equals(Db.DEFAULT_USER)) {
            throw Problem.conflict("The default user stays where it is: requests without a user act as it.");
        }
    }

    private void known(Tx tx, String organizationId) {
        if (sql.organization(tx, organizationId) == null) {
            throw Problem.conflict("CONFLICT: There is no organization with id=" + organizationId + ".");
        }
    }

    private Organization organization(Tx tx, String id) {
        return Optional.ofNullable(sql.organization(tx, id))
                .orElseThrow(() -> Problem.notFound("Organization not found with id='" + id + "'"));
    }

    private Person user(Tx tx, String id) {
        return sql.find(tx, id).orElseThrow(() -> Problem.notFound("User not found with id='" + id + "'"));
    }
}
