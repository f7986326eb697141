package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.memory.Block;
import dev.mneme.memory.BlockPatch;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.NewBlock;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import dev.mneme.tool.ToolRow;
import dev.mneme.tool.Tools;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Templates of agents: made, worked on, saved as versions, and the agents made from them (decision 0023). Thread-safe. */
public final class Templates {
    /** The project of everybody who names none. */
    public static final String PROJECT = "default";

    /** Saved versions of one template: each holds a whole agent file. */
    private static final int MOST_VERSIONS = 1_000;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9_-]{1,200}");

    private final Db db;
    private final Clock clock;
    private final Agents agents;
    private final Blocks blocks;
    private final Tools tools;

    public Templates(Db db, Agents agents, Blocks blocks, Tools tools) {
        this.db = db;
        this.clock = db.clock();
        this.agents = agents;
        this.blocks = blocks;
        this.tools = tools;
    }

    /** A template of an agent as it is now, saved as version 1. name: null for one by chance; 409 when it is taken. */
    public Template create(
            String org, @Nullable String userId, String projectId, String agentId, @Nullable String name) {
        return create(
                org,
                userId,
                projectId,
                agents.export(org, agentId, new ExportWish(null, true, List.of(), ExportWish.Extent.ALONE)),
                name);
    }

    /** A template of the agents of a file, saved as version 1. */
    public Template create(
            String org, @Nullable String userId, String projectId, @Nullable JsonNode file, @Nullable String name) {
        ObjectNode kept = TemplateFile.checked(file);
        String named = name == null ? AgentNames.random(ThreadLocalRandom.current()) : checkedName(name);
        return db.of(org).write(tx -> {
            refuseTaken(tx, projectId, named);
            long now = clock.next();
            Template made = new Template(IdKind.TEMPLATE.next(), projectId, named, null, kept, 1, now, now);
            TemplateSql.insert(tx, made, userId);
            TemplateSql.insertVersion(tx, made.id(), version(made, null));
            return made;
        });
    }

    private Template.Version version(Template template, @Nullable String message) {
        return new Template.Version(
                IdKind.TEMPLATE.next(), template.latest(), message, template.current(), clock.next());
    }

    private static String checkedName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw Problem.unprocessable(
                    "A template's name has letters, digits, hyphens and underscores, not '" + name + "'.");
        }
        return name;
    }

    private static void refuseTaken(Tx tx, String projectId, String name) {
        if (TemplateSql.find(tx, projectId, name) != null) {
            throw Problem.conflict("A template named '" + name + "' exists already in project " + projectId + ".");
        }
    }

    /** The template, or 404. name: what follows a colon does not count. */
    public Template get(String org, String projectId, String name) {
        return db.of(org).read(tx -> require(tx, projectId, name));
    }

    private static Template require(Tx tx, String projectId, String name) {
        Template found = TemplateSql.find(tx, projectId, bare(name));
        if (found == null) {
            throw Problem.notFound("Template not found with name='" + bare(name) + "' in project " + projectId);
        }
        return found;
    }

    private static String bare(String name) {
        int colon = name.indexOf(':');
        return colon < 0 ? name : name.substring(0, colon);
    }

    /** What {@code name:version} means; without a version, and with latest, the newest; current and dev: what is being worked on. */
    private Template.Version versionOf(Tx tx, Template template, @Nullable String wanted) {
        if ("current".equals(wanted) || "dev".equals(wanted)) {
            return new Template.Version(
                    template.id(), template.latest(), null, template.current(), template.updatedAt());
        }
        int number = template.latest();
        if (wanted != null && !wanted.equals("latest")) {
            number = wanted.matches("\\d{1,6}") ? Integer.parseInt(wanted) : -1;
        }
        Template.Version found = TemplateSql.version(tx, template.id(), number);
        if (found == null) {
            throw Problem.notFound("Template " + template.name() + " has no version '" + wanted + "'");
        }
        return found;
    }

    /** Newest change first. name: exact; search: part of it; nulls do not filter. */
    public List<Template> list(
            String org,
            @Nullable String projectId,
            @Nullable String name,
            @Nullable String search,
            int offset,
            int limit) {
        return db.of(org).read(tx -> TemplateSql.list(tx, projectId, name, search, offset, limit));
    }

    /** Saved versions, newest first. */
    public List<Template.Version> versions(String org, String projectId, String name) {
        return db.of(org)
                .read(tx ->
                        TemplateSql.versions(tx, require(tx, projectId, name).id()));
    }

    /** Puts another file in the place of the one that is being worked on. saveFirst: what was there becomes a version. */
    public void update(String org, String projectId, String name, @Nullable JsonNode file, boolean saveFirst) {
        ObjectNode kept = TemplateFile.checked(file);
        db.of(org).write(tx -> {
            Template template = require(tx, projectId, name);
            if (saveFirst) {
                template = saved(tx, template, null);
            }
            TemplateSql.update(tx, template.id(), template.name(), template.description(), kept, clock.next());
            return true;
        });
    }

    /** Changes the name (409 when taken) or the description; null leaves it. */
    public void describe(
            String org, String projectId, String name, @Nullable String newName, @Nullable String description) {
        db.of(org).write(tx -> {
            Template template = require(tx, projectId, name);
            if (newName != null && !newName.equals(template.name())) {
                refuseTaken(tx, projectId, checkedName(newName));
            }
            TemplateSql.update(
                    tx,
                    template.id(),
                    newName == null ? template.name() : newName,
                    description == null ? template.description() : description,
                    template.current(),
                    clock.next());
            return true;
        });
    }

    /** Deletes a template with its versions; agents made from it stay. */
    public void delete(String org, String projectId, String name) {
        db.of(org).write(tx -> {
            TemplateSql.delete(tx, require(tx, projectId, name).id());
            return true;
        });
    }

    /** A template of its own from a version of another. */
    public Template fork(
            String org, @Nullable String userId, String projectId, String nameAndVersion, @Nullable String newName) {
        JsonNode file = db.of(org).read(tx -> {
            Template template = require(tx, projectId, nameAndVersion);
            return versionOf(tx, template, after(nameAndVersion)).file();
        });
        return create(org, userId, projectId, file, newName);
    }

    private static @Nullable String after(String nameAndVersion) {
        int colon = nameAndVersion.indexOf(':');
        return colon < 0 ? null : nameAndVersion.substring(colon + 1);
    }

    /** Saves what is being worked on as the next version. */
    public Template save(String org, String projectId, String name, @Nullable String message) {
        return db.of(org).write(tx -> saved(tx, require(tx, projectId, name), message));
    }

    private Template saved(Tx tx, Template template, @Nullable String message) {
        if (template.latest() >= MOST_VERSIONS) {
            throw Problem.conflict("The template has " + MOST_VERSIONS + " versions already. Fork it to go on.");
        }
        long now = clock.next();
        Template next = new Template(
                template.id(),
                template.projectId(),
                template.name(),
                template.description(),
                template.current(),
                template.latest() + 1,
                template.createdAt(),
                now);
        TemplateSql.setLatest(tx, next.id(), next.latest(), now);
        TemplateSql.insertVersion(tx, next.id(), version(next, message));
        return next;
    }

    /** Goes back to a saved version. What was not saved yet is saved first; answers whether there was anything. */
    public boolean rollback(String org, String projectId, String name, String version) {
        if (version.equals("current") || version.equals("dev")) {
            throw Problem.unprocessable("version must be a saved one, such as 1 or latest, not '" + version + "'.");
        }
        return db.of(org).write(tx -> {
            Template template = require(tx, projectId, name);
            Template.Version target = versionOf(tx, template, version);
            boolean unsaved = TemplateSql.versions(tx, template.id()).stream()
                    .noneMatch(saved -> saved.file().equals(template.current()));
            if (unsaved) {
                saved(tx, template, "before going back to version " + target.version());
            }
            TemplateSql.update(tx, template.id(), template.name(), template.description(), target.file(), clock.next());
            return unsaved;
        });
    }

    /** Makes the agents of a version; all of them or none. */
    public Template.Deployment deploy(
            String org, @Nullable String userId, String projectId, String nameAndVersion, Template.Wish wish) {
        Found found = db.of(org).read(tx -> {
            Template template = require(tx, projectId, nameAndVersion);
            return new Found(template, versionOf(tx, template, after(nameAndVersion)));
        });
        String deployment = IdKind.DEPLOYMENT.next();
        List<String> made = new ArrayList<>();
        try {
            for (ObjectNode agent : TemplateFile.agents(found.version().file())) {
                ObjectNode marks = Json.object()
                        .put("template_id", found.version().id())
                        .put("base_template_id", found.template().id())
                        .put("deployment_id", deployment)
                        .put("entity_id", agent.path("id").asText());
                if (!projectId.equals(PROJECT)) {
                    marks.put("project_id", projectId);
                }
                ObjectNode body = TemplateFile.creation(found.version().file(), agent, wish, marks);
                String id =
                        agents.create(org, userId, NewAgent.read(body)).state().id();
                made.add(id);
                JsonNode variables = wish.memoryVariables() == null ? Json.object() : wish.memoryVariables();
                db.of(org).write(tx -> {
                    TemplateSql.insertAgent(
                            tx, id, found.template().id(), found.version().version(), deployment, variables);
                    return true;
                });
            }
        } catch (RuntimeException e) {
            made.forEach(id -> agents.delete(org, id));
            throw e;
        }
        return new Template.Deployment(deployment, List.copyOf(made));
    }

    private record Found(Template template, Template.Version version) {}

    /** What was filled into the blocks of an agent when it was made; empty when it was made without a template. */
    public JsonNode variables(String org, String agentId) {
        agents.get(org, agentId);
        JsonNode found = db.of(org)
                .read(tx -> Optional.ofNullable(TemplateSql.variables(tx, agentId)))
                .orElse(null);
        return found == null ? Json.object() : found;
    }

    /**
     * Brings agents made from a template to one of its versions; answers how many. One that fails stays as it was, and so do those after it.
     *
     * @param deploymentId only these; null: all
     */
    public int migrate(
            String org,
            @Nullable String userId,
            String projectId,
            String name,
            String version,
            @Nullable String deploymentId,
            @Nullable JsonNode moreVariables,
            Template.Migration how) {
        Found found = db.of(org).read(tx -> {
            Template template = require(tx, projectId, name);
            return new Found(template, versionOf(tx, template, version));
        });
        List<TemplateSql.Made> made =
                db.of(org).read(tx -> TemplateSql.agentsOf(tx, found.template().id(), deploymentId));
        if (deploymentId != null && made.isEmpty()) {
            throw Problem.notFound("Deployment not found with id='" + deploymentId + "'");
        }
        List<ObjectNode> entries = TemplateFile.agents(found.version().file());
        for (TemplateSql.Made each : made) {
            ObjectNode entry = entries.stream()
                    .filter(agent -> agent.path("id").asText().equals(each.entityId()))
                    .findFirst()
                    .orElse(entries.getFirst());
            ObjectNode variables = ((ObjectNode) each.variables()).deepCopy();
            if (moreVariables instanceof ObjectNode more) {
                variables.setAll(more);
            }
            migrate(org, userId, each.agentId(), found, entry, variables, how);
        }
        return made.size();
    }

    private void migrate(
            String org,
            @Nullable String userId,
            String agentId,
            Found found,
            ObjectNode entry,
            ObjectNode variables,
            Template.Migration how) {
        JsonNode file = found.version().file();
        List<String> names = TemplateFile.tools(file, entry);
        List<ToolRow> rows = db.of(org).read(tx -> tools.byNames(tx, new HashSet<>(names)));
        Fields.noneMissing("name", names, rows.stream().map(ToolRow::name).toList());
        ObjectNode patch = TemplateFile.patch(
                entry, rows.stream().map(ToolRow::id).toList(), found.version().id());
        List<AgentSecret> held = db.of(org).read(tx -> AgentPartsSql.secrets(tx, agentId));
        patch.set("secrets", TemplateFile.secrets(entry, held, how.keepSecrets()));
        agents.patch(org, userId, agentId, AgentPatch.read(patch));

        Set<String> wanted = new HashSet<>();
        for (ObjectNode block : TemplateFile.blocks(file, entry, variables)) {
            String label = block.path("label").asText();
            wanted.add(label);
            Block mine = agents.blocksOf(org, agentId).stream()
                    .filter(candidate -> candidate.label().equals(label))
                    .findFirst()
                    .orElse(null);
            if (mine == null) {
                Block made = blocks.create(org, userId, NewAgent.bind(block, NewBlock.class));
                agents.attachBlock(org, userId, agentId, made.id());
            } else if (!how.keepMemory() && !mine.preserveOnMigration()) {
                blocks.patchByLabel(
                        org,
                        userId,
                        agentId,
                        label,
                        BlockPatch.value(block.path("value").asText()));
            }
        }
        if (how.dropOtherBlocks()) {
            for (Block block : agents.blocksOf(org, agentId)) {
                if (!wanted.contains(block.label())) {
                    agents.detachBlock(org, userId, agentId, block.id());
                }
            }
        }
        db.of(org).write(tx -> {
            TemplateSql.moved(tx, agentId, found.version().version(), variables);
            return true;
        });
    }
}
