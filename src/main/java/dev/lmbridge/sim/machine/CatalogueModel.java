package dev.lmbridge.sim.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A downloaded model. The names are those of the rows of {@code lms ls --json}.
 *
 * @param format file format as {@code lms} names it: MLX models are {@code safetensors} there
 * @param sizeBytes size on disk
 * @param variants keys with {@code @quantization}; empty when the model has none
 * @param reasoning whether it thinks before it answers
 */
public record CatalogueModel(
        ModelType type,
        String modelKey,
        String format,
        String displayName,
        String publisher,
        String path,
        long sizeBytes,
        @Nullable String paramsString,
        String architecture,
        Quantization quantization,
        List<String> variants,
        @Nullable String selectedVariant,
        boolean vision,
        boolean trainedForToolUse,
        boolean reasoning,
        int maxContextLength) {

    public CatalogueModel {
        variants = List.copyOf(variants);
    }

    /** The quantization of the files; {@code name} such as {@code Q4_K_M}. */
    public record Quantization(String name, int bits) {}

    /** The quantization of one of the variants, which its key names after the {@code @}. */
    public Quantization quantizationOf(String variant) {
        if (variant.equals(selectedVariant)) {
            return quantization;
        }
        String name = variant.substring(variant.indexOf('@') + 1).toUpperCase(Locale.ROOT);
        return new Quantization(name, name.startsWith("Q8") ? 8 : 4);
    }

    /** With one more downloaded variant; the selected one stays. */
    CatalogueModel withVariant(String variant) {
        List<String> all = new ArrayList<>(variants);
        all.add(variant);
        return new CatalogueModel(
                type,
                modelKey,
                format,
                displayName,
                publisher,
                path,
                sizeBytes,
                paramsString,
                architecture,
                quantization,
                all,
                selectedVariant,
                vision,
                trainedForToolUse,
                reasoning,
                maxContextLength);
    }

    public boolean isEmbedding() {
        return type == ModelType.EMBEDDING;
    }

    /** The context length of a load that names none: LM Studio starts small to save memory. */
    public int defaultContextLength() {
        return Math.min(isEmbedding() ? 2048 : 4096, maxContextLength);
    }

    /** Bytes of memory that an instance with this context takes: the weights, working space, and the cache of the context. */
    public long memoryFor(int contextLength) {
        return sizeBytes + sizeBytes / 20 + sizeBytes / 40_000 * contextLength;
    }

    /**
     * The part of {@link #memoryFor} that lies in the memory of the GPU: that share of it, but for what the processor always keeps.
     *
     * @param ratio 0 to 1, or null for all
     */
    public long gpuMemoryFor(int contextLength, @Nullable Double ratio) {
        long most = memoryFor(contextLength) - sizeBytes / 50;
        return ratio == null ? most : Math.round(most * ratio);
    }
}
