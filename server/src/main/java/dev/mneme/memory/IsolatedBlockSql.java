package dev.mneme.memory;

import static dev.mneme.store.gen.Tables.BLOCK;
import static dev.mneme.store.gen.Tables.CONVERSATION;
import static dev.mneme.store.gen.Tables.CONVERSATION_BLOCK;
import static org.jooq.impl.DSL.select;

import dev.mneme.store.Prepared;
import dev.mneme.store.Tx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The queries of {@link IsolatedBlocks}. */
final class IsolatedBlockSql {
    private IsolatedBlockSql() {}

    /** A conversation's copy of a shared block; blockId null: the conversation gave it up. */
    record Link(String sharedBlockId, @Nullable String blockId) {}

    private static final Prepared LINKS =
            Prepared.of(sql -> sql.select(CONVERSATION_BLOCK.SHARED_BLOCK_ID, CONVERSATION_BLOCK.BLOCK_ID)
                    .from(CONVERSATION_BLOCK)
                    .where(CONVERSATION_BLOCK.CONVERSATION_ID.eq(""))
                    .orderBy(CONVERSATION_BLOCK.POSITION));

    static List<Link> links(Tx tx, String conversationId) {
        return tx.list(LINKS, row -> new Link(row.getString(1), row.getString(2)), conversationId);
    }

    static Map<String, List<String>> copies(Tx tx, List<String> conversationIds) {
        Map<String, List<String>> out = new HashMap<>();
        tx.sql()
                .select(CONVERSATION_BLOCK.CONVERSATION_ID, CONVERSATION_BLOCK.BLOCK_ID)
                .from(CONVERSATION_BLOCK)
                .where(CONVERSATION_BLOCK.CONVERSATION_ID.in(conversationIds))
                .and(CONVERSATION_BLOCK.BLOCK_ID.isNotNull())
                .orderBy(CONVERSATION_BLOCK.POSITION)
                .forEach(row -> out.computeIfAbsent(row.value1(), id -> new ArrayList<>())
                        .add(row.value2()));
        return out;
    }

    static void link(Tx tx, String conversationId, String sharedBlockId, @Nullable String blockId, long position) {
        tx.sql()
                .insertInto(
                        CONVERSATION_BLOCK,
                        CONVERSATION_BLOCK.CONVERSATION_ID,
                        CONVERSATION_BLOCK.SHARED_BLOCK_ID,
                        CONVERSATION_BLOCK.BLOCK_ID,
                        CONVERSATION_BLOCK.POSITION)
                .values(conversationId, sharedBlockId, blockId, position)
                .execute();
    }

    static void deleteBlock(Tx tx, String blockId) {
        BlockSql.delete(tx, blockId);
    }

    static void deleteOfConversation(Tx tx, String conversationId) {
        tx.sql()
                .deleteFrom(BLOCK)
                .where(tx.own(BLOCK.ORGANIZATION_ID))
                .and(BLOCK.ID.in(select(CONVERSATION_BLOCK.BLOCK_ID)
                        .from(CONVERSATION_BLOCK)
                        .where(CONVERSATION_BLOCK.CONVERSATION_ID.eq(conversationId))))
                .execute();
        tx.sql()
                .deleteFrom(CONVERSATION_BLOCK)
                .where(CONVERSATION_BLOCK.CONVERSATION_ID.eq(conversationId))
                .execute();
    }

    static void deleteOfAgent(Tx tx, String agentId) {
        tx.sql()
                .deleteFrom(BLOCK)
                .where(tx.own(BLOCK.ORGANIZATION_ID))
                .and(BLOCK.ID.in(select(CONVERSATION_BLOCK.BLOCK_ID)
                        .from(CONVERSATION_BLOCK)
                        .join(CONVERSATION)
                        .on(CONVERSATION.ID.eq(CONVERSATION_BLOCK.CONVERSATION_ID))
                        .where(CONVERSATION.AGENT_ID.eq(agentId))))
                .execute();
    }
}
