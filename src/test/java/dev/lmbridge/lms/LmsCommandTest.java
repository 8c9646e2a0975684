package dev.lmbridge.lms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LmsCommandTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Test
    void loadNeverAsksAndAlwaysHasIdentifierTtlAndAddress() {
        assertThat(load("qwen/qwen3-4b", "qwen/qwen3-4b~1", MINUTE).arguments("10.0.0.5", 4321))
                .containsExactly(
                        "load",
                        "qwen/qwen3-4b",
                        "-y",
                        "--identifier",
                        "qwen/qwen3-4b~1",
                        "--ttl",
                        "60",
                        "--host",
                        "10.0.0.5",
                        "--port",
                        "4321");
    }

    @Test
    void loadCarriesItsOptions() {
        assertThat(new LmsCommand.Load("m", "m~1", MINUTE, 8192, "0.5", 2).arguments("h", 1))
                .containsExactly(
                        "load",
                        "m",
                        "-y",
                        "--identifier",
                        "m~1",
                        "--ttl",
                        "60",
                        "--context-length",
                        "8192",
                        "--gpu",
                        "0.5",
                        "--parallel",
                        "2",
                        "--host",
                        "h",
                        "--port",
                        "1");
    }

    @Test
    void anEstimateLoadsNothingAndGivesNoName() {
        assertThat(new LmsCommand.Estimate("m", null, null).arguments("h", 1))
                .containsExactly("load", "m", "-y", "--estimate-only", "--host", "h", "--port", "1");
        assertThat(new LmsCommand.Estimate("m", 8192, "max").arguments("h", 1))
                .containsExactly(
                        "load",
                        "m",
                        "-y",
                        "--estimate-only",
                        "--context-length",
                        "8192",
                        "--gpu",
                        "max",
                        "--host",
                        "h",
                        "--port",
                        "1");
        assertThatIllegalArgumentException().isThrownBy(() -> new LmsCommand.Estimate("-m", null, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new LmsCommand.Estimate("m", 0, null));
        assertThatIllegalArgumentException().isThrownBy(() -> new LmsCommand.Estimate("m", null, "auto"));
    }

    @Test
    void otherCommandsCarryTheAddressButNoYes() {
        assertThat(new LmsCommand.Unload("m:2").arguments("h", 1))
                .containsExactly("unload", "m:2", "--host", "h", "--port", "1");
        assertThat(new LmsCommand.Ps().arguments("h", 1)).containsExactly("ps", "--json", "--host", "h", "--port", "1");
        assertThat(new LmsCommand.Ls().arguments("h", 1)).containsExactly("ls", "--json", "--host", "h", "--port", "1");
    }

    @Test
    void aDownloadNeverAsksAndNeverSearches() {
        assertThat(new LmsCommand.Get("owner/name@q4").arguments("h", 1))
                .containsExactly("get", "owner/name@q4", "-y", "--host", "h", "--port", "1");
        assertThatIllegalArgumentException().isThrownBy(() -> new LmsCommand.Get("qwen"));
        assertThatIllegalArgumentException().isThrownBy(() -> new LmsCommand.Get("--select/x"));
    }

    @Test
    void theVersionIsAskedOfNoHost() {
        assertThat(new LmsCommand.Version().arguments("h", 1)).containsExactly("--version");
    }

    @Test
    void startedSecondOfTtlCountsAsWhole() {
        assertThat(load("m", "m~1", Duration.ofMillis(1001)).arguments("h", 1)).containsSequence("--ttl", "2");
        assertThat(load("m", "m~1", Duration.ofSeconds(1)).arguments("h", 1)).containsSequence("--ttl", "1");
    }

    @ParameterizedTest
    @ValueSource(longs = {-5, 0, 999})
    void ttlBelowOneSecondIsRefused(long millis) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load("m", "m~1", Duration.ofMillis(millis)))
                .withMessageContaining("ttl");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "-y", "--host=evil", "a\nb", "a\0b", "a\u001bb", "a\u0085b", "a\ud800b"})
    void namesThatLmsCouldMisreadAreRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load(name, "m~1", MINUTE))
                .withMessageContaining("modelKey");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> load("m", name, MINUTE))
                .withMessageContaining("identifier");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LmsCommand.Unload(name))
                .withMessageContaining("identifier");
    }

    @Test
    void nameMayHave1024CharactersAndNotOneMore() {
        assertThatNoException().isThrownBy(() -> new LmsCommand.Unload("x".repeat(1024)));
        assertThatIllegalArgumentException().isThrownBy(() -> new LmsCommand.Unload("x".repeat(1025)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LmsCommand.Load("m", "__proto__", Duration.ofMinutes(1), null, null, null)
                        .arguments("h", 1))
                .withMessageContaining("lms refuses that name");
    }

    @Test
    void nameOfTheShellIsJustAnArgument() {
        var name = "$(reboot); 'a' \"b\" | c ü 模";
        assertThat(load(name, name, MINUTE).arguments("h", 1)).contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "2", "-1", "1.5", "", "0.5 ", "max;"})
    void gpuThatLmsWouldRefuseIsRefused(String gpu) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(null, gpu, null))
                .withMessageContaining("gpu");
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "max", "0", "1", "0.25", "1.0"})
    void gpuThatLmsTakesIsTaken(String gpu) {
        assertThat(options(null, gpu, null).arguments("h", 1)).containsSequence("--gpu", gpu);
    }

    @Test
    void countsBelowOneAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(0, null, null))
                .withMessageContaining("contextL");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options(null, null, 0))
                .withMessageContaining("parallel");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http://h", "-h", "h/x", "a b", "h:1", "::1"})
    void targetRefusesHostsThatAreNoBareName(String host) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LmsTarget(Path.of("lms"), null, host, 1234))
                .withMessageContaining("host");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65_536})
    void targetRefusesPortsThatDoNotExist(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LmsTarget(Path.of("lms"), null, "h", port))
                .withMessageContaining("port");
    }

    private static LmsCommand.Load load(String modelKey, String identifier, Duration ttl) {
        return new LmsCommand.Load(modelKey, identifier, ttl, null, null, null);
    }

    private static LmsCommand.Load options(
            @Nullable Integer contextLength, @Nullable String gpu, @Nullable Integer parallel) {
        return new LmsCommand.Load("m", "m~1", MINUTE, contextLength, gpu, parallel);
    }
}
