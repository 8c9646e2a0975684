package dev.lmbridge.store;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Entries to write. */
final class AuditSamples {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00.123Z");

    private AuditSamples() {}

    /** An entry whose detail is its number. */
    static AuditEntry entry(int number) {
        return of("qwen/qwen3-4b", number);
    }

    static AuditEntry of(String model, int number) {
        return new AuditEntry(
                NOW, "127.0.0.1", "load", "success", model, model + "~1", "local", "r-1", Integer.toString(number));
    }

    static List<AuditEntry> entries(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(AuditSamples::entry).toList();
    }

    /** The numbers of the entries of a page. */
    static List<Integer> numbers(AuditPage page) {
        return page.rows().stream()
                .map(row -> Integer.valueOf(String.valueOf(row.entry().detail())))
                .toList();
    }
}
