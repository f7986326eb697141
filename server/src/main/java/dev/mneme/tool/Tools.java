package dev.mneme.tool;

import dev.mneme.base.Problem;
import dev.mneme.store.Db;
import dev.mneme.store.Tx;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table of tools and which agent has which. Thread-safe. */
public final class Tools {
    private final Db db;
    private final ToolsSql sql;

    public Tools(Db db) {
        this.db = db;
        this.sql = new ToolsSql(db.clock());
    }

    /** Brings the rows of the server's own tools up to date: at start, and for a new organisation. Unchanged rows are left alone. */
    public void upsertBase(String org, @Nullable String userId, List<BaseTool> catalogue) {
        db.of(org).write(tx -> {
            sql.upsertBase(tx, userId, catalogue);
            return true;
        });
    }

    public List<ToolRow> list(String org, ToolFilter filter) {
        return db.of(org).read(tx -> sql.list(tx, filter, null));
    }

    public int count(String org, ToolFilter filter) {
        return db.of(org).read(tx -> sql.count(tx, filter));
    }

    /** The tool, or 404. */
    public ToolRow get(String org, String id) {
        return db.of(org).read(tx -> {
            ToolRow found = sql.find(tx, id);
            if (found == null) {
                throw Problem.notFound("Tool with id " + id + " not found.");
            }
            return found;
        });
    }

    public @Nullable ToolRow find(Tx tx, String id) {
        return sql.find(tx, id);
    }

    /** Those that exist, in the order of the names. */
    public List<ToolRow> byNames(Tx tx, Collection<String> names) {
        return sql.byNames(tx, names);
    }

    /** Those that exist, in the order of the ids. */
    public List<ToolRow> byIds(Tx tx, Collection<String> ids) {
        return sql.byIds(tx, ids);
    }

    /** In attachment order. */
    public List<ToolRow> ofAgent(Tx tx, String agentId) {
        return sql.ofAgent(tx, agentId);
    }

    /** One page of an agent's tools, by creation time of the tool. */
    public List<ToolRow> pageOfAgent(Tx tx, String agentId, ToolFilter filter) {
        return sql.list(tx, filter, agentId);
    }

    /** Adds the tool at the end; an attached one stays where it is. Whether it was added. */
    public boolean attach(Tx tx, String agentId, String toolId) {
        return sql.attach(tx, agentId, toolId);
    }

    /** Whether it was attached. */
    public boolean detach(Tx tx, String agentId, String toolId) {
        return sql.detach(tx, agentId, toolId);
    }

    /**
     * Brings in a tool of an agent file, by its name; what it was before becomes an earlier version. Answers the stored tool: one of the
     * server's own is never overwritten; null: the file means one of the server's own that this server does not have.
     *
     * @param overwrite false: a tool of that name stays as it is
     */
    public @Nullable ToolRow restore(Tx tx, @Nullable String userId, ToolRow wanted, boolean overwrite) {
        List<ToolRow> found = sql.byNames(tx, List.of(wanted.name()));
        if (found.isEmpty()) {
            if (wanted.isBase() || BaseTools.isBase(wanted.name())) {
                return null;
            }
            ToolWriteSql.insert(tx, wanted, true);
            return wanted;
        }
        ToolRow old = found.getFirst();
        if (old.isBase() || !old.toolType().equals(wanted.toolType()) || !overwrite) {
            return old;
        }
        ToolRow changed = Redraft.restored(old, wanted);
        if (old.sourceCode() != null && !old.sourceCode().equals(changed.sourceCode())) {
            ToolWriteSql.keep(tx, old, changed.updatedAt(), userId, Registrar.VERSIONS_KEPT);
        }
        ToolWriteSql.update(tx, changed, true);
        return changed;
    }

    /** Makes the agent's tools exactly these, in this order. */
    public void replace(Tx tx, String agentId, List<String> toolIds) {
        sql.clear(tx, agentId);
        toolIds.forEach(id -> sql.attach(tx, agentId, id));
    }

    /** Stores a tool whose schema another server gave. */
    public void insert(Tx tx, ToolRow tool) {
        ToolWriteSql.insert(tx, tool, true);
    }

    /** Changes such a tool. */
    public void update(Tx tx, ToolRow tool) {
        ToolWriteSql.update(tx, tool, true);
    }

    /** Deletes a tool, also from all agents. */
    public void delete(Tx tx, String id) {
        ToolWriteSql.delete(tx, id);
    }
}
