package dev.mneme.run;

import static dev.mneme.store.gen.Tables.AGENT;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.RUN;
import static dev.mneme.store.gen.Tables.STEP;
import static dev.mneme.store.gen.Tables.TOOL;

import dev.mneme.base.Json;
import dev.mneme.store.Tx;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** Runs by what they did and how long they took. */
final class MeasureSql {
    /** The time of a run; what has not ended counts as shorter than anything. */
    static final Field<Long> DURATION = DSL.coalesce(RUN.TOTAL_DURATION_NS, DSL.inline(-1L));

    private MeasureSql() {}

    /** Narrows what is listed. where: the other filters. */
    static Condition narrow(Tx tx, Condition where, RunFilter.Measures by) {
        Condition out = where;
        if (by.runId() != null) {
            out = out.and(RUN.ID.eq(by.runId()));
        }
        if (by.projectId() != null) {
            out = out.and(ofAgents(AGENT.PROJECT_ID.eq(by.projectId())));
        }
        if (by.templateFamily() != null) {
            out = out.and(ofAgents(AGENT.BASE_TEMPLATE_ID.eq(by.templateFamily())));
        }
        if (by.from() != null) {
            out = out.and(RUN.CREATED_AT.ge(by.from()));
        }
        if (by.until() != null) {
            out = out.and(RUN.CREATED_AT.le(by.until()));
        }
        if (by.steps() != null) {
            out = out.and(compare(
                    DSL.field(DSL.selectCount().from(STEP).where(STEP.RUN_ID.eq(RUN.ID)))
                            .cast(Long.class),
                    by.steps()));
        }
        if (!by.toolsUsed().isEmpty()) {
            out = out.and(called(tx, by.toolsUsed()));
        }
        if (by.duration() != null) {
            out = out.and(RUN.TOTAL_DURATION_NS.isNotNull()).and(compare(RUN.TOTAL_DURATION_NS, by.duration()));
        }
        return by.percentile() == null ? out : slower(tx, out, by.percentile());
    }

    private static Condition ofAgents(Condition which) {
        return RUN.AGENT_ID.in(DSL.select(AGENT.ID).from(AGENT).where(which));
    }

    private static Condition compare(Field<Long> what, RunFilter.Bound bound) {
        return switch (bound.comparison()) {
            case EQ -> what.eq(bound.value());
            case GTE -> what.ge(bound.value());
            case LTE -> what.le(bound.value());
            case GT -> what.gt(bound.value());
            case LT -> what.lt(bound.value());
        };
    }

    /** Runs that called any of these tools, given by id or name. Calls are stored as JSON, so a name stands in it behind its key. */
    private static Condition called(Tx tx, List<String> tools) {
        Set<String> names = new HashSet<>(tools);
        names.addAll(tx.sql()
                .select(TOOL.NAME)
                .from(TOOL)
                .where(tx.own(TOOL.ORGANIZATION_ID).and(TOOL.ID.in(tools)))
                .fetch(TOOL.NAME));
        Condition any = DSL.or(names.stream()
                .map(name -> DSL.position(MESSAGE.TOOL_CALLS, "\"name\":" + Json.write(name))
                        .gt(0))
                .toList());
        return DSL.exists(DSL.selectOne()
                .from(MESSAGE)
                .where(MESSAGE.RUN_ID
                        .eq(RUN.ID)
                        .and(MESSAGE.TOOL_CALLS.isNotNull())
                        .and(any)));
    }

    /** Those that took longer than so much percent of what passes: than the one of that rank from the fastest. */
    private static Condition slower(Tx tx, Condition where, int percent) {
        Condition ended = where.and(RUN.TOTAL_DURATION_NS.isNotNull());
        int all = tx.sql().fetchCount(DSL.selectOne().from(RUN).where(ended));
        if (all == 0) {
            return ended;
        }
        int rank = Math.toIntExact(Math.ceilDiv((long) all * percent, 100L));
        Long mark = tx.sql()
                .select(RUN.TOTAL_DURATION_NS)
                .from(RUN)
                .where(ended)
                .orderBy(RUN.TOTAL_DURATION_NS)
                .limit(1)
                .offset(rank - 1)
                .fetchOne(RUN.TOTAL_DURATION_NS);
        return ended.and(RUN.TOTAL_DURATION_NS.gt(mark));
    }
}
