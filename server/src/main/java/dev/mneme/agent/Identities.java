package dev.mneme.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.mneme.base.Clock;
import dev.mneme.base.IdKind;
import dev.mneme.base.Json;
import dev.mneme.base.Problem;
import dev.mneme.memory.Block;
import dev.mneme.memory.Blocks;
import dev.mneme.memory.Page;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whom agents and blocks belong to (contract 07 §4). Thread-safe. */
public final class Identities {
    private final Db db;
    private final Clock clock;
    private final Blocks blocks;

    Identities(Db db, Blocks blocks) {
        this.db = db;
        this.clock = db.clock();
        this.blocks = blocks;
    }

    /** Makes an identity with its links; 409 when its key is taken in the project, 404 when an agent or block is missing. */
    public Identity create(String org, @Nullable String userId, Identity.Wish wanted) {
        return db.of(org).write(tx -> create(tx, userId, wanted));
    }

    private Identity create(Tx tx, @Nullable String userId, Identity.Wish wanted) {
        Identity identity = new Identity(
                IdKind.IDENTITY.next(),
                tx.org(),
                clean(Objects.requireNonNull(wanted.identifierKey())),
                clean(Objects.requireNonNull(wanted.name())),
                Objects.requireNonNull(wanted.identityType()),
                wanted.projectId(),
                wanted.properties() == null ? Json.array() : wanted.properties(),
                clock.next());
        refuseTaken(tx, identity);
        IdentitySql.insert(tx, identity, userId);
        link(tx, identity.id(), wanted);
        return identity;
    }

    /**
     * The identity with this key in this project as it was written down: made, or changed to it. Agents, blocks and properties are replaced
     * when they are given.
     */
    public Identity upsert(String org, @Nullable String userId, Identity.Wish wanted) {
        return db.of(org).write(tx -> {
            Identity old =
                    IdentitySql.byKey(tx, clean(Objects.requireNonNull(wanted.identifierKey())), wanted.projectId());
            if (old == null) {
                return create(tx, userId, wanted);
            }
            if (wanted.agentIds() != null) {
                IdentitySql.unlinkAgents(tx, old.id());
            }
            if (wanted.blockIds() != null) {
                IdentitySql.unlinkBlocks(tx, old.id());
            }
            JsonNode properties = wanted.properties() == null ? old.properties() : wanted.properties();
            return change(tx, userId, old, wanted, properties);
        });
    }

    /** Changes an identity: properties are merged by key, agents and blocks are added. */
    public Identity patch(String org, @Nullable String userId, String id, Identity.Wish wanted) {
        return db.of(org).write(tx -> {
            Identity old = require(tx, id);
            return change(tx, userId, old, wanted, merged(old.properties(), wanted.properties()));
        });
    }

    /** Puts these properties in the place of all. */
    public Identity setProperties(String org, @Nullable String userId, String id, JsonNode properties) {
        return db.of(org).write(tx -> {
            Identity.Wish nothingElse = new Identity.Wish(null, null, null, null, null, null, null);
            return change(tx, userId, require(tx, id), nothingElse, properties);
        });
    }

    private Identity change(Tx tx, @Nullable String userId, Identity old, Identity.Wish wanted, JsonNode properties) {
        Identity changed = new Identity(
                old.id(),
                old.organizationId(),
                wanted.identifierKey() == null ? old.identifierKey() : clean(wanted.identifierKey()),
                wanted.name() == null ? old.name() : clean(wanted.name()),
                wanted.identityType() == null ? old.identityType() : wanted.identityType(),
                old.projectId(),
                properties,
                old.createdAt());
        if (!changed.identifierKey().equals(old.identifierKey())) {
            refuseTaken(tx, changed);
        }
        IdentitySql.update(tx, changed, clock.next(), userId);
        link(tx, old.id(), wanted);
        return changed;
    }

    private static void refuseTaken(Tx tx, Identity identity) {
        if (IdentitySql.byKey(tx, identity.identifierKey(), identity.projectId()) != null) {
            throw Problem.conflict("An identity with identifier_key '" + identity.identifierKey()
                    + "' exists already in this project. PUT /v1/identities/ changes it.");
        }
    }

