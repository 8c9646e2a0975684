package dev.lmbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class DoctorCommandTest {
    private static final String MODELS = "GET /api/v1/models";
    private static final String NOTHING_LOADED = "{\"models\":[{\"key\":\"m\",\"loaded_instances\":[]}]}";
    private static final String ONE_LOADED = "{\"models\":[{\"key\":\"m\",\"loaded_instances\":[{\"id\":\"m~1\"}]}]}";

    @TempDir
    Path home;

    @Test
    void aMachineWhereAllIsWellIsGreen() throws IOException {
        try (ScriptedBridge studio = new ScriptedBridge().on(MODELS, 200, NOTHING_LOADED)) {
            Map<String, String> levels = levels(doctor(0, host(studio.url(), lms("[]"))));

            assertThat(levels)
                    .containsEntry("configuration", "green")
                    .containsEntry("service", "green")
                    .containsEntry("clock", "green")
                    .containsEntry("lm studio (local)", "green")
                    .containsEntry("lms (local)", "green")
                    .containsEntry("lms answers (local)", "green")
                    .containsEntry("one machine (local)", "green");
        }
    }

    @Test
    void twoPathsToTwoMachinesAreRed() throws IOException {
        try (ScriptedBridge studio = new ScriptedBridge().on(MODELS, 200, ONE_LOADED)) {
            assertThat(levels(doctor(1, host(studio.url(), lms("[]"))))).containsEntry("one machine (local)", "red");
        }
    }

    @Test
    void withoutLmsItWorksLessWell() throws IOException {
        try (ScriptedBridge studio = new ScriptedBridge().on(MODELS, 200, NOTHING_LOADED)) {
            JsonNode body = doctor(0, host(studio.url(), null));

            assertThat(levels(body)).containsEntry("lms (local)", "yellow");
            assertThat(body.toString()).contains("ttl_not_enforced_by_host");
        }
    }

    @Test
    void nothingThatListensAndAnLmsThatIsNotThereAreRedEachWithItsFix() throws IOException {
        JsonNode body = doctor(1, host("http://127.0.0.1:1", Path.of("/nowhere/lms")));

        assertThat(levels(body)).containsEntry("lm studio (local)", "red").containsEntry("lms (local)", "red");
        assertThat(body.path("ok").asBoolean()).isFalse();
        for (JsonNode finding : body.path("findings")) {
            assertThat(finding.has("fix"))
                    .as("%s", finding)
                    .isEqualTo(!finding.path("level").asText().equals("green"));
        }
    }

    @Test
    void whatIsNotLmStudioOrWantsATokenIsTold() throws IOException {
        try (ScriptedBridge stranger = new ScriptedBridge().on(MODELS, 200, "{}");
                ScriptedBridge closed = new ScriptedBridge().on(MODELS, 401, "{}")) {
            assertThat(doctor(1, host(stranger.url(), null)).toString()).contains("not as LM Studio does");
            assertThat(doctor(1, host(closed.url(), null)).toString()).contains("hosts[].token");
        }
    }

    @Test
    void aPortThatSomethingElseHasIsRed() throws IOException {
        try (ScriptedBridge stranger = new ScriptedBridge().on("GET /health/live", 404, "[]")) {
            String port = stranger.url().substring(stranger.url().lastIndexOf(':') + 1);
            Shell shell = new Shell(home);

            assertThat(shell.run("doctor", "--set", "http.port=" + port)).isEqualTo(1);
            assertThat(shell.out).contains("is taken by something").contains("fix: Stop what listens there");
        }
    }

    @Test
    void aBadConfigurationIsRedWithEveryProblem() {
        Shell shell = new Shell(home);

        assertThat(shell.run("doctor", "--set", "http.port=99999", "--set", "loader.loadTimeout=soon"))
                .isEqualTo(1);
        assertThat(shell.out).contains("http.port", "loader.loadTimeout", "2 things are wrong");
    }

    @Test
    void aDamagedListOfToolServersIsRed() throws IOException {
        Path folder = Files.createDirectories(home.resolve(".lmstudio"));
        Files.writeString(folder.resolve("mcp.json"), "{\"mcpServers\":{\"a\":{}}}");
        assertThat(levels(doctor(0))).containsEntry("tool servers", "green").containsEntry("lm studio", "yellow");

        Files.writeString(folder.resolve("mcp.json"), "{\"mcpServers\":");
        assertThat(levels(doctor(1))).containsEntry("tool servers", "red");
    }

    @Test
    void aDataFolderThatIsAFileIsRed() throws IOException {
        Files.writeString(home.resolve(".lm-bridge"), "");

        assertThat(levels(doctor(1))).containsEntry("data folder", "red");
    }

    private JsonNode doctor(int code, Service.KnownHost... hosts) throws IOException {
        Shell shell = new Shell(home).serving(new Service() {
            @Override
            public int serve(Settings settings, Environment environment) {
                return 0;
            }

            @Override
            public List<KnownHost> hosts(Settings settings, Environment environment) {
                return List.of(hosts);
            }
        });
        assertThat(shell.run("doctor", "--json", "--set", "http.port=0"))
                .as(shell.out + shell.err)
                .isEqualTo(code);
        assertThat(shell.err).isEmpty();
        return new ObjectMapper().readTree(shell.out);
    }

    private static Map<String, String> levels(JsonNode body) {
        Map<String, String> levels = new HashMap<>();
        body.path("findings")
                .forEach(finding -> levels.put(
                        finding.path("check").asText(), finding.path("level").asText()));
        return levels;
    }

    private static Service.KnownHost host(String url, @Nullable Path lms) {
        return new Service.KnownHost("local", URI.create(url), null, lms, true, null);
    }

    private Path lms(String rows) throws IOException {
        Path program = Files.writeString(
                home.resolve("lms"),
                "#!/bin/sh\n[ \"$1\" = --version ] && echo 'CLI commit: abc' || echo '" + rows + "'\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
