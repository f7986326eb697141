package dev.mneme.http;

import dev.mneme.account.Access;
import dev.mneme.account.Organization;
import dev.mneme.account.Person;
import dev.mneme.base.IdKind;
import dev.mneme.base.Problem;
import dev.mneme.base.ProblemCode;
import dev.mneme.wire.CreateUser;
import dev.mneme.wire.ModifyUser;
import dev.mneme.wire.OrganizationView;
import dev.mneme.wire.OrganizationWish;
import dev.mneme.wire.UserView;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Users and organisations (contract 12 §6). Who knows the server's password rules over all of them; an admin key over the users of its own
 * organisation.
 */
final class AdminRoutes {
    private static final String USERS = "/v1/admin/users";
    private static final String ORGS = "/v1/admin/orgs";

    /** Rows of a list that asks for no number. */
    private static final int PAGE = 50;

    /** Letters of a name. */
    private static final int LONGEST_NAME = 200;

    private static final Param<Integer> LIMIT = Paging.limit(PAGE);
    private static final Param<String> USER = Param.required("user_id", "the user");
    private static final Param<String> ORG = Param.required("org_id", "the organisation");

    private final Rooms rooms;

    AdminRoutes(Rooms rooms) {
        this.rooms = rooms;
    }

    List<Route> routes() {
        return List.of(
                Route.get(USERS, "Users, oldest first")
                        .reach(Route.Reach.ADMIN)
                        .takes(Paging.AFTER, LIMIT)
                        .givesList(UserView.class)
                        .by(this::users),
                Route.post(USERS, "Makes a user of an organisation")
                        .reach(Route.Reach.ADMIN)
                        .body(CreateUser.class)
                        .gives(UserView.class)
                        .by(this::createUser),
                Route.put(USERS, "Changes a user")
                        .reach(Route.Reach.ADMIN)
                        .body(ModifyUser.class)
                        .gives(UserView.class)
                        .by(this::changeUser),
                Route.delete(USERS, "Deletes a user and ends its API keys; what it made stays")
                        .reach(Route.Reach.ADMIN)
                        .takes(USER)
                        .gives(UserView.class)
                        .by(call -> Answer.ok(view(rooms.tenancy().people().deleteUser(scope(call), call.at(USER))))),
                Route.get(ORGS, "Organisations, oldest first")
                        .reach(Route.Reach.ADMIN)
                        .takes(Paging.AFTER, LIMIT)
                        .givesList(OrganizationView.class)
                        .by(this::orgs),
                Route.post(ORGS, "Makes an organisation")
                        .reach(Route.Reach.OWNER)
                        .optionalBody(OrganizationWish.class)
                        .gives(OrganizationView.class)
                        .by(this::createOrg),
                Route.patch(ORGS, "Changes an organisation")
                        .reach(Route.Reach.ADMIN)
                        .takes(ORG)
                        .body(OrganizationWish.class)
                        .gives(OrganizationView.class)
                        .by(this::changeOrg),
                Route.delete(ORGS, "Deletes an organisation that holds nothing any more, with its users and keys")
                        .reach(Route.Reach.OWNER)
                        .takes(ORG)
                        .gives(OrganizationView.class)
                        .by(call -> Answer.ok(view(rooms.tenancy().people().deleteOrganization(call.at(ORG))))));
    }

    /** The organisation that the caller is kept to; null: to none. */
    private static @Nullable String scope(Call call) {
        Access access = call.access();
        return access.role() == null ? null : access.organizationId();
    }

    private Answer users(Call call) {
        return Answer.ok(rooms.tenancy().people().users(scope(call), call.maybe(Paging.AFTER), call.at(LIMIT)).stream()
                .map(AdminRoutes::view)
                .toList());
    }

    private Answer createUser(Call call) {
        CreateUser body = call.body(CreateUser.class);
        String org = id(IdKind.ORG, body.organizationId());
        String own = scope(call);
        if (own != null && !own.equals(org)) {
            throw foreign();
        }
        return Answer.ok(view(rooms.tenancy().people().createUser(org, name(body.name()))));
    }

    private Answer changeUser(Call call) {
        ModifyUser body = call.body(ModifyUser.class);
        String own = scope(call);
        String org = body.organizationId() == null ? null : id(IdKind.ORG, body.organizationId());
        if (own != null && org != null && !own.equals(org)) {
            throw foreign();
        }
        return Answer.ok(view(rooms.tenancy()
                .people()
                .changeUser(own, id(IdKind.USER, body.id()), body.name() == null ? null : name(body.name()), org)));
    }

    private Answer orgs(Call call) {
        return Answer.ok(
                rooms.tenancy().people().organizations(scope(call), call.maybe(Paging.AFTER), call.at(LIMIT)).stream()
                        .map(AdminRoutes::view)
                        .toList());
    }

    private Answer createOrg(Call call) {
        OrganizationWish wish =
                call.json().isMissingNode() ? new OrganizationWish(null, null) : call.body(OrganizationWish.class);
        Organization made = rooms.tenancy()
                .people()
                .createOrganization(
                        wish.name() == null ? null : name(wish.name()), Boolean.TRUE.equals(wish.privilegedTools()));
        rooms.tools().upsertBase(made.id(), null, rooms.baseTools());
        return Answer.ok(view(made));
    }

    private Answer changeOrg(Call call) {
        OrganizationWish wish = call.body(OrganizationWish.class);
        return Answer.ok(view(rooms.tenancy()
                .people()
                .changeOrganization(
                        scope(call),
                        call.at(ORG),
                        wish.name() == null ? null : name(wish.name()),
                        wish.privilegedTools())));
    }

    private static String name(String given) {
        String name = given.strip();
        if (name.isEmpty() || name.length() > LONGEST_NAME) {
            throw Problem.unprocessable("name must have 1 to " + LONGEST_NAME + " letters.");
        }
        return name;
    }

    private static String id(IdKind kind, String given) {
        if (!kind.fits(given)) {
            throw Param.malformed(kind, given);
        }
        return given;
    }

    private static Problem foreign() {
        return new Problem(ProblemCode.FORBIDDEN, "An API key makes and moves users only within its own organization.");
    }

    private static UserView view(Person person) {
        String created = Times.zulu(person.createdAt());
        return new UserView(
                person.id(),
                person.organizationId(),
                person.name(),
                created,
                person.updatedAt() == null ? created : Times.zulu(person.updatedAt()),
                false);
    }

    private static OrganizationView view(Organization org) {
        return new OrganizationView(org.id(), org.name(), Times.zulu(org.createdAt()), org.privilegedTools());
    }
}