    /** The old properties with the new ones over them, by key. */
    static ArrayNode merged(JsonNode old, @Nullable JsonNode added) {
        Map<String, JsonNode> byKey = new LinkedHashMap<>();
        old.forEach(property -> byKey.put(property.path("key").asText(), property));
        if (added != null) {
            added.forEach(property -> byKey.put(property.path("key").asText(), property));
        }
        return Json.array().addAll(byKey.values());
    }

    private void link(Tx tx, String id, Identity.Wish wanted) {
        for (String agentId : wanted.agentIds() == null ? List.<String>of() : wanted.agentIds()) {
            requireAgent(tx, agentId);
            IdentitySql.linkAgent(tx, id, agentId);
        }
        for (String blockId : wanted.blockIds() == null ? List.<String>of() : wanted.blockIds()) {
            blocks.require(tx, blockId);
            IdentitySql.linkBlock(tx, id, blockId);
        }
    }

    public Identity get(String org, String id) {
        return db.of(org).read(tx -> require(tx, id));
    }

    public List<Identity> list(String org, Identity.Filter filter) {
        return db.of(org).read(tx -> {
            for (String cursor : new String[] {filter.before(), filter.after()}) {
                if (cursor != null && IdentitySql.find(tx, cursor) == null) {
                    throw Problem.notFound("No Identity found with id " + cursor);
                }
            }
            return IdentitySql.list(tx, filter);
        });
    }

    public int count(String org) {
        return db.of(org).read(IdentitySql::count);
    }

    /** Deletes the identity and its links; agents and blocks stay. */
    public void delete(String org, String id) {
        db.of(org).write(tx -> {
            require(tx, id);
            IdentitySql.delete(tx, id);
            return true;
        });
    }

    /** Ids of the identity's agents. */
    public List<String> agentsOf(String org, String id, Page page) {
        return db.of(org).read(tx -> {
            require(tx, id);
            return IdentitySql.agentsOf(tx, id, page);
        });
    }

    /** The identity's blocks. */
    public List<Block> blocksOf(String org, String id, Page page) {
        return db.of(org).read(tx -> {
            require(tx, id);
            return IdentitySql.blocksOf(tx, id, page).stream()
                    .map(block -> blocks.require(tx, block))
                    .toList();
        });
    }

    /** Gives the agent to the identity; again is no change. */
    public void attachAgent(String org, String id, String agentId) {
        db.of(org).write(tx -> {
            requireAgent(tx, agentId);
            require(tx, id);
            return IdentitySql.linkAgent(tx, id, agentId);
        });
    }

    /** Takes the agent from the identity; nothing happens when it was not its own. */
    public void detachAgent(String org, String id, String agentId) {
        db.of(org).write(tx -> {
            requireAgent(tx, agentId);
            require(tx, id);
            return IdentitySql.unlinkAgent(tx, id, agentId);
        });
    }

    /** Gives the block to the identity; again is no change. */
    public Block attachBlock(String org, String id, String blockId) {
        return db.of(org).write(tx -> {
            Block block = blocks.require(tx, blockId);
            require(tx, id);
            IdentitySql.linkBlock(tx, id, blockId);
            return block;
        });
    }

    /** Takes the block from the identity; nothing happens when it was not its own. */
    public Block detachBlock(String org, String id, String blockId) {
        return db.of(org).write(tx -> {
            Block block = blocks.require(tx, blockId);
            require(tx, id);
            IdentitySql.unlinkBlock(tx, id, blockId);
            return block;
        });
    }

    /** Makes the agent's identities exactly these; 404 when one does not exist. */
    static void setOfAgent(Tx tx, String agentId, Collection<String> ids) {
        for (String id : ids) {
            require(tx, id);
        }
        IdentitySql.unlinkIdentities(tx, agentId);
        for (String id : new LinkedHashSet<>(ids)) {
            IdentitySql.linkAgent(tx, id, agentId);
        }
    }

    private static Identity require(Tx tx, String id) {
        Identity found = IdentitySql.find(tx, id);
        if (found == null) {
            throw Problem.notFound("Identity not found with id='" + id + "'");
        }
        return found;
    }

    private static void requireAgent(Tx tx, String id) {
        if (AgentSql.find(tx, id) == null) {
            throw Problem.notFound("Agent with ID " + id + " not found");
        }
    }

    private static String clean(String text) {
        return AgentSql.clean(text);
    }
}
