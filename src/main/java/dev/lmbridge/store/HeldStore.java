package dev.lmbridge.store;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store as it is now: open, or why it is not. All but {@link #trouble} and {@link #isOpen} block, and belong on a thread that may.
 * Whoever calls sees to it that looks do not overlap, and writes neither.
 */
final class HeldStore {
    private static final Logger LOG = LoggerFactory.getLogger(HeldStore.class);

    private final StoreOpener opener;
    private final AuditQueue audit;
    private volatile @Nullable Store store;
    private volatile @Nullable String trouble = "The store is being opened.";
    private volatile @Nullable String writeTrouble;

    HeldStore(StoreOpener opener, AuditQueue audit) {
        this.opener = opener;
        this.audit = audit;
    }

    /** What is wrong with the store, as a sentence for a person; empty if it answers. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    boolean isOpen() {
        return store != null;
    }

    <T> T ask(StoreVerticle.Question<T> question) throws StoreException {
        Store open = store;
        if (open == null) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, trouble().orElse("The store is closed."), null);
        }
        return question.ask(open);
    }

    /** Fails only with a store that a person has to mend; one that does not answer is opened by a later {@link #look}. */
    @Nullable
    Void open() throws StoreException {
        try {
            store = opener.open();
            hear(null);
        } catch (StoreException failed) {
            hear(failed.sentence());
            if (failed.kind() == StoreException.Kind.REFUSED) {
                throw failed;
            }
        }
        return null;
    }

    /** Whether it answers; opens it if it is not open. */
    @Nullable
    Void look() throws StoreException {
        Store open = store;
        if (open == null) {
            return open();
        }
        try {
            open.check();
            hear(null);
        } catch (StoreException failed) {
            hear(failed.sentence());
        }
        return null;
    }

    /** Writes what waits. */
    @Nullable
    Void writeAudit() throws StoreException {
        try {
            ask(open -> {
                audit.writeTo(open);
                return true;
            });
            writeTrouble = null;
        } catch (StoreException failed) {
            // Once, not for each entry.
            if (!Objects.equals(writeTrouble, failed.sentence())) {
                LOG.atWarn().addKeyValue("why", failed.sentence()).log("audit could not be written");
            }
            writeTrouble = failed.sentence();
            throw failed;
        }
        return null;
    }

    /** What waits is written first, if that is possible. */
    @Nullable
    Void close() {
        try (Store closed = store) {
            store = null;
            if (closed != null) {
                audit.writeTo(closed);
            }
        } catch (StoreException failed) {
            LOG.atWarn().addKeyValue("why", failed.sentence()).log("audit could not be written");
        }
        audit.abandon();
        return null;
    }

    private void hear(@Nullable String now) {
        String before = trouble;
        trouble = now;
        if (now != null && !now.equals(before)) {
            LOG.atWarn().addKeyValue("why", now).log("store is not available");
        } else if (now == null && before != null) {
            LOG.atInfo().log("store is open");
        }
    }
}
