package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class UpstreamTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "No models loaded. Please load a model in the developer page or use the 'lms load' command.",
                "Invalid model identifier \"x\". Please specify a valid downloaded model (e.g., a, b, c).",
                "Model is unloaded.",
                "Model unloaded."
            })
    void modelThatWasNotThereIsRecognised(String text) {
        assertThat(Upstream.saysModelIsGone(text)).isTrue();
        assertThat(Upstream.failure(400, text, null).code()).isEqualTo(FailureCode.UPSTREAM_ERROR);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Multiple models are loaded. Please specify a model by providing a 'model' field.",
                "The model has crashed without additional information. (Exit code: null)",
                "Failed to load model \"X\". Error: Failed to load model.",
                "Error in iterating prediction stream: ValueError: x"
            })
    void anythingElseIsNoReasonToSendAgain(String text) {
        assertThat(Upstream.saysModelIsGone(text)).isFalse();
        assertThat(Upstream.saysModelIsGone(null)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "200 | Unexpected endpoint or method. (POST /x)                     | NOT_SUPPORTED_BY_HOST",
                "400 | Context size has been exceeded                               | CONTEXT_LENGTH_EXCEEDED",
                "400 | Trying to keep the first 9 tokens when context the overflows. However, the model is loaded with context length of only 4 tokens, which is not enough. | CONTEXT_LENGTH_EXCEEDED",
                "400 | Failed to load model. Error: Model loading was stopped due to insufficient system resources. | INSUFFICIENT_MEMORY",
                "400 | Error rendering prompt with jinja template                   | INVALID_REQUEST",
                "400 | The model has crashed without additional information. (Exit code: null) | UPSTREAM_ERROR",
                "400 | Failed to load model \"X\". Error: Failed to load model.       | MODEL_LOAD_FAILED",
                "422 | no                                                           | INVALID_REQUEST",
                "401 | no                                                           | UPSTREAM_ERROR",
                "403 | no                                                           | UPSTREAM_ERROR",
                "404 | no                                                           | NOT_FOUND",
                "413 | no                                                           | PAYLOAD_TOO_LARGE",
                "415 | no                                                           | UNSUPPORTED_MEDIA_TYPE",
                "429 | no                                                           | RATE_LIMITED",
                "409 | no                                                           | INVALID_REQUEST",
                "500 | no                                                           | UPSTREAM_ERROR",
                "200 | no                                                           | UPSTREAM_ERROR",
            })
    void everyErrorHasItsCode(int status, String text, FailureCode code) {
        Failure failure = Upstream.failure(status, text, null);

        assertThat(failure.code()).isEqualTo(code);
        assertThat(failure.detail()).contains(text);
    }

    @Test
    void crashIsRecognised() {
        String text = "The model has crashed without additional information. (Exit code: 6)";
        assertThat(Upstream.saysModelCrashed(text)).isTrue();
        assertThat(Upstream.saysModelCrashed("Model is unloaded.")).isFalse();
        assertThat(Upstream.saysModelCrashed(null)).isFalse();
        assertThat(Upstream.failure(400, text, null).more()).containsEntry("reason", "crashed");
    }

    @Test
    void figureOfAMemoryRefusalIsKept() {
        Failure failure = Upstream.failure(
                400, "insufficient system resources: this model requires approximately 12.50 GB of memory", null);

        assertThat(failure.more()).containsEntry("requiredBytes", 12_500_000_000L);
    }

    @Test
    void waitThatTheHostAsksForIsHandedOn() {
        assertThat(Upstream.failure(429, "slow", Duration.ofSeconds(7)).retryAfter())
                .isEqualTo(Duration.ofSeconds(7));
        assertThat(Upstream.failure(429, "slow", null).retryAfter()).isNull();
    }

    @Test
    void hostThatSaysNothingAndHostThatSaysTooMuchAreBothBounded() {
        assertThat(Upstream.failure(500, null, null).detail()).contains("500").contains("no reason");
        assertThat(Upstream.failure(500, "x".repeat(10_000), null).detail()).hasSizeLessThan(2_100);
    }
}
