package dev.lmbridge.lms;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The {@code lms} of one host, which may be installed while the bridge runs. Looking for it reads folders: not for an event loop. */
public final class InstalledLms {
    /** How often at most it is looked for. */
    static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    private final Supplier<Optional<LmsCli>> search;
    private final InstantSource clock;
    private volatile @Nullable LmsCli found;
    private @Nullable Instant looked;

    /** @param search finds it, or finds that it is not there */
    public InstalledLms(Supplier<Optional<LmsCli>> search, InstantSource clock) {
        this.search = search;
        this.clock = clock;
    }

    /** One that is there, or that never will be. */
    public static InstalledLms fixed(@Nullable LmsCli cli) {
        InstalledLms fixed = new InstalledLms(Optional::empty, () -> Instant.EPOCH);
        fixed.found = cli;
        return fixed;
    }

    /** The one that was found already; looks for nothing. */
    public Optional<LmsCli> known() {
        return Optional.ofNullable(found);
    }

    /** The command, looked for if it was not there ten seconds ago. Once found it is not looked for again. */
    public synchronized Optional<LmsCli> find() {
        Instant now = clock.instant();
        if (found == null && (looked == null || !looked.plus(LOOK_EVERY).isAfter(now))) {
            looked = now;
            found = search.get().orElse(null);
        }
        return known();
    }
}
