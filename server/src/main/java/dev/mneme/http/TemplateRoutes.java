package dev.mneme.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.agent.Template;
import dev.mneme.agent.Templates;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.wire.CreateTemplate;
import dev.mneme.wire.DeployTemplate;
import dev.mneme.wire.DeploymentView;
import dev.mneme.wire.DescribeTemplate;
import dev.mneme.wire.ForkTemplate;
import dev.mneme.wire.MigrateDeployment;
import dev.mneme.wire.RollbackTemplate;
import dev.mneme.wire.SaveTemplate;
import dev.mneme.wire.Success;
import dev.mneme.wire.TemplatePage;
import dev.mneme.wire.TemplateVersionPage;
import dev.mneme.wire.TemplateVersionView;
import dev.mneme.wire.TemplateView;
import dev.mneme.wire.UpdateTemplate;
import dev.mneme.wire.VariablesView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Templates of agents, as the hosted service had them (decision 0023; shapes of openapi.json). Each route is there twice: with a project in
 * its path, and for the project of the request's X-Project-Id, or the default one.
 */
final class TemplateRoutes {
    private static final Param<Integer> OFFSET =
            Param.whole("offset", 0, 0, Integer.MAX_VALUE, "templates to leave out from the start");
    private static final Param<Integer> LIMIT = Paging.limit(50, 1, 1_000);
    private static final Param<String> NAME = Param.text("name", "exactly this name");
    private static final Param<String> SEARCH = Param.text("search", "part of the name");
    private static final Param<String> PROJECT = Param.text("project_id", "exactly this project");
    private static final Param<String> SLUG = Param.text("project_slug", "as project_id");
    private static final List<String> STRATEGIES = List.of("preserve-deleted", "reconcile-all");
    private static final String ALL = "/v1/templates";
    private static final String OF_PROJECT = ALL + "/{project_id}";

    private final Rooms rooms;

    TemplateRoutes(Rooms rooms) {
        this.rooms = rooms;
    }

    private Templates templates() {
        return rooms.hosted().templates();
    }

    List<Route> routes() {
        List<Route> out = new ArrayList<>(List.of(
                Route.get(ALL, "Templates of agents, last changed first")
                        .takes(NAME, SEARCH, PROJECT, SLUG, OFFSET, LIMIT)
                        .gives(TemplatePage.class)
                        .by(this::list),
                Route.patch(ALL + "/{name}", "Puts another agent file in the place of the one that is worked on")
                        .body(UpdateTemplate.class)
                        .gives(Success.class)
                        .by(this::update),
                Route.put(OF_PROJECT + "/{name}/agent-file", "As PATCH of the template")
                        .body(UpdateTemplate.class)
                        .gives(Success.class)
                        .by(this::update),
                Route.get(OF_PROJECT + "/{name}/versions", "Saved versions of a template, newest first")
                        .takes(OFFSET, LIMIT)
                        .gives(TemplateVersionPage.class)
                        .by(this::versions),
                Route.patch(OF_PROJECT + "/{name}/name", "Gives a template another name")
                        .body(DescribeTemplate.class)
                        .gives(Success.class)
                        .by(this::describe),
                Route.patch(OF_PROJECT + "/{name}/description", "Describes a template")
                        .body(DescribeTemplate.class)
                        .gives(Success.class)
                        .by(this::describe),
                Route.post(OF_PROJECT + "/{name}/fork", "Makes a template of its own from a version of another")
                        .optionalBody(ForkTemplate.class)
                        .gives(TemplateView.class)
                        .by(this::fork),
                Route.post(
                                OF_PROJECT + "/{name}/deployments/{deployment_id}/migrate",
                                "Brings the agents of a deployment to another version")
                        .body(MigrateDeployment.class)
                        .gives(Success.class)
                        .by(this::migrate),
                Route.post(OF_PROJECT + "/{name}", "Saves what is being worked on as the next version")
                        .optionalBody(SaveTemplate.class)
                        .gives(TemplateView.class)
                        .by(this::save),
                Route.post(ALL + "/{name}/save", "Saves what is being worked on as the next version")
                        .optionalBody(SaveTemplate.class)
                        .gives(TemplateView.class)
                        .by(this::save),
                Route.get("/v1/agents/{agent_id:agent}/core-memory/variables", "What was filled into an agent's blocks")
                        .gives(VariablesView.class)
                        .by(call ->
                                Answer.ok(new VariablesView(templates().variables(call.org(), call.at("agent_id")))))));
        out.addAll(both("/{name}/agents"));
        out.add(Route.post(ALL, "Makes a template of an agent or of an agent file, saved as version 1")
                .body(CreateTemplate.class)
                .gives(TemplateView.class)
                .by(this::create));
        out.add(Route.post(OF_PROJECT, "Makes a template of an agent or of an agent file, saved as version 1")
                .body(CreateTemplate.class)
                .gives(TemplateView.class)
                .by(this::create));
        return out;
    }

