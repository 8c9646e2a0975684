package dev.lmbridge.sim.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PowerTest {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final Duration LOAD = Duration.ofMillis(1_100);
    private static final Power.Http HTTP = new Power.Http(1234, "127.0.0.1", false);

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();
    private final Power power = machine.power();
    private final List<String> heard = new ArrayList<>();

    @Test
    void goingDownLosesInstancesLoadsAndWork() {
        load(LLAMA);
        time.pass(machine, LOAD);
        machine.work(new WorkRequest(LLAMA, ModelType.LLM, null, PowerTest::longAnswer), new Heard());
        load("qwen2.5-7b-instruct");
        time.pass(machine, Duration.ofMillis(500));
        heard.clear();
        power.down();
        time.pass(machine, Duration.ofHours(1));
        assertThat(machine.loaded()).isEmpty();
        assertThat(machine.loading()).isEmpty();
        assertThat(machine.memoryUsed()).isZero();
        assertThat(heard).containsExactlyInAnyOrder("work failed", "load failed");
    }

    @Test
    void whatWasAskedJustBeforeTheEndDoesNotBeginAfterIt() {
        load(LLAMA);
        machine.work(new WorkRequest(LLAMA, ModelType.LLM, null, PowerTest::longAnswer), new Heard());
        power.down();
        time.pass(machine, Duration.ofMinutes(1));
        assertThat(heard).containsExactlyInAnyOrder("work failed", "load failed");
        assertThat(machine.loading()).isEmpty();
    }

    @Test
    void aDowntimeEndsInTimeAndTheMachineIsEmptyThen() {
        load(LLAMA);
        time.pass(machine, LOAD);
        power.down(Duration.ofSeconds(3));
        time.pass(machine, Duration.ofMillis(2_999));
        assertThat(power.isUp()).isFalse();
        assertThat(power.httpPort()).isEmpty();
        time.pass(machine, Duration.ofMillis(1));
        assertThat(power.isUp()).isTrue();
        assertThat(power.httpPort()).hasValue(1234);
        assertThat(machine.loaded()).isEmpty();
    }

    @Test
    void anHttpServerThatWasOffStaysOffWhenLmStudioIsBack() {
        power.stopHttp();
        power.down();
        power.up();
        assertThat(power.httpPort()).isEmpty();
        assertThat(power.lastHttp()).hasValue(HTTP);
    }

    @Test
    void stoppingTheHttpServerLeavesWhatIsLoaded() {
        load(LLAMA);
        time.pass(machine, LOAD);
        power.stopHttp();
        assertThat(machine.loaded()).hasSize(1);
        assertThat(power.isUp()).isTrue();
    }

    @Test
    void theHttpServerCannotBeStartedWhileLmStudioIsDown() {
        power.down();
        power.startHttp(new Power.Http(1235, "127.0.0.1", false));
        power.up();
        assertThat(power.httpPort()).hasValue(1234);
    }

    @Test
    void aHostThatIsDownIsUpAgainWhenTheFaultIsOff() {
        Fault fault = machine.faults().add(Fault.always(FaultKind.HOST_DOWN));
        assertThat(power.isUp()).isFalse();
        time.pass(machine, Duration.ofHours(1));
        assertThat(power.isUp()).isFalse();
        machine.faults().remove(fault.id());
        assertThat(power.isUp()).isTrue();
    }

    @Test
    void aHostThatIsDownForATimeIsUpAfterIt() {
        machine.faults().add(Fault.always(FaultKind.HOST_DOWN).after(Duration.ofSeconds(5)));
        time.pass(machine, Duration.ofMillis(4_999));
        assertThat(power.isUp()).isFalse();
        time.pass(machine, Duration.ofMillis(1));
        assertThat(power.isUp()).isTrue();
        assertThat(machine.faults().active()).isEmpty();
    }

    @Test
    void twoFaultsHoldItDownUntilBothAreOff() {
        machine.faults().add(Fault.always(FaultKind.HOST_DOWN).after(Duration.ofSeconds(1)));
        machine.faults().add(Fault.always(FaultKind.HOST_DOWN));
        time.pass(machine, Duration.ofSeconds(2));
        assertThat(power.isUp()).isFalse();
        machine.faults().clear();
        assertThat(power.isUp()).isTrue();
    }

    @Test
    void theEndOfAnotherDowntimeDoesNotEndTheFault() {
        power.down(Duration.ofSeconds(1));
        machine.faults().add(Fault.always(FaultKind.HOST_DOWN));
        time.pass(machine, Duration.ofSeconds(2));
        assertThat(power.isUp()).isFalse();
        machine.faults().clear();
        assertThat(power.isUp()).isTrue();
    }

    @Test
    void oneThatWasShutDownStaysSoAfterAFault() {
        power.down();
        machine.faults().add(Fault.always(FaultKind.HOST_DOWN));
        machine.faults().clear();
        assertThat(power.isUp()).isFalse();
    }

    @Test
    void whoeverStartsLmStudioEndsTheFault() {
        machine.faults().add(Fault.always(FaultKind.HOST_DOWN));
        power.up();
        assertThat(machine.faults().active()).isEmpty();
        assertThat(power.isUp()).isTrue();
    }

    @Test
    void aRefusedHttpPortIsClosedAndNothingElse() {
        load(LLAMA);
        time.pass(machine, LOAD);
        machine.faults().add(Fault.always(FaultKind.HTTP_REFUSED).after(Duration.ofSeconds(2)));
        assertThat(power.httpPort()).isEmpty();
        assertThat(machine.loaded()).hasSize(1);
        power.startHttp(HTTP);
        assertThat(power.httpPort()).isEmpty();
        time.pass(machine, Duration.ofSeconds(2));
        assertThat(power.httpPort()).hasValue(1234);
    }

    @Test
    void switchingAFaultOffDoesNotStartAServerThatWasStopped() {
        power.stopHttp();
        machine.faults().add(Fault.always(FaultKind.HTTP_REFUSED));
        machine.faults().clear();
        assertThat(power.httpPort()).isEmpty();
    }

    @Test
    void aPortThatNeverOpenedIsNotTakenForOpen() {
        List<Runnable> opened = new ArrayList<>();
        power.begin(
                new Power.Doors() {
                    @Override
                    public void openHttp(Power.Http http, Runnable whenOpen) {
                        opened.add(whenOpen);
                    }

                    @Override
                    public void closeHttp() {}

                    @Override
                    public void openPrivate() {}

                    @Override
                    public void closePrivate() {}
                },
                HTTP);
        power.startHttp(new Power.Http(1235, "127.0.0.1", false));
        assertThat(power.httpPort()).isEmpty();
        power.stopHttp();
        opened.getFirst().run();
        assertThat(power.httpPort()).isEmpty();
        power.startHttp(HTTP);
        opened.getLast().run();
        assertThat(power.httpPort()).hasValue(1234);
    }

    private void load(String key) {
        machine.load(LoadRequest.of(key), new LoadListener() {
            @Override
            public void loaded(Instance instance) {
                heard.add("loaded");
            }

            @Override
            public void failed(Refusal refusal) {
                heard.add("load failed");
            }
        });
    }

    private static Script longAnswer(Instance instance) {
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            tokens.add(new Token.Content("a "));
        }
        return new Script(10, tokens, "eosFound", null);
    }

    private final class Heard implements WorkListener {
        @Override
        public void ended(Instance instance, Script script) {
            heard.add("work ended");
        }

        @Override
        public void failed(Refusal refusal) {
            heard.add("work failed");
        }
    }
}
