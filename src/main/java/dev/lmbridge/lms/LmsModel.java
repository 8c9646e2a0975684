package dev.lmbridge.lms;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One downloaded model: a row of {@code lms ls --json}, and the model part of a row of {@code lms ps --json}.
 *
 * @param type {@code llm} or {@code embedding} today
 * @param modelKey the name that {@code lms load} takes
 * @param path where LM Studio has it, relative; null if not told
 * @param indexedModelIdentifier LM Studio's own name of the files; null if not told
 * @param deviceIdentifier the machine of an LM Link; null means this one, or an lms before 2026-01
 * @param sizeBytes on disk; 0 if not told
 * @param maxContextLength tokens; 0 if not told
 * @param variants keys of the variants, as {@code key@variant}; empty for most models
 * @param selectedVariant the variant that the key stands for; null without variants
 * @param vision whether it sees images; false for embeddings
 * @param trainedForToolUse whether it was trained to call tools; false for embeddings
 */
public record LmsModel(
        String type,
        String modelKey,
        @Nullable String displayName,
        @Nullable String publisher,
        @Nullable String format,
        @Nullable String architecture,
        @Nullable String quantization,
        @Nullable String path,
        @Nullable String indexedModelIdentifier,
        @Nullable String deviceIdentifier,
        long sizeBytes,
        int maxContextLength,
        List<String> variants,
        @Nullable String selectedVariant,
        boolean vision,
        boolean trainedForToolUse) {
    public LmsModel {
        variants = List.copyOf(variants);
    }
}
