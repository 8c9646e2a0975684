package dev.lmbridge.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.lmbridge.settings.Secret;
import dev.lmbridge.store.StoreException.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import org.postgresql.ds.PGSimpleDataSource;

/** The store in a PostgreSQL database, which several nodes may share. */
public final class PostgresStore {
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final int CONNECTIONS = 4;
    private static final String WAY = "name another database in store.url.";

    private PostgresStore() {}

    /**
     * Opens the store at an address, and makes its tables if they are not there.
     *
     * @param node the name of this machine
     * @throws StoreException {@link Kind#UNAVAILABLE} if the database does not answer, {@link Kind#REFUSED} if its tables are of a
     *     newer version
     */
    public static Store open(Secret address, String node) throws StoreException {
        PGSimpleDataSource source = source(PostgresAddress.of(address));
        // Without the pool first: what is wrong is then known at once, not after the pool's patience.
        try (Connection connection = source.getConnection()) {
            Schema.bring(connection, source, "The database of store.url", WAY, PostgresStore::explain);
        } catch (SQLException failed) {
            throw explain(failed);
        }
        return new SqlStore(new Pool(source), node, 0, PostgresStore::explain);
    }

    private static PGSimpleDataSource source(PostgresAddress address) throws StoreException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(address.url());
        source.setApplicationName("lm-bridge");
        source.setConnectTimeout((int) CONNECT.toSeconds());
        source.setLoginTimeout((int) CONNECT.toSeconds());
        source.setSocketTimeout((int) ANSWER.toSeconds());
        source.setTcpKeepAlive(true);
        Properties properties = address.properties();
        for (String name : properties.stringPropertyNames()) {
            try {
                source.setProperty(name, properties.getProperty(name));
            } catch (SQLException unknown) {
                throw new StoreException(
                        Kind.REFUSED,
                        "The parameter '" + name + "' of store.url has no meaning, or a wrong value.",
                        null);
            }
        }
        return source;
    }

    /** By SQL state (PostgreSQL, appendix A): the driver's own text may name users and addresses. */
    private static StoreException explain(SQLException failed) {
        String state = String.valueOf(failed.getSQLState());
        String why = switch (state.length() < 2 ? "" : state.substring(0, 2)) {
            case "08" -> "cannot be reached";
            case "28" -> "refuses the user name or the password";
            case "3D" -> "does not exist";
            case "53" -> "has run out of disk, memory or connections";
            case "57", "25" -> "takes no writes now";
            // The pool's own, when no connection came in time.
            case "", "nu" -> "does not answer";
            default -> "";
        };
        return new StoreException(
                why.isEmpty() ? Kind.FAILED : Kind.UNAVAILABLE,
                "The database of store.url " + (why.isEmpty() ? "did not do it" : why) + " (SQL state " + state + ").",
                null);
    }

    /** Connections that are kept and watched by HikariCP. */
    private static final class Pool implements Connections {
        private final HikariDataSource pool;

        Pool(PGSimpleDataSource source) {
            HikariConfig config = new HikariConfig();
            config.setDataSource(source);
            config.setPoolName("store");
            config.setMaximumPoolSize(CONNECTIONS);
            config.setMinimumIdle(1);
            config.setConnectionTimeout(CONNECT.toMillis());
            config.setValidationTimeout(CONNECT.toMillis() / 2);
            config.setInitializationFailTimeout(-1);
            config.setAutoCommit(false);
            pool = new HikariDataSource(config);
        }

        @Override
        public <T> T use(Work<T> work) throws SQLException {
            try (Connection connection = pool.getConnection()) {
                return Connections.inTransaction(connection, work);
            }
        }

        @Override
        public void close() {
            pool.close();
        }
    }
}
