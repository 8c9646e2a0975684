package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerScanTest {
    private static AnswerScan scan(String document) {
        return AnswerScan.of(document.getBytes(StandardCharsets.UTF_8)).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"error\":\"text\"}                             | text",
                "{\"error\":{\"a\":{\"message\":\"no\"},\"message\":\"text\"}} | text",
                "{\"error\":{\"message\":\"text\",\"code\":null}}  | text",
                "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"text\"}} | text",
            })
    void textOfAnErrorIsFound(String body, String text) {
        assertThat(scan(body).hasError()).isTrue();
        assertThat(scan(body).errorText()).isEqualTo(text);
    }

    @Test
    void nullIsNoError() {
        assertThat(scan("{\"error\":null}").hasError()).isFalse();
        assertThat(scan("{\"error\":{}}").hasError()).isTrue();
        assertThat(scan("{\"error\":[1]}").errorText()).isNull();
    }

    @Test
    void modelIdAndTokensAreFoundUnderTheNamesOfEachRoute() {
        AnswerScan openAi = scan("{\"id\":\"c\",\"model\":\"m\",\"usage\":{\"x\":{},\"completion_tokens\":3}}");
        assertThat(openAi.model()).isEqualTo("m");
        assertThat(openAi.id()).isEqualTo("c");
        assertThat(openAi.tokens()).isEqualTo(3);

        AnswerScan own =
                scan("{\"model_instance_id\":\"m\",\"stats\":{\"total_output_tokens\":4},\"response_id\":\"r\"}");
        assertThat(own.model()).isEqualTo("m");
        assertThat(own.id()).isEqualTo("r");
        assertThat(own.tokens()).isEqualTo(4);
        assertThat(scan("{\"usage\":{\"output_tokens\":5}}").tokens()).isEqualTo(5);
    }

    @Test
    void whatIsNotToldIsNotThere() {
        AnswerScan scan = scan("{\"model\":7,\"id\":null,\"usage\":[],\"stats\":null}");
        assertThat(scan.model()).isNull();
        assertThat(scan.id()).isNull();
        assertThat(scan.tokens()).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[DONE]", "[]", "7", "{\"a\":", "{} {}", "<html>", "{\"usage\":{\"a\":}"})
    void whatIsNoObjectHasNoScan(String document) {
        assertThat(AnswerScan.of(document.getBytes(StandardCharsets.UTF_8))).isEmpty();
    }
}
