package dev.lmbridge.sim.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.Refusal.Reason;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SimMachineWorkTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String QWEN = "qwen2.5-7b-instruct";
    private static final String NOMIC = "text-embedding-nomic-embed-text-v1.5";

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();

    @Test
    void inferenceLoadsWhatIsNotLoadedWithAnHourToLive() {
        WorkRecord work = ask(LLAMA, 5);
        seconds(2);
        assertThat(work.ended).isTrue();
        assertThat(work.tokens).isEqualTo(5);
        assertThat(instance(LLAMA).ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(instance(LLAMA).isJit()).isTrue();
    }

    @Test
    void requestsForOneModelShareOneLoad() {
        List<WorkRecord> all = Stream.generate(() -> ask(LLAMA, 1)).limit(3).toList();
        seconds(2);
        assertThat(all).allMatch(work -> work.ended);
        assertThat(machine.loaded()).hasSize(1);
    }

    @Test
    void aSecondModelByInferenceEvictsTheFirstButNotWhatWasLoadedExplicitly() {
        load(LoadRequest.of(NOMIC));
        ask(LLAMA, 1);
        seconds(2);
        ask(QWEN, 1);
        seconds(2);
        assertThat(machine.loaded()).extracting(Instance::identifier).containsExactly(NOMIC, QWEN);
    }

    @Test
    void theIdleClockStandsStillDuringWorkAndStartsAnewAfterIt() {
        load(LoadRequest.of(LLAMA).withTtl(Duration.ofSeconds(10)));
        WorkRecord work = ask(LLAMA, 200);
        seconds(15);
        assertThat(work.ended).isFalse();
        assertThat(machine.loaded()).hasSize(1);
        seconds(6);
        assertThat(work.ended).isTrue();
        seconds(8);
        assertThat(machine.loaded()).hasSize(1);
        seconds(2);
        assertThat(machine.loaded()).isEmpty();
    }

    @Test
    void lastUsedIsNullUntilTheFirstUse() {
        load(LoadRequest.of(LLAMA));
        assertThat(instance(LLAMA).lastUsed()).isNull();
        ask(LLAMA, 1);
        seconds(1);
        assertThat(instance(LLAMA).lastUsed()).isNotNull();
    }

    @Test
    void anInstanceGoesFromIdleOverThePromptToGeneratingAndBack() {
        load(LoadRequest.of(LLAMA));
        assertThat(instance(LLAMA).status()).isEqualTo(InstanceStatus.IDLE);
        ask(LLAMA, 3);
        time.pass(machine, Duration.ofMillis(1));
        assertThat(instance(LLAMA).status()).isEqualTo(InstanceStatus.PROCESSING_PROMPT);
        time.pass(machine, Duration.ofMillis(50));
        assertThat(instance(LLAMA).status()).isEqualTo(InstanceStatus.GENERATING);
        seconds(1);
        assertThat(instance(LLAMA).status()).isEqualTo(InstanceStatus.IDLE);
    }

    @Test
    void fourPredictionsRunAndTheRestWaits() {
        load(LoadRequest.of(LLAMA));
        List<WorkRecord> all = Stream.generate(() -> ask(LLAMA, 10)).limit(6).toList();
        seconds(0.5);
        assertThat(all).filteredOn(work -> work.started).hasSize(4);
        assertThat(instance(LLAMA).queued()).isEqualTo(6);
        seconds(1);
        assertThat(all).filteredOn(work -> work.started).hasSize(6);
        seconds(2);
        assertThat(all).allMatch(work -> work.ended);
    }

    @Test
    void aCancelWhileGeneratingFreesTheSlotAtOnceAndOneInThePromptAfterIt() {
        load(LoadRequest.of(LLAMA).withParallel(1));
        Work first = machine.work(request(LLAMA, 100), new WorkRecord());
        seconds(0.5);
        WorkRecord second = new WorkRecord();
        Work secondWork = machine.work(request(LLAMA, 100), second);
        seconds(0);
        first.cancel();
        assertThat(second.started).isTrue();
        secondWork.cancel();
        assertThat(instance(LLAMA).isIdle()).isFalse();
        seconds(0.1);
        assertThat(instance(LLAMA).isIdle()).isTrue();
        assertThat(second.tokens).isZero();
    }

    @Test
    void aPausedGenerationGivesNothingUntilItGoesOn() {
        load(LoadRequest.of(LLAMA));
        WorkRecord heard = new WorkRecord();
        Work work = machine.work(request(LLAMA, 20), heard);
        seconds(0.5);
        work.pause();
        int before = heard.tokens;
        seconds(100);
        assertThat(heard.tokens).isEqualTo(before);
        work.resume();
        seconds(0.1);
        assertThat(heard.tokens).isBetween(before + 1, before + 2);
        seconds(5);
        assertThat(heard.ended).isTrue();
    }

    @Test
    void unloadingUnderARequestEndsItWithTheTextOfLmStudio() {
        load(LoadRequest.of(LLAMA));
        WorkRecord work = ask(LLAMA, 100);
        seconds(1);
        assertThat(machine.unload(LLAMA)).isTrue();
        assertThat(work.refusal).isEqualTo(Refusal.unloaded());
        assertThat(machine.unload(LLAMA)).isFalse();
    }

    @Test
    void aCrashEndsEverything() {
        load(LoadRequest.of(LLAMA));
        WorkRecord work = ask(LLAMA, 100);
        seconds(1);
        machine.crash();
        assertThat(reason(work)).isEqualTo(Reason.CRASHED);
        assertThat(machine.loaded()).isEmpty();
    }

    @Test
    void withoutLoadingByInferenceARequestNeedsALoadedModel() {
        machine.settings(machine.settings().withJit(false));
        WorkRecord none = ask(LLAMA, 1);
        seconds(0);
        assertThat(reason(none)).isEqualTo(Reason.NO_MODELS_LOADED);
        load(LoadRequest.of(QWEN));
        WorkRecord other = ask(LLAMA, 1);
        seconds(0);
        assertThat(reason(other)).isEqualTo(Reason.UNKNOWN_MODEL);
    }

    @Test
    void aRequestWithoutAModelIsServedByTheOnlyOne() {
        WorkRecord none = ask(null, 1);
        seconds(0);
        assertThat(reason(none)).isEqualTo(Reason.NO_MODELS_LOADED);
        load(LoadRequest.of(LLAMA));
        WorkRecord one = ask(null, 1);
        seconds(1);
        assertThat(one.ended).isTrue();
        load(LoadRequest.of(QWEN));
        WorkRecord two = ask(null, 1);
        seconds(1);
        assertThat(reason(two)).isEqualTo(Reason.SEVERAL_MODELS_LOADED);
    }

    @Test
    void aChatWithAnEmbeddingModelIsAnInvalidIdentifier() {
        WorkRecord chat = ask(NOMIC, 1);
        seconds(0);
        assertThat(chat.refusal)
                .isNotNull()
                .extracting(Refusal::title)
                .asString()
                .startsWith("Invalid model identifier \"" + NOMIC + "\". Please specify");
    }

    @Test
    void aLoadThatIsLostFailsTheRequestThatCausedIt() {
        machine.faults().add(Fault.always(FaultKind.LOAD_LOST));
        WorkRecord work = ask(LLAMA, 1);
        seconds(2);
        assertThat(reason(work)).isEqualTo(Reason.UNLOADED);
    }

    @Test
    void slowTokensTakeTheTimeOfTheFault() {
        load(LoadRequest.of(LLAMA));
        machine.faults().add(Fault.always(FaultKind.SLOW_TOKENS).after(Duration.ofSeconds(30)));
        WorkRecord work = ask(LLAMA, 10);
        seconds(65);
        assertThat(work.tokens).isEqualTo(3);
    }

    private WorkRecord ask(@Nullable String model, int tokens) {
        WorkRecord heard = new WorkRecord();
        machine.work(request(model, tokens), heard);
        return heard;
    }

    private static WorkRequest request(@Nullable String model, int tokens) {
        List<Token> answer = Collections.nCopies(tokens, new Token.Content("x"));
        return new WorkRequest(model, ModelType.LLM, null, instance -> new Script(10, answer, "eosFound", null));
    }

    private void load(LoadRequest request) {
        machine.load(request, new LoadRecord());
        seconds(1.1);
    }

    private Instance instance(String identifier) {
        return machine.find(identifier).orElseThrow();
    }

    private void seconds(double seconds) {
        time.pass(machine, Duration.ofMillis((long) (seconds * 1_000)));
    }

    private static @Nullable Reason reason(WorkRecord work) {
        return work.refusal == null ? null : work.refusal.reason();
    }
}
