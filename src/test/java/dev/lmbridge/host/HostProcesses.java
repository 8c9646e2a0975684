package dev.lmbridge.host;

import static dev.lmbridge.host.Choices.Subject.LOAD;
import static dev.lmbridge.host.Choices.Subject.MEMORY;
import static dev.lmbridge.host.Choices.Subject.UNLOAD;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.RoughHost.Resident;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The processes of {@code lms} in a schedule: they succeed, fail, lie, hang, and may do what they were asked for after their end. */
final class HostProcesses {
    private static final List<Failure> FAILURES = List.of(
            loadFailed("lms_failed"),
            loadFailed("lms_failed"),
            loadFailed("lms_failed"),
            loadFailed("raced"),
            Failure.of(FailureCode.INSUFFICIENT_MEMORY, "too large"),
            Failure.of(FailureCode.MODEL_NOT_FOUND, "not there"),
            Failure.of(FailureCode.HOST_UNAVAILABLE, "no server"),
            Failure.of(FailureCode.LMS_NOT_INSTALLED, "no lms"));

    /** Who hears of what the processes do. */
    interface Listener {
        void event(HostEvent event);

        void struck(Fault fault, @Nullable ModelKey subject);

        /** Nobody has used it for the time of its TTL. */
        void expired(Resident resident);

        /** A load was ended by force, whose intent was noted at {@code since}. */
        void killed(ModelKey key, String identifier, Instant since);
    }

    private final class Call {
        final long operation;
        final boolean load;
        final ModelKey key;
        final String identifier;
        final Instant startedAt = agenda.now();
        final long mark;
        Instant deadline;
        Instant ended = Instant.MIN;
        boolean over;
        boolean done;
        boolean interrupted;

        Call(long operation, boolean load, ModelKey key, String identifier, long mark, Duration deadline) {
            this.operation = operation;
            this.load = load;
            this.key = key;
            this.identifier = identifier;
            this.mark = mark;
            this.deadline = startedAt.plus(deadline);
        }
    }

    private final Agenda agenda;
    private final Choices choices;
    private final HostPolicy policy;
    private final RoughHost host;
    private final NotedIntents intents;
    private final Listener listener;
    /** Now and then {@code lms} itself fails most of the time: it takes that for a breaker of the host to be tried. */
    private final boolean sick;

    private @Nullable Call running;

    HostProcesses(
            Agenda agenda,
            Choices choices,
            HostPolicy policy,
            RoughHost host,
            NotedIntents intents,
            Listener listener) {
        this.agenda = agenda;
        this.choices = choices;
        this.policy = policy;
        this.host = host;
        this.intents = intents;
        this.listener = listener;
        sick = choices.chance(LOAD, 5);
    }

    boolean isBusy() {
        return running != null;
    }

    void load(HostAction.RunLoad load, long mark) {
        Call process = start(new Call(load.operation(), true, load.key(), load.identifier(), mark, load.deadline()));
        boolean slow = choices.chance(LOAD, 10);
        int takes = choices.next(LOAD, slow ? 200_000 : 20_000);
        boolean fails = choices.chance(LOAD, sick ? 90 : 15);
        boolean appears = !choices.chance(LOAD, fails ? 80 : 10);
        boolean late = choices.chance(LOAD, 20);
        int lateBy = choices.next(LOAD, 30_000);
        int appearsAt = takes - choices.next(LOAD, takes + 1);
        int which = choices.next(LOAD, FAILURES.size());
        Failure failure = fails ? FAILURES.get(sick ? Math.max(which, FAILURES.size() - 2) : which) : null;
        for (int each = choices.next(LOAD, 4); each > 0; each--) {
            int percent = choices.next(LOAD, 101);
            agenda.in(choices.next(LOAD, takes + 1), () -> {
                if (!process.over) {
                    listener.event(new HostEvent.LoadProgressed(load.operation(), percent));
                }
            });
        }
        if (host.holds(load.identifier())) {
            agenda.in(takes, () -> exit(process, loadFailed("identifier_taken")));
        } else if (host.lacksMemoryFor(load.key())) {
            agenda.in(takes, () -> exit(process, tooLarge(load.key(), choices.chance(MEMORY, 50))));
        } else if (!appears) {
            agenda.in(takes, () -> {
                if (failure == null && !process.over) {
                    listener.struck(Fault.PROCESS_LIES, load.key());
                }
                exit(process, failure);
            });
        } else {
            agenda.in(appearsAt + (late ? lateBy : 0), () -> appear(process, load));
            agenda.in(takes, () -> exit(process, failure));
        }
        atDeadline(process);
    }

    private static Failure tooLarge(ModelKey key, boolean tells) {
        Failure failure = Failure.of(FailureCode.INSUFFICIENT_MEMORY, "too large");
        return tells ? failure.with("requiredBytes", RoughHost.taken(key)) : failure;
    }

    void estimate(HostAction.Estimate estimate) {
        boolean fails = host.down || choices.chance(MEMORY, 20);
        long takes = choices.next(MEMORY, fails ? (int) estimate.deadline().toMillis() : 2_000);
        HostEvent answer = new HostEvent.Estimated(
                estimate.key(),
                estimate.contextLength(),
                fails ? null : Long.valueOf(RoughHost.taken(estimate.key())),
                fails ? Failure.of(FailureCode.UPSTREAM_ERROR, "no estimate") : null);
        agenda.in(takes, () -> listener.event(answer));
    }

