package dev.lmbridge.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.failure.FailureException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the plain way takes, the parser takes as well, and understands it likewise. */
final class PlainScanTest {
    private static final String CHAT = """
            {"model": "qwen/qwen3-4b", "stream": true, "temperature": 0.7, "max_tokens": -1, "stop": ["a", "b\\n"],
             "messages": [{"role": "system", "content": "Sei höflich. 😀"},
                          {"role": "user", "content": [{"type": "text", "text": "\\"Hi\\" \\u00e9"}]}],
             "response_format": {"type": "json_schema", "json_schema": {"schema": {"type": "object"}}}, "seed": 1e3}
            """;

    private static final String ANSWER = """
            {"id": "chatcmpl-1", "object": "chat.completion", "created": 17, "model": "m~1", "error": null,
             "choices": [{"index": 0, "message": {"role": "assistant", "content": "\\u00df ß"}, "finish_reason": "stop"}],
             "usage": {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}, "stats": {"rate": 1.5}}
            """;

    private static final List<String> SEEDS = List.of(
            CHAT,
            ANSWER,
            "{}",
            " \r\n\t{\"model\":null}\n",
            "{\"model\":\"a\",\"ttl\":60,\"stream\":false}",
            "{\"m\\u006fdel\":\"a\",\"model\":\"b\"}",
            "{\"model\":\"a\",\"model\":\"b\"}",
            "{\"error\":{\"message\":\"x\"},\"model\":\"a\"}",
            "{\"usage\":{\"completion_tokens\":1.5,\"output_tokens\":0},\"id\":7,\"response_id\":\"resp_1\"}",
            "{\"tools\":[{\"type\":\"mcp\",\"server_url\":\"http://x\"}],\"messages\":[]}",
            "{\"input\":[{\"content\":[{\"type\":\"input_image\",\"image_url\":\"http://x\"}]}]}",
            "{\"messages\":[{\"content\":[{\"image_url\":{\"url\":\"data:image/png;base64,aa\"}}]}]}",
            "{\"a\":[" + "[".repeat(70) + "]".repeat(70) + "],\"b\":-0.0e+1,\"c\":[[],{}],\"\":\"\"}");

    private static final List<String> PIECES = List.of(
            "\"",
            "\\",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "0",
            "-",
            ".",
            "e",
            "true",
            "null",
            " ",
            "\n",
            "\u0000",
            "\u001f",
            "\\u00",
            "\\uD800",
            "\"model\":\"x\",",
            "\"stream\":1,",
            "\"source\":\"http://y\",",
            "\"a\":1,",
            "é",
            "😀");

    @Test
    void usualRequestsAndAnswersArePlain() {
        assertThat(PlainScan.request(CHAT.getBytes(UTF_8), false)).isNotNull();
        assertThat(PlainScan.answer(ANSWER.getBytes(UTF_8))).isNotNull();
        BodyScan scan = BodyScan.of(CHAT.getBytes(UTF_8));
        assertThat(scan.model()).isEqualTo("qwen/qwen3-4b");
        assertThat(scan.stream()).isTrue();
        assertThat(scan.forwarded("m~1").toString()).isEqualTo(CHAT.replace("qwen/qwen3-4b", "m~1"));
        assertThat(AnswerScan.of(ANSWER.getBytes(UTF_8)).orElseThrow().tokens()).isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"ttl\":1}",
                "{\"tools\":[]}",
                "{\"mcp_servers\":null}",
                "{\"model\":1}",
                "{\"model\":\"a\\u0062\"}",
                "{\"stream\":\"yes\"}",
                "{\"messages\":[{\"content\":[{\"source\":1}]}]}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":01}",
                "{\"a\":1.}",
                "{\"a\":+1}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":nul}",
                "{\"a\":1,}",
                "{} x",
                "[]",
                ""
            })
    void whatIsNotPlainIsForTheParser(String body) {
        assertThat(PlainScan.request(body.getBytes(UTF_8), false)).isNull();
    }

    @Test
    void thePlainWayUnderstandsWhatTheParserUnderstands() {
        Random random = new Random(42);
        int plain = 0;
        for (int round = 0; round < 60_000; round++) {
            byte[] document = mutated(random);
            boolean imageUrls = random.nextBoolean();
            BodyScan request = PlainScan.request(document, imageUrls);
            AnswerScan answer = PlainScan.answer(document);
            if (request != null) {
                assertThat(request(request)).as(new String(document, UTF_8)).isEqualTo(parsed(document, imageUrls));
            }
            if (answer != null) {
                assertThat(answer(answer))
                        .as(new String(document, UTF_8))
                        .isEqualTo(AnswerScan.parsed(document)
                                .map(PlainScanTest::answer)
                                .orElse("none"));
            }
            plain += request != null ? 1 : 0;
        }
        assertThat(plain).as("documents that were plain").isGreaterThan(6_000);
    }

    private static byte[] mutated(Random random) {
        byte[] document = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(UTF_8);
        for (int changes = random.nextInt(3); changes > 0; changes--) {
            int from = random.nextInt(document.length + 1);
            int to = Math.min(document.length, from + random.nextInt(3));
            byte[] piece = random.nextInt(4) == 0
                    ? new byte[] {(byte) random.nextInt(256)}
                    : PIECES.get(random.nextInt(PIECES.size())).getBytes(UTF_8);
            byte[] changed = Arrays.copyOf(document, from + piece.length + document.length - to);
            System.arraycopy(piece, 0, changed, from, piece.length);
            System.arraycopy(document, to, changed, from + piece.length, document.length - to);
            document = changed;
        }
        return document;
    }

    private static String parsed(byte[] document, boolean imageUrls) {
        try {
            return request(BodyScan.parsed(document, imageUrls));
        } catch (FailureException refused) {
            return refused.toString();
        }
    }

    private static String request(BodyScan scan) {
        return scan.model() + " " + scan.stream() + " " + scan.ttl() + " " + scan.previousAnswer() + " "
                + scan.forwarded("other~1").toString("ISO-8859-1");
    }

    private static String answer(AnswerScan scan) {
        return scan.model() + " " + scan.id() + " " + scan.hasError() + " " + scan.errorText() + " " + scan.tokens();
    }
}
