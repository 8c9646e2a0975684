package dev.lmbridge.cli;

import dev.lmbridge.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code serve} starts; the composition root gives it. */
@FunctionalInterface
public interface Service {
    /**
     * Runs until it is told to stop.
     *
     * @return the exit code, 0 after an orderly end
     */
    int serve(Settings settings, Environment environment) throws Exception;

    /** The LM Studio machines that it would drive; empty if it would use the simulated one. Starts and asks nothing. */
    default List<KnownHost> hosts(Settings settings, Environment environment) {
        return List.of();
    }

    /**
     * An LM Studio machine as the configuration, or what is installed, tells of it.
     *
     * @param token its API token, null if it wants none
     * @param lms its command, null if there is none
     * @param lmsWanted whether one is wanted at all
     * @param home the home that {@code lms} gets, null for ours
     */
    record KnownHost(
            String name,
            URI url,
            @Nullable String token,
            @Nullable Path lms,
            boolean lmsWanted,
            @Nullable Path home) {
        @Override
        public String toString() {
            return name + " at " + url;
        }
    }
}
