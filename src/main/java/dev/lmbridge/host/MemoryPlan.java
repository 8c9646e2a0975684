package dev.lmbridge.host;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a load would take, and what would go for it.
 *
 * @param requiredBytes what it needs, as far as is known
 * @param availableBytes what is free now; null without a budget
 * @param budgetBytes null if it is not known
 * @param evict identifiers of the instances that would be unloaded first
 * @param fits false if it can never be loaded beside what stays
 */
public record MemoryPlan(
        long requiredBytes,
        @Nullable Long availableBytes,
        @Nullable Long budgetBytes,
        List<String> evict,
        boolean fits) {
    public MemoryPlan {
        evict = List.copyOf(evict);
    }
}
