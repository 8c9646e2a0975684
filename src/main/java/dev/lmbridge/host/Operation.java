package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
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

    Cause cause();

    /** Whether somebody waits for it, or it is of use without anybody waiting. */
    default boolean isWanted() {
        return cause() != Cause.ASKED || !callers().isEmpty();
    }

    default HostNotice.Change change() {
        return this instanceof Load ? HostNotice.Change.LOAD : HostNotice.Change.UNLOAD;
    }

    Operation withCallers(List<Caller> changed);

    /**
     * A load.
     *
     * @param identifier the name its instance will have; empty until its turn comes
     * @param startedAt when its turn came, for the attempt under way or the last one
     * @param percent the last progress told, -1 before the first
     * @param abandoned whether its process was told to end because nobody waits for it
     * @param told the TTL that the host is told, which may be longer than {@code ttl}
     */
    record Load(
            long id,
            ModelKey key,
            @Nullable Integer contextLength,
            Duration ttl,
            long sizeBytes,
            List<Caller> callers,
            Attempts attempts,
            Phase phase,
            String identifier,
            Instant startedAt,
            Instant phaseSince,
            int percent,
            boolean abandoned,
            Cause cause,
            Duration told)
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

        /**
         * What was tried before.
         *
         * @param started how many, with the one under way
         * @param since when the first began; null before it
         * @param notBefore when the next may begin
         * @param last why the last one failed, null before
         */
        record Attempts(
                int started,
                @Nullable Instant since,
                Instant notBefore,
                @Nullable Failure last) {
            static final Attempts NONE = new Attempts(0, null, Instant.MIN, null);
        }

        public Load {
            callers = List.copyOf(callers);
        }

        static Load queued(
                long id, ModelKey key, @Nullable Integer contextLength, long sizeBytes, Caller caller, Instant now) {
            return queued(id, key, contextLength, caller.ttl(), sizeBytes, List.of(caller), now, Cause.ASKED);
        }

        /** A load that the core itself wants: nobody waits for it. */
        static Load own(
                long id, ModelKey key, @Nullable Integer contextLength, Duration ttl, long sizeBytes, Instant now) {
            return queued(id, key, contextLength, ttl, sizeBytes, List.of(), now, Cause.WANTED);
        }

        private static Load queued(
                long id,
                ModelKey key,
                @Nullable Integer contextLength,
                Duration ttl,
                long sizeBytes,
                List<Caller> callers,
                Instant now,
                Cause cause) {
            return new Load(
                    id,
                    key,
                    contextLength,
                    ttl,
                    sizeBytes,
                    callers,
                    Attempts.NONE,
                    Phase.QUEUED,
                    "",
                    now,
                    now,
                    -1,
                    false,
                    cause,
                    ttl);
        }

        /** One more caller. A load that has not begun takes the longest TTL that was asked for. */
        Load joinedBy(Caller caller) {
            boolean grows = phase == Phase.QUEUED && caller.ttl().compareTo(ttl) > 0;
            List<Caller> all =
                    Stream.concat(callers.stream(), Stream.of(caller)).toList();
            return with(all, grows ? caller.ttl() : ttl);
        }

        @Override
        public Load withCallers(List<Caller> changed) {
            return with(changed, ttl);
        }

        private Load with(List<Caller> changed, Duration longest) {
            return new Load(
                    id,
                    key,
                    contextLength,
                    longest,
                    sizeBytes,
                    changed,
                    attempts,
                    phase,
                    identifier,
                    startedAt,
                    phaseSince,
                    percent,
                    abandoned,
                    cause,
                    told);
        }

        /**
         * Its turn has come.
         *
         * @param host the TTL that the host is told
         */
        Load started(String chosen, Duration host, Instant now) {
            Instant since = attempts.since() == null ? now : attempts.since();
            Attempts more = new Attempts(attempts.started() + 1, since, now, attempts.last());
            return new Load(
                    id,
                    key,
                    contextLength,
                    ttl,
                    sizeBytes,
                    callers,
                    more,
                    Phase.RUNNING,
                    chosen,
                    now,
                    now,
                    -1,
                    false,
                    cause,
                    host);
        }

        /** The attempt has failed, and another one may begin at {@code notBefore}, now with the longest TTL that was asked for. */
        Load again(Failure failure, Instant notBefore, Instant now) {
            Attempts failed = new Attempts(attempts.started(), attempts.since(), notBefore, failure);
            Duration longest = callers.stream()
                    .map(Caller::ttl)
                    .reduce(ttl, (one, other) -> one.compareTo(other) < 0 ? other : one);
            return new Load(
                    id,
                    key,
                    contextLength,
                    longest,
                    sizeBytes,
                    callers,
                    failed,
                    Phase.QUEUED,
                    "",
                    startedAt,
                    now,
                    -1,
                    false,
                    cause,
                    told);
        }

        /** The host has given its instance another name than the one chosen. */
        Load named(String byHost) {
            return new Load(
                    id,
                    key,
                    contextLength,
                    ttl,
                    sizeBytes,
                    callers,
                    attempts,
                    phase,
                    byHost,
                    startedAt,
                    phaseSince,
                    percent,
                    abandoned,
                    cause,
                    told);
        }

        Load in(Phase next, Instant now) {
            return moved(next, now, percent, abandoned);
        }

        Load at(int reached) {
            return moved(phase, phaseSince, reached, abandoned);
        }

        Load abandon() {
            return moved(phase, phaseSince, percent, true);
        }

        private Load moved(Phase next, Instant since, int reached, boolean given) {
            return new Load(
                    id,
                    key,
                    contextLength,
                    ttl,
                    sizeBytes,
                    callers,
                    attempts,
                    next,
                    identifier,
                    startedAt,
                    since,
                    reached,
                    given,
                    cause,
                    told);
        }
    }

    /**
     * An unload of every instance that {@code name} stands for.
     *
     * @param remaining identifiers still to go, the first is being unloaded; empty until its turn comes
     * @param gone identifiers that are no more
     * @param patience until when whoever asked gives those inside time to end; {@link Instant#MIN} for none
     * @param drainUntil until when they have time, in that phase
     * @param checks how often the host was asked whether it is at work
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
            Instant phaseSince,
            Cause cause,
            Stage stage,
            Instant patience,
            Instant drainUntil,
            int checks)
            implements Operation {

        enum Stage {
            QUEUED,
            /** Nobody is let in, and those inside have some time to end. */
            DRAINING,
            /** {@code lms ps} is asked whether somebody else uses it. */
            CHECKING,
            /** Its process runs, or its effect is waited for. */
            RUNNING
        }

        public Unload {
            callers = List.copyOf(callers);
            remaining = List.copyOf(remaining);
            gone = List.copyOf(gone);
        }

        @Override
        public Unload withCallers(List<Caller> changed) {
            return new Unload(
                    id,
                    key,
                    name,
                    force,
                    changed,
                    remaining,
                    gone,
                    exited,
                    phaseSince,
                    cause,
                    stage,
                    patience,
                    drainUntil,
                    checks);
        }

        static Unload asked(
                long id, ModelKey key, String name, boolean force, Caller caller, Instant patience, Instant now) {
            return queued(id, key, name, force, List.of(caller), Cause.ASKED, patience, now);
        }

        private static Unload queued(
                long id,
                ModelKey key,
                String name,
                boolean force,
                List<Caller> callers,
                Cause cause,
                Instant patience,
                Instant now) {
            return new Unload(
                    id,
                    key,
                    name,
                    force,
                    callers,
                    List.of(),
                    List.of(),
                    false,
                    now,
                    cause,
                    Stage.QUEUED,
                    patience,
                    Instant.MIN,
                    0);
        }

        /** An unload that the core itself wants: nobody waits for it, and it goes only if nobody uses the instance. */
        static Unload own(long id, Instance instance, Cause cause, Instant now) {
            return queued(id, instance.key(), instance.identifier(), false, List.of(), cause, Instant.MIN, now);
        }

        Unload started(List<String> identifiers, Instant now) {
            return with(identifiers, gone, false, now, Stage.RUNNING, drainUntil, checks);
        }

        Unload draining(Instant until, Instant now) {
            return with(remaining, gone, false, now, Stage.DRAINING, until, checks);
        }

        Unload checking(Instant now) {
            return with(remaining, gone, false, now, Stage.CHECKING, drainUntil, checks + 1);
        }

        Unload running(Instant now) {
            return with(remaining, gone, false, now, Stage.RUNNING, drainUntil, checks);
        }

        Unload processExited(Instant now) {
            return with(remaining, gone, true, now, stage, drainUntil, checks);
        }

        private Unload with(
                List<String> left,
                List<String> went,
                boolean ended,
                Instant since,
                Stage next,
                Instant until,
                int asked) {
            return new Unload(
                    id, key, name, force, callers, left, went, ended, since, cause, next, patience, until, asked);
        }

        /** The first of {@code remaining} is gone. */
        Unload next(Instant now) {
            List<String> more = Stream.concat(gone.stream(), Stream.of(remaining.getFirst()))
                    .toList();
            return with(remaining.subList(1, remaining.size()), more, false, now, stage, drainUntil, checks);
        }
    }
}
