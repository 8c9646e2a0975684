package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerCheckTest {
    private final AnswerCheck check = new AnswerCheck("qwen/qwen3-4b~1", "qwen/qwen3-4b");

    private Optional<Failure> fault(String document) {
        return check.fault(AnswerScan.of(document.getBytes(StandardCharsets.UTF_8))
                .orElseThrow()
                .model());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"qwen/qwen3-4b~1\"}",
                "{\"model\":\"qwen/qwen3-4b\"}",
                "{\"model\":\"qwen/qwen3-4b@q4_k_m\"}",
                "{\"model\":null}",
                "{\"choices\":[]}"
            })
    void sameModelUnderAnyOfItsNamesIsAnAnswer(String document) {
        assertThat(fault(document)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"qwen/qwen3-4b-2507", "qwen/qwen3-4b~2", "qwen3-4b", "QWEN/qwen3-4b", ""})
    void otherModelIsNot(String answered) {
        assertThat(fault("{\"model\":\"" + answered + "\"}")).hasValueSatisfying(failure -> {
            assertThat(failure.code()).isEqualTo(FailureCode.WRONG_MODEL);
            assertThat(failure.more()).containsEntry("answered", answered);
        });
    }
}
