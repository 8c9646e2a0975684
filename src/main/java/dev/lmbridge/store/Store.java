package dev.lmbridge.store;

import java.util.List;

/**
 * What is kept beyond the life of a process, other than the journals. Every call blocks, for as long as a disk or a network takes,
 * so none belongs on an event loop; {@link StoreVerticle} is what event loops ask.
 *
 * <p>Safe for use by several threads.
 */
public interface Store extends AutoCloseable {

    /** Adds entries, all of them or none, in this order. */
    void append(List<AuditEntry> entries) throws StoreException;

    /** A page of the audit, newest first. */
    AuditPage audit(AuditQuery query) throws StoreException;

    /** Remembers a pin; one of the same model on the same host is replaced. */
    void pin(StoredPin pin) throws StoreException;

    /** Forgets a pin; one that is not there is forgotten already. */
    void unpin(String host, String model) throws StoreException;

    /** Every pin of every host, ordered by host and model. */
    List<StoredPin> pins() throws StoreException;

    /** Succeeds if the store answers. */
    void check() throws StoreException;

    @Override
    void close();
}
