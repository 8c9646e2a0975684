package dev.lmbridge.settings;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is known about models beforehand.
 *
 * @param defaultModel absent means that the service chooses
 * @param aliases name to the keys it stands for, the first preferred
 * @param profiles by catalogue key
 */
public record ModelSettings(
        @Nullable String defaultModel,
        TtlPolicy ttl,
        Map<String, List<String>> aliases,
        Map<String, Profile> profiles,
        Foreign foreign) {

    /**
     * Idle times after which the host unloads a model, in whole seconds.
     *
     * @param standard for a model that is kept
     * @param temporary for a model that was loaded in passing
     * @param max the most that anybody may ask for
     */
    public record TtlPolicy(Duration standard, Duration temporary, Duration max) {}

    /**
     * How one model is loaded; what is absent is left to the host.
     *
     * @param gpu {@code off}, {@code max} or a ratio from 0 to 1, as {@code lms load --gpu} takes it
     * @param parallel predictions at the same time
     */
    public record Profile(
            @Nullable Duration ttl,
            @Nullable Integer contextLength,
            @Nullable String gpu,
            @Nullable Integer parallel,
            boolean pinned,
            boolean preload) {}

    /** What happens with instances that somebody else loaded. */
    public enum Foreign {
        LEAVE,
        ADOPT
    }
}
