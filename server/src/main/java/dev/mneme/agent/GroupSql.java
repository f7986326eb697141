package dev.mneme.agent;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.AGENT_GROUP;
import static dev.mneme.store.gen.Tables.GROUP_BLOCK;
import static dev.mneme.store.gen.Tables.GROUP_MEMBER;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;

import dev.mneme.store.Keyset;
import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import dev.mneme.store.gen.tables.records.AgentGroupRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jooq.Condition;
import org.jooq.SQLDialect;
import org.jspecify.annotations.Nullable;

/** Rows of groups, their members and their shared blocks. */
final class GroupSql {
    private static final Keyset.Columns ORDER =
            new Keyset.Columns(AGENT_GROUP, AGENT_GROUP.CREATED_AT, AGENT_GROUP.ID, AGENT_GROUP.ORGANIZATION_ID);

    private GroupSql() {}

    static void insert(Tx tx, GroupState group, @Nullable String userId) {
        AgentGroupRecord row = record(group);
        row.setOrganizationId(tx.org());
        row.setCreatedAt(group.createdAt());
        row.setUpdatedAt(group.createdAt());
        row.setCreatedById(userId);
        row.setLastUpdatedById(userId);
        tx.sql().insertInto(AGENT_GROUP).set(row).execute();
        setMembers(tx, group.id(), group.agentIds());
        setBlocks(tx, group.id(), group.sharedBlockIds());
    }

    static void update(Tx tx, GroupState group, long now, @Nullable String userId) {
        AgentGroupRecord row = record(group);
        row.setUpdatedAt(now);
        row.setLastUpdatedById(userId);
        tx.sql()
                .update(AGENT_GROUP)
                .set(row)
                .where(AGENT_GROUP.ID.eq(group.id()), tx.own(AGENT_GROUP.ORGANIZATION_ID))
                .execute();
    }

    static void setMembers(Tx tx, String groupId, List<String> agentIds) {
        tx.sql()
                .deleteFrom(GROUP_MEMBER)
                .where(GROUP_MEMBER.GROUP_ID.eq(groupId))
                .execute();
        for (int i = 0; i < agentIds.size(); i++) {
            tx.sql()
                    .insertInto(GROUP_MEMBER, GROUP_MEMBER.GROUP_ID, GROUP_MEMBER.POSITION, GROUP_MEMBER.AGENT_ID)
                    .values(groupId, i, agentIds.get(i))
                    .execute();
        }
    }

    static void setBlocks(Tx tx, String groupId, Collection<String> blockIds) {
        tx.sql().deleteFrom(GROUP_BLOCK).where(GROUP_BLOCK.GROUP_ID.eq(groupId)).execute();
        long position = 0;
        for (String blockId : blockIds) {
            tx.sql()
                    .insertInto(GROUP_BLOCK, GROUP_BLOCK.GROUP_ID, GROUP_BLOCK.BLOCK_ID, GROUP_BLOCK.POSITION)
                    .values(groupId, blockId, position++)
                    .onConflictDoNothing()
                    .execute();
        }
    }

    static @Nullable GroupState find(Tx tx, String id) {
        AgentGroupRecord row = tx.sql()
                .selectFrom(AGENT_GROUP)
                .where(AGENT_GROUP.ID.eq(id), tx.own(AGENT_GROUP.ORGANIZATION_ID))
                .fetchOne();
        return row == null ? null : states(tx, List.of(row)).getFirst();
    }

    /** As {@link #find}, and nobody else changes the row until this transaction ends. */
    static @Nullable GroupState forChange(Tx tx, String id) {
        // SQLite has one writer at a time and no words for a row lock.
        if (tx.sql().dialect() != SQLDialect.SQLITE) {
            tx.sql()
                    .select(AGENT_GROUP.ID)
                    .from(AGENT_GROUP)
                    .where(AGENT_GROUP.ID.eq(id), tx.own(AGENT_GROUP.ORGANIZATION_ID))
                    .forUpdate()
                    .fetchOne();
        }
        return find(tx, id);
    }

    static List<GroupState> list(Tx tx, GroupFilter filter) {
        return states(
                tx,
                Keyset.of(tx, ORDER, filter.after(), filter.before(), filter.ascending())
                        .page(
                                tx.sql().selectFrom(AGENT_GROUP).where(matching(tx, filter)),
                                filter.limit() == 0 ? Keyset.ALL : filter.limit()));
    }

