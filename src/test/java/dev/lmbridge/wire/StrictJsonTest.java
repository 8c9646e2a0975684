package dev.lmbridge.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StrictJsonTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void objectIsRead() {
        assertThat(StrictJson.object(bytes(" {\"a\":{\"b\":[1,2]}} "))
                        .at("/a/b/1")
                        .intValue())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                            | body",
                "[]                            | body",
                "null                          | body",
                "{\"a\":1                      | body",
                "{\"a\":1} {}                  | body",
                "{\"a\":1}x                    | body",
                "{\"a\":1,\"a\":2}             | a",
                "{\"a\":1,\"\\u0061\":2}       | a",
                "{\"x\":{\"a\":1,\"a\":2}}     | a",
                "{a:1}                         | body",
            })
    void anythingElseNamesWhatIsWrong(String body, String field) {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> StrictJson.object(bytes(body)))
                .satisfies(error -> {
                    assertThat(error.failure().code()).isEqualTo(FailureCode.INVALID_REQUEST);
                    assertThat(error.failure().errors().getFirst().field()).isEqualTo(field);
                });
    }

    @Test
    void nestingHasALimit() {
        String fits = "{\"a\":" + "[".repeat(999) + "]".repeat(999) + "}";
        String tooDeep = "{\"a\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}";

        assertThat(StrictJson.object(bytes(fits)).has("a")).isTrue();
        assertThatExceptionOfType(FailureException.class).isThrownBy(() -> StrictJson.object(bytes(tooDeep)));
    }

    @Test
    void faultShowsNothingOfTheBody() {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> StrictJson.object(bytes("{\"key\":\"sk-secret\" oops}")))
                .satisfies(error -> assertThat(error.failure().detail())
                        .doesNotContain("secret")
                        .doesNotContain("oops")
                        .contains("line 1"));
    }
}
