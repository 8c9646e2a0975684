package dev.lmbridge.testing;

import dev.lmbridge.store.AuditEntry;
import dev.lmbridge.store.AuditPage;
import dev.lmbridge.store.AuditQuery;
import dev.lmbridge.store.Store;
import dev.lmbridge.store.StoredPin;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store in memory. */
public final class RememberedStore implements Store {
    private final List<StoredPin> pins = new CopyOnWriteArrayList<>();

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
    public void pin(StoredPin pin) {
        unpin(pin.host(), pin.model());
        pins.add(pin);
    }

    @Override
    public void unpin(String host, String model) {
        pins.removeIf(pin -> pin.host().equals(host) && pin.model().equals(model));
    }

    @Override
    public List<StoredPin> pins() {
        return List.copyOf(pins);
    }

    @Override
    public void check() {}

    @Override
    public synchronized void close() {
        closed = true;
    }
}
