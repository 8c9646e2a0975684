package dev.lmbridge.settings;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One LM Studio machine.
 *
 * @param url scheme, host and port, nothing else
 * @param home home folder of the user that LM Studio runs as; absent means our own
 * @param token bearer token that this host wants; absent means none
 * @param owner the node whose loader drives this host
 */
public record HostSettings(
        String name,
        URI url,
        Lms lms,
        @Nullable Path home,
        @Nullable Secret token,
        String owner,
        Memory memory) {

    /** Where the {@code lms} program of this host is. */
    public sealed interface Lms {
        /** Looked for on PATH, then in {@code .lmstudio/bin} of the home folder. */
        record Auto() implements Lms {}

        /** There is none: the host is driven over HTTP alone. */
        record None() implements Lms {}

        record At(Path program) implements Lms {}
    }

    /**
     * How much memory models may take.
     *
     * @param budgetBytes absent means that it is found out
     * @param reserveBytes left free for everything else
     */
    public record Memory(@Nullable Long budgetBytes, long reserveBytes) {}
}
