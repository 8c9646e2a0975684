package dev.lmbridge.cli;

import dev.lmbridge.settings.Settings;

/** What {@code serve} starts; the composition root gives it. */
@FunctionalInterface
public interface Service {
    /**
     * Runs until it is told to stop.
     *
     * @return the exit code, 0 after an orderly end
     */
    int serve(Settings settings, Environment environment) throws Exception;
}
