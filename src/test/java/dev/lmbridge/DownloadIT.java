package dev.lmbridge;

import static dev.lmbridge.testing.RunningBridge.parse;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Programs;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Downloads through the built service, by the stand-in {@code lms}, from a simulated machine. */
@Timeout(120)
final class DownloadIT {
    private static final String PATH = "/bridge/v1/downloads";
    private static final String SMOL = "huggingfacetb/smollm2-135m-instruct";

    @TempDir
    Path folder;

    @Test
    void aModelIsDownloadedIsListedAndCanBeUsedAndTheCommandLineTellsOfIt() {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start();
                RunningBridge bridge = RunningBridge.in(folder).with(machine).start()) {
            JsonNode job =
                    parse(bridge.post(PATH, "{\"model\":\"" + SMOL + "\"}").body());
            assertThat(job.path("status").asText()).isEqualTo("running");
            String location = PATH + "/" + job.path("id").asText();
            Waiting.until("it has come", () -> over(bridge, location));
            assertThat(parse(bridge.get(location).body()).path("status").asText())
                    .isEqualTo("completed");
            assertThat(bridge.get("/bridge/v1/models").body()).contains(SMOL);
            assertThat(bridge.post("/bridge/v1/models/ensure", "{\"model\":\"" + SMOL + "\"}")
                            .statusCode())
                    .isEqualTo(200);

            Programs.Result again = bridge.setup().run("get", SMOL);
            assertThat(again.code()).as(again.err()).isZero();
            assertThat(again.out()).contains("is there already");
            Programs.Result none = bridge.setup().run("get", "nobody/nothing");
            assertThat(none.code()).isEqualTo(1);
            assertThat(none.err()).contains("model_not_found").doesNotContain("\tat ");
        }
    }

    @Test
    void aDownloadThatIsCancelledOrOutlivedByTheServiceLeavesNoProcess() {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start();
                RunningBridge bridge = RunningBridge.in(folder).with(machine).start()) {
            machine.fault("{\"kind\":\"download-stalls\"}");
            String first = begin(bridge, SMOL);
            Waiting.until("it stalls", () -> parse(bridge.get(first).body()).has("percent"));

            assertThat(bridge.post(first + "/cancel", "{}").statusCode()).isEqualTo(202);
            Waiting.until("it is over", () -> over(bridge, first));
            assertThat(parse(bridge.get(first).body()).path("status").asText()).isEqualTo("cancelled");
            assertThat(bridge.children()).isEmpty();

            begin(bridge, "qwen/qwen3-1.7b");
            Waiting.until("its process runs", () -> bridge.children().findAny().isPresent());
            var children = bridge.children().toList();
            bridge.sigterm();
            assertThat(bridge.exitCode()).as(bridge.err()).isZero();
            assertThat(children).noneMatch(ProcessHandle::isAlive);
        }
    }

    private static String begin(RunningBridge bridge, String model) {
        return bridge.post(PATH, "{\"model\":\"" + model + "\"}")
                .headers()
                .firstValue("Location")
                .orElseThrow();
    }

    private static boolean over(RunningBridge bridge, String location) {
        return parse(bridge.get(location).body()).has("endedAt");
    }
}
