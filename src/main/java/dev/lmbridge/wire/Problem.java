package dev.lmbridge.wire;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FieldError;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A failure as a problem document (RFC 9457), and back: the one form in which failures leave a part of the program. */
public final class Problem {
    private static final Set<String> KNOWN = Set.of(
            "type",
            "title",
            "status",
            "detail",
            "instance",
            "code",
            "requestId",
            "errors",
            "retryAfterSeconds",
            "available");

    private Problem() {}

    /**
     * The document.
     *
     * @param instance the path that was asked for, null off HTTP
     * @param requestId null where there is none
     */
    public static JsonObject write(Failure failure, @Nullable String instance, @Nullable String requestId) {
        JsonObject problem = new JsonObject()
                .put("type", "urn:lm-bridge:problem:" + failure.code().text())
                .put("title", failure.code().title())
                .put("status", failure.code().status())
                .put("detail", failure.detail())
                .put("code", failure.code().text());
        if (instance != null) {
            problem.put("instance", instance);
        }
        if (requestId != null) {
            problem.put("requestId", requestId);
        }
        if (!failure.errors().isEmpty()) {
            problem.put(
                    "errors",
                    new JsonArray(failure.errors().stream()
                            .map(error ->
                                    new JsonObject().put("field", error.field()).put("message", error.message()))
                            .toList()));
        }
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            problem.put("retryAfterSeconds", seconds(retryAfter));
        }
        if (!failure.available().isEmpty()) {
            problem.put("available", new JsonArray(failure.available()));
        }
        failure.more().forEach(problem::put);
        return problem;
    }

    /** Whole seconds, rounded up: a client that waits so long has waited long enough. */
    public static long seconds(Duration wait) {
        return wait.plusNanos(999_999_999).toSeconds();
    }

    /** Reads a document. One that is none of ours becomes {@code internal}. */
    public static Failure read(JsonObject problem) {
        try {
            return parse(problem);
        } catch (ClassCastException otherShape) {
            return Failure.of(FailureCode.INTERNAL, FailureCode.INTERNAL.title());
        }
    }

    private static Failure parse(JsonObject problem) {
        FailureCode code = FailureCode.of(problem.getString("code", "")).orElse(FailureCode.INTERNAL);
        List<FieldError> errors = problem.getJsonArray("errors", new JsonArray()).stream()
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast)
                .map(error -> new FieldError(error.getString("field", ""), error.getString("message", "")))
                .toList();
        // Of memory it is a number of bytes, which is a fact like others; of models a list of names.
        boolean bytes = problem.getValue("available") instanceof Number;
        List<String> available = bytes
                ? List.of()
                : problem.getJsonArray("available", new JsonArray()).stream()
                        .map(String::valueOf)
                        .toList();
        Long retryAfter = problem.getLong("retryAfterSeconds");
        Map<String, Object> more = problem.stream()
                .filter(entry -> entry.getValue() != null
                        && (!KNOWN.contains(entry.getKey())
                                || (bytes && entry.getKey().equals("available"))))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (a, b) -> b, LinkedHashMap::new));
        return new Failure(
                code,
                problem.getString("detail", code.title()),
                errors,
                retryAfter == null ? null : Duration.ofSeconds(retryAfter),
                available,
                more);
    }
}
