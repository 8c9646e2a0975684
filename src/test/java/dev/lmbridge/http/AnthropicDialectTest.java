package dev.lmbridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnthropicDialectTest {
    private final AnthropicDialect dialect = new AnthropicDialect();

    @Test
    void envelopeIsAnthropics() {
        assertThat(dialect.body(Failure.invalid("ttl", "must be more."), "id-1").toJsonObject())
                .isEqualTo(new JsonObject()
                        .put("type", "error")
                        .put(
                                "error",
                                new JsonObject()
                                        .put("type", "invalid_request_error")
                                        .put("message", "ttl: must be more.")
                                        .put("code", "invalid_request"))
                        .put("request_id", "id-1"));
    }

    @ParameterizedTest
    @CsvSource({
        "FORBIDDEN,permission_error",
        "MODEL_NOT_FOUND,not_found_error",
        "MODEL_BUSY,invalid_request_error",
        "PAYLOAD_TOO_LARGE,request_too_large",
        "RATE_LIMITED,rate_limit_error",
        "INTERNAL,api_error",
        "UPSTREAM_ERROR,api_error",
        "QUEUE_FULL,overloaded_error",
        "UPSTREAM_TIMEOUT,timeout_error"
    })
    void typeFollowsTheStatus(FailureCode code, String type) {
        JsonObject body = dialect.body(Failure.of(code, "No."), "id-1").toJsonObject();
        assertThat(body.getJsonObject("error").getString("type")).isEqualTo(type);
    }

    @Test
    void namesThatThereAreAreTold() {
        JsonObject body = dialect.body(Failure.modelNotFound("x", List.of("a", "b")), "id-1")
                .toJsonObject();
        assertThat(body.getJsonObject("error").getJsonArray("available"))
                .isEqualTo(new JsonArray().add("a").add("b"));
    }

    @Test
    void lastEventOfAStreamIsOneNamedEventWithStatusAndWait() {
        Failure failure = Failure.of(FailureCode.QUEUE_FULL, "Line\nbreak.").withRetryAfter(Duration.ofMillis(4_500));
        String event = dialect.event(failure, "id-1").toString();
        assertThat(event).startsWith("event: error\ndata: {").endsWith("}\n\n");
        assertThat(event.strip().lines()).hasSize(2);
        JsonObject error = new JsonObject(event.substring(event.indexOf('{'))).getJsonObject("error");
        assertThat(error.getInteger("status")).isEqualTo(503);
        assertThat(error.getInteger("retry_after")).isEqualTo(5);
    }

    @Test
    void eachPathHasItsDialect() {
        Failure failure = Failure.of(FailureCode.UPSTREAM_ERROR, "No.");
        assertThat(Failures.dialect("/bridge/v1/models")).isNull();
        assertThat(Failures.dialect(null)).isNull();
        assertThat(event("/v1/messages", failure)).startsWith("event: error\n").contains("\"request_id\":\"id-1\"");
        assertThat(event("/v1/responses", failure))
                .startsWith("event: response.failed\ndata: {\"type\":\"response.failed\"")
                .contains("\"status\":\"failed\"")
                .contains("\"code\":\"upstream_error\"");
        assertThat(event("/api/v1/chat", failure)).startsWith("event: error\ndata: {\"type\":\"error\",\"error\":{");
        assertThat(event("/api/v0/embeddings", failure)).startsWith("data: {\"error\":{");
        assertThat(event("/v1/nothing", failure)).startsWith("data: {\"error\":{");
    }

    private static String event(String path, Failure failure) {
        return Objects.requireNonNull(Failures.dialect(path))
                .event(failure, "id-1")
                .toString();
    }
}
