package dev.lmbridge.store;

import dev.lmbridge.testing.RememberedStore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A store that fails, or takes its time, as told. */
final class ScriptedStore implements Store {
    private final List<StoredPin> pins = new CopyOnWriteArrayList<>();

    private final RememberedStore inner = new RememberedStore();
    private volatile StoreException.@Nullable Kind failure;
    private volatile CountDownLatch gate = new CountDownLatch(0);

    void failWith(StoreException.@Nullable Kind kind) {
        failure = kind;
    }

    /** From now on, calls wait until {@link #goOn}. */
    void hang() {
        gate = new CountDownLatch(1);
    }

    void goOn() {
        gate.countDown();
    }

    List<AuditEntry> written() {
        return inner.entries();
    }

    boolean isClosed() {
        return inner.isClosed();
    }

    @Override
    public void append(List<AuditEntry> entries) throws StoreException {
        check();
        inner.append(entries);
    }

    @Override
    public AuditPage audit(AuditQuery query) throws StoreException {
        check();
        return inner.audit(query);
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
    public void check() throws StoreException {
        try {
            gate.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
        StoreException.Kind kind = failure;
        if (kind != null) {
            throw new StoreException(kind, "The store was told to fail.", null);
        }
    }

    @Override
    public void close() {
        inner.close();
    }
}
