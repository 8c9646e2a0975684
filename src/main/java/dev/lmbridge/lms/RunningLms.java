package dev.lmbridge.lms;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process of {@code lms} and the three virtual threads that serve it: two pumps and the watch, which alone decides how the call
 * ends. The bounds of its steps add up to less than the 10 seconds that {@link LmsCall#outcome()} promises.
 */
final class RunningLms implements LmsCall {
    private static final Logger log = LoggerFactory.getLogger(RunningLms.class);

    private static final int STDOUT_LIMIT = 4 * 1024 * 1024;
    private static final int LOAD_STDOUT_LIMIT = 64 * 1024;
    private static final int STDERR_LIMIT = 64 * 1024;

    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final Duration KILL_BOUND = Duration.ofSeconds(3);
    private static final Duration UNCLEAR_BOUND = Duration.ofMillis(200);
    /** Only reached by one that writes on and cannot be killed: what a busy machine reads late must not be lost. */
    private static final Duration DRAIN_BOUND = Duration.ofSeconds(3);

    private static final long POLL_MILLIS = 20;
    private static final long FIRST_LOOK_NANOS = Duration.ofMillis(40).toNanos();
    private static final long SLOWEST_LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    private final Process process;
    private final ProcessTree tree;
    private final LongSupplier nanoTime;
    private final long started;
    private final Capture stdout;
    private final Capture stderr = new Capture.Tail(STDERR_LIMIT);
    private final Pump stdoutPump;
    private final Pump stderrPump;
    private final CompletableFuture<LmsOutcome> outcome = new CompletableFuture<>();
    private volatile long deadline;
    private volatile boolean cancelled;

    private RunningLms(Process process, ProcessTree tree, Capture stdout, Duration deadline, LongSupplier nanoTime) {
        this.process = process;
        this.tree = tree;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
        this.deadline = after(started, deadline);
        this.stdout = stdout;
        this.stdoutPump = new Pump(process.getInputStream(), stdout);
        this.stderrPump = new Pump(process.getErrorStream(), stderr);
    }

    static LmsCall watch(
            Process process,
            ProcessTree tree,
            LmsCommand command,
            LmsProgress progress,
            Duration deadline,
            LongSupplier nanoTime) {
        var stdout = switch (command) {
            case LmsCommand.Load load -> new Capture.Load(LOAD_STDOUT_LIMIT, progress);
            case LmsCommand.Get get -> new BarCapture(progress);
            case LmsCommand.Unload unload -> new Capture.Head(STDOUT_LIMIT);
            case LmsCommand.Ps ps -> new Capture.Head(STDOUT_LIMIT);
            case LmsCommand.Version version -> new Capture.Head(LOAD_STDOUT_LIMIT);
            case LmsCommand.Estimate estimate -> new Capture.Head(LOAD_STDOUT_LIMIT);
            case LmsCommand.Ls ls -> new Capture.Head(STDOUT_LIMIT);
        };
        var call = new RunningLms(process, tree, stdout, deadline, nanoTime);
        var pumps = List.of(call.thread("stdout", call.stdoutPump), call.thread("stderr", call.stderrPump));
        pumps.forEach(Thread::start);
        call.thread("watch", () -> call.run(pumps)).start();
        return call;
    }

    private Thread thread(String role, Runnable work) {
        return Thread.ofVirtual().name("lms-" + process.pid() + "-" + role).unstarted(work);
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public CompletionStage<LmsOutcome> outcome() {
        return outcome.minimalCompletionStage();
    }

    @Override
    public void postpone(Duration fromNow) {
        deadline = after(nanoTime.getAsLong(), fromNow);
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    /** From nothing to a century, so that the sum cannot overflow. */
    private static long after(long now, Duration wait) {
        var century = Duration.ofDays(36_500);
        return now + (wait.isNegative() ? Duration.ZERO : wait.compareTo(century) > 0 ? century : wait).toNanos();
    }

    private void run(List<Thread> pumps) {
        var ending = LmsOutcome.Ending.EXITED;
        try {
            ending = awaitEnding();
            if (ending != LmsOutcome.Ending.EXITED) {
                interrupt();
            }
            killWhatIsLeft();
            drain(pumps);
        } catch (Throwable e) {
            log.atError().setCause(e).addKeyValue("pid", pid()).log("the watch over lms failed");
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        } finally {
            stdoutPump.stop();
            stderrPump.stop();
            complete(ending);
        }
    }

    /** Even if there is no memory for the texts: the caller waits. */
    private void complete(LmsOutcome.Ending ending) {
        try {
            outcome.complete(result(ending));
        } finally {
            outcome.complete(new LmsOutcome(ending, -1, "", "", true, Duration.ZERO));
        }
    }

    private LmsOutcome.Ending awaitEnding() throws InterruptedException {
        long lookAfter = FIRST_LOOK_NANOS;
        long looked = started;
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
            long now = nanoTime.getAsLong();
            if (cancelled) {
                return LmsOutcome.Ending.CANCELLED;
            }
            if (now - deadline >= 0) {
                return LmsOutcome.Ending.TIMED_OUT;
            }
            if (now - looked >= lookAfter) {
                tree.look();
                looked = now;
                lookAfter = Math.min(2 * lookAfter, SLOWEST_LOOK_NANOS);
            }
        }
        return LmsOutcome.Ending.EXITED;
    }

    /** The grace is for the whole tree: a shell around {@code lms} may die before {@code lms} has told LM Studio to stop. */
    private void interrupt() throws InterruptedException {
        tree.interrupt();
        within(GRACE, 40, () -> !process.isAlive() && tree.alive().isEmpty());
    }

    /** Nothing of a call outlives it, not even what lms left behind when it exited by itself. */
    private void killWhatIsLeft() throws InterruptedException {
        // A process that shows no environment is most likely in the middle of an execve: a moment later it can be
        // judged.
        within(UNCLEAR_BOUND, 4, () -> tree.kill() == 0 && !tree.isUnclear());
        if (!within(KILL_BOUND, 4, () -> tree.kill() == 0) || !process.waitFor(1, TimeUnit.SECONDS)) {
            log.atError().addKeyValue("pid", pid()).log("lms could not be killed and may still run");
        }
    }

    private void drain(List<Thread> pumps) throws InterruptedException {
        stdoutPump.exited();
        stderrPump.exited();
        pumps.forEach(LockSupport::unpark);
        within(DRAIN_BOUND, 1, () -> pumps.stream().noneMatch(Thread::isAlive));
    }

    /** By the machine's own clock: these bounds hold whatever the given one says. */
    private static boolean within(Duration bound, long pauseMillis, BooleanSupplier done) throws InterruptedException {
        long end = System.nanoTime() + bound.toNanos();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - end >= 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(pauseMillis);
        }
        return true;
    }

    private LmsOutcome result(LmsOutcome.Ending ending) {
        int exitCode = process.isAlive() ? -1 : process.exitValue();
        return new LmsOutcome(ending, exitCode, stdout.text(), stderr.text(), stdout.truncated(), took());
    }

    private Duration took() {
        return Duration.ofNanos(Math.max(0, nanoTime.getAsLong() - started));
    }
}
