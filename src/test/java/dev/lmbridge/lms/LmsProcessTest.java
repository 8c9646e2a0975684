package dev.lmbridge.lms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Shell scripts stand in for {@code lms}; after each of them the process table must hold nothing of it. */
@EnabledOnOs({OS.LINUX, OS.MAC})
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LmsProcessTest {
    private static final LmsCommand PS = new LmsCommand.Ps();
    private static final LmsCommand LOAD = new LmsCommand.Load("m", "m~1", Duration.ofMinutes(1), null, null, null);
    private static final Duration LONG = Duration.ofSeconds(40);

    @TempDir
    private Path folder;

    private final Set<ProcessHandle> before = Machine.descendants();

    @AfterEach
    void nothingOfItRuns() {
        assertThat(Machine.processesOf(folder, before)).isEmpty();
    }

    @Test
    void argumentsArriveAsTheyAreAndStreamsApart() throws Exception {
        var name = "a  b'\"$(touch pwned);*\\ ü模";
        var lms = script("for a in \"$@\"; do echo \"<$a>\"; done; echo problem >&2; exit 3");

        var outcome = end(start(lms, new LmsCommand.Unload(name), LONG));

        assertThat(outcome.ending()).isEqualTo(LmsOutcome.Ending.EXITED);
        assertThat(outcome.exitCode()).isEqualTo(3);
        assertThat(outcome.stdout()).isEqualTo("<unload>\n<" + name + ">\n<--host>\n<127.0.0.1>\n<--port>\n<1>\n");
        assertThat(outcome.stderr()).isEqualTo("problem\n");
        assertThat(outcome.truncated()).isFalse();
        assertThat(outcome.took()).isPositive().isLessThan(LONG);
    }

    @Test
    void homeAndColourOfTheChildAreOurs() throws Exception {
        var lms = script("echo \"$HOME|$NO_COLOR|${FORCE_COLOR-none}|${#" + LmsProcess.MARKER + "}\"");

        assertThat(end(start(lms, PS, LONG)).stdout()).isEqualTo(folder + "|1|none|36\n");
    }

    @Test
    void withoutHomeTheParentsStays() throws Exception {
        var target = new LmsTarget(script("echo \"$HOME\""), null, "127.0.0.1", 1);
        var call = new LmsProcess(target, System::nanoTime).start(PS, LONG, LmsProgress.UNHEARD);

        assertThat(end(call).stdout()).isEqualTo(System.getenv().getOrDefault("HOME", "") + "\n");
    }

    @Test
    void readerOfStdinFindsItsEndAndNoTerminal() throws Exception {
        var outcome = end(start(script("cat; [ -t 0 ] || [ -t 1 ] || [ -t 2 ] || echo none"), PS, LONG));

        assertThat(outcome.stdout()).isEqualTo("none\n");
    }

    @Test
    void twentyMegabytesAreDrainedAndFourKept() throws Exception {
        var outcome = end(start(script("head -c 20000000 /dev/zero | tr '\\0' x; echo end >&2"), PS, LONG));

        assertThat(outcome.succeeded()).isTrue();
        assertThat(outcome.truncated()).isTrue();
        assertThat(outcome.stdout()).hasSize(4 * 1024 * 1024);
        assertThat(outcome.stderr()).isEqualTo("end\n");
    }

    @Test
    void ofMuchStderrTheEndIsKept() throws Exception {
        var outcome =
                end(start(script("(head -c 3000000 /dev/zero | tr '\\0' x; printf last) >&2; echo '[]'"), PS, LONG));

        assertThat(outcome.stderr()).hasSize(64 * 1024).endsWith("xlast");
        assertThat(outcome.truncated()).isFalse();
        assertThat(LmsOutput.instances(outcome)).isEmpty();
    }

    @Test
    void garbageIsText() throws Exception {
        var outcome = end(start(script("printf '\\377\\376\\000[\\303'"), PS, LONG));

        assertThat(outcome.stdout()).isEqualTo("\uFFFD\uFFFD\0[\uFFFD");
        assertThat(LmsFailures.classify(PS, outcome).orElseThrow().kind()).isEqualTo(LmsFailure.Kind.BAD_OUTPUT);
    }

    @Test
    void percentagesAreHeardAndFramesForgotten() throws Exception {
        Files.write(folder.resolve("frames"), Samples.bytes("load-spinner-stdout.txt"));
        Queue<Integer> heard = new ConcurrentLinkedQueue<>();

        var outcome = end(cli(script("cat \"$HOME/frames\"; echo; echo kept")).start(LOAD, LONG, heard::add));

        assertThat(heard).containsExactly(0, 25, 50, 75, 100);
        assertThat(outcome.stdout()).isEqualTo("kept\n");
    }

    @Test
    void percentageIsHeardWhileTheLoadStillRuns() throws Exception {
        var heard = new CountDownLatch(1);
        var lms = script("printf '\\033[?25l\\rLoading m 42%% x'; exec sleep 100");

        var call = cli(lms).start(LOAD, LONG, percent -> {
            if (percent == 42) {
                heard.countDown();
            }
            throw new IllegalStateException("a listener that fails does no harm");
        });

        assertThat(heard.await(20, TimeUnit.SECONDS)).isTrue();
        call.cancel();
        assertThat(end(call).ending()).isEqualTo(LmsOutcome.Ending.CANCELLED);
    }

    @Test
    void oldSpinnerWithoutPercentageIsForgottenToo() throws Exception {
        Files.write(folder.resolve("frames"), Samples.bytes("load-spinner-old-stdout.txt"));

        assertThat(end(start(script("cat \"$HOME/frames\""), LOAD, LONG)).stdout())
                .isEmpty();
    }

    @Test
    void deadlineInterruptsFirst() throws Exception {
        assumeFalse(Machine.interruptsAreIgnored(), "SIGINT is ignored, and children inherit that");
        var lms =
                script("trap 'echo Load cancelled. >&2; exit 1' INT; touch \"$HOME/up\"; while :; do sleep 0.05; done");

        var outcome = timeOutOnceUp(lms);

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.stderr()).isEqualTo("Load cancelled.\n");
    }

    @Test
    void childOfAWrapperThatDiesFirstHasItsGraceToo() throws Exception {
        assumeFalse(Machine.interruptsAreIgnored(), "SIGINT is ignored, and children inherit that");
        var inner =
                "trap 'sleep 0.2; touch \"$HOME/told\"; exit 1' INT; touch \"$HOME/up\"; while :; do sleep 0.05; done";
        Files.writeString(folder.resolve("inner"), inner);
        var call = start(script("trap 'exit 9' INT; sh \"$HOME/inner\"; sleep 100"), PS, LONG);
        Machine.await(() -> Files.exists(folder.resolve("up")));

        call.cancel();

        assertThat(end(call).ending()).isEqualTo(LmsOutcome.Ending.CANCELLED);
        assertThat(folder.resolve("told")).exists();
    }

    @Test
    void whoIgnoresTheInterruptIsKilled() throws Exception {
        var lms = script("trap '' INT TERM; echo up; touch \"$HOME/up\"; while :; do sleep 0.05; done");

        var outcome = timeOutOnceUp(lms);

        assertThat(outcome.exitCode()).isEqualTo(137);
        assertThat(outcome.stdout()).isEqualTo("up\n");
    }

    @Test
    void cancelEndsTheWholeTree() throws Exception {
        var call = start(
                script("trap '' INT; (trap '' INT; sleep 100 & sleep 100) & echo $! > \"$HOME/up\"; wait; sleep 100"),
                PS,
                LONG);
        Machine.await(() -> Files.exists(folder.resolve("up")));

        call.cancel();

        assertThat(end(call).ending()).isEqualTo(LmsOutcome.Ending.CANCELLED);
        assertThat(ProcessHandle.of(call.pid())).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void grandchildInASessionOfItsOwnEndsWithTheDeadline() throws Exception {
        Files.writeString(
                folder.resolve("inner"), "trap '' INT HUP TERM; echo up; touch \"$HOME/up\"; sleep 100; sleep 100");

        var outcome = timeOutOnceUp(script("trap '' INT; setsid sh \"$HOME/inner\" & sleep 100; sleep 100"));

        assertThat(outcome.exitCode()).isEqualTo(137);
        assertThat(outcome.stdout()).isEqualTo("up\n");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void grandchildThatHoldsTheStreamsDoesNotDelayTheOutcome() throws Exception {
        var lms = script("setsid sleep 100 & echo '[]'; exit 0");

        var outcome = end(start(lms, PS, LONG));

        assertThat(outcome.succeeded()).isTrue();
        assertThat(outcome.stdout()).isEqualTo("[]\n");
        assertThat(outcome.took()).isLessThan(LONG);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void grandchildThatKeepsWritingDoesNotDelayTheOutcome() throws Exception {
        var outcome = end(start(script("setsid yes & exit 0"), PS, LONG));

        assertThat(outcome.succeeded()).isTrue();
        assertThat(outcome.took()).isLessThan(LONG);
    }

    @Test
    void postponedDeadlineHolds() throws Exception {
        var clock = new ManualNanos();
        var lms = script("while [ ! -e \"$HOME/go\" ]; do sleep 0.05; done; echo done");
        var call = new LmsProcess(target(lms), clock).start(PS, Duration.ofMinutes(1), LmsProgress.UNHEARD);

        call.postpone(Duration.ofMinutes(2));
        clock.advance(Duration.ofSeconds(110));
        clock.awaitReads(3);
        Files.createFile(folder.resolve("go"));

        assertThat(end(call).stdout()).isEqualTo("done\n");
    }

    @Test
    void deadlineStrikesByTheClockThatWasGiven() throws Exception {
        var clock = new ManualNanos();
        var call = new LmsProcess(target(script("exec sleep 100")), clock)
                .start(PS, Duration.ofMinutes(9), LmsProgress.UNHEARD);

        clock.awaitReads(3);
        clock.advance(Duration.ofMinutes(9));

        assertThat(end(call).ending()).isEqualTo(LmsOutcome.Ending.TIMED_OUT);
        assertThat(end(call).took()).isEqualTo(Duration.ofMinutes(9));
    }

    @Test
    void deadlineCanBePulledIn() throws Exception {
        var call = start(script("exec sleep 100"), PS, LONG);
        call.postpone(Duration.ZERO);

        assertThat(end(call).ending()).isEqualTo(LmsOutcome.Ending.TIMED_OUT);
    }

    @Test
    void cancelAfterTheEndChangesNothing() throws Exception {
        var call = start(script("echo '[]'"), PS, LONG);
        var before = end(call);
        call.cancel();
        call.postpone(LONG);

        assertThat(end(call)).isEqualTo(before);
        assertThat(before.ending()).isEqualTo(LmsOutcome.Ending.EXITED);
    }

    @Test
    void signalOfSomebodyElseShowsInTheExitCode() throws Exception {
        var outcome = end(start(script("kill -KILL $$"), PS, LONG));

        assertThat(LmsFailures.classify(PS, outcome).orElseThrow().kind()).isEqualTo(LmsFailure.Kind.KILLED);
    }

    @Test
    void missingProgramIsNotInstalled() throws Exception {
        assertNotStarted(folder.resolve("nowhere/lms"), LmsFailure.Kind.NOT_INSTALLED);
        assertNotStarted(Path.of("no-such-program-on-any-path"), LmsFailure.Kind.NOT_INSTALLED);
    }

    @Test
    void programThatCannotBeExecutedIsSaidToBeThat() throws Exception {
        assertNotStarted(folder, LmsFailure.Kind.NOT_EXECUTABLE);
        assertNotStarted(Files.writeString(folder.resolve("plain"), "text"), LmsFailure.Kind.NOT_EXECUTABLE);
        assertNotStarted(executable("#!/no/such/interpreter\n"), LmsFailure.Kind.NOT_EXECUTABLE);
    }

    @Test
    void programMustHaveAName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> target(Path.of(" ")))
                .withMessageContaining("executable is empty");
    }

    @Test
    void deadlineMustBePositive() throws Exception {
        var lms = cli(script("true"));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> lms.start(PS, Duration.ZERO, LmsProgress.UNHEARD))
                .withMessageContaining("deadline");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void fiftyCallsLeaveNoThreadNoDescriptorAndNoProcess() throws Exception {
        var lms = script("setsid sleep 100 & echo '[]'; echo x >&2");
        end(start(lms, PS, LONG));
        int descriptors = Machine.descriptors();

        for (int round = 0; round < 10; round++) {
            var calls = new ArrayList<LmsCall>();
            for (int i = 0; i < 5; i++) {
                calls.add(start(lms, PS, LONG));
            }
            for (var call : calls) {
                assertThat(end(call).stdout()).isEqualTo("[]\n");
            }
        }

        Machine.await(() -> Machine.descriptors() <= descriptors + 2);
        Machine.await(() -> Machine.threads(folder) == 0);
    }

    @Test
    void callHasThreadsOfItsNameWhileItRuns() throws Exception {
        var call = start(script("exec sleep 100"), PS, LONG);

        Machine.await(() -> Machine.threads(folder) == 3);
        call.cancel();
        end(call);
        Machine.await(() -> Machine.threads(folder) == 0);
    }

    private void assertNotStarted(Path executable, LmsFailure.Kind kind) throws Exception {
        var call = start(executable, PS, LONG);
        call.postpone(LONG);
        call.cancel();
        var outcome = end(call);

        assertThat(call.pid()).isZero();
        assertThat(outcome.ending()).isEqualTo(LmsOutcome.Ending.NOT_STARTED);
        var failure = LmsFailures.classify(PS, outcome).orElseThrow();
        assertThat(failure.kind()).isEqualTo(kind);
        assertThat(failure.said()).contains(executable.toString());
    }

    private LmsCli cli(Path lms) {
        return new LmsProcess(target(lms), System::nanoTime);
    }

    private LmsTarget target(Path lms) {
        return new LmsTarget(lms, folder, "127.0.0.1", 1);
    }

    private LmsCall start(Path lms, LmsCommand command, Duration deadline) {
        return cli(lms).start(command, deadline, LmsProgress.UNHEARD);
    }

    private static LmsOutcome end(LmsCall call) throws Exception {
        return call.outcome().toCompletableFuture().get(50, TimeUnit.SECONDS);
    }

    /** Lets the deadline strike when the script has made its file {@code up}. */
    private LmsOutcome timeOutOnceUp(Path lms) throws Exception {
        var call = start(lms, PS, LONG);
        Machine.await(() -> Files.exists(folder.resolve("up")));
        call.postpone(Duration.ZERO);
        var outcome = end(call);
        assertThat(outcome.ending()).isEqualTo(LmsOutcome.Ending.TIMED_OUT);
        assertThat(outcome.took()).isLessThan(Duration.ofSeconds(30));
        return outcome;
    }

    private Path script(String body) throws IOException {
        return executable("#!/bin/sh\n" + body + "\n");
    }

    private Path executable(String text) throws IOException {
        var file = Files.writeString(folder.resolve("lms"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