    static int count(Tx tx) {
        return tx.sql().fetchCount(AGENT_GROUP, tx.own(AGENT_GROUP.ORGANIZATION_ID));
    }

    private static Condition matching(Tx tx, GroupFilter filter) {
        ManagerType type = filter.managerType();
        return tx.own(AGENT_GROUP.ORGANIZATION_ID)
                .and(type == null ? noCondition() : AGENT_GROUP.MANAGER_TYPE.eq(type.word()))
                .and(filter.projectId() == null ? noCondition() : AGENT_GROUP.PROJECT_ID.eq(filter.projectId()))
                .and(
                        filter.showHidden()
                                ? noCondition()
                                : AGENT_GROUP.HIDDEN.isNull().or(AGENT_GROUP.HIDDEN.isFalse()))
                .and(
                        filter.agentId() == null
                                ? noCondition()
                                : AGENT_GROUP
                                        .MANAGER_AGENT_ID
                                        .eq(filter.agentId())
                                        .or(AGENT_GROUP.ID.in(memberships(filter.agentId()))));
    }

    private static org.jooq.Select<org.jooq.Record1<String>> memberships(String agentId) {
        return select(GROUP_MEMBER.GROUP_ID).from(GROUP_MEMBER).where(GROUP_MEMBER.AGENT_ID.eq(agentId));
    }

    /** The groups that each agent manages, background ones first, else the oldest first; agents without any are absent. */
    static Map<String, List<GroupState>> managedBy(Tx tx, Collection<String> agentIds) {
        Map<String, List<GroupState>> out = new HashMap<>();
        List<AgentGroupRecord> rows = tx.sql()
                .selectFrom(AGENT_GROUP)
                .where(AGENT_GROUP.MANAGER_AGENT_ID.in(agentIds), tx.own(AGENT_GROUP.ORGANIZATION_ID))
                .orderBy(AGENT_GROUP.IS_AUTOMATIC.desc(), AGENT_GROUP.CREATED_AT, AGENT_GROUP.ID)
                .fetch();
        for (GroupState group : rows.isEmpty() ? List.<GroupState>of() : states(tx, rows)) {
            out.computeIfAbsent(Objects.requireNonNull(group.managerAgentId()), id -> new ArrayList<>())
                    .add(group);
        }
        return out;
    }

    /** The automatic groups that an agent is a member of. */
    static List<GroupState> automaticWith(Tx tx, String agentId) {
        List<AgentGroupRecord> rows = tx.sql()
                .selectFrom(AGENT_GROUP)
                .where(AGENT_GROUP.IS_AUTOMATIC.isTrue(), tx.own(AGENT_GROUP.ORGANIZATION_ID))
                .and(AGENT_GROUP.ID.in(memberships(agentId)))
                .fetch();
        return rows.isEmpty() ? List.of() : states(tx, rows);
    }

    private static final Prepared WATCHED = Prepared.of(sql -> sql.select(AGENT_GROUP.ID)
            .from(AGENT_GROUP)
            .join(AGENT)
            .on(AGENT.ID.eq(AGENT_GROUP.MANAGER_AGENT_ID))
            .where(AGENT_GROUP.MANAGER_AGENT_ID.eq(""))
            .and(AGENT_GROUP.ORGANIZATION_ID.eq(""))
            .and(AGENT_GROUP.MANAGER_TYPE.in(inline("sleeptime"), inline("voice_sleeptime")))
            .and(AGENT.ENABLE_SLEEPTIME.isTrue())
            .and(AGENT_GROUP.SLEEPTIME_AGENT_FREQUENCY.isNull().or(AGENT_GROUP.SLEEPTIME_AGENT_FREQUENCY.gt(inline(0))))
            .orderBy(AGENT_GROUP.IS_AUTOMATIC.desc(), AGENT_GROUP.CREATED_AT)
            .limit(inline(1)));

    /** The group whose background agents read this agent's turns; null when it has none or they are switched off. */
    static @Nullable String watching(Tx tx, String agentId) {
        return tx.one(WATCHED, row -> row.getString(1), agentId, tx.org());
    }

    static int delete(Tx tx, String id) {
        return tx.sql()
                .deleteFrom(AGENT_GROUP)
                .where(AGENT_GROUP.ID.eq(id), tx.own(AGENT_GROUP.ORGANIZATION_ID))
                .execute();
    }

