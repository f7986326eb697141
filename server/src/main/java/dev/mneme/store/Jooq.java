package dev.mneme.store;

import java.sql.Connection;
import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;

/** jOOQ set up once per database. */
final class Jooq {
    private final Configuration template;

    Jooq(SQLDialect dialect) {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        template = new DefaultConfiguration()
                .set(dialect)
                .set(new Settings()
                        .withRenderSchema(false)
                        .withExecuteLogging(false)
                        .withDiagnosticsLogging(false)
                        .withFetchWarnings(false)
                        .withReturnRecordToPojo(false));
    }

    SQLDialect dialect() {
        return template.dialect();
    }

    DSLContext on(Connection connection) {
        return DSL.using(template.derive(connection));
    }
}
