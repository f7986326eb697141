package dev.mneme.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Tells SQLite's planner what the tables will be like. Without that it guesses that an organisation has ten rows of each table, and
 * reads all of an organisation (which is everything, where there is one) rather than look up a handful of ids or the messages of one
 * agent. Real statistics ({@code ANALYZE}) would be those of the day when the tables were empty, and plans should not change from one
 * start to the next. Statistics that are there already stay.
 */
final class SqlitePlans {
    /** As ANALYZE writes them: rows of the table, then rows alike in the first column, in the first two, and so on. */
    private static final String OF_ORGANIZATION = "1000000 100000 10 1";

    /** Of an agent, archive, folder or conversation, in order of time or of change. */
    private static final String OF_OWNER = "1000000 1000 2 1";

    /** SQLite reads as many numbers as the index has columns and takes 1 for those that it misses. */
    private static final String MISSING = """
            select m.tbl_name, m.name, case a.name when 'organization_id' then '%s' else '%s' end
            from sqlite_master m, pragma_index_info(m.name) a, pragma_index_info(m.name) b
            where m.type = 'index' and a.seqno = 0 and b.seqno = 1
              and (a.name = 'organization_id'
                or a.name in ('agent_id', 'archive_id', 'folder_id', 'conversation_id') and b.name in ('created_at', 'change_seq'))
              and m.name not in (select idx from sqlite_stat1 where idx is not null)
            """.formatted(OF_ORGANIZATION, OF_OWNER);

    private SqlitePlans() {}

    /** Before other connections are opened: each reads the statistics once. */
    static void settle(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            if (!any(statement, "select 1 from sqlite_master where name = 'sqlite_stat1'")) {
                // Only ANALYZE makes the table that it writes to.
                statement.execute("analyze organization");
                statement.execute("delete from sqlite_stat1");
            }
            if (any(statement, MISSING)) {
                statement.execute("insert into sqlite_stat1 (tbl, idx, stat) " + MISSING);
            }
        }
    }

    private static boolean any(Statement statement, String query) throws SQLException {
        try (ResultSet found = statement.executeQuery(query)) {
            return found.next();
        }
    }
}
