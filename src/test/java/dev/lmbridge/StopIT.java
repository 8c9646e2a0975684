package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.EventStream;
import dev.lmbridge.testing.ProcessTable;
import dev.lmbridge.testing.Programs;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class StopIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String ENSURE = "/bridge/v1/models/ensure";

    @TempDir
    private Path folder;

    @Test
    void aStopLetsAnAnswerFinishAndTakesNothingNew() {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start("--load-time", "100ms", "--pace", "100");
                RunningBridge bridge = RunningBridge.in(folder).with(machine).start();
                EventStream stream = bridge.stream(Chats.PATH, Chats.streaming(LLAMA, "300 words"))) {
            stream.awaitText();
            bridge.sigterm();
            Waiting.until("new requests are refused", () -> isRefusedForTheStop(bridge));
            List<String> rest = stream.rest();
            assertThat(rest).last().isEqualTo(EventStream.DONE);
            assertThat(EventStream.textOf(rest).split(" ")).hasSizeGreaterThan(200);
            assertThat(bridge.exitCode()).isZero();
            assertThat(bridge.setup().portFile()).doesNotExist();
            assertThat(bridge.children()).isEmpty();
            assertThat(machine.isLoaded(
                            machine.state().at("/instances/0/identifier").asText()))
                    .as("a stop leaves the models to their TTL")
                    .isTrue();
        }
    }

    @Test
    void aStopEndsALoadAndTellsWhoWaitsForIt() throws Exception {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start();
                RunningBridge bridge = RunningBridge.in(folder).with(machine).start()) {
            machine.fault("{\"kind\":\"load-hangs\"}");
            var waiting = bridge.postAsync(ENSURE, "{\"model\": \"" + LLAMA + "\"}");
            Waiting.until(
                    "the load is under way",
                    () -> !machine.state().path("loading").isEmpty());
            bridge.sigterm();
            HttpResponse<String> answer = waiting.get(60, TimeUnit.SECONDS);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
            assertThat(RunningBridge.parse(answer.body()).path("code").asText()).isEqualTo("shutting_down");
            assertThat(bridge.exitCode()).isZero();
            assertThat(machine.state().path("loading"))
                    .as("lms was interrupted, not killed")
                    .isEmpty();
            if (ProcessTable.canBeRead()) {
                assertThat(ProcessTable.ofLms(machine)).isEmpty();
            }
        }
    }

    private static boolean isRefusedForTheStop(RunningBridge bridge) {
        try {
            HttpResponse<String> answer = bridge.post(Chats.PATH, Chats.plain(LLAMA, "say: x"));
            return answer.statusCode() == 503
                    && RunningBridge.parse(answer.body())
                            .at("/error/code")
                            .asText()
                            .equals("shutting_down");
        } catch (UncheckedIOException refused) {
            return true;
        }
    }

    @Test
    void aSecondStartAfterAKillWorksAtOnceAndUsesWhatIsStillLoaded() {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start("--load-time", "100ms")) {
            RunningBridge.Setup setup = RunningBridge.in(folder).with(machine);
            JsonNode before;
            try (RunningBridge killed = setup.start()) {
                before = ensured(killed);
                killed.kill9();
                assertThat(setup.portFile()).as("what a kill leaves").exists();
            }
            long loads = machine.lmsCalls("load");
            try (RunningBridge second = setup.start()) {
                JsonNode after = ensured(second);
                assertThat(after.path("alreadyLoaded").asBoolean()).isTrue();
                assertThat(after.path("identifier")).isEqualTo(before.path("identifier"));
                assertThat(Chats.text(second.post(Chats.PATH, Chats.plain(LLAMA, "say: here again"))
                                .body()))
                        .isEqualTo("here again");
                // Only lms knows it, and a start does not wait for lms.
                Waiting.until("its TTL is known again", () -> ttlOfTheFirst(second) == 600);
            }
            assertThat(machine.lmsCalls("load")).isEqualTo(loads);
        }
    }

    /** The process of the load ends with its broken pipe, LM Studio goes on: what it is about to load is not loaded a second time. */
    @Test
    void aSecondStartAfterAKillInTheMiddleOfALoadWaitsForThatLoadAndUsesIt() {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start("--load-time", "12s")) {
            RunningBridge.Setup setup = RunningBridge.in(folder).with(machine);
            try (RunningBridge killed = setup.start()) {
                var unanswered = killed.postAsync(ENSURE, "{\"model\": \"" + LLAMA + "\"}");
                Waiting.until(
                        "the load is under way",
                        () -> !machine.state().path("loading").isEmpty());
                killed.kill9();
                assertThat(unanswered).failsWithin(Waiting.BOUND);
            }
            try (RunningBridge second = setup.start()) {
                if (ProcessTable.canBeRead()) {
                    assertThat(ProcessTable.ofLoads(machine)).isEmpty();
                }
                assertThat(machine.state().path("loading")).hasSize(1);
                JsonNode answer = ensured(second);
                assertThat(answer.path("verified").asBoolean()).isTrue();
                assertThat(answer.path("identifier").asText()).isEqualTo(LLAMA + "~1");
                assertThat(machine.lmsCalls("load")).isEqualTo(1);
                assertThat(machine.state().path("instances")).hasSize(1);
                assertThat(Chats.text(second.post(Chats.PATH, Chats.plain(LLAMA, "say: here again"))
                                .body()))
                        .isEqualTo("here again");
            }
        }
    }

    /** The second process of the hung call holds its streams; both must go, and the model waits until nothing can appear. */
    @Test
    void anOrphanThatHangsIsKilledAndItsModelIsNotLoadedWhileItMayAppear() {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start("--load-time", "100ms")) {
            RunningBridge.Setup setup = RunningBridge.in(folder)
                    .with("LM_BRIDGE_LOADER_DOUBT_FOR", "5s")
                    .with(machine);
            machine.fault("{\"kind\":\"lms-hangs\",\"command\":\"load\",\"times\":1}");
            try (RunningBridge killed = setup.start()) {
                var unanswered = killed.postAsync(ENSURE, "{\"model\": \"" + LLAMA + "\"}");
                Waiting.until(
                        "the call hangs",
                        () -> !machine.state().path("grandchildren").isEmpty());
                killed.kill9();
                assertThat(unanswered).failsWithin(Waiting.BOUND);
            }
            Instant began = Instant.now();
            try (RunningBridge second = setup.start()) {
                if (ProcessTable.canBeRead()) {
                    assertThat(ProcessTable.ofLoads(machine)).isEmpty();
                }
                ensured(second);
                // Not the time that the request took: the service may have needed the better part of it to start.
                assertThat(Duration.between(began, Instant.now())).isGreaterThan(Duration.ofSeconds(5));
                assertThat(machine.lmsCalls("load")).isEqualTo(2);
            }
        }
    }

    @Test
    void aJournalThatCannotBeReadIsKeptAndTheServiceStarts() throws Exception {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start("--load-time", "100ms")) {
            RunningBridge.Setup setup = RunningBridge.in(folder).with(machine);
            var journal = setup.dataDir().resolve("journal");
            java.nio.file.Files.createDirectories(journal);
            java.nio.file.Files.writeString(journal.resolve("local.jsonl"), "{\"journal\":7}\n");
            try (RunningBridge bridge = setup.start()) {
                assertThat(ensured(bridge).path("verified").asBoolean()).isTrue();
                assertThat(journal.resolve("local.jsonl.damaged-1")).exists();
                assertThat(bridge.err()).contains("newer version of LM Bridge");
            }
        }
    }

    private static long ttlOfTheFirst(RunningBridge bridge) {
        return RunningBridge.parse(bridge.get("/bridge/v1/models?state=loaded").body())
                .at("/models/0/ttlSeconds")
                .asLong();
    }

    private static JsonNode ensured(RunningBridge bridge) {
        HttpResponse<String> answer = bridge.post(ENSURE, "{\"model\": \"" + LLAMA + "\"}");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return RunningBridge.parse(answer.body());
    }

    @Test
    void theSimulatorEndsWithAServiceThatIsKilledAndASecondServiceIsRefused() {
        RunningBridge.Setup setup = RunningBridge.in(folder);
        try (RunningBridge bridge = setup.start()) {
            Programs.Result second = setup.run("serve", "--port", "0");
            assertThat(second.code()).isEqualTo(1);
            assertThat(second.err()).contains("Another LM Bridge is using the data directory " + setup.dataDir());
            assertThat(bridge.get("/health/live").statusCode()).isEqualTo(200);

            List<ProcessHandle> simulator = bridge.children().toList();
            assertThat(simulator).isNotEmpty();
            bridge.kill9();
            Waiting.until("the simulator has ended", () -> simulator.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    /** A terminal sends SIGINT to the service and to whatever it has started. */
    @Test
    void ctrlCLetsAnAnswerOfTheSimulatedMachineFinish() {
        try (RunningBridge bridge = RunningBridge.in(folder).start();
                EventStream stream = bridge.stream(Chats.PATH, Chats.streaming(LLAMA, "60 words"))) {
            stream.awaitText();
            List<String> kill = new ArrayList<>(List.of("kill", "-INT"));
            bridge.children().forEach(child -> kill.add(String.valueOf(child.pid())));
            assertThat(Programs.run(folder, Map.of(), kill).code()).isZero();
            bridge.sigterm();
            assertThat(stream.rest()).last().isEqualTo(EventStream.DONE);
            assertThat(bridge.exitCode()).isZero();
        }
    }

    @Test
    void aStopEndsTheSimulatorToo() {
        try (RunningBridge bridge = RunningBridge.in(folder).start()) {
            List<ProcessHandle> simulator = bridge.children().toList();
            bridge.sigterm();
            assertThat(bridge.exitCode()).isZero();
            assertThat(simulator).isNotEmpty();
            Waiting.until("the simulator has ended", () -> simulator.stream().noneMatch(ProcessHandle::isAlive));
            assertThat(bridge.setup().portFile()).doesNotExist();
        }
    }
}
