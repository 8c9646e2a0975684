package dev.lmbridge.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The store in SQL that H2 and PostgreSQL both understand. */
final class SqlStore implements Store {
    private static final String INSERT = """
            insert into audit (happened_at, node, actor, action, outcome, model, identifier, host, request_id, detail)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String SELECT = """
            select id, node, happened_at, actor, action, outcome, model, identifier, host, request_id, detail from audit
            """;

    private final Connections connections;
    private final String node;
    private final long keep;
    private final Function<SQLException, StoreException> explain;

    /**
     * A store on tables that are there.
     *
     * @param node the name of this machine
     * @param keep how many of the newest entries of the audit are kept; 0 keeps all
     * @param explain says what an error means
     */
    SqlStore(Connections connections, String node, long keep, Function<SQLException, StoreException> explain) {
        this.connections = connections;
        this.node = node;
        this.keep = keep;
        this.explain = explain;
    }

    @Override
    public void append(List<AuditEntry> entries) throws StoreException {
        ask(connection -> {
            try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
                for (AuditEntry entry : entries) {
                    fill(insert, entry);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            return prune(connection);
        });
    }

    private void fill(PreparedStatement insert, AuditEntry entry) throws SQLException {
        insert.setObject(1, OffsetDateTime.ofInstant(entry.at(), ZoneOffset.UTC));
        insert.setString(2, cut(node, 255));
        insert.setString(3, cut(entry.actor(), 255));
        insert.setString(4, cut(entry.action(), 40));
        insert.setString(5, cut(entry.outcome(), 60));
        insert.setString(6, cut(entry.model(), 512));
        insert.setString(7, cut(entry.identifier(), 512));
        insert.setString(8, cut(entry.host(), 255));
        insert.setString(9, cut(entry.requestId(), 128));
        insert.setString(10, cut(entry.detail(), 1_000));
    }

    /** PostgreSQL takes no NUL in a text. */
    private static @Nullable String cut(@Nullable String text, int longest) {
        if (text == null) {
            return null;
        }
        String whole = text.replace("\0", "");
        return whole.length() <= longest ? whole : whole.substring(0, longest - 1) + "…";
    }

    private int prune(Connection connection) throws SQLException {
        if (keep == 0) {
            return 0;
        }
        try (PreparedStatement delete =
                connection.prepareStatement("delete from audit where id <= (select max(id) from audit) - ?")) {
            delete.setLong(1, keep);
            return delete.executeUpdate();
        }
    }

    @Override
    public AuditPage audit(AuditQuery query) throws StoreException {
        Long before = query.before();
        String model = query.model();
        String sql = SELECT + "where id < ?" + (model == null ? "" : " and model = ?")
                + " order by id desc fetch first ? rows only";
        List<AuditPage.Row> rows = ask(connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                int next = 1;
                select.setLong(next++, before == null ? Long.MAX_VALUE : before);
                if (model != null) {
                    select.setString(next++, model);
                }
                // One more than asked for tells whether there is another page.
                select.setInt(next, query.limit() + 1);
                return read(select);
            }
        });
        if (rows.size() <= query.limit()) {
            return new AuditPage(rows, null);
        }
        List<AuditPage.Row> page = rows.subList(0, query.limit());
        return new AuditPage(page, page.getLast().id());
    }

    private static List<AuditPage.Row> read(PreparedStatement select) throws SQLException {
        List<AuditPage.Row> rows = new ArrayList<>();
        try (ResultSet found = select.executeQuery()) {
            while (found.next()) {
                AuditEntry entry = new AuditEntry(
                        found.getObject("happened_at", OffsetDateTime.class).toInstant(),
                        found.getString("actor"),
                        found.getString("action"),
                        found.getString("outcome"),
                        found.getString("model"),
                        found.getString("identifier"),
                        found.getString("host"),
                        found.getString("request_id"),
                        found.getString("detail"));
                rows.add(new AuditPage.Row(found.getLong("id"), found.getString("node"), entry));
            }
        }
        return rows;
    }

    @Override
    public void pin(StoredPin pin) throws StoreException {
        ask(connection -> {
            forget(connection, pin.host(), pin.model());
            try (PreparedStatement insert =
                    connection.prepareStatement("insert into pin (host, model, context_length) values (?, ?, ?)")) {
                insert.setString(1, pin.host());
                insert.setString(2, pin.model());
                insert.setObject(3, pin.contextLength(), Types.INTEGER);
                return insert.executeUpdate();
            }
        });
    }

    @Override
    public void unpin(String host, String model) throws StoreException {
        ask(connection -> forget(connection, host, model));
    }

    private static int forget(Connection connection, String host, String model) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from pin where host = ? and model = ?")) {
            delete.setString(1, host);
            delete.setString(2, model);
            return delete.executeUpdate();
        }
    }

    @Override
    public List<StoredPin> pins() throws StoreException {
        return ask(connection -> {
            List<StoredPin> pins = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(
                            "select host, model, context_length from pin order by host, model");
                    ResultSet found = select.executeQuery()) {
                while (found.next()) {
                    pins.add(new StoredPin(
                            found.getString("host"),
                            found.getString("model"),
                            found.getObject("context_length", Integer.class)));
                }
            }
            return pins;
        });
    }

    @Override
    public void check() throws StoreException {
        ask(connection -> {
            try (PreparedStatement select = connection.prepareStatement("select 1");
                    ResultSet found = select.executeQuery()) {
                return found.next();
            }
        });
    }

    private <T> T ask(Connections.Work<T> work) throws StoreException {
        try {
            return connections.use(work);
        } catch (SQLException failed) {
            throw explain.apply(failed);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
