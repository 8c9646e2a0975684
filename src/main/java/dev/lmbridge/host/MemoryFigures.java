package dev.lmbridge.host;

import org.jspecify.annotations.Nullable;

/**
 * The memory of a host, in bytes.
 *
 * @param budgetBytes what models may take with the reserve; null if it is not known
 * @param reserveBytes of the budget, what is left free
 * @param heldBytes what models take: loaded ones, whoever loaded them, doubtful ones, and the one being loaded
 * @param freeBytes what one more model may take; null without a budget
 */
public record MemoryFigures(
        @Nullable Long budgetBytes,
        long reserveBytes,
        long heldBytes,
        @Nullable Long freeBytes) {}
