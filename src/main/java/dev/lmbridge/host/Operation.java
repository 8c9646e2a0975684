package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A change to a host that waits for its turn or is under way. One runs at a time. */
sealed interface Operation {
    long id();

    ModelKey key();

    List<Caller> callers();

    Operation withCallers(List<Caller> changed);

    /**
     * A load.
     *
     * @param identifier the name its instance will have; empty until its turn comes
     * @param startedAt when its turn came
     * @param percent the last progress told, -1 before the first
     */
    record Load(
            long id,
            ModelKey key,
            @Nullable Integer contextLength,
            Duration ttl,
            long sizeBytes,
            List<Caller> callers,
            Phase phase,
            String identifier,
            Instant startedAt,
            Instant phaseSince,
            int percent)
            implements Operation {

        enum Phase {
            QUEUED,
            /** Its process runs. */
            RUNNING,
            /** The process claims success; the instance has not been seen yet. */
            APPEARING,
            /** It was seen; {@code lms ps} is asked for its TTL. */
            CONFIRMING
        }

        public Load {
            callers = List.copyOf(callers);
        }

        /** One more caller. A load that has not begun takes the longest TTL that was asked for. */
        Load joinedBy(Caller caller) {
            boolean grows = phase == Phase.QUEUED && caller.ttl().compareTo(ttl) > 0;
            List<Caller> all =
                    Stream.concat(callers.stream(), Stream.of(caller)).toList();
            return new Load(
                    id,
                    key,
                    contextLength,
                    grows ? caller.ttl() : ttl,
                    sizeBytes,
                    all,
                    phase,
                    identifier,
                    startedAt,
                    phaseSince,
                    percent);
        }

        @Override
        public Load withCallers(List<Caller> changed) {
            return new Load(
                    id, key, contextLength, ttl, sizeBytes, changed, phase, identifier, startedAt, phaseSince, percent);
        }

        Load started(String chosen, Instant now) {
            return new Load(id, key, contextLength, ttl, sizeBytes, callers, Phase.RUNNING, chosen, now, now, percent);
        }

        Load in(Phase next, Instant now) {
            return new Load(id, key, contextLength, ttl, sizeBytes, callers, next, identifier, startedAt, now, percent);
        }

        Load at(int reached) {
            return new Load(
                    id, key, contextLength, ttl, sizeBytes, callers, phase, identifier, startedAt, phaseSince, reached);
        }
    }

    /**
     * An unload of every instance that {@code name} stands for.
     *
     * @param remaining identifiers still to go, the first is being unloaded; empty until its turn comes
     * @param gone identifiers that are no more
     */
    record Unload(
            long id,
            ModelKey key,
            String name,
            boolean force,
            List<Caller> callers,
            List<String> remaining,
            List<String> gone,
            boolean exited,
            Instant phaseSince)
            implements Operation {

        public Unload {
            callers = List.copyOf(callers);
            remaining = List.copyOf(remaining);
            gone = List.copyOf(gone);
        }

        @Override
        public Unload withCallers(List<Caller> changed) {
            return new Unload(id, key, name, force, changed, remaining, gone, exited, phaseSince);
        }

        Unload started(List<String> identifiers, Instant now) {
            return new Unload(id, key, name, force, callers, identifiers, gone, false, now);
        }

        Unload processExited(Instant now) {
            return new Unload(id, key, name, force, callers, remaining, gone, true, now);
        }

        /** The first of {@code remaining} is gone. */
        Unload next(Instant now) {
            List<String> more = Stream.concat(gone.stream(), Stream.of(remaining.getFirst()))
                    .toList();
            return new Unload(id, key, name, force, callers, remaining.subList(1, remaining.size()), more, false, now);
        }
    }
}
