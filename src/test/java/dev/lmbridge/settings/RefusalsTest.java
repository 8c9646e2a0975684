package dev.lmbridge.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefusalsTest {
    private static final Map<String, String> HOME = Map.of("HOME", "/home/ada");

    @TempDir
    Path folder;

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws URISyntaxException {
        Path file = Path.of(Objects.requireNonNull(getClass().getResource("/settings/everything-wrong.yaml"))
                .toURI());
        Map<String, String> env = new HashMap<>(HOME);
        env.put("LM_BRIDGE_GATEWAY_QUEUE_CAPACITY", "none");
        env.put("LM_BRIDGE_NONSENSE", "hunter4");

        List<Problem> problems = problems(file, env, Map.of("logging.keep", "long"));

        assertThat(problems)
                .extracting(Problem::key)
                .containsExactlyInAnyOrder(
                        "http.host",
                        "http.port",
                        "http.allowedHosts[0]",
                        "http.allowedOrigins",
                        "http.heartbeatAfter",
                        "http.maxBody",
                        "http.maxBdoy",
                        "http.deadlines",
                        "dataDir",
                        "hosts[0].url",
                        "hosts[1].url",
                        "hosts[2].token",
                        "hosts[2].tokne",
                        "hosts[3].name",
                        "hosts[3].memory.reserve",
                        "hosts[3].memory.bugdet",
                        "hosts[4].name",
                        "models.ttl.default",
                        "models.ttl.temporary",
                        "models.aliases.default",
                        "models.aliases.loop",
                        "models.aliases.-rm",
                        "models.aliases.up",
                        "models.profiles.m.ttl",
                        "models.profiles.m.gpu",
                        "models.profiles.m.parallel",
                        "models.profiles.m.contextLength",
                        "models.profiles.m.pinned",
                        "models.profiles.m.tll",
                        "models.foreign",
                        "loader.loadTimeout",
                        "loader.loadTimeout",
                        "loader.verify.pollEvery",
                        "loader.verify.freshFor",
                        "loader.queue.capacity",
                        "loader.retry.backoff",
                        "loader.retry.jitter",
                        "loader.breaker.recovery",
                        "gateway.imageUrls",
                        "gateway.queue.capacity",
                        "store.url",
                        "auth.mode",
                        "simulator.allowed",
                        "agents.maxTokens",
                        "agents.roots",
                        "logging.keep",
                        "unheard",
                        "LM_BRIDGE_NONSENSE");
        assertThat(problems).allSatisfy(problem -> assertThat(problem.message()).matches(".*[.?]"));
    }

    @Test
    void noSecretIsEverShown() throws Exception {
        Path file = Path.of(Objects.requireNonNull(getClass().getResource("/settings/everything-wrong.yaml"))
                .toURI());

        assertThat(problems(file, HOME, Map.of()).toString())
                .doesNotContain("hunter")
                .doesNotContain("very secret")
                .doesNotContain("sk-misspelled");
        assertThat(problems(null, with("LM_BRIDGE_HOSTS", "[{\"token\": sk-unquoted}]"), Map.of())
                        .toString())
                .contains("not valid JSON")
                .doesNotContain("sk-unquoted");
        assertThat(problems(write("hosts:\n - token: 'sk-open\n"), HOME, Map.of())
                        .toString())
                .contains("not valid YAML")
                .doesNotContain("sk-open");
        String json = "[{\"name\":\"a\",\"url\":\"http://a\",\"token\":\"sk-good\"}]";
        assertThat(Settings.load(null, with("LM_BRIDGE_HOSTS", json), Map.of("store.url", "postgresql://u:pw@db/x")))
                .asString()
                .contains("***")
                .doesNotContain("sk-good")
                .doesNotContain(":pw");
    }

    @Test
    void problemsNameTheLineAndWhatWasMeant() throws IOException {
        List<Problem> problems = problems(write("""
                # a comment
                loadTimeout: 60s
                loader:
                  load_timeout: 60s
                  commandTimeout: soon
                """), HOME, Map.of());

        assertThat(problems)
                .containsExactly(
                        new Problem(
                                "loadTimeout",
                                "conf.yaml:2",
                                null,
                                "There is no such setting. Did you mean loader.loadTimeout?"),
                        new Problem(
                                "loader.load_timeout",
                                "conf.yaml:4",
                                null,
                                "There is no such setting. Did you mean loader.loadTimeout?"),
                        new Problem(
                                "loader.commandTimeout",
                                "conf.yaml:5",
                                "soon",
                                "A duration is a whole number with a unit: 250ms, 600s, 10m, 2h or 30d."));
    }

    @Test
    void aRemoteListenerMustBeOpenOnPurpose() throws Exception {
        assertThat(problems(null, HOME, Map.of("http.host", "0.0.0.0")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("auth.mode to open"));
        for (String odd : List.of("[::1", "a_b", "a/b", "u@h", "h:1:x")) {
            assertThat(problems(null, HOME, Map.of("http.host", odd, "auth.mode", "open")))
                    .extracting(Problem::key)
                    .containsExactly("http.host");
        }
        for (String loopback : List.of("localhost", "127.0.0.2", "::1", "[::1]")) {
            assertThat(Settings.load(null, HOME, Map.of("http.host", loopback))
                            .http()
                            .onLoopback())
                    .isTrue();
        }
        assertThat(Settings.load(null, HOME, Map.of("http.host", "0.0.0.0", "auth.mode", "open"))
                        .http()
                        .onLoopback())
                .isFalse();
    }

    @Test
    void keysAreRefusedWithTheFix() {
        assertThat(problems(null, HOME, Map.of("auth.mode", "keys")))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("not available", "say open"));
    }

    @Test
    void aSimulationThatIsForcedExcludesAListOfHosts() {
        String hosts = "[{\"name\":\"a\",\"url\":\"http://a\"}]";

        assertThat(problems(null, HOME, Map.of("hosts", hosts, "simulator.allowed", "always")))
                .extracting(Problem::key)
                .containsExactly("simulator.allowed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a: &x [1]\\nb: *x | aliases",
                "[1, 2] | keys and values",
                "just words | keys and values",
                "http: [ | not valid YAML",
                "a: 1\\n---\\nb: 2 | one document",
                "http: {port: {a: {b: {c: {d: {e: {f: {g: {h: {i: {j: {k: {l: {m: {n: {o: {p: 1}}}}}}}}}}}}}}}}} | deeper",
            })
    void dangerousOrBrokenFilesAreRefused(String yaml, String expected) throws IOException {
        assertThat(problems(write(yaml.replace("\\n", "\n")), HOME, Map.of()).toString())
                .contains(expected);
    }

    @Test
    void filesThatAreMissingTooLargeOrNoTextAreRefused() throws IOException {
        assertThat(problems(folder.resolve("none.yaml"), HOME, Map.of()).toString())
                .contains("no such file");
        assertThat(problems(null, with("LM_BRIDGE_CONFIG", "/no/where"), Map.of()))
                .extracting(Problem::origin)
                .containsExactly("LM_BRIDGE_CONFIG");
        assertThat(problems(write("#".repeat(ConfigFile.LARGEST + 1)), HOME, Map.of())
                        .toString())
                .contains("1 MiB");
        Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'#', (byte) 0xE9, '\n'});
        assertThat(problems(latin, HOME, Map.of()).toString()).contains("UTF-8");
        assertThat(problems(folder, HOME, Map.of()).toString()).contains("cannot be read");
    }

    @Test
    void aListInAVariableIsExplainedAsJson() {
        assertThat(problems(null, with("LM_BRIDGE_HTTP_ALLOWED_HOSTS", "a,b"), Map.of()))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("JSON"));
    }

    @Test
    void aBudgetThatItsReserveUsesUpIsRefused() {
        String host = "[{\"name\":\"a\",\"url\":\"http://127.0.0.1:1\",\"memory\":{\"budget\":\"%s\"%s}}]";
        Map<String, String> tight = new HashMap<>(HOME);
        tight.put("LM_BRIDGE_HOSTS", host.formatted("2GiB", ""));
        assertThat(problems(null, tight, Map.of())).singleElement().satisfies(problem -> {
            assertThat(problem.key()).isEqualTo("hosts[0].memory.budget");
            assertThat(problem.message()).contains("2147483648", "reserve");
        });
        Map<String, String> wide = new HashMap<>(HOME);
        wide.put("LM_BRIDGE_HOSTS", host.formatted("2GiB", ",\"reserve\":\"1GiB\""));
        wide.put("LM_BRIDGE_HTTP_PORT", "none");
        assertThat(problems(null, wide, Map.of())).extracting(Problem::key).containsExactly("http.port");
    }

    @Test
    void badAddressesOfLmStudioAreRefused() {
        assertThat(problems(null, with("LMSTUDIO_HOST", "http://studio"), Map.of()))
                .extracting(Problem::origin)
                .containsExactly("LMSTUDIO_HOST");
        assertThat(problems(null, with("LMSTUDIO_PORT", "0"), Map.of()))
                .extracting(Problem::origin)
                .containsExactly("LMSTUDIO_PORT");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            http: {heartbeatAfter: [10s]}                   | http.heartbeatAfter     | a duration from
            http: {maxBody: {a: 1}}                         | http.maxBody            | a size from
            http: {port: [1235]}                            | http.port               | a whole number from
            loader: {retry: {jitter: [0.1]}}                | loader.retry.jitter     | a number from 0 to 1
            models: {foreign: [touch]}                      | models.foreign          | one of
            models: {ttl: {default: 1500ms}}                | models.ttl.default      | whole seconds
            models: {aliases: fast}                         | models.aliases          | names and the model keys
            models: {aliases: {fast: []}}                   | models.aliases.fast     | a list of at least one
            models: {aliases: {auto: m}}                    | models.aliases.auto     | This name is taken
            models: {profiles: 7}                           | models.profiles         | model keys and their profiles
            models: {profiles: {m: 7}}                      | models.profiles.m       | what this model is loaded with
            models: {profiles: {'-m': {ttl: 5m}}}           | models.profiles.-m      | not a usable model key
            hosts: studio                                   | hosts                   | a list of 1 to
            hosts: []                                       | hosts                   | a list of 1 to
            hosts: [studio]                                 | hosts[0]                | at least name and url
            hosts: [{name: a, url: 'http://a b'}]           | hosts[0].url            | http:// or https://
            hosts: [{name: a, url: [x]}]                    | hosts[0].url            | http:// or https://
            dataDir: [/tmp]                                 | dataDir                 | an absolute path
            store: {url: 'postgresql://['}                  | store.url               | postgresql://
            """)
    void aValueOfTheWrongShapeIsToldWithWhatIsExpected(String yaml, String key, String expected) throws IOException {
        assertThat(problems(write(yaml + "\n"), HOME, Map.of())).anySatisfy(problem -> {
            assertThat(problem.key()).isEqualTo(key);
            assertThat(problem.origin()).isEqualTo("conf.yaml:1");
            assertThat(problem.message()).contains(expected);
        });
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(folder.resolve("conf.yaml"), yaml);
    }

    private static Map<String, String> with(String name, String value) {
        Map<String, String> env = new HashMap<>(HOME);
        env.put(name, value);
        return env;
    }

    private static List<Problem> problems(@Nullable Path file, Map<String, String> env, Map<String, String> flags) {
        SettingsException refused =
                catchThrowableOfType(SettingsException.class, () -> Settings.load(file, env, flags));
        assertThat(refused).as("refusal").isNotNull();
        return refused.problems();
    }
}
