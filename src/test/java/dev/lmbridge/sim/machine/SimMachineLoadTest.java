package dev.lmbridge.sim.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.Refusal.Reason;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SimMachineLoadTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String QWEN = "qwen2.5-7b-instruct";

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();

    @Test
    void aLoadTakesItsTimeAndIsListedOnlyAtItsEnd() {
        LoadRecord load = load(LoadRequest.of(LLAMA));
        seconds(0.9);
        assertThat(machine.loaded()).isEmpty();
        assertThat(machine.loading()).hasSize(1);
        seconds(0.2);
        assertThat(load.progress).hasSize(20).isSorted().endsWith(1.0);
        assertThat(load.instance).isNotNull().isSameAs(machine.find(LLAMA).orElseThrow());
        assertThat(machine.loading()).isEmpty();
    }

    @Test
    void nothingIsSaidInsideTheCall() {
        LoadRecord load = load(LoadRequest.of("no-such-model"));
        assertThat(load.refusal).isNull();
        seconds(0);
        assertThat(reason(load.refusal)).isEqualTo(Reason.UNKNOWN_MODEL);
    }

    @Test
    void eachLoadOfAKeyIsANewInstanceWithTheNextNumber() {
        load(LoadRequest.of(LLAMA));
        load(LoadRequest.of(LLAMA));
        seconds(2);
        load(LoadRequest.of(LLAMA));
        seconds(2);
        assertThat(identifiers()).containsExactly(LLAMA, LLAMA + ":2", LLAMA + ":3");
    }

    @Test
    void anIdentifierThatIsTakenIsRefusedAlsoWhileItsLoadIsStillOnTheWay() {
        load(LoadRequest.of(LLAMA).withIdentifier("mine"));
        LoadRecord second = load(LoadRequest.of(QWEN).withIdentifier("mine"));
        seconds(2);
        assertThat(reason(second.refusal)).isEqualTo(Reason.IDENTIFIER_TAKEN);
        assertThat(identifiers()).containsExactly("mine");
    }

    @Test
    void theGuardrailCountsLoadsThatAreOnTheirWay() {
        machine.settings(machine.settings().withMemory(8 * MachineSettings.GB));
        load(LoadRequest.of(QWEN));
        LoadRecord second = load(LoadRequest.of(QWEN));
        seconds(2);
        assertThat(reason(second.refusal)).isEqualTo(Reason.MEMORY);
        assertThat(second.refusal)
                .isNotNull()
                .extracting(Refusal::title)
                .asString()
                .startsWith("Model loading was stopped due to insufficient system resources.")
                .contains("requires approximately 5.40 GB of memory");
        assertThat(machine.memoryUsed())
                .isEqualTo(machine.find(QWEN).orElseThrow().memory());
    }

    @Test
    void aLargerContextTakesMoreMemory() {
        machine.settings(machine.settings().withMemory(8 * MachineSettings.GB));
        LoadRecord load = load(LoadRequest.of(QWEN).withContextLength(32_768));
        seconds(2);
        assertThat(reason(load.refusal)).isEqualTo(Reason.MEMORY);
    }

    @Test
    void aCancelledLoadGivesItsMemoryBackAndSaysNothingMore() {
        LoadRecord load = new LoadRecord();
        LoadJob job = machine.load(LoadRequest.of(LLAMA), load);
        seconds(0.5);
        job.cancel();
        int heard = load.progress.size();
        seconds(5);
        assertThat(load.progress).hasSize(heard);
        assertThat(load.instance).isNull();
        assertThat(machine.memoryUsed()).isZero();
        assertThat(machine.isTaken(LLAMA)).isFalse();
    }

    @Test
    void aHangingLoadEndsOnlyByCancelAndHoldsItsMemory() {
        machine.faults().add(Fault.always(FaultKind.LOAD_HANGS).times(1));
        LoadRecord hung = load(LoadRequest.of(LLAMA));
        seconds(3_600);
        assertThat(hung.instance).isNull();
        assertThat(hung.progress).endsWith(0.5);
        assertThat(machine.memoryUsed()).isPositive();
        LoadRecord next = load(LoadRequest.of(LLAMA));
        seconds(2);
        assertThat(next.instance).isNotNull();
        machine.crash();
        seconds(0);
        assertThat(reason(hung.refusal)).isEqualTo(Reason.CRASHED);
        assertThat(machine.memoryUsed()).isZero();
    }

    @Test
    void aLostLoadSaysSuccessAndIsNeverListed() {
        machine.faults().add(Fault.always(FaultKind.LOAD_LOST).only(LLAMA));
        LoadRecord lost = load(LoadRequest.of(LLAMA));
        LoadRecord other = load(LoadRequest.of(QWEN));
        seconds(60);
        assertThat(lost.instance).isNotNull();
        assertThat(other.instance).isNotNull();
        assertThat(identifiers()).containsExactly(QWEN);
    }

    @Test
    void aLateLoadIsListedAfterItsDelay() {
        machine.faults().add(Fault.always(FaultKind.LOAD_LATE).after(Duration.ofSeconds(5)));
        LoadRecord late = load(LoadRequest.of(LLAMA));
        seconds(5.9);
        assertThat(late.instance).isNotNull();
        assertThat(machine.loaded()).isEmpty();
        seconds(0.2);
        assertThat(identifiers()).containsExactly(LLAMA);
    }

    @Test
    void aMemoryRefusalHasTheFigureThatTheFaultNames() {
        machine.faults()
                .add(Fault.always(FaultKind.LOAD_MEMORY)
                        .times(1)
                        .with(new Fault.Values(null, null, 22.92, null, "current")));
        LoadRecord load = load(LoadRequest.of(LLAMA));
        seconds(2);
        assertThat(load.refusal)
                .isNotNull()
                .extracting(Refusal::title)
                .asString()
                .contains("approximately 22.92 GB of memory");
        assertThat(machine.faults().active()).isEmpty();
    }

    private LoadRecord load(LoadRequest request) {
        LoadRecord heard = new LoadRecord();
        machine.load(request, heard);
        return heard;
    }

    private void seconds(double seconds) {
        time.pass(machine, Duration.ofMillis((long) (seconds * 1_000)));
    }

    private List<String> identifiers() {
        return machine.loaded().stream().map(Instance::identifier).toList();
    }

    private static @Nullable Reason reason(@Nullable Refusal refusal) {
        return refusal == null ? null : refusal.reason();
    }
}
