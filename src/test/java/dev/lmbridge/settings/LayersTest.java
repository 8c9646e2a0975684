package dev.lmbridge.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayersTest {
    @TempDir
    Path folder;

    @Test
    void fileThenEnvironmentThenCommandLine() throws Exception {
        Path file = write("""
                http: {port: 1, heartbeatAfter: 1s}
                loader:
                  loadTimeout: 1s
                  commandTimeout: 1s
                """);
        Settings settings = Settings.load(
                file, env("LM_BRIDGE_HTTP_PORT", "2", "LM_BRIDGE_LOADER_LOAD_TIMEOUT", "2s"), Map.of("http.port", "3"));

        assertThat(settings.http().port()).isEqualTo(3);
        assertThat(settings.loader().loadTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(settings.loader().commandTimeout()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.http().heartbeatAfter()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.file()).isEqualTo(file);
    }

    @Test
    void theFileMayBeNamedByAVariableAndTheCommandLineWins() throws Exception {
        Path file = write("http: {port: 7}");
        Path other = Files.writeString(folder.resolve("other.yaml"), "http: {port: 8}");

        assertThat(Settings.load(null, env("LM_BRIDGE_CONFIG", file.toString()), Map.of())
                        .http()
                        .port())
                .isEqualTo(7);
        assertThat(Settings.load(other, env("LM_BRIDGE_CONFIG", file.toString()), Map.of())
                        .http()
                        .port())
                .isEqualTo(8);
    }

    @Test
    void listsAndMapsComeAsJsonInOneVariable() throws Exception {
        Settings settings = load(env(
                "LM_BRIDGE_HOSTS",
                """
                [{"name":"a","url":"http://10.0.0.5:1234/","lms":"none","home":"~/lm","token":"sk-1",
                  "memory":{"budget":"24GiB"}}]""",
                "LM_BRIDGE_MODELS_ALIASES",
                "{\"fast\":\"qwen/qwen3-4b\",\"any\":[\"a\",\"b\"]}",
                "LM_BRIDGE_LOADER_RETRY_BACKOFF",
                "[\"1s\"]",
                "LM_BRIDGE_HTTP_DEADLINES",
                "{\"queue\":\"1s\",\"load\":\"2s\"}",
                "LM_BRIDGE_HTTP_DEADLINES_LOAD",
                "3s"));

        HostSettings host = ((HostsSetting.Listed) settings.hosts()).hosts().getFirst();
        assertThat(host.url()).hasToString("http://10.0.0.5:1234");
        assertThat(host.lms()).isEqualTo(new HostSettings.Lms.None());
        assertThat(host.home()).isEqualTo(Path.of("/home/ada/lm"));
        assertThat(host.token()).isEqualTo(new Secret("sk-1"));
        assertThat(host.memory()).isEqualTo(new HostSettings.Memory(24L << 30, 2L << 30));
        assertThat(settings.models().aliases())
                .isEqualTo(Map.of("fast", List.of("qwen/qwen3-4b"), "any", List.of("a", "b")));
        assertThat(settings.loader().retry().backoff()).containsExactly(Duration.ofSeconds(1));
        assertThat(settings.http().deadlines().queue()).isEqualTo(Duration.ofSeconds(1));
        assertThat(settings.http().deadlines().load()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void lmStudiosOwnVariablesNameTheHost() throws Exception {
        assertThat(load(env("LMSTUDIO_HOST", "studio")).hosts()).isEqualTo(new HostsSetting.Auto("studio", 1234, true));
        assertThat(load(env("LMSTUDIO_PORT", "4321")).hosts())
                .isEqualTo(new HostsSetting.Auto("127.0.0.1", 4321, true));
        assertThat(new HostsSetting.Auto("::1", 1, true).toHost().url()).hasToString("http://[::1]:1");
    }

    @Test
    void aListenerOnAllAddressesIsCalledOnLoopback() throws Exception {
        Map<String, String> flags = new HashMap<>(Map.of("auth.mode", "open"));
        for (String[] pair : new String[][] {{"0.0.0.0", "127.0.0.1"}, {"::", "[::1]"}, {"box.lan", "box.lan"}}) {
            flags.put("http.host", pair[0]);
            assertThat(Settings.load(null, env(), flags).http().localUrl(7)).hasToString("http://" + pair[1] + ":7");
        }
    }

    @Test
    void defaultModelIsHonouredAndOurOwnVariableWins() throws Exception {
        assertThat(load(env("DEFAULT_MODEL", "a")).models().defaultModel()).isEqualTo("a");
        assertThat(load(env("DEFAULT_MODEL", "a", "LM_BRIDGE_MODELS_DEFAULT", "b"))
                        .models()
                        .defaultModel())
                .isEqualTo("b");
    }

    @Test
    void whatKubernetesAddsForServicesIsIgnored() throws Exception {
        Settings settings = load(env(
                "LM_BRIDGE_SERVICE_HOST", "10.0.0.1",
                "LM_BRIDGE_SERVICE_PORT", "1235",
                "LM_BRIDGE_SERVICE_PORT_HTTP", "1235",
                "LM_BRIDGE_PORT", "tcp://10.0.0.1:1235",
                "LM_BRIDGE_PORT_1235_TCP", "tcp://10.0.0.1:1235",
                "LM_BRIDGE_PORT_1235_TCP_ADDR", "10.0.0.1",
                "LM_BRIDGE_PORT_1235_TCP_PORT", "1235",
                "LM_BRIDGE_PORT_1235_TCP_PROTO", "tcp",
                "LM_BRIDGE_SIM_SERVICE_HOST", "10.0.0.2",
                "LM_BRIDGE_HTTP_PORT", "tcp://10.0.0.3:80"));

        assertThat(settings.http().port()).isEqualTo(1235);
    }

    @Test
    void variablesThatAreNoSettingsAndEmptyOnesAreIgnored() throws Exception {
        Settings settings = load(env(
                "LM_BRIDGE_ADMIN_KEY", "x",
                "LM_BRIDGE_JAVA_HOME", "x",
                "LM_BRIDGE_JAVA_OPTS", "x",
                "LM_BRIDGE_AOT", "off",
                "LM_BRIDGE_REAL_LMS", "1",
                "LM_BRIDGE_CONFIG", "",
                "LM_BRIDGE_HTTP_PORT", ""));

        assertThat(settings.http().port()).isEqualTo(1235);
    }

    @Test
    void anUnknownVariableIsRefusedWithTheNearestName() {
        assertThatThrownBy(() -> load(env("LM_BRIDGE_LOADER_LOADTIMEOUT", "60s")))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        refused -> assertThat(refused.problems())
                                .singleElement()
                                .satisfies(problem -> {
                                    assertThat(problem.key()).isEqualTo("LM_BRIDGE_LOADER_LOADTIMEOUT");
                                    assertThat(problem.message()).contains("LM_BRIDGE_LOADER_LOAD_TIMEOUT");
                                }));
        assertThatThrownBy(() -> load(env("LM_BRIDGE_PORT", "1235"))).isInstanceOf(SettingsException.class);
    }

    @Test
    void tellsWhichSettingsHaveNoEffectYetUnlessTheyAreLeftAsTheyAre() throws Exception {
        Path file = write("""
                agents: {maxRounds: 7, toolTimeout: 120s}
                watchdog: {cliEvery: 1m}
                """);
        assertThat(Settings.load(file, env(), Map.of("cluster.enabled", "true")).notYetActedOn())
                .containsExactlyInAnyOrder("agents.maxRounds", "cluster.enabled");
    }

    @Test
    void emptyFilesAndEmptySectionsChangeNothing() throws Exception {
        assertThat(Settings.load(write(""), env(), Map.of()).http().port()).isEqualTo(1235);
        assertThat(Settings.load(write("# only words\n"), env(), Map.of())
                        .http()
                        .port())
                .isEqualTo(1235);
        assertThat(Settings.load(write("http:\n  # port: 1\n"), env(), Map.of())
                        .http()
                        .port())
                .isEqualTo(1235);
    }

    @Test
    void homeOfTheEnvironmentCountsAndMissingHomeIsToldOnce() throws Exception {
        assertThat(Settings.load(null, Map.of("HOME", "/srv/x"), Map.of()).dataDir())
                .isEqualTo(Path.of("/srv/x/.lm-bridge"));
        assertThat(Settings.load(null, Map.of(), Map.of("dataDir", "/var/lib/lm-bridge"))
                        .dataDir())
                .isEqualTo(Path.of("/var/lib/lm-bridge"));
        assertThatThrownBy(() -> Settings.load(null, Map.of(), Map.of()))
                .isInstanceOfSatisfying(
                        SettingsException.class,
                        refused -> assertThat(refused.problems())
                                .singleElement()
                                .satisfies(
                                        problem -> assertThat(problem.message()).contains("HOME")));
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("conf.yaml"), yaml);
    }

    private static Settings load(Map<String, String> env) throws SettingsException {
        return Settings.load(null, env, Map.of());
    }

    private static Map<String, String> env(String... namesAndValues) {
        Map<String, String> env = new HashMap<>(Map.of("HOME", "/home/ada", "PATH", "/bin"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            env.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return env;
    }
}
