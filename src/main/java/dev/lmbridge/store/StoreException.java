package dev.lmbridge.store;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Why the store could not do it. The message is a sentence for a person, and holds neither password nor a driver's own words. */
public final class StoreException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** Who can mend it. */
    public enum Kind {
        /** A person has to act: the store is damaged, or of a newer version. */
        REFUSED,
        /** It does not answer, and may do so later. */
        UNAVAILABLE,
        /** It answers, and did not do this. */
        FAILED
    }

    StoreException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    String sentence() {
        return String.valueOf(getMessage());
    }

    /** What a client is told. */
    Failure asFailure() {
        return Failure.of(FailureCode.STORE_UNAVAILABLE, sentence());
    }
}
