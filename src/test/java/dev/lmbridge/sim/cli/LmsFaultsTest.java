package dev.lmbridge.sim.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.cli.LmsFaceTest.Called;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The faults of the process: each once, and then the call goes as ever. */
final class LmsFaultsTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();
    private final LmsFace face = new LmsFace(machine);

    @Test
    void aCallHangsAfterItHasDoneAndSaidAll() {
        fault(FaultKind.LMS_HANGS_AFTER);
        Called process = new Called();
        CliSession load = face.start(List.of("load", LLAMA, "-y"), process);
        time.pass(machine, Duration.ofHours(1));
        assertThat(process.err).contains("Model loaded successfully", "use the identifier \"" + LLAMA + "\".\n");
        assertThat(machine.find(LLAMA)).isPresent();
        assertThat(process.code).isNull();
        load.interrupted();
        assertThat(process.code).isEqualTo(130);
        assertThat(lms("ps").code).isZero();
    }

    @Test
    void aCallEndsLateWithItsOwnCode() {
        machine.faults().add(once(FaultKind.LMS_SLOW_EXIT).after(Duration.ofSeconds(5)));
        Called process = new Called();
        face.start(List.of("unload"), process);
        assertThat(process.err).startsWith("You don't have any models loaded.");
        time.pass(machine, Duration.ofMillis(4_900));
        assertThat(process.code).isNull();
        time.pass(machine, Duration.ofMillis(200));
        assertThat(process.code).isEqualTo(1);
    }

    @Test
    void anUnknownProtocolIsWarnedOfAndWaitedForEver() {
        lms("load", LLAMA, "-y");
        fault(FaultKind.LMS_SCHEMA_SKEW);
        Called process = new Called();
        CliSession ps = face.start(List.of("ps", "--json"), process);
        time.pass(machine, Duration.ofHours(1));
        assertThat(process.out).isEmpty();
        assertThat(process.err.toString()).isEqualTo("""
                W [LMStudioClient][LLM][ClientPort] Produced communication warning: Received invalid result for rpc, \
                endpointName = getInstanceProcessingState, result = {"status":"loading","queued":0}. Zod error:

                - result.status: Invalid enum value. Expected 'idle' | 'processingPrompt' | 'generating' | \
                'computingEmbedding', received 'loading'

                This is usually caused by communication protocol incompatibility. Please make sure you are using the \
                up-to-date versions of the SDK and LM Studio.
                """);
        assertThat(process.code).isNull();
        ps.interrupted();
        assertThat(process.code).isNull();
    }

    @Test
    void psUnderstandsAnEmptyMachineAndOtherCommandsStumbleOverTheLink() {
        machine.faults().add(Fault.always(FaultKind.LMS_SCHEMA_SKEW));
        assertThat(lms("ps", "--json").out.toString()).isEqualTo("[]\n");
        assertThat(lms("version").code).isZero();
        Called ls = lms("ls", "--json");
        assertThat(ls.code).isNull();
        assertThat(ls.out).isEmpty();
        assertThat(ls.err).startsWith("W [LMStudioClient][Repository]").contains("endpointName = lmLinkStatus");
    }

    @Test
    void garbageComesInPlaceOfAllOutputAndTheWorkIsDone() {
        machine.faults().add(once(FaultKind.LMS_GARBAGE).text("Bus error").only("load"));
        Called load = lms("load", LLAMA, "-y");
        assertThat(load.code).isZero();
        assertThat(load.out.toString()).isEqualTo("Bus error\n");
        assertThat(load.err).isEmpty();
        assertThat(machine.find(LLAMA)).isPresent();
        fault(FaultKind.LMS_GARBAGE);
        assertThat(lms("unload", "--all", "x", "y").code).isZero();
    }

    @Test
    void halfOfAJsonDocumentIsPrintedWithCodeZero() {
        lms("load", LLAMA, "-y");
        String whole = lms("ps", "--json").out.toString();
        fault(FaultKind.LMS_HALF_JSON);
        Called half = lms("ps", "--json");
        assertThat(half.code).isZero();
        assertThat(half.out.toString()).isEqualTo(whole.substring(0, whole.length() / 2));
        assertThat(lms("ps", "--json").out.toString()).isEqualTo(whole);
    }

    @Test
    void anIdleLoadSaysItsLinesAndLoadsNothing() {
        fault(FaultKind.LMS_IDLE);
        Called load = lms("load", LLAMA, "-y", "--identifier", "mine");
        assertThat(load.code).isZero();
        assertThat(load.err.toString()).isEqualTo("""
                Model loaded successfully in 400.00ms.
                (1.23 GiB)
                To use the model in the API/SDK, use the identifier "mine".
                """);
        assertThat(machine.loaded()).isEmpty();
        fault(FaultKind.LMS_IDLE);
        assertThat(lms("load", "zzz", "-y").code).isEqualTo(1);
    }

    @Test
    void anIdleUnloadSaysThatItDidAndDidNot() {
        lms("load", LLAMA, "-y");
        machine.faults().add(Fault.always(FaultKind.LMS_IDLE).only("unload"));
        assertThat(lms("unload", LLAMA).err.toString()).isEqualTo("Model \"" + LLAMA + "\" unloaded.\n");
        assertThat(lms("unload", "-a").err.toString()).endsWith("Unloaded 1 model.\n");
        assertThat(lms("unload", "nope").err.toString()).startsWith("Model Not Found");
        assertThat(machine.find(LLAMA)).isPresent();
        assertThat(lms("ps", "--json").out).contains(LLAMA);
    }

    @Test
    void anIdlePsPrintsNothing() {
        fault(FaultKind.LMS_IDLE);
        Called ps = lms("ps", "--json");
        assertThat(ps.code).isZero();
        assertThat(ps.out).isEmpty();
    }

    @Test
    void psFailsWhenARowVanishesWhateverTheLogLevel() {
        fault(FaultKind.LMS_ROW_VANISHES);
        Called ps = lms("ps", "--json", "--quiet");
        assertThat(ps.code).isEqualTo(1);
        assertThat(ps.out).isEmpty();
        assertThat(ps.err.toString()).isEqualTo("Error: This model has already been unloaded\n");
    }

    @Test
    void anInstanceThatIsGoneBeforeTheReportFailsItsLoad() {
        fault(FaultKind.INSTANCE_VANISHES);
        Called load = lms("load", LLAMA, "-y");
        assertThat(load.code).isEqualTo(1);
        assertThat(load.err.toString()).isEqualTo("Error: This model has already been unloaded\n");
    }

    @Test
    void aLostAndALateInstanceAreReportedAsSuccess() {
        fault(FaultKind.LOAD_LOST);
        assertThat(lms("load", LLAMA, "-y").code).isZero();
        fault(FaultKind.LOAD_LATE);
        assertThat(lms("load", LLAMA, "-y").code).isZero();
        assertThat(machine.loaded()).isEmpty();
    }

    private static Fault once(FaultKind kind) {
        return Fault.always(kind).times(1);
    }

    private void fault(FaultKind kind) {
        machine.faults().add(once(kind));
    }

    private Called lms(String... argv) {
        Called process = new Called();
        face.start(List.of(argv), process);
        time.pass(machine, Duration.ofMillis(1_100));
        return process;
    }
}
