package dev.mneme.search;

import static dev.mneme.store.gen.Tables.FILE_PASSAGE;
import static dev.mneme.store.gen.Tables.MESSAGE;
import static dev.mneme.store.gen.Tables.PASSAGE;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.noCondition;

import java.util.List;
import org.jooq.Condition;
import org.jooq.TableField;

/** Where each kind of entry keeps what the index follows. */
final class ColumnsSql {
    /** Who says what people search for. Tool rows, system rows and summaries are left out. */
    private static final List<String> ROLES = List.of("user", "assistant");

    private ColumnsSql() {}

    static TableField<?, Long> seq(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> PASSAGE.CHANGE_SEQ;
            case MESSAGE -> MESSAGE.CHANGE_SEQ;
            case FILE_PASSAGE -> FILE_PASSAGE.CHANGE_SEQ;
        };
    }

    static TableField<?, String> id(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> PASSAGE.ID;
            case MESSAGE -> MESSAGE.ID;
            case FILE_PASSAGE -> FILE_PASSAGE.ID;
        };
    }

    static TableField<?, String> owner(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> PASSAGE.ARCHIVE_ID;
            case MESSAGE -> MESSAGE.AGENT_ID;
            case FILE_PASSAGE -> FILE_PASSAGE.FOLDER_ID;
        };
    }

    static TableField<?, String> organization(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> PASSAGE.ORGANIZATION_ID;
            case MESSAGE -> MESSAGE.ORGANIZATION_ID;
            case FILE_PASSAGE -> FILE_PASSAGE.ORGANIZATION_ID;
        };
    }

    static TableField<?, Long> created(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> PASSAGE.CREATED_AT;
            case MESSAGE -> MESSAGE.CREATED_AT;
            case FILE_PASSAGE -> FILE_PASSAGE.CREATED_AT;
        };
    }

    /** Every column that a text to be searched comes from. */
    static List<TableField<?, String>> texts(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE -> List.of(PASSAGE.TEXT);
            case MESSAGE -> List.of(MESSAGE.CONTENT, MESSAGE.TOOL_CALLS);
            case FILE_PASSAGE -> List.of(FILE_PASSAGE.TEXT);
        };
    }

    static Condition searchable(Query.Kind kind) {
        return switch (kind) {
            case PASSAGE, FILE_PASSAGE -> noCondition();
            case MESSAGE ->
                MESSAGE.ROLE.in(ROLES.stream().map(role -> inline(role)).toList());
        };
    }
}