    private void appear(Call process, HostAction.RunLoad load) {
        if (host.down || process.interrupted || host.holds(load.identifier())) {
            return;
        }
        process.done = true;
        if (process.over) {
            listener.struck(Fault.DONE_AFTER_ITS_PROCESS, load.key());
        }
        Resident resident = host.load(load.identifier(), load.key(), load.ttl());
        boolean soon = choices.chance(LOAD, 15);
        if (soon) {
            agenda.in(1 + choices.next(LOAD, 3_000), () -> {
                if (host.remove(resident)) {
                    listener.struck(Fault.VANISHES, load.key());
                }
            });
        }
        idle(resident, agenda.now(), process);
    }

    /** The host's own idle clock, which a process that loads has not started yet. */
    private void idle(Resident resident, Instant since, Call process) {
        Duration ttl = Objects.requireNonNull(resident.ttl);
        agenda.at(since.plus(ttl), () -> {
            Instant used = resident.lastUsed == null ? since : resident.lastUsed;
            boolean busy = resident.users > 0 || !process.over;
            Instant latest = process.ended.isAfter(used) ? process.ended : used;
            Instant from = busy ? agenda.now() : latest.isAfter(since) ? latest : since;
            if (host.find(resident.identifier) != resident) {
                return;
            }
            if (from.plus(ttl).isAfter(agenda.now())) {
                idle(resident, from, process);
            } else if (host.remove(resident)) {
                listener.struck(Fault.EXPIRES, resident.key);
                listener.expired(resident);
            }
        });
    }

    void unload(HostAction.RunUnload unload, ModelKey key, long mark) {
        Call process = start(new Call(unload.operation(), false, key, unload.identifier(), mark, unload.deadline()));
        boolean slow = choices.chance(UNLOAD, 35);
        int takes = choices.next(UNLOAD, slow ? 40_000 : 1_000);
        boolean fails = choices.chance(UNLOAD, 15);
        boolean goes = !choices.chance(UNLOAD, fails ? 70 : 10);
        boolean late = choices.chance(UNLOAD, 20);
        int lateBy = choices.next(UNLOAD, 25_000);
        int goesAt = takes - choices.next(UNLOAD, takes + 1);
        Failure failure = fails ? FAILURES.get(choices.next(UNLOAD, FAILURES.size())) : null;
        if (goes) {
            agenda.in(goesAt + (late ? lateBy : 0), () -> {
                process.done = true;
                if (process.over && host.holds(unload.identifier())) {
                    listener.struck(Fault.DONE_AFTER_ITS_PROCESS, key);
                }
                host.unload(unload.identifier());
            });
        }
        agenda.in(takes, () -> {
            if (failure == null && !goes && !process.over) {
                listener.struck(Fault.PROCESS_LIES, key);
            }
            exit(process, failure);
        });
        atDeadline(process);
    }

    private Call start(Call process) {
        running = process;
        return process;
    }

    /** A deadline may move while its process runs. */
    private void atDeadline(Call process) {
        agenda.at(process.deadline, () -> {
            if (process.over) {
                return;
            }
            if (process.deadline.isAfter(agenda.now())) {
                atDeadline(process);
            } else {
                listener.struck(Fault.PROCESS_HANGS, process.key);
                kill(process, "timeout");
            }
        });
    }

    private void exit(Call process, @Nullable Failure failure) {
        if (!process.over) {
            if (failure != null) {
                listener.struck(Fault.PROCESS_FAILS, process.key);
            }
            intents.crossOut(process.mark);
            end(process, failure);
        }
    }

    private void kill(Call process, String reason) {
        if (!process.over) {
            if (process.load) {
                listener.killed(process.key, process.identifier, process.startedAt);
            }
            end(process, loadFailed(reason));
        }
    }

    private void end(Call process, @Nullable Failure failure) {
        process.over = true;
        process.ended = agenda.now();
        running = null;
        listener.event(new HostEvent.ProcessEnded(process.operation, failure));
    }

    /**
     * Moves a deadline.
     *
     * @param slack by how much the clock of the bridge may be behind
     * @return whether the new deadline is within the limit of all loads
     */
    boolean postpone(HostAction.Postpone postpone, Duration slack) {
        Call process = running;
        if (process == null || process.operation != postpone.operation()) {
            return true;
        }
        process.deadline = agenda.now().plus(postpone.deadline());
        return !process.deadline.isAfter(
                process.startedAt.plus(policy.maxLoad()).plus(slack));
    }

    void interrupt(long operation) {
        Call process = running;
        if (process == null || process.operation != operation) {
            return;
        }
        boolean obeys = !choices.chance(LOAD, 50);
        process.interrupted = obeys;
        agenda.in(choices.next(LOAD, 2_000), () -> {
            if (process.over) {
                return;
            }
            listener.struck(Fault.PROCESS_KILLED, process.key);
            if (obeys) {
                end(process, loadFailed("cancelled"));
            } else {
                kill(process, "killed");
            }
        });
    }

    /** The bridge is gone. Its process is an orphan, whose mark and fate the next one finds out. */
    long orphan(NotedIntents.Orphan fate) {
        Call process = Objects.requireNonNull(running);
        process.over = true;
        process.interrupted = fate == NotedIntents.Orphan.ENDED;
        running = null;
        if (process.load && fate != NotedIntents.Orphan.ENDED) {
            listener.killed(process.key, process.identifier, process.startedAt);
        }
        return process.mark;
    }

    static Failure loadFailed(String reason) {
        return Failure.of(FailureCode.MODEL_LOAD_FAILED, "the process failed").with("reason", reason);
    }
}
