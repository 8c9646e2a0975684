package dev.lmbridge.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FailureTest {
    @ParameterizedTest
    @EnumSource
    void codeIsFoundByItsText(FailureCode code) {
        assertThat(FailureCode.of(code.text())).contains(code);
        assertThat(code.text()).matches("[a-z_]+");
        assertThat(code.status()).isBetween(400, 599);
        assertThat(code.title()).isNotBlank().doesNotEndWith(".");
    }

    @Test
    void oneFaultIsToldInTheDetailAndManyAreCounted() {
        FieldError one = new FieldError("ttl", "must be more.");

        assertThat(Failure.invalid(List.of(one)).detail()).isEqualTo("ttl: must be more.");
        assertThat(Failure.invalid(List.of(one, one)).detail()).startsWith("2 fields");
    }

    @Test
    void unknownModelNamesTheNearest() {
        assertThat(Failure.modelNotFound("x", List.of("y", "z")).detail()).contains("'x'", "'y'");
        assertThat(Failure.modelNotFound("x", List.of()).detail()).contains("'x'");
    }

    @Test
    void exceptionCarriesTheFailureWithoutAStack() {
        Failure failure = Failure.of(FailureCode.MODEL_BUSY, "No.").with("inFlight", 3);

        assertThat(failure.asException().failure()).isEqualTo(failure);
        assertThat(failure.asException()).hasMessage("model_busy: No.");
        assertThat(failure.asException().getStackTrace()).isEmpty();
    }
}
