package dev.lmbridge.downloads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.failure.FieldError;
import dev.lmbridge.wire.StrictJson;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may ask to have downloaded. */
final class DownloadRequestTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "qwen/qwen3-1.7b",
                "qwen/qwen3-1.7b@q4_k_m",
                "https://huggingface.co/owner/repo-GGUF",
                "https://huggingface.co/owner/repo/file.gguf@Q4_K_M",
                "https://lmstudio.ai/models/qwen/qwen3"
            })
    void artifactsAndAddressesOfBothSitesAreTaken(String model) {
        assertThat(DownloadRequest.problem(model)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "qwen",
                "--select",
                "a b/c",
                "../../etc/passwd",
                "/etc/passwd",
                "a/b/c",
                "a/b@c@d",
                "a/",
                "C:/x",
                "http://huggingface.co/a/b",
                "https://huggingface.co.evil.example/a/b",
                "https://huggingface.co:444/a/b",
                "https://huggingface.co@evil.example/a/b",
                "https://169.254.169.254/latest",
                "file:///etc/passwd",
                "https://huggingface.co/a\u0000/b"
            })
    void searchTermsPathsAndOtherSitesAreNot(String model) {
        assertThat(DownloadRequest.problem(model)).isPresent();
    }

    @Test
    void aMalformedNameHasItsOwnCode() {
        assertThat(refusal("{\"model\":\"qwen\"}").code()).isEqualTo(FailureCode.INVALID_MODEL_NAME);
    }

    @Test
    void everyFaultyFieldIsNamed() {
        Failure refusal = refusal("{\"model\":\"qwen\",\"host\":7,\"quantisation\":\"q4\"}");

        assertThat(refusal.code()).isEqualTo(FailureCode.INVALID_REQUEST);
        assertThat(refusal.errors())
                .extracting(FieldError::field)
                .containsExactlyInAnyOrder("quantisation", "host", "model");
        assertThat(refusal("{}").errors()).extracting(FieldError::field).containsExactly("model");
        assertThat(refusal("{\"model\":null}").errors())
                .extracting(FieldError::field)
                .containsExactly("model");
    }

    @Test
    void aQuantizationOfLmStudiosOwnRouteBelongsToAnAddress() {
        var wanted = DownloadRequest.readNative(StrictJson.object(
                bytes("{\"model\":\"https://huggingface.co/o/r\",\"quantization\":\"Q4_K_M\",\"else\":1}")));
        assertThat(wanted.model()).isEqualTo("https://huggingface.co/o/r@Q4_K_M");

        FailureException refused = catchThrowableOfType(
                FailureException.class,
                () -> DownloadRequest.readNative(
                        StrictJson.object(bytes("{\"model\":\"o/r\",\"quantization\":\"Q4_K_M\"}"))));
        assertThat(refused.failure().errors()).extracting(FieldError::field).containsExactly("quantization");
    }

    private static Failure refusal(String body) {
        return catchThrowableOfType(FailureException.class, () -> DownloadRequest.read(StrictJson.object(bytes(body))))
                .failure();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
