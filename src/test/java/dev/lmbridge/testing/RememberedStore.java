package dev.lmbridge.testing;

import dev.lmbridge.store.AuditEntry;
import dev.lmbridge.store.AuditPage;
import dev.lmbridge.store.AuditQuery;
import dev.lmbridge.store.Store;
import java.util.ArrayList;
import java.util.List;

/** A store in memory. */
public final class RememberedStore implements Store {
    private final List<AuditPage.Row> rows = new ArrayList<>();
    private boolean closed;

    @Override
    public synchronized void append(List<AuditEntry> entries) {
        entries.forEach(entry -> rows.add(new AuditPage.Row(rows.size() + 1L, "here", entry)));
    }

    @Override
    public synchronized AuditPage audit(AuditQuery query) {
        Long before = query.before();
        List<AuditPage.Row> found = rows.reversed().stream()
                .filter(row -> before == null || row.id() < before)
                .filter(row -> query.model() == null
                        || query.model().equals(row.entry().model()))
                .limit(query.limit() + 1L)
                .toList();
        if (found.size() <= query.limit()) {
            return new AuditPage(found, null);
        }
        return new AuditPage(
                found.subList(0, query.limit()), found.get(query.limit() - 1).id());
    }

    public synchronized List<AuditEntry> entries() {
        return rows.stream().map(AuditPage.Row::entry).toList();
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public void check() {}

    @Override
    public synchronized void close() {
        closed = true;
    }
}