    private List<Route> both(String deploy) {
        List<Route> out = new ArrayList<>();
        for (String root : List.of(ALL, OF_PROJECT)) {
            out.add(Route.post(root + deploy, "Makes the agents of a template; name:version or name:latest")
                    .optionalBody(DeployTemplate.class)
                    .gives(DeploymentView.class)
                    .by(this::deploy));
            out.add(Route.post(root + "/{name}/rollback", "Goes back to a saved version, saving what was not")
                    .body(RollbackTemplate.class)
                    .gives(Success.class)
                    .by(this::rollback));
            out.add(Route.delete(root + "/{name}", "Deletes a template with its versions; agents stay")
                    .gives(Success.class)
                    .by(this::delete));
        }
        return out;
    }

    private static String project(Call call) {
        String inPath = call.path().get("project_id");
        String inHeader = call.header("x-project-id");
        return inPath != null ? inPath : inHeader != null ? inHeader : Templates.PROJECT;
    }

    private static <T> T body(Call call, Class<T> type) {
        return call.body(Binder.orEmpty(call.json()), type);
    }

    private static Answer made(Object view) {
        return new Answer.Json(201, Json.tree(view), Map.of());
    }

    private Answer create(Call call) {
        CreateTemplate body = call.body(CreateTemplate.class);
        String name = body.name();
        Template made = switch (body.type()) {
            case "agent" -> {
                if (body.agentId() == null) {
                    throw new Invalid(Invalid.Fault.missing(List.of("body", "agent", "agent_id")));
                }
                yield templates().create(call.org(), call.user(), project(call), body.agentId(), name);
            }
            case "agent_file" -> templates().create(call.org(), call.user(), project(call), body.agentFile(), name);
            default ->
                throw new Invalid(Param.notOneOf(List.of("body", "type"), body.type(), List.of("agent", "agent_file")));
        };
        return made(view(made));
    }

    private Answer list(Call call) {
        int limit = call.at(LIMIT);
        String project = call.maybe(PROJECT) == null ? call.maybe(SLUG) : call.maybe(PROJECT);
        List<Template> found =
                templates().list(call.org(), project, call.maybe(NAME), call.maybe(SEARCH), call.at(OFFSET), limit + 1);
        return Answer.ok(new TemplatePage(
                found.size() > limit,
                found.stream().limit(limit).map(TemplateRoutes::view).toList()));
    }

    private Answer update(Call call) {
        UpdateTemplate body = call.body(UpdateTemplate.class);
        templates()
                .update(
                        call.org(),
                        project(call),
                        call.at("name"),
                        body.agentFileJson(),
                        Boolean.TRUE.equals(body.saveExistingChanges()));
        return Answer.ok(Success.DONE);
    }

    private Answer describe(Call call) {
        DescribeTemplate body = call.body(DescribeTemplate.class);
        templates().describe(call.org(), project(call), call.at("name"), body.newName(), body.description());
        return Answer.ok(Success.DONE);
    }

    private Answer delete(Call call) {
        templates().delete(call.org(), project(call), call.at("name"));
        return Answer.ok(Success.DONE);
    }

