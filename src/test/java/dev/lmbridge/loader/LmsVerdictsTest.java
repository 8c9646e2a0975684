package dev.lmbridge.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.lms.LmsFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class LmsVerdictsTest {
    @ParameterizedTest
    @EnumSource
    void everyKindKeepsWhatLmsSaid(LmsFailure.Kind kind) {
        Failure failure = LmsVerdicts.of(new LmsFailure(kind, "its very words", null), "a/b");

        assertThat(failure.detail()).contains("its very words");
    }

    @ParameterizedTest
    @CsvSource({
        "NOT_INSTALLED,LMS_NOT_INSTALLED",
        "NOT_EXECUTABLE,LMS_NOT_INSTALLED",
        "CANNOT_START,LMS_NOT_INSTALLED",
        "HOST_DOWN,HOST_UNAVAILABLE",
        "MODEL_NOT_FOUND,MODEL_NOT_FOUND",
        "INSUFFICIENT_MEMORY,INSUFFICIENT_MEMORY",
        "TIMED_OUT,MODEL_LOAD_FAILED",
        "ENGINE,MODEL_LOAD_FAILED",
        "KEY_FILE_MISSING,MODEL_LOAD_FAILED"
    })
    void kindsHaveTheirCodes(LmsFailure.Kind kind, FailureCode code) {
        assertThat(LmsVerdicts.of(new LmsFailure(kind, "no", null), "a/b").code())
                .isEqualTo(code);
    }

    @Test
    void timeOutIsToldAsTheReason() {
        assertThat(LmsVerdicts.of(new LmsFailure(LmsFailure.Kind.TIMED_OUT, "no", null), "a/b")
                        .more())
                .containsEntry("reason", "timeout")
                .containsEntry("model", "a/b");
    }

    @Test
    void memoryThatIsNeededIsToldWhereItIsKnown() {
        LmsFailure.Kind kind = LmsFailure.Kind.INSUFFICIENT_MEMORY;

        assertThat(LmsVerdicts.of(new LmsFailure(kind, "no", 5L), "a/b").more()).containsEntry("requiredBytes", 5L);
        assertThat(LmsVerdicts.of(new LmsFailure(kind, "no", null), "a/b").more())
                .doesNotContainKey("requiredBytes");
    }
}
