package dev.lmbridge.store;

import java.sql.Connection;
import java.sql.SQLException;

/** Lends connections to a database: for one piece of work at a time, and taken back whatever happens. */
interface Connections extends AutoCloseable {

    /** Work in one transaction, which is rolled back if it fails. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    <T> T use(Work<T> work) throws SQLException;

    @Override
    void close();

    /** Runs the work and commits. */
    static <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
        try {
            T result = work.on(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException failed) {
            try {
                connection.rollback();
            } catch (SQLException alsoFailed) {
                failed.addSuppressed(alsoFailed);
            }
            throw failed;
        }
    }
}
