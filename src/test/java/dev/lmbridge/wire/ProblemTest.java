package dev.lmbridge.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FieldError;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProblemTest {
    @ParameterizedTest
    @EnumSource
    void everyFailureComesBackAsItWas(FailureCode code) {
        Failure plain = Failure.of(code, "What happened.");
        Failure rich = new Failure(
                code,
                "Über 模.",
                List.of(new FieldError("ttl", "no"), new FieldError("model", "nor this")),
                Duration.ofSeconds(7),
                List.of("a/b", "c"),
                Map.of("reason", "timeout", "requiredBytes", 5_000_000_000L, "inFlight", 2));

        for (Failure failure : List.of(plain, rich)) {
            String sent = Problem.write(failure, "/bridge/v1/models", "id-1").encode();
            assertThat(Problem.read(new JsonObject(sent))).isEqualTo(failure);
        }
        assertThat(Problem.write(plain, null, null).fieldNames())
                .containsExactlyInAnyOrder("type", "title", "status", "detail", "code");
    }

    @Test
    void whatIsAvailableMayBeNamesOrBytes() {
        Failure memory = Failure.of(FailureCode.INSUFFICIENT_MEMORY, "too large")
                .with("required", 12L)
                .with("available", 8L);
        assertThat(Problem.read(Problem.write(memory, null, null))).isEqualTo(memory);
        Failure name = Failure.modelNotFound("x", List.of("y"));
        assertThat(Problem.read(Problem.write(name, null, null))).isEqualTo(name);
    }

    @Test
    void documentNamesStatusCodeInstanceAndRequest() {
        JsonObject problem = Problem.write(Failure.invalid("ttl", "must be more."), "/x", "id-1");

        assertThat(problem)
                .isEqualTo(new JsonObject()
                        .put("type", "urn:lm-bridge:problem:invalid_request")
                        .put("title", "The request is malformed")
                        .put("status", 400)
                        .put("detail", "ttl: must be more.")
                        .put("code", "invalid_request")
                        .put("instance", "/x")
                        .put("requestId", "id-1")
                        .put(
                                "errors",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("field", "ttl")
                                                .put("message", "must be more."))));
    }

    @Test
    void waitIsRoundedUpToWholeSeconds() {
        assertThat(Problem.seconds(Duration.ofMillis(1))).isEqualTo(1);
        assertThat(Problem.seconds(Duration.ofSeconds(2))).isEqualTo(2);
        assertThat(Problem.seconds(Duration.ofMillis(2_001))).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"code\":\"of_tomorrow\",\"detail\":\"x\"}",
                "{\"code\":5}",
                "{\"errors\":\"text\",\"available\":{},\"retryAfterSeconds\":\"soon\"}"
            })
    void documentOfSomebodyElseIsAnInternalFailure(String document) {
        assertThat(Problem.read(new JsonObject(document)).code()).isEqualTo(FailureCode.INTERNAL);
    }
}
