package dev.lmbridge.gateway;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether what a host sent is of the model that was asked. */
record AnswerCheck(String identifier, String key) {
    /**
     * What is wrong with an answer of this model; empty if nothing is.
     *
     * @param answered the model that the answer names; null if it names none
     */
    Optional<Failure> fault(@Nullable String answered) {
        if (answered == null || answered.equals(identifier) || answered.equals(key) || answered.startsWith(key + "@")) {
            return Optional.empty();
        }
        return Optional.of(Failure.of(
                        FailureCode.WRONG_MODEL,
                        "'" + key + "' was asked, and '" + answered + "' answered. Its answer was thrown away.")
                .with("answered", answered));
    }
}
