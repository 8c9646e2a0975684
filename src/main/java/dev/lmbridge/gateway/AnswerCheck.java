package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** Whether what a host sent is an answer, and of the model that was asked. */
record AnswerCheck(String identifier, String key) {
    /** The scan of a document that the host sent; empty if it is no JSON object. */
    static Optional<BodyScan> scan(Buffer document) {
        try {
            return Optional.of(BodyScan.of(document.getBytes()));
        } catch (FailureException noObject) {
            return Optional.empty();
        }
    }

    /** What is wrong with a document of status 200; empty if it is an answer. */
    Optional<Failure> fault(BodyScan document) {
        if (document.hasError()) {
            return Optional.of(Upstream.failure(200, document.errorText(), null));
        }
        String answered = document.model();
        if (answered == null || answered.equals(identifier) || answered.equals(key) || answered.startsWith(key + "@")) {
            return Optional.empty();
        }
        return Optional.of(Failure.of(
                        FailureCode.WRONG_MODEL,
                        "'" + key + "' was asked, and '" + answered + "' answered. Its answer was thrown away.")
                .with("answered", answered));
    }
}
