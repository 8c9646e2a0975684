package dev.lmbridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FieldError;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OpenAiDialectTest {
    private final OpenAiDialect dialect = new OpenAiDialect();

    private JsonObject error(Failure failure) {
        return dialect.body(failure, "id-1").toJsonObject().getJsonObject("error");
    }

    @Test
    void envelopeIsOpenAis() {
        assertThat(dialect.body(Failure.invalid("ttl", "must be more."), "id-1").toJsonObject())
                .isEqualTo(new JsonObject()
                        .put(
                                "error",
                                new JsonObject()
                                        .put("message", "ttl: must be more.")
                                        .put("type", "invalid_request_error")
                                        .put("param", "ttl")
                                        .put("code", "invalid_request")
                                        .put("request_id", "id-1")));
    }

    @ParameterizedTest
    @CsvSource({
        "UNAUTHORIZED,authentication_error",
        "FORBIDDEN,permission_error",
        "RATE_LIMITED,rate_limit_error",
        "MODEL_NOT_FOUND,invalid_request_error",
        "UPSTREAM_ERROR,server_error",
        "HOST_UNAVAILABLE,server_error"
    })
    void typeFollowsTheStatus(FailureCode code, String type) {
        assertThat(error(Failure.of(code, "No.")).getString("type")).isEqualTo(type);
    }

    @Test
    void everyFaultIsInTheMessage() {
        JsonObject error = error(Failure.invalid(List.of(new FieldError("a", "one."), new FieldError("b", "two."))));

        assertThat(error.getString("message")).isEqualTo("a: one. b: two.");
        assertThat(error.getString("param")).isEqualTo("a");
    }

    @Test
    void lastEventOfAStreamCarriesTheStatusAndTheWait() {
        Failure failure = Failure.of(FailureCode.QUEUE_FULL, "Line\nbreak.").withRetryAfter(Duration.ofMillis(4_500));

        String event = dialect.event(failure, "id-1").toString();

        assertThat(event).startsWith("data: {").endsWith("}\n\n");
        assertThat(event.strip()).doesNotContain("\n").doesNotContain("[DONE]");
        JsonObject error = new JsonObject(event.substring("data: ".length())).getJsonObject("error");
        assertThat(error.getInteger("status")).isEqualTo(503);
        assertThat(error.getInteger("retry_after")).isEqualTo(5);
        assertThat(error.getString("code")).isEqualTo("queue_full");
    }

    @Test
    void longCataloguesAreCutShort() {
        List<String> names =
                IntStream.range(0, 300).mapToObj(each -> "m" + each).toList();

        JsonArray available = error(Failure.modelNotFound("x", names)).getJsonArray("available");

        assertThat(available).hasSize(50).startsWith("m0", "m1");
    }
}