    static void setCounter(Tx tx, String id, @Nullable Integer counter) {
        tx.sql()
                .update(AGENT_GROUP)
                .set(AGENT_GROUP.TURNS_COUNTER, counter)
                .where(AGENT_GROUP.ID.eq(id))
                .execute();
    }

    static void setProcessed(Tx tx, String id, String messageId) {
        tx.sql()
                .update(AGENT_GROUP)
                .set(AGENT_GROUP.LAST_PROCESSED_MESSAGE_ID, messageId)
                .where(AGENT_GROUP.ID.eq(id))
                .execute();
    }

    /** The flag of an agent whose background agents are gone. */
    static void forgetSleeptime(Tx tx, String agentId, long now) {
        tx.sql()
                .update(AGENT)
                .set(AGENT.ENABLE_SLEEPTIME, (Boolean) null)
                .set(AGENT.UPDATED_AT, now)
                .where(AGENT.ID.eq(agentId), tx.own(AGENT.ORGANIZATION_ID))
                .execute();
    }

    private static AgentGroupRecord record(GroupState group) {
        AgentGroupRecord row = new AgentGroupRecord();
        row.setId(group.id());
        row.setManagerType(group.managerType().word());
        row.setManagerAgentId(group.managerAgentId());
        row.setDescription(AgentSql.clean(group.description()));
        row.setTerminationToken(group.terminationToken() == null ? null : AgentSql.clean(group.terminationToken()));
        row.setMaxTurns(group.maxTurns());
        row.setSleeptimeAgentFrequency(group.sleeptimeAgentFrequency());
        row.setTurnsCounter(group.turnsCounter());
        row.setLastProcessedMessageId(group.lastProcessedMessageId());
        row.setMaxMessageBufferLength(group.maxMessageBufferLength());
        row.setMinMessageBufferLength(group.minMessageBufferLength());
        row.setHidden(group.hidden());
        row.setIsAutomatic(group.automatic());
        row.setProjectId(group.projectId());
        row.setTemplateId(group.templateId());
        row.setBaseTemplateId(group.baseTemplateId());
        row.setDeploymentId(group.deploymentId());
        return row;
    }

    private static List<GroupState> states(Tx tx, List<AgentGroupRecord> rows) {
        List<String> ids = rows.stream().map(AgentGroupRecord::getId).toList();
        Map<String, List<String>> members = new HashMap<>();
        tx.sql()
                .selectFrom(GROUP_MEMBER)
                .where(GROUP_MEMBER.GROUP_ID.in(ids))
                .orderBy(GROUP_MEMBER.GROUP_ID, GROUP_MEMBER.POSITION)
                .forEach(row -> members.computeIfAbsent(row.getGroupId(), id -> new ArrayList<>())
                        .add(row.getAgentId()));
        Map<String, List<String>> blocks = new HashMap<>();
        tx.sql()
                .selectFrom(GROUP_BLOCK)
                .where(GROUP_BLOCK.GROUP_ID.in(ids))
                .orderBy(GROUP_BLOCK.GROUP_ID, GROUP_BLOCK.POSITION)
                .forEach(row -> blocks.computeIfAbsent(row.getGroupId(), id -> new ArrayList<>())
                        .add(row.getBlockId()));
        return rows.stream()
                .map(row -> state(
                        row, members.getOrDefault(row.getId(), List.of()), blocks.getOrDefault(row.getId(), List.of())))
                .toList();
    }

    private static GroupState state(AgentGroupRecord row, List<String> members, List<String> blocks) {
        ManagerType type = ManagerType.find(row.getManagerType());
        return new GroupState(
                row.getId(),
                type == null ? ManagerType.ROUND_ROBIN : type,
                members,
                row.getDescription(),
                row.getProjectId(),
                row.getTemplateId(),
                row.getBaseTemplateId(),
                row.getDeploymentId(),
                blocks,
                row.getManagerAgentId(),
                row.getTerminationToken(),
                row.getMaxTurns(),
                row.getSleeptimeAgentFrequency(),
                row.getTurnsCounter(),
                row.getLastProcessedMessageId(),
                row.getMaxMessageBufferLength(),
                row.getMinMessageBufferLength(),
                row.getHidden(),
                row.getIsAutomatic(),
                row.getCreatedAt());
    }
}
