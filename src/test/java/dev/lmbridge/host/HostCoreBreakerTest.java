package dev.lmbridge.host;

import static dev.lmbridge.host.ScriptedHost.GEMMA;
import static dev.lmbridge.host.ScriptedHost.QWEN;
import static dev.lmbridge.host.ScriptedHost.loadFailed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HostCoreBreakerTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Failure ENGINE = loadFailed("lms_failed");

    private final ScriptedHost host = ScriptedHost.persistent(2);
    private int callers;

    /** An ensure whose attempts all fail; answers how many there were. */
    private int failing(String key, Failure failure) {
        int before = host.all(HostAction.RunLoad.class).size();
        String caller = "caller-" + ++callers;
        host.ensure(caller, key);
        while (host.state.running() != null) {
            host.processFails(failure);
            host.pause();
        }
        return host.all(HostAction.RunLoad.class).size() - before;
    }

    private void pass(Duration time) {
        host.clock.advance(time);
        host.observed(host.state.instances().keySet().toArray(String[]::new));
        host.tick();
    }

    private Failure refusal() {
        return host.refusal("caller-" + callers);
    }

    private Breaker.State model(String key) {
        return host.view.breakers().of(new ModelKey(key)).state(host.clock.instant());
    }

    private Breaker.State ofHost() {
        return host.view.breakers().host().state(host.clock.instant());
    }

    @Test
    void failuresInARowOpenTheBreakerAndEndTheTries() {
        assertThat(failing(QWEN, ENGINE)).isEqualTo(2);
        assertThat(refusal().code()).isEqualTo(FailureCode.MODEL_LOAD_FAILED);
        assertThat(model(QWEN)).isEqualTo(Breaker.State.OPEN);
        assertThat(host.told(HostNotice.BreakerOpened.class)).singleElement().satisfies(opened -> {
            assertThat(opened.name()).isEqualTo(QWEN);
            assertThat(opened.recovery()).isEqualTo(MINUTE);
        });
    }

    @Test
    void behindAnOpenBreakerNobodyWaitsAndNothingRuns() {
        failing(QWEN, ENGINE);
        pass(Duration.ofSeconds(10));
        assertThat(failing(QWEN, ENGINE)).isZero();
        assertThat(refusal().code()).isEqualTo(FailureCode.CIRCUIT_OPEN);
        assertThat(Objects.requireNonNull(refusal().retryAfter())).isBetween(Duration.ofSeconds(40), MINUTE);
        assertThat(refusal().more()).containsEntry("scope", "model");
    }

    @Test
    void anotherModelStillLoads() {
        failing(QWEN, ENGINE);
        host.ensure("ben", GEMMA);
        host.loadCompletes();
        assertThat(host.ready("ben").attempts()).isEqualTo(1);
        assertThat(model(QWEN)).isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void whatIsLoadedIsUsedBehindAnOpenBreaker() {
        failing(QWEN, ENGINE);
        host.observed(QWEN);
        host.ensure("ben", QWEN);
        assertThat(host.ready("ben").alreadyLoaded()).isTrue();
    }

    @Test
    void aTrialThatSucceedsClosesTheBreaker() {
        failing(QWEN, ENGINE);
        pass(MINUTE);
        assertThat(model(QWEN)).isEqualTo(Breaker.State.HALF_OPEN);
        host.ensure("ben", QWEN);
        assertThat(host.told(HostNotice.BreakerTried.class)).hasSize(1);
        host.loadCompletes();
        assertThat(host.ready("ben").attempts()).isEqualTo(1);
        assertThat(model(QWEN)).isEqualTo(Breaker.State.CLOSED);
        assertThat(host.told(HostNotice.BreakerClosed.class)).hasSize(1);
    }

    @Test
    void aTrialThatFailsOpensAgainForTwiceAsLongUpToALimit() {
        failing(QWEN, ENGINE);
        for (int minutes : List.of(2, 4, 8, 10, 10)) {
            pass(host.view.breakers().of(new ModelKey(QWEN)).left(host.clock.instant()));
            assertThat(failing(QWEN, ENGINE)).isEqualTo(1);
            assertThat(refusal().code()).isEqualTo(FailureCode.MODEL_LOAD_FAILED);
            assertThat(host.told(HostNotice.BreakerOpened.class).getLast().recovery())
                    .isEqualTo(Duration.ofMinutes(minutes));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"MODEL_NOT_FOUND", "INSUFFICIENT_MEMORY"})
    void aTrialThatProvesNothingIsHandedOn(FailureCode neutral) {
        failing(QWEN, ENGINE);
        pass(MINUTE);
        assertThat(failing(QWEN, Failure.of(neutral, "no"))).isEqualTo(1);
        assertThat(model(QWEN)).isEqualTo(Breaker.State.HALF_OPEN);
        host.ensure("ben", QWEN);
        host.loadCompletes();
        assertThat(model(QWEN)).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void aSuccessBetweenFailuresBeginsTheCountAnew() {
        host.ensure("anna", QWEN);
        host.processFails(ENGINE);
        host.pause();
        host.loadCompletes();
        host.observed();
        host.ensure("ben", QWEN);
        host.processFails(ENGINE);
        assertThat(model(QWEN)).isEqualTo(Breaker.State.CLOSED);
        assertThat(host.answersTo("ben")).isEmpty();
    }

    @Test
    void whatIsTheHostsFaultCountsAgainstTheHost() {
        failing(QWEN, Failure.of(FailureCode.LMS_NOT_INSTALLED, "no lms"));
        assertThat(ofHost()).isEqualTo(Breaker.State.CLOSED);
        failing(GEMMA, Failure.of(FailureCode.LMS_NOT_INSTALLED, "no lms"));
        assertThat(ofHost()).isEqualTo(Breaker.State.OPEN);
        assertThat(model(QWEN)).isEqualTo(Breaker.State.CLOSED);
        assertThat(failing(QWEN, ENGINE)).isZero();
        assertThat(refusal().more()).containsEntry("scope", "host");
    }

    @Test
    void commandsThatHangCountAgainstTheHost() {
        host.observed("somebodys-own");
        host.on(new HostEvent.RowsFailed(loadFailed("timeout"), host.clock.instant()));
        pass(MINUTE);
        host.on(new HostEvent.RowsFailed(loadFailed("timeout"), host.clock.instant()));
        assertThat(ofHost()).isEqualTo(Breaker.State.OPEN);
        int reads = host.all(HostAction.ReadRows.class).size();
        pass(Duration.ofSeconds(31));
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(reads);
        pass(Duration.ofSeconds(30));
        assertThat(host.all(HostAction.ReadRows.class)).hasSize(reads + 1);
        host.rows();
        assertThat(ofHost()).isEqualTo(Breaker.State.CLOSED);
    }

    @Test
    void anUnloadIsRefusedBehindTheHostsBreaker() {
        host.observed(QWEN);
        host.rows(ScriptedHost.row(QWEN, null));
        host.unload("anna", QWEN, true);
        host.processFails(Failure.of(FailureCode.HOST_UNAVAILABLE, "gone"));
        host.unload("ben", QWEN, true);
        host.processFails(Failure.of(FailureCode.HOST_UNAVAILABLE, "gone"));
        host.unload("carl", QWEN, true);
        assertThat(host.code("carl")).isEqualTo(FailureCode.CIRCUIT_OPEN);
        assertThat(host.instance(QWEN).isOpen()).isTrue();
        assertThat(host.all(HostAction.RunUnload.class)).hasSize(2);
    }

    @Test
    void manyModelsThatTimeOutInARowOpenTheHostsBreakerOneAloneDoesNot() {
        ScriptedHost many = ScriptedHost.persistent(5);
        List<String> keys =
                IntStream.range(0, 6).mapToObj(each -> "someone/model-" + each).toList();
        many.disk = keys.stream().map(key -> ScriptedHost.model(key, 0)).toList();
        many.observed();
        for (int each = 0; each < 5; each++) {
            assertThat(many.view.breakers().host().state(many.clock.instant())).isEqualTo(Breaker.State.CLOSED);
            many.ensure("caller-" + each, keys.get(each));
            many.on(new HostEvent.CallerLeft("caller-" + each));
            many.processFails(loadFailed("timeout"));
        }
        assertThat(many.view.breakers().host().state(many.clock.instant())).isEqualTo(Breaker.State.OPEN);
        many.ensure("last", keys.getLast());
        assertThat(many.code("last")).isEqualTo(FailureCode.CIRCUIT_OPEN);

        ScriptedHost one = ScriptedHost.persistent(2);
        one.ensure("anna", QWEN);
        one.on(new HostEvent.CallerLeft("anna"));
        one.processFails(loadFailed("timeout"));
        one.clock.advance(MINUTE);
        one.observed();
        one.tick();
        one.ensure("ben", QWEN);
        one.processFails(loadFailed("timeout"));
        assertThat(one.view.breakers().host().state(one.clock.instant())).isEqualTo(Breaker.State.CLOSED);
        assertThat(one.view.breakers().of(new ModelKey(QWEN)).state(one.clock.instant()))
                .isEqualTo(Breaker.State.OPEN);
    }

    @Test
    void whoWaitsInTheQueueWhenTheBreakerOpensIsRefusedInHisTurn() {
        host.ensure("anna", QWEN);
        host.ensure("ben", QWEN, ScriptedHost.TTL, 8_192, null);
        host.processFails(ENGINE);
        host.processFails(ENGINE);
        assertThat(host.code("ben")).isEqualTo(FailureCode.MODEL_LOAD_FAILED);
        host.pause();
        assertThat(host.code("anna")).isEqualTo(FailureCode.CIRCUIT_OPEN);
    }
}
