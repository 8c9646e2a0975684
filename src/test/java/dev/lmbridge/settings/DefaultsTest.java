package dev.lmbridge.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class DefaultsTest {
    private static final Map<String, String> HOME = Map.of("HOME", "/home/ada");

    @Test
    void theShippedFileHoldsTheDocumentedDefaults() throws SettingsException {
        Settings settings = Settings.load(null, HOME, Map.of());

        assertThat(settings.http().host()).isEqualTo("127.0.0.1");
        assertThat(settings.http().port()).isEqualTo(1235);
        assertThat(settings.http().maxBodyBytes()).isEqualTo(64L << 20);
        assertThat(settings.http().deadlines())
                .isEqualTo(new HttpSettings.Deadlines(
                        Duration.ofSeconds(120),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(5),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(60),
                        Duration.ofHours(1)));
        assertThat(settings.dataDir()).isEqualTo(Path.of("/home/ada/.lm-bridge"));
        assertThat(settings.hosts()).isEqualTo(new HostsSetting.Auto("127.0.0.1", 1234, false));
        assertThat(settings.models().defaultModel()).isNull();
        assertThat(settings.models().ttl())
                .isEqualTo(new ModelSettings.TtlPolicy(
                        Duration.ofMinutes(10), Duration.ofMinutes(5), Duration.ofHours(1)));
        assertThat(settings.loader())
                .isEqualTo(new LoaderSettings(
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(30),
                        new LoaderSettings.Verify(
                                Duration.ofSeconds(20), Duration.ofMillis(250), Duration.ofSeconds(2)),
                        Duration.ofSeconds(60),
                        256,
                        new LoaderSettings.Retry(
                                3, List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4)), 0.1),
                        new LoaderSettings.Breaker(5, Duration.ofSeconds(60), Duration.ofMinutes(10))));
        assertThat(settings.agents().maxTokens()).isNull();
        assertThat(settings.mcp().config()).isNull();
        assertThat(settings.store().url()).isNull();
        assertThat(settings.auth().mode()).isEqualTo(AuthSettings.Mode.AUTO);
        assertThat(settings.simulator().allowed()).isEqualTo(SimulatorSettings.Allowed.AUTO);
        assertThat(settings.logging().dir()).isEqualTo(Path.of("/home/ada/.lm-bridge/logs"));
        assertThat(settings.file()).isNull();
        assertThat(settings.notYetActedOn()).isEmpty();
    }

    @Test
    void everyKeyOfTheShippedFileIsReadExactlyOnce() {
        List<Problem> problems = new ArrayList<>();
        Layers layers = new Layers(problems::add);
        Values values = new Values(layers, HOME, problems);

        new SettingsReader(values, HOME).read(null, List.of());

        assertThat(problems).isEmpty();
        assertThat(values.read()).containsExactlyInAnyOrderElementsOf(layers.keys());
    }

    @Test
    void theDocumentedHostShowsWhatAnEntryWithoutMoreHas() throws Exception {
        String shown = shippedText()
                .lines()
                .dropWhile(line -> !line.equals("# hosts:"))
                .takeWhile(line -> line.startsWith("#"))
                .map(line -> line.substring(2))
                .collect(Collectors.joining("\n"));
        List<Problem> problems = new ArrayList<>();
        ConfigNode.Mapping example =
                (ConfigNode.Mapping) Objects.requireNonNull(ConfigParser.yaml(shown, "example", problems::add));
        ConfigNode list = Objects.requireNonNull(example.entries().get("hosts"));
        HostsReader reader = new HostsReader(new NodeReader(HOME, problems::add), HOME);

        HostsSetting documented = reader.read("hosts", list);

        assertThat(problems).isEmpty();
        Settings terse = Settings.load(
                null,
                Map.of(
                        "HOME",
                        "/home/ada",
                        "LM_BRIDGE_HOSTS",
                        "[{\"name\":\"local\",\"url\":\"http://127.0.0.1:1234\"}]"),
                Map.of());
        assertThat(documented).isEqualTo(terse.hosts());
        assertThat(terse.hosts())
                .isEqualTo(new HostsSetting.Listed(List.of(new HostsSetting.Auto("127.0.0.1", 1234, false).toHost())));
    }

    @Test
    void commentsMarkExactlyTheKeysThatAreNotActedOn() throws IOException {
        List<String> marked = new ArrayList<>();
        boolean pending = false;
        List<String> path = new ArrayList<>();
        for (String line : shippedText().lines().toList()) {
            String text = line.strip();
            if (text.startsWith("#")) {
                // "Not acted on yet: …" names parts of one value instead of the key below it.
                pending |= text.endsWith("Not acted on yet.");
            } else if (text.contains(":")) {
                int depth = (line.length() - line.stripLeading().length()) / 2;
                path.subList(Math.min(depth, path.size()), path.size()).clear();
                path.add(text.substring(0, text.indexOf(':')));
                if (pending) {
                    marked.add(String.join(".", path));
                    pending = false;
                }
            }
        }
        // The comment about clusters stands inside its section, at its only key.
        List<String> expected = NotYet.KEYS.stream()
                .map(key -> key.equals("cluster.") ? "cluster.enabled" : key.replaceFirst("\\.$", ""))
                .toList();
        assertThat(marked).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String shippedText() throws IOException {
        try (var in = Objects.requireNonNull(DefaultsTest.class.getResourceAsStream("/conf/lm-bridge.yaml"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
