package dev.lmbridge.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.h2.api.ErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * One connection for everybody, one after the other: a database inside this process gains nothing from more. One that does not
 * work any more, since the disk was full for a while, is replaced by the next use.
 */
final class OneConnection implements Connections {
    /** How H2 says that the connection, or the whole database after a write that failed, is closed. */
    private static final Set<Integer> CLOSED = Set.of(
            ErrorCode.OBJECT_CLOSED,
            ErrorCode.CONNECTION_BROKEN_1,
            ErrorCode.DATABASE_IS_CLOSED,
            ErrorCode.DATABASE_CALLED_AT_SHUTDOWN);

    private final Door door;
    private @Nullable Connection connection;
    private boolean closed;

    OneConnection(Door door) {
        this.door = door;
    }

    /** Opens a connection. */
    @FunctionalInterface
    interface Door {
        Connection open() throws SQLException;
    }

    /** Work that may fail in other ways, too. */
    @FunctionalInterface
    interface Preparation {
        void on(Connection connection) throws SQLException, StoreException;
    }

    @Override
    public synchronized <T> T use(Work<T> work) throws SQLException {
        try {
            return Connections.inTransaction(connected(), work);
        } catch (SQLException failed) {
            if (closed || !CLOSED.contains(failed.getErrorCode())) {
                throw failed;
            }
            drop();
            return Connections.inTransaction(connected(), work);
        }
    }

    /** The same for what has transactions of its own. */
    synchronized void prepare(Preparation preparation) throws SQLException, StoreException {
        Connection used = connected();
        preparation.on(used);
        used.commit();
    }

    private Connection connected() throws SQLException {
        if (closed) {
            throw new SQLException("closed", "08003");
        }
        if (connection == null) {
            Connection fresh = door.open();
            fresh.setAutoCommit(false);
            connection = fresh;
        }
        return connection;
    }

    private void drop() {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException unimportant) {
                // It did not work before either.
            }
            connection = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        drop();
    }
}
