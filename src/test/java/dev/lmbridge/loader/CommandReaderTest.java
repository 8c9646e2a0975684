package dev.lmbridge.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.failure.FieldError;
import dev.lmbridge.settings.ModelSettings;
import dev.lmbridge.wire.StrictJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandReaderTest {
    private final CommandReader reader = new CommandReader(
            new ModelSettings.TtlPolicy(Duration.ofMinutes(10), Duration.ofMinutes(5), Duration.ofHours(1)));

    private ModelCommand read(CommandReader.Kind kind, String body) {
        return reader.read(kind, StrictJson.object(body.getBytes(StandardCharsets.UTF_8)));
    }

    private Failure refusal(CommandReader.Kind kind, String body) {
        List<Failure> failures = new ArrayList<>();
        assertThatExceptionOfType(FailureException.class)
                .as(body)
                .isThrownBy(() -> read(kind, body))
                .satisfies(error -> failures.add(error.failure()));
        return failures.getFirst();
    }

    @Test
    void emptyBodyMeansTheDefaultModelWithTheUsualTtl() {
        ModelCommand command = read(CommandReader.Kind.ENSURE, "{}");

        assertThat(command)
                .isEqualTo(new ModelCommand(null, null, Duration.ofMinutes(10), null, null, false, false, null));
    }

    @Test
    void everyFieldIsRead() {
        ModelCommand command = read(
                CommandReader.Kind.LOAD,
                "{\"model\":\"a/b\",\"ttl\":60,\"keepLoaded\":false,\"host\":\"h\",\"contextLength\":8192,"
                        + "\"force\":true,\"dryRun\":true,\"waitMs\":5}");

        assertThat(command)
                .isEqualTo(new ModelCommand(
                        "a/b",
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(5),
                        "h",
                        8_192,
                        true,
                        true,
                        Duration.ofMillis(5)));
    }

    @Test
    void nullIsAbsence() {
        assertThat(
                        read(
                                CommandReader.Kind.ENSURE,
                                "{\"model\":null,\"ttl\":null,\"keepLoaded\":null,\"host\":null,\"force\":null,\"waitMs\":null}"))
                .isEqualTo(read(CommandReader.Kind.ENSURE, "{}"));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "3600,3600", "'\"1s\"',1", "'\"10m\"',600", "'\"1h\"',3600"})
    void ttlIsSecondsOrADuration(String ttl, long seconds) {
        assertThat(read(CommandReader.Kind.ENSURE, "{\"ttl\":" + ttl + "}").ttl())
                .isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-1",
                "3601",
                "1.5",
                "1.0",
                "1e2",
                "true",
                "\"10 minutes\"",
                "\"\"",
                "\"-5s\"",
                "\"0s\"",
                "\"500ms\"",
                "\"1500ms\"",
                "\"61m\"",
                "[60]",
                "{}",
                "9223372036854775807",
                "-9223372036854775808",
                "99999999999999999999999"
            })
    void ttlOutOfBoundsOrOfAnotherTypeIsRefused(String ttl) {
        Failure failure = refusal(CommandReader.Kind.ENSURE, "{\"ttl\":" + ttl + "}");

        assertThat(failure.code()).isEqualTo(FailureCode.INVALID_REQUEST);
        assertThat(failure.errors()).singleElement().satisfies(error -> {
            assertThat(error.field()).isEqualTo("ttl");
            assertThat(error.message()).contains("1 s to 3600 s");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "   ",
                "--all",
                "-y",
                "../../../etc/passwd",
                "a/../b",
                "a\\\\..\\\\b",
                "a\\u0000b",
                "a\\nb",
                "a\\u007fb",
                "\\ud800"
            })
    void malformedNameIsRefusedAsSuch(String name) {
        for (CommandReader.Kind kind : CommandReader.Kind.values()) {
            Failure failure = refusal(kind, "{\"model\":\"" + name + "\"}");

            assertThat(failure.code()).isEqualTo(FailureCode.INVALID_MODEL_NAME);
            assertThat(failure.errors()).extracting(FieldError::field).containsExactly("model");
        }
    }

    @Test
    void nameIsTakenUpTo512Characters() {
        String longest = "n".repeat(512);

        assertThat(read(CommandReader.Kind.LOAD, "{\"model\":\"" + longest + "\"}")
                        .model())
                .isEqualTo(longest);
        assertThat(refusal(CommandReader.Kind.LOAD, "{\"model\":\"n" + longest + "\"}")
                        .code())
                .isEqualTo(FailureCode.INVALID_MODEL_NAME);
        assertThat(refusal(CommandReader.Kind.LOAD, "{\"model\":\"" + "n".repeat(10_000) + "\"}")
                        .detail())
                .contains("10000")
                .hasSizeLessThan(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a..b", "v1..2/x", "modèle/模", "a b", "key@q4_k_m", "$(touch x);*"})
    void unusualButWellFormedNameIsTaken(String name) {
        assertThat(read(CommandReader.Kind.ENSURE, "{\"model\":\"" + name + "\"}")
                        .model())
                .isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({
        "model,5",
        "model,true",
        "model,'[\"a\"]'",
        "host,5",
        "keepLoaded,'\"true\"'",
        "force,1",
        "dryRun,'{}'",
        "contextLength,0",
        "contextLength,-1",
        "contextLength,1.5",
        "contextLength,'\"8192\"'",
        "contextLength,100000001",
        "waitMs,-1",
        "waitMs,3600001",
        "waitMs,99999999999"
    })
    void wrongTypeOrRangeNamesItsField(String field, String value) {
        Failure failure = refusal(CommandReader.Kind.ENSURE, "{\"" + field + "\":" + value + "}");

        assertThat(failure.code()).isEqualTo(FailureCode.INVALID_REQUEST);
        assertThat(failure.errors()).extracting(FieldError::field).containsExactly(field);
    }

    @Test
    void unknownFieldIsRefusedWithTheKnownOnes() {
        Failure failure = refusal(CommandReader.Kind.UNLOAD, "{\"model\":\"a\",\"ttl\":5}");

        assertThat(failure.errors()).singleElement().satisfies(error -> {
            assertThat(error.field()).isEqualTo("ttl");
            assertThat(error.message()).contains("dryRun, force, host, model, waitMs");
        });
        assertThat(refusal(CommandReader.Kind.ENSURE, "{\"" + "x".repeat(5_000) + "\":1}")
                        .errors()
                        .getFirst()
                        .field())
                .hasSizeLessThan(110);
    }

    @Test
    void unloadMustNameItsModel() {
        assertThat(refusal(CommandReader.Kind.UNLOAD, "{}").errors())
                .extracting(FieldError::field)
                .containsExactly("model");
    }

    @Test
    void allFaultsAreToldAtOnce() {
        Failure failure = refusal(
                CommandReader.Kind.LOAD,
                "{\"model\":\"--all\",\"ttl\":0,\"keepLoaded\":1,\"host\":2,\"contextLength\":0,\"force\":3,"
                        + "\"dryRun\":4,\"waitMs\":-5,\"extra\":6}");

        assertThat(failure.code()).isEqualTo(FailureCode.INVALID_REQUEST);
        assertThat(failure.errors())
                .extracting(FieldError::field)
                .containsExactlyInAnyOrder(
                        "model", "ttl", "keepLoaded", "host", "contextLength", "force", "dryRun", "waitMs", "extra");
    }
}
