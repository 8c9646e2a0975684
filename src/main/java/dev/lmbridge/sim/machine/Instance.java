package dev.lmbridge.sim.machine;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One loaded instance of a model. Others read it; only the machine changes it. */
public final class Instance {
    private final String identifier;
    private final String reference;
    private final CatalogueModel model;
    private final LoadRequest request;
    private final int contextLength;
    private final int parallel;

    final Set<Work> running = new LinkedHashSet<>();
    final SequencedSet<Work> waiting = new LinkedHashSet<>();
    Agenda.@Nullable Entry expiry;

    @Nullable
    Instant lastUsed;

    Instance(
            String identifier,
            String reference,
            CatalogueModel model,
            LoadRequest request,
            int contextLength,
            int parallel) {
        this.identifier = identifier;
        this.reference = reference;
        this.model = model;
        this.request = request;
        this.contextLength = contextLength;
        this.parallel = parallel;
    }

    /** The name of the instance: what HTTP takes as {@code model} and {@code lms unload} as its argument. */
    public String identifier() {
        return identifier;
    }

    /** The internal name ({@code instanceReference}), unique for the life of the machine. */
    public String reference() {
        return reference;
    }

    public CatalogueModel model() {
        return model;
    }

    /** Idle time-to-live, or null for none. */
    public @Nullable Duration ttl() {
        return request.ttl();
    }

    /** Null until the first use. */
    public @Nullable Instant lastUsed() {
        return lastUsed;
    }

    public boolean isJit() {
        return request.jit();
    }

    /** When the idle time-to-live ends it; null without one, and while it is busy. */
    public @Nullable Instant expiresAt() {
        return expiry == null ? null : expiry.due();
    }

    /** What its load said about the engine. */
    public LoadRequest.Tuning tuning() {
        return request.tuning();
    }

    /** The variant that is loaded, or null when the model has none. */
    @Nullable
    String variant() {
        return model.variants().contains(request.modelKey()) ? request.modelKey() : model.selectedVariant();
    }

    public int contextLength() {
        return contextLength;
    }

    /** Predictions at a time; an embedding model has one. */
    public int parallel() {
        return parallel;
    }

    /** Bytes of memory that it takes. */
    public long memory() {
        return model.memoryFor(contextLength);
    }

    /** The part of {@link #memory} that lies in the memory of the GPU. */
    public long gpuMemory() {
        return model.gpuMemoryFor(contextLength, request.gpu());
    }

    /** The share of the GPU that its load asked for, 0 to 1, or null if it left that to LM Studio. */
    public @Nullable Double gpu() {
        return request.gpu();
    }

    /** Requests that it works on or that wait for it. */
    public int queued() {
        return running.size() + waiting.size();
    }

    public boolean isIdle() {
        return running.isEmpty() && waiting.isEmpty();
    }

    public InstanceStatus status() {
        if (running.isEmpty()) {
            return InstanceStatus.IDLE;
        }
        if (model.isEmbedding()) {
            return InstanceStatus.COMPUTING_EMBEDDING;
        }
        return running.stream().anyMatch(Work::isGenerating)
                ? InstanceStatus.GENERATING
                : InstanceStatus.PROCESSING_PROMPT;
    }
}
