package dev.lmbridge.lms;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The processes of one call. A grandchild whose parent has died is no descendant any more, so descendants are remembered while the
 * call runs; a handle knows its start time, so an id that was given to a stranger is never signalled. On Linux, what escaped that
 * look is found by the variable that every process of the call inherits.
 */
final class ProcessTree {
    private final ProcessHandle root;
    private final String marker;
    private final Optional<Instant> rootBegan;
    private boolean unclear;
    private final Set<ProcessHandle> known = new HashSet<>();

    /** @param marker {@code NAME=value} in the environment of the root, unique to this call */
    ProcessTree(ProcessHandle root, String marker) {
        this.root = root;
        this.marker = marker;
        rootBegan = root.info().startInstant();
        known.add(root);
    }

    /** Remembers who descends from whom right now. */
    void look() {
        for (var process : List.copyOf(known)) {
            if (process.isAlive()) {
                process.descendants().forEach(known::add);
            } else if (!process.equals(root)) {
                known.remove(process);
            }
        }
    }

    /** Kernel threads and zombies never show an environment either, but they do not begin while a call runs, or no longer run. */
    private boolean mayBeOurs(ProcessHandle process) {
        var began = process.info().startInstant();
        return began.isPresent()
                && rootBegan.isPresent()
                && !began.get().isBefore(rootBegan.get())
                && !MarkedProcesses.isZombie(process);
    }

    /** Whether the last search saw a process that it could not judge. */
    boolean isUnclear() {
        return unclear;
    }

    /** All that still run, searched for thoroughly. */
    Set<ProcessHandle> alive() {
        var search = MarkedProcesses.search(marker);
        known.addAll(search.found());
        unclear = search.unclear().stream().anyMatch(this::mayBeOurs);
        look();
        var alive = new HashSet<ProcessHandle>();
        for (var process : known) {
            if (process.isAlive() && !MarkedProcesses.isZombie(process)) {
                alive.add(process);
            }
        }
        return alive;
    }

    /** Asks all to end. */
    void interrupt() {
        alive().forEach(Signals::interrupt);
    }

    /** Kills all that run, once; what they start meanwhile is for the next call. Answers how many there were. */
    int kill() {
        var alive = alive();
        alive.forEach(ProcessHandle::destroyForcibly);
        return alive.size();
    }
}
