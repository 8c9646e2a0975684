package dev.lmbridge.lms;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/** Processes of {@code lms} that a bridge which was killed has left behind. */
public final class Leftovers {
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final long POLL_MILLIS = 50;

    private final LongSupplier nanoTime;

    /** @param nanoTime a clock that never steps back, in nanoseconds */
    public Leftovers(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * What became of the processes of one call.
     *
     * @param processes how many there were
     * @param byForce whether one of them had to be killed: then LM Studio was not told
     */
    public record Ended(int processes, boolean byForce) {}

    /**
     * Ends the processes of one call: asked first, since a load that is interrupted is cancelled at LM Studio, too; then killed. Blocks
     * for some seconds at most.
     *
     * @param mark what the call was marked with
     * @param identifier the instance it was about; where processes do not show their environment they are told by it
     */
    public Ended end(String mark, String identifier) throws InterruptedException {
        List<ProcessHandle> found = find(mark, identifier);
        found.forEach(Signals::interrupt);
        boolean byThemselves = areGone(mark, identifier);
        if (!byThemselves) {
            find(mark, identifier).forEach(ProcessHandle::destroyForcibly);
            areGone(mark, identifier);
        }
        return new Ended(found.size(), !byThemselves);
    }

    private boolean areGone(String mark, String identifier) throws InterruptedException {
        long until = nanoTime.getAsLong() + GRACE.toNanos();
        List<ProcessHandle> left = find(mark, identifier);
        while (!left.isEmpty() && nanoTime.getAsLong() - until < 0) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            left = find(mark, identifier);
        }
        return left.isEmpty();
    }

    private static List<ProcessHandle> find(String mark, String identifier) {
        Stream<ProcessHandle> all = MarkedProcesses.areShown()
                ? MarkedProcesses.with(LmsProcess.MARKER + "=" + mark).stream()
                : ProcessHandle.allProcesses().filter(process -> names(process, identifier));
        return all.filter(process -> process.isAlive() && !MarkedProcesses.isZombie(process))
                .filter(process -> process.pid() != ProcessHandle.current().pid())
                .toList();
    }

    private static boolean names(ProcessHandle process, String identifier) {
        return process.info()
                .arguments()
                .map(List::of)
                .filter(words -> words.contains("load") && words.contains(identifier))
                .isPresent();
    }
}
