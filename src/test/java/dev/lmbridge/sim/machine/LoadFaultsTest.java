package dev.lmbridge.sim.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.Refusal.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The faults of a load; what they do to a load on demand follows, since the machine knows but one way to load. */
final class LoadFaultsTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String QWEN = "qwen2.5-7b-instruct";

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();

    @Test
    void aSlowLoadTakesTheTimeOfItsFaultAndShowsHowFarItIs() {
        machine.faults().add(once(FaultKind.LOAD_SLOW).after(Duration.ofSeconds(20)));
        LoadRecord slow = load(LLAMA);
        seconds(10);
        assertThat(slow.progress).endsWith(0.5);
        seconds(9.9);
        assertThat(slow.instance).isNull();
        seconds(0.2);
        assertThat(slow.instance).isNotNull();
        assertThat(slow.progress).hasSize(20).endsWith(1.0);
    }

    @Test
    void aSilentLoadTakesTheTimeOfItsFaultAndShowsNothing() {
        machine.faults().add(once(FaultKind.LOAD_SILENT).after(Duration.ofSeconds(20)));
        LoadRecord silent = load(LLAMA);
        seconds(19.9);
        assertThat(silent.instance).isNull();
        assertThat(machine.loading()).hasSize(1);
        seconds(0.2);
        assertThat(silent.instance).isNotNull();
        assertThat(silent.progress).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            current | Model loading was stopped due to insufficient system resources. | requires approximately 22.92 GB of memory
            old     | Model loading aborted due to insufficient system resources.     | change the model loading guardrails
            nan     | Model loading was stopped due to insufficient system resources. | requires approximately NaN undefined of memory
            """)
    void theGuardrailRefusesInEachOfItsWordings(String wording, String start, String part) {
        machine.faults().add(once(FaultKind.LOAD_MEMORY).with(new Fault.Values(null, null, 22.92, null, wording)));
        Refusal refusal = Objects.requireNonNull(after(load(LLAMA)).refusal);
        assertThat(refusal.reason()).isEqualTo(Reason.MEMORY);
        assertThat(refusal.title()).startsWith(start).contains(part);
    }

    @Test
    void whatTheEngineSaysIsTheCauseOrHasASuggestionOrIsTheErrorItself() {
        Fault fault = once(FaultKind.LOAD_FAILS).text("(Exit code: 6)");
        machine.faults().add(fault);
        assertThat(after(load(LLAMA)).refusal)
                .isEqualTo(new Refusal(Reason.LOAD_FAILED, "Failed to load model.", "(Exit code: 6)"));
        machine.faults().add(fault.wording("suggestion"));
        assertThat(after(load(LLAMA)).refusal)
                .isEqualTo(new Refusal(
                        Reason.LOAD_FAILED,
                        "Failed to load model.",
                        "(Exit code: 6)",
                        "Try a different model and/or config."));
        machine.faults().add(fault.wording("title"));
        assertThat(after(load(LLAMA)).refusal).isEqualTo(new Refusal(Reason.LOAD_FAILED, "(Exit code: 6)", null));
    }

    @Test
    void aLoadThatKillsLmStudioTakesEverythingWithItForAWhile() {
        after(load(QWEN));
        machine.faults().add(once(FaultKind.LOAD_CRASHES).only(LLAMA).after(Duration.ofSeconds(7)));
        LoadRecord deadly = load(LLAMA);
        LoadRecord other = load(QWEN);
        seconds(0.49);
        assertThat(machine.loaded()).hasSize(1);
        seconds(0.02);
        assertThat(machine.loaded()).isEmpty();
        assertThat(machine.loading()).isEmpty();
        assertThat(machine.memoryUsed()).isZero();
        assertThat(machine.power().isUp()).isFalse();
        assertThat(Objects.requireNonNull(deadly.refusal).reason()).isEqualTo(Reason.CRASHED);
        assertThat(Objects.requireNonNull(other.refusal).reason()).isEqualTo(Reason.CRASHED);
        seconds(6.9);
        assertThat(machine.power().isUp()).isFalse();
        seconds(0.2);
        assertThat(machine.power().isUp()).isTrue();
        assertThat(deadly.instance).isNull();
        assertThat(after(load(LLAMA)).instance).isNotNull();
    }

    @Test
    void anInstanceVanishesAtOnceOrAfterItsTime() {
        machine.faults().add(once(FaultKind.INSTANCE_VANISHES));
        LoadRecord gone = after(load(LLAMA));
        assertThat(gone.instance).isNotNull();
        assertThat(machine.loaded()).isEmpty();
        machine.faults().add(once(FaultKind.INSTANCE_VANISHES).after(Duration.ofSeconds(5)));
        after(load(LLAMA));
        seconds(4.8);
        assertThat(identifiers()).containsExactly(LLAMA);
        seconds(0.2);
        assertThat(identifiers()).isEmpty();
    }

    @Test
    void anInstanceThatTookThePlaceOfTheVanishingOneStays() {
        machine.faults().add(once(FaultKind.INSTANCE_VANISHES).after(Duration.ofSeconds(5)));
        after(load(LLAMA));
        machine.unload(LLAMA);
        after(load(LLAMA));
        seconds(10);
        assertThat(identifiers()).containsExactly(LLAMA);
    }

    @Test
    void aLoadThatDoublesMakesASecondInstanceWithItsSettings() {
        machine.faults().add(once(FaultKind.INSTANCE_DOUBLES));
        machine.load(LoadRequest.of(LLAMA).withIdentifier("mine").withTtl(Duration.ofSeconds(30)), new LoadRecord());
        seconds(1.1);
        assertThat(identifiers()).containsExactly("mine", "mine:2");
        assertThat(machine.find("mine:2").orElseThrow().ttl()).isEqualTo(Duration.ofSeconds(30));
        seconds(30);
        assertThat(identifiers()).isEmpty();
    }

    @Test
    void aLoadGetsTheContextLengthOfItsFault() {
        machine.faults().add(once(FaultKind.INSTANCE_CONTEXT).tokens(1_024));
        machine.load(LoadRequest.of(LLAMA).withContextLength(8_192), new LoadRecord());
        seconds(1.1);
        assertThat(machine.find(LLAMA).orElseThrow().contextLength()).isEqualTo(1_024);
    }

    /** The real {@code lms} asks for the instance by its reference before it prints success. */
    @Test
    void aLostInstanceIsAnsweredForAndNeverListed() {
        machine.faults().add(once(FaultKind.LOAD_LOST));
        Instance lost = Objects.requireNonNull(after(load(LLAMA)).instance);
        assertThat(machine.byReference(lost.reference())).containsSame(lost);
        assertThat(machine.loaded()).isEmpty();
        assertThat(machine.find(LLAMA)).isEmpty();
        assertThat(machine.unload(LLAMA)).isFalse();
    }

    @Test
    void aLateInstanceIsForgottenLikeAnyOtherOnceItIsUnloaded() {
        machine.faults().add(once(FaultKind.LOAD_LATE).after(Duration.ofSeconds(5)));
        Instance late = Objects.requireNonNull(after(load(LLAMA)).instance);
        assertThat(machine.byReference(late.reference())).isPresent();
        seconds(5);
        assertThat(machine.unload(LLAMA)).isTrue();
        assertThat(machine.byReference(late.reference())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "__proto__", "a\tb", "a\u200bb"})
    void anIdentifierThatNoClientWouldTakeIsRefused(String identifier) {
        LoadRecord load = new LoadRecord();
        machine.load(LoadRequest.of(LLAMA).withIdentifier(identifier), load);
        assertThat(Objects.requireNonNull(after(load).refusal).title()).contains("1 to 1024 characters");
        assertThat(machine.loaded()).isEmpty();
    }

    @Test
    void anIdentifierMayHaveAThousandAndTwentyFourCharactersAndNoMore() {
        machine.load(LoadRequest.of(LLAMA).withIdentifier("x".repeat(1_024)), new LoadRecord());
        LoadRecord longer = new LoadRecord();
        machine.load(LoadRequest.of(LLAMA).withIdentifier("x".repeat(1_025)), longer);
        assertThat(after(longer).refusal).isNotNull();
        assertThat(identifiers()).containsExactly("x".repeat(1_024));
    }

    @Test
    void theShareOfTheGpuSaysHowMuchOfTheMemoryIsItsOwn() {
        machine.load(LoadRequest.of(LLAMA).withIdentifier("all"), new LoadRecord());
        machine.load(LoadRequest.of(LLAMA).withIdentifier("half").withGpu(0.5), new LoadRecord());
        machine.load(LoadRequest.of(LLAMA).withIdentifier("none").withGpu(0.0), new LoadRecord());
        seconds(1.1);
        Instance all = machine.find("all").orElseThrow();
        Instance half = machine.find("half").orElseThrow();
        assertThat(all.gpuMemory()).isPositive().isLessThan(all.memory());
        assertThat(half.gpuMemory()).isEqualTo(Math.round(all.gpuMemory() * 0.5));
        assertThat(machine.find("none").orElseThrow().gpuMemory()).isZero();
        assertThat(half.memory()).isEqualTo(all.memory());
        assertThat(machine.gpuMemoryNeeded(all.model(), null, 0.5)).isEqualTo(half.gpuMemory());
    }

    private static Fault once(FaultKind kind) {
        return Fault.always(kind).times(1);
    }

    private LoadRecord load(String key) {
        LoadRecord heard = new LoadRecord();
        machine.load(LoadRequest.of(key), heard);
        return heard;
    }

    private LoadRecord after(LoadRecord load) {
        seconds(1.1);
        return load;
    }

    private void seconds(double seconds) {
        time.pass(machine, Duration.ofMillis(Math.round(seconds * 1_000)));
    }

    private List<String> identifiers() {
        return machine.loaded().stream().map(Instance::identifier).toList();
    }
}
