package dev.mneme.agent;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.AGENT_TAG;
import static dev.mneme.store.gen.Tables.BLOCK;
import static dev.mneme.store.gen.Tables.BLOCK_TAG;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.countDistinct;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;

import dev.mneme.store.Keyset;
import dev.mneme.store.Texts;
import dev.mneme.store.Tx;
import java.util.HashSet;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;

/** Lists of agents and of tags. */
final class AgentListSql {
    private AgentListSql() {}

    static List<AgentState> list(Tx tx, AgentFilter filter) {
        Keyset.Columns order = new Keyset.Columns(AGENT, key(filter), AGENT.ID, AGENT.ORGANIZATION_ID);
        return Keyset.of(tx, order, filter.after(), filter.before(), filter.ascending())
                .page(
                        tx.sql().selectFrom(AGENT).where(matching(tx, filter)),
                        filter.limit() == 0 ? Keyset.ALL : filter.limit())
                .stream()
                .map(AgentSql::state)
                .toList();
    }

    static int count(Tx tx, AgentFilter filter) {
        return tx.sql().fetchCount(AGENT, matching(tx, filter));
    }

    /** What rows are sorted by. Agents that never ran stand last in either direction. */
    private static Field<Long> key(AgentFilter filter) {
        return switch (filter.orderBy()) {
            case CREATED_AT -> AGENT.CREATED_AT;
            case UPDATED_AT -> AGENT.UPDATED_AT;
            case LAST_RUN_COMPLETION ->
                coalesce(AGENT.LAST_RUN_COMPLETION, inline(filter.ascending() ? Long.MAX_VALUE : -1L));
        };
    }

    private static Condition matching(Tx tx, AgentFilter filter) {
        return tx.own(AGENT.ORGANIZATION_ID)
                .and(equal(AGENT.NAME, filter.name()))
                .and(Texts.contains(AGENT.NAME, filter.queryText()))
                .and(equal(AGENT.PROJECT_ID, filter.projectId()))
                .and(equal(AGENT.TEMPLATE_ID, filter.templateId()))
                .and(equal(AGENT.BASE_TEMPLATE_ID, filter.baseTemplateId()))
                .and(equal(AGENT.LAST_STOP_REASON, filter.lastStopReason()))
                .and(equal(AGENT.CREATED_BY_ID, filter.createdById()))
                .and(filter.showHidden() ? noCondition() : AGENT.HIDDEN.isNull().or(AGENT.HIDDEN.isFalse()))
                .and(IdentitySql.ownsAgent(tx, filter.identityId(), filter.identifierKeys()))
                .and(tagged(filter));
    }

    private static Condition tagged(AgentFilter filter) {
        HashSet<String> tags = new HashSet<>(filter.tags());
        if (tags.isEmpty()) {
            return noCondition();
        }
        if (!filter.matchAllTags()) {
            return AGENT.ID.in(select(AGENT_TAG.AGENT_ID).from(AGENT_TAG).where(AGENT_TAG.TAG.in(tags)));
        }
        return AGENT.ID.in(select(AGENT_TAG.AGENT_ID)
                .from(AGENT_TAG)
                .where(AGENT_TAG.TAG.in(tags))
                .groupBy(AGENT_TAG.AGENT_ID)
                .having(countDistinct(AGENT_TAG.TAG).eq(tags.size())));
    }

    private static Condition equal(Field<String> column, @Nullable String value) {
        return value == null ? noCondition() : column.eq(value);
    }

    /** Tags of agents and of blocks, each once (contract 07 §7.7). before and after are tags. */
    static List<String> tags(
            Tx tx,
            @Nullable String part,
            @Nullable String before,
            @Nullable String after,
            int limit,
            boolean ascending) {
        var all = select(AGENT_TAG.TAG.as("tag"))
                .from(AGENT_TAG)
                .join(AGENT)
                .on(AGENT.ID.eq(AGENT_TAG.AGENT_ID))
                .where(tx.own(AGENT.ORGANIZATION_ID))
                .union(select(BLOCK_TAG.TAG.as("tag"))
                        .from(BLOCK_TAG)
                        .join(BLOCK)
                        .on(BLOCK.ID.eq(BLOCK_TAG.BLOCK_ID))
                        .where(tx.own(BLOCK.ORGANIZATION_ID)))
                .asTable("tags");
        Field<String> tag = all.field("tag", String.class);
        if (tag == null) {
            throw new IllegalStateException("the union has a column tag");
        }
        boolean backwards = before != null && after == null;
        Condition where = Texts.contains(tag, part)
                .and(after == null ? noCondition() : ascending ? tag.gt(after) : tag.lt(after))
                .and(before == null ? noCondition() : ascending ? tag.lt(before) : tag.gt(before));
        var query =
                tx.sql().select(tag).from(all).where(where).orderBy(ascending != backwards ? tag.asc() : tag.desc());
        List<String> page = limit == 0 ? query.fetch(tag) : query.limit(limit).fetch(tag);
        return backwards ? page.reversed() : page;
    }
}