    private Answer fork(Call call) {
        String name = body(call, ForkTemplate.class).name();
        return Answer.ok(view(templates().fork(call.org(), call.user(), project(call), call.at("name"), name)));
    }

    private Answer versions(Call call) {
        List<Template.Version> all = templates().versions(call.org(), project(call), call.at("name"));
        int from = Math.min(call.at(OFFSET), all.size());
        int to = (int) Math.min((long) from + call.at(LIMIT), all.size());
        int latest = all.getFirst().version();
        return Answer.ok(new TemplateVersionPage(
                all.subList(from, to).stream()
                        .map(version -> new TemplateVersionView(
                                String.valueOf(version.version()),
                                Times.zulu(version.createdAt()),
                                version.message(),
                                version.version() == latest))
                        .toList(),
                to < all.size(),
                all.size()));
    }

    private Answer save(Call call) {
        SaveTemplate body = body(call, SaveTemplate.class);
        String strategy = Objects.requireNonNullElse(body.blockReconciliationStrategy(), STRATEGIES.getFirst());
        if (!STRATEGIES.contains(strategy)) {
            throw new Invalid(Param.notOneOf(List.of("body", "block_reconciliation_strategy"), strategy, STRATEGIES));
        }
        Template saved = templates().save(call.org(), project(call), call.at("name"), body.message());
        if (Boolean.TRUE.equals(body.migrateAgents())) {
            Template.Migration how = new Template.Migration(
                    Boolean.TRUE.equals(body.preserveCoreMemoriesOnMigration()),
                    Boolean.TRUE.equals(body.preserveEnvironmentVariablesOnMigration()),
                    strategy.equals("reconcile-all"));
            templates().migrate(call.org(), call.user(), project(call), saved.name(), "latest", null, null, how);
        }
        return Answer.ok(view(saved));
    }

    private Answer migrate(Call call) {
        MigrateDeployment body = call.body(MigrateDeployment.class);
        Template.Migration how = new Template.Migration(
                Boolean.TRUE.equals(body.preserveCoreMemories()),
                Boolean.TRUE.equals(body.preserveToolVariables()),
                false);
        int moved = templates()
                .migrate(
                        call.org(),
                        call.user(),
                        project(call),
                        call.at("name"),
                        body.version(),
                        call.at("deployment_id"),
                        texts("memory_variables", body.memoryVariables()),
                        how);
        return Answer.ok(new Success(true, "Migrated " + moved + (moved == 1 ? " agent" : " agents")));
    }

    private Answer rollback(Call call) {
        String version = call.body(RollbackTemplate.class).version();
        boolean saved = templates().rollback(call.org(), project(call), call.at("name"), version);
        return Answer.ok(new Success(true, saved ? "Unsaved changes were saved as a version first" : null));
    }

    private Answer deploy(Call call) {
        DeployTemplate body = body(call, DeployTemplate.class);
        Template.Wish wish = new Template.Wish(
                body.agentName(),
                body.tags(),
                body.identityIds(),
                texts("memory_variables", body.memoryVariables()),
                texts("tool_variables", body.toolVariables()),
                body.initialMessageSequence() == null ? null : Json.tree(body.initialMessageSequence()));
        Template.Deployment made = templates().deploy(call.org(), call.user(), project(call), call.at("name"), wish);
        return made(new DeploymentView(made.agentIds(), made.id(), null));
    }

    private static @Nullable JsonNode texts(String field, @Nullable JsonNode values) {
        for (JsonNode value : values == null ? List.<JsonNode>of() : values) {
            if (!value.isTextual()) {
                throw Problem.unprocessable(field + ": each value must be a text, not " + value);
            }
        }
        return values;
    }

    private static TemplateView view(Template template) {
        return new TemplateView(
                template.id(),
                template.name(),
                template.description(),
                template.projectId(),
                template.projectId(),
                String.valueOf(template.latest()),
                template.projectId() + "/" + template.name() + ":" + template.latest(),
                Times.zulu(template.updatedAt()));
    }
}
