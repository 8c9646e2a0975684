package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.EventStream;
import dev.lmbridge.testing.Programs;
import dev.lmbridge.testing.RealLms;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The bridge with LM Studio's own {@code lms} as the executable, where this machine has one: at {@code LM_BRIDGE_REAL_LMS},
 * else beside the checkout. It drives the simulated machine over LM Studio's private API.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(180)
final class RealLmsBridgeIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";

    private Path home;
    private Path lms;

    @BeforeAll
    void theRealLms(@TempDir Path scratch) throws Exception {
        Optional<RealLms> real = RealLms.find();
        assumeTrue(real.isPresent(), "the real lms, or node, is not here");
        home = RealLms.home(scratch.resolve("user"));
        lms = scratch.resolve("lms");
        Files.createFile(lms, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(lms, """
                #!/bin/sh
                LMS_FORCE_PROD=1
                export LMS_FORCE_PROD
                exec '%s' '%s' "$@"
                """.formatted(real.get().node(), real.get().bundle()));
    }

    @Test
    void theRealLmsLoadsShowsAndUnloadsForTheBridge(@TempDir Path scratch) {
        try (SimulatedLmStudio machine = SimulatedLmStudio.start();
                RunningBridge bridge = RunningBridge.in(scratch)
                        .withHost(machine.url(), lms, home)
                        .start()) {
            assertThat(ps(machine, scratch)).isEmpty();
            HttpResponse<String> answer = bridge.post("/bridge/v1/models/ensure", "{\"model\": \"" + LLAMA + "\"}");
            assertThat(answer.statusCode()).as(answer.body() + bridge.err()).isEqualTo(200);
            JsonNode ensured = RunningBridge.parse(answer.body());
            assertThat(ensured.path("verified").asBoolean()).isTrue();
            assertThat(ensured.path("ttlSeconds").asLong()).isEqualTo(600);
            assertThat(ensured.path("warnings")).isEmpty();

            JsonNode rows = ps(machine, scratch);
            assertThat(rows).hasSize(1);
            assertThat(rows.at("/0/identifier")).isEqualTo(ensured.path("identifier"));
            assertThat(rows.at("/0/ttlMs").asLong()).isEqualTo(600_000);

            try (EventStream stream = bridge.stream(Chats.PATH, Chats.streaming(LLAMA, "count to 20"))) {
                List<String> events = stream.rest();
                assertThat(events).last().isEqualTo(EventStream.DONE);
                assertThat(EventStream.textOf(events)).startsWith("1, 2, 3").endsWith("20.");
            }

            HttpResponse<String> gone = bridge.post("/bridge/v1/models/unload", "{\"model\": \"" + LLAMA + "\"}");
            assertThat(gone.statusCode()).as(gone.body()).isEqualTo(200);
            assertThat(ps(machine, scratch)).isEmpty();
            assertThat(machine.calls().path("lms"))
                    .as("the stand-in had no part in this")
                    .isEmpty();
        }
    }

    /** What the real one says, shown in the log of the test as well. */
    private JsonNode ps(SimulatedLmStudio machine, Path scratch) {
        List<String> arguments =
                List.of("ps", "--json", "--host", "127.0.0.1", "--port", String.valueOf(machine.port()));
        Programs.Result result = Programs.run(
                scratch,
                Map.of("HOME", home.toString()),
                Stream.concat(Stream.of(lms.toString()), arguments.stream()).toList());
        System.out.println("$ lms " + String.join(" ", arguments) + "\n" + result.out() + result.err());
        assertThat(result.code()).as(result.err()).isZero();
        return RunningBridge.parse(result.out());
    }
}
