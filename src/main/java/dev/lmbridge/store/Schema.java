package dev.lmbridge.store;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.Function;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/** Brings the tables of a database to the version that this program knows. */
final class Schema {
    /** The newest file in {@code db/migration}. */
    static final int VERSION = 2;

    /** Flyway's own table; it writes its names in lower case and quotes them. */
    private static final String HISTORY = "flyway_schema_history";

    private Schema() {}

    /** How the tables of a database stand to this program. */
    enum State {
        CURRENT,
        /** Older, or not there at all. */
        OLDER,
        NEWER
    }

    /**
     * Does what is needed; if nothing is, Flyway is not even loaded, which saves a start a good part of its time.
     *
     * @param name of the store, to begin a sentence with
     * @param way out for a person who cannot use this store
     * @param explain says what an error of the database means
     */
    static void bring(
            Connection connection,
            DataSource source,
            String name,
            String way,
            Function<SQLException, StoreException> explain)
            throws SQLException, StoreException {
        switch (state(connection)) {
            case CURRENT -> {}
            case OLDER -> migrate(source, name, way, explain);
            case NEWER ->
                throw new StoreException(
                        StoreException.Kind.REFUSED,
                        name + " was written by a newer version of LM Bridge. Start that version, or " + way,
                        null);
        }
    }

    static State state(Connection connection) throws SQLException {
        if (!hasHistory(connection)) {
            return State.OLDER;
        }
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(
                        "select \"version\", \"success\" from \"" + HISTORY + "\" where \"version\" is not null")) {
            int newest = 0;
            boolean whole = true;
            while (found.next()) {
                newest = Math.max(newest, number(found.getString(1)));
                whole &= found.getBoolean(2);
            }
            return newest > VERSION ? State.NEWER : newest == VERSION && whole ? State.CURRENT : State.OLDER;
        }
    }

    /** Our versions are whole numbers; whatever else somebody has migrated to is not ours. */
    private static int number(String version) {
        return version.matches("\\d{1,9}") ? Integer.parseInt(version) : Integer.MAX_VALUE;
    }

    private static boolean hasHistory(Connection connection) throws SQLException {
        DatabaseMetaData data = connection.getMetaData();
        try (ResultSet tables = data.getTables(connection.getCatalog(), connection.getSchema(), HISTORY, null)) {
            return tables.next();
        }
    }

    private static void migrate(
            DataSource source, String name, String way, Function<SQLException, StoreException> explain)
            throws StoreException {
        try {
            Flyway.configure()
                    .dataSource(source)
                    .locations("classpath:db/migration")
                    .cleanDisabled(true)
                    .load()
                    .migrate();
        } catch (FlywayException failed) {
            SQLException sql = sqlIn(failed);
            if (sql != null && explain.apply(sql).kind() == StoreException.Kind.UNAVAILABLE) {
                throw explain.apply(sql);
            }
            throw new StoreException(
                    StoreException.Kind.REFUSED,
                    name + " cannot be brought to the form that this version needs"
                            + (sql == null ? "" : " (SQL state " + sql.getSQLState() + ")")
                            + ". Put back a copy of it, or "
                            + way,
                    failed);
        }
    }

    private static @Nullable SQLException sqlIn(Throwable failed) {
        for (Throwable each = failed; each != null; each = each.getCause()) {
            if (each instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }
}
