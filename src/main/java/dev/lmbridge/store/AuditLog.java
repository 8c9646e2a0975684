package dev.lmbridge.store;

/** Takes what is to be remembered. It never waits and never fails: what cannot be kept is counted. */
@FunctionalInterface
public interface AuditLog {
    AuditLog NONE = entry -> {};

    void tell(AuditEntry entry);
}
