package dev.lmbridge.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the audit, newest first.
 *
 * @param next where the following page begins, for {@link AuditQuery#before()}; absent on the last one
 */
public record AuditPage(List<Row> rows, @Nullable Long next) {
    public AuditPage {
        rows = List.copyOf(rows);
    }

    /**
     * An entry as it is kept.
     *
     * @param id grows with every entry
     * @param node the name of the machine that wrote it
     */
    public record Row(long id, String node, AuditEntry entry) {}
}
