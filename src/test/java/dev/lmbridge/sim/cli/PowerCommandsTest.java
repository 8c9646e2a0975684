package dev.lmbridge.sim.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.cli.LmsFaceTest.Called;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.logs.LogEntry;
import dev.lmbridge.sim.machine.Catalogue;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PowerCommandsTest {
    private static final String ABSENT = """
            Error: LM Studio daemon is not running and no valid installation could be found or installed.
            Error: Failed to start or connect to local LM Studio API server.
            """;

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();
    private final LmsFace face = new LmsFace(machine);

    @Test
    void aServerThatWasNeverStartedHasNoPort() {
        SimMachine fresh = new SimMachine(Catalogue.standard(), MachineSettings.standard(), new FaultBook(), time);
        Called status = new Called();
        new LmsFace(fresh).start(List.of("server", "status", "--json"), status);
        assertThat(status.out).hasToString("{\"running\":false}\n");
        assertThat(status.code).isZero();
    }

    @Test
    void theServerIsStoppedAndStartedAgain() {
        assertThat(lms("server", "stop").err).hasToString("Stopped the server on port 1234.\n");
        assertThat(lms("server", "status", "--json").out).hasToString("{\"running\":false,\"port\":1234}\n");
        Called again = lms("server", "stop");
        assertThat(again.err).hasToString("Error: The server is not running.\n");
        assertThat(again.code).isEqualTo(1);
        assertThat(lms("ps", "--json").out).hasToString("[]\n");
        assertThat(lms("ps", "--port", "1234").code).isEqualTo(1);
        Called start = lms("server", "start", "-p", "1300");
        assertThat(start.err).hasToString("Success! Server is now running on port 1300\n");
        assertThat(lms("ps", "--port", "1300").code).isZero();
        assertThat(lms("ps", "--port", "1234").code).isEqualTo(1);
    }

    @Test
    void aServerThatDoesNotOpenIsReportedAfterFiveLooks() {
        machine.faults().add(Fault.always(FaultKind.HTTP_REFUSED));
        Called start = begin("server", "start");
        time.pass(machine, Duration.ofSeconds(4));
        assertThat(start.code).isNull();
        time.pass(machine, Duration.ofMillis(200));
        assertThat(start.code).isEqualTo(1);
        assertThat(start.err)
                .hasToString("Error: Failed to verify the server is running. Please try to use another port.\n");
    }

    @Test
    void theDaemonGoesDownAndComesUp() {
        assertThat(lms("daemon", "down").err).hasToString("Shutting down llmster...\nDone.\n");
        assertThat(lms("daemon", "status", "--json").out).hasToString("{\"status\":\"not-running\"}\n");
        assertThat(machine.power().isUp()).isFalse();
        assertThat(lms("daemon", "down").code).isEqualTo(1);
        Called up = lms("daemon", "up");
        assertThat(up.err).hasToString("Waking up LM Studio service...\n");
        assertThat(up.out.toString()).startsWith("llmster started (PID: ");
        assertThat(lms("daemon", "up").out.toString()).startsWith("The daemon is already running (PID: ");
    }

    @Test
    void aCommandWakesLmStudioUpAndGoesOn() {
        machine.power().down();
        Called ps = begin("ps", "--json");
        time.pass(machine, Duration.ofMillis(1_900));
        assertThat(ps.code).isNull();
        assertThat(machine.power().isUp()).isFalse();
        time.pass(machine, Duration.ofMillis(200));
        assertThat(ps.out).hasToString("[]\n");
        assertThat(ps.err).hasToString("Waking up LM Studio service...\n");
        assertThat(machine.power().isUp()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ps --port 1234", "daemon status", "server status", "status", "daemon down"})
    void nothingElseWakesLmStudioUp(String line) {
        machine.power().down();
        lms(line.split(" ", -1));
        assertThat(machine.power().isUp()).isFalse();
    }

    @Test
    void aKilledCallHasWokenLmStudioUpAllTheSame() {
        machine.power().down();
        Called ps = new Called();
        CliSession session = face.start(List.of("ps", "--json"), ps);
        session.gone();
        time.pass(machine, Duration.ofSeconds(2));
        assertThat(machine.power().isUp()).isTrue();
        assertThat(ps.out).isEmpty();
    }

    @Test
    void aWakingThatFailsTakesItsTimeAndSaysThreeLines() {
        machine.power().down();
        machine.faults().add(Fault.always(FaultKind.LMS_WAKE_FAILS));
        Called ps = begin("ps", "--json");
        time.pass(machine, Duration.ofMillis(59_999));
        assertThat(ps.code).isNull();
        time.pass(machine, Duration.ofMillis(1));
        assertThat(ps.code).isEqualTo(1);
        assertThat(ps.err).hasToString("""
                Waking up LM Studio service...
                Error: Timed out waiting for LM Studio daemon to start.
                Error: Failed to start or connect to local LM Studio API server.
                """);
        assertThat(machine.power().isUp()).isFalse();
    }

    @Test
    void whereNothingIsInstalledACallFailsAtOnce() {
        machine.power().down();
        machine.faults().add(Fault.always(FaultKind.LMS_NOT_RUNNING));
        Called ps = begin("ps", "--json");
        assertThat(ps.code).isEqualTo(1);
        assertThat(ps.err).hasToString(ABSENT);
        assertThat(begin("ps", "--quiet").err).isEmpty();
    }

    @Test
    void oneFaultHitsOneCallEvenOfAnLmStudioThatRuns() {
        machine.faults().add(Fault.always(FaultKind.LMS_NOT_RUNNING).times(1));
        assertThat(begin("ps").err).hasToString(ABSENT);
        assertThat(begin("ps", "--json").code).isZero();
        machine.faults().add(Fault.always(FaultKind.LMS_WAKES).times(1));
        assertThat(lms("ps", "--json").err).hasToString("Waking up LM Studio service...\n");
        assertThat(lms("ps", "--json").err).isEmpty();
    }

    @Test
    void aLogStreamShowsItsSourceUntilItIsInterrupted() {
        Called stream = new Called();
        CliSession session = face.start(List.of("log", "stream", "-s", "server", "--json"), stream);
        machine.logs().server(LogEntry.Level.WARN, () -> "hot");
        machine.logs().tell(() -> new LogEntry.Input("secret", "path", "mine"));
        session.interrupted();
        assertThat(stream.code).isZero();
        assertThat(stream.err).hasToString("Streaming logs from LM Studio\n\n");
        assertThat(stream.out.toString())
                .endsWith(",\"data\":{\"type\":\"server.log\",\"content\":\"hot\",\"level\":\"warn\"}}\n")
                .doesNotContain("secret");
        machine.logs().tell(() -> {
            throw new AssertionError("nobody listens any more");
        });
    }

    @Test
    void aLogStreamFiltersAndEndsBySigtermToo() {
        Called stream = new Called();
        CliSession session = face.start(List.of("log", "stream", "--filter", "input"), stream);
        machine.logs().tell(() -> new LogEntry.Input("question", "path", "mine"));
        machine.logs().tell(() -> new LogEntry.Output("answer", new LogEntry.Stats("eosFound", 1, 1, 1, 1, 1), "mine"));
        session.terminated();
        assertThat(stream.code).isZero();
        assertThat(stream.out.toString()).contains("input:\nquestion\n").doesNotContain("answer");
    }

    @Test
    void aLogStreamThatIsNotReadLosesEntries() {
        Called slow = new Called() {
            @Override
            public boolean hasRoom() {
                return false;
            }
        };
        face.start(List.of("log", "stream", "-s", "server"), slow);
        machine.logs().server(LogEntry.Level.INFO, () -> "lost");
        assertThat(slow.out).isEmpty();
    }

    @Test
    void aLogStreamEndsWithLmStudio() {
        Called stream = begin("log", "stream");
        machine.power().down();
        assertThat(stream.code).isZero();
        assertThat(stream.err.toString()).contains("WebSocket connection closed");
    }

    private Called lms(String... argv) {
        Called process = begin(argv);
        time.pass(machine, Duration.ofMillis(2_100));
        return process;
    }

    private Called begin(String... argv) {
        Called process = new Called();
        face.start(List.of(argv), process);
        return process;
    }
}
