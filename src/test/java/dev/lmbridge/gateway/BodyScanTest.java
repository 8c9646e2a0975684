package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BodyScanTest {
    private static final ObjectMapper JACKSON = new ObjectMapper();

    private static BodyScan scan(String body) {
        return BodyScan.of(body.getBytes(StandardCharsets.UTF_8));
    }

    private static String forwarded(String body) {
        return scan(body).forwarded("m~1").toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // replaced, wherever it stands
                "{\"model\":\"a\"}                        | {\"model\":\"m~1\"}",
                "{\"x\":1,\"model\":\"a\",\"y\":2}        | {\"x\":1,\"model\":\"m~1\",\"y\":2}",
                "{ \"model\" : \"a\" , \"y\" : 2 }        | { \"model\" : \"m~1\" , \"y\" : 2 }",
                "{\"model\":null}                         | {\"model\":\"m~1\"}",
                "{\"model\":\"\"}                         | {\"model\":\"m~1\"}",
                // inserted
                "{}                                       | {\"model\":\"m~1\"}",
                "{ }                                      | {\"model\":\"m~1\" }",
                "{\"x\":1}                                | {\"model\":\"m~1\",\"x\":1}",
                "{ \"x\":1 }                              | {\"model\":\"m~1\", \"x\":1 }",
                // ttl cut out: only, first, middle, last
                "{\"ttl\":5}                              | {\"model\":\"m~1\"}",
                "{ \"ttl\" : 5 }                          | {\"model\":\"m~1\"  }",
                "{\"ttl\":5,\"x\":1}                      | {\"model\":\"m~1\",\"x\":1}",
                "{\"ttl\":5,\"model\":\"a\"}              | {\"model\":\"m~1\"}",
                "{ \"ttl\":5 , \"model\":\"a\" }          | { \"model\":\"m~1\" }",
                "{\"model\":\"a\",\"ttl\":5}              | {\"model\":\"m~1\"}",
                "{\"model\":\"a\",\"ttl\":5,\"x\":1}      | {\"model\":\"m~1\",\"x\":1}",
                "{\"x\":1,\"ttl\":\"10m\",\"model\":\"a\"} | {\"x\":1,\"model\":\"m~1\"}",
                "{\"x\":1 , \"ttl\" : 5 }                 | {\"model\":\"m~1\",\"x\":1 }",
                "{\"x\":1,\"ttl\":{\"a\":[1,2]},\"y\":2}  | {\"model\":\"m~1\",\"x\":1,\"y\":2}",
                "{\"ttl\":null,\"model\":\"a\"}           | {\"model\":\"m~1\"}",
                // nested members are none of ours
                "{\"x\":{\"model\":\"a\",\"ttl\":1},\"model\":\"b\"} | {\"x\":{\"model\":\"a\",\"ttl\":1},\"model\":\"m~1\"}",
                "{\"x\":[{\"model\":1},{\"model\":1}]}    | {\"model\":\"m~1\",\"x\":[{\"model\":1},{\"model\":1}]}",
                // numbers and Unicode stay as they were written
                "{\"n\":1.0e+07,\"b\":123456789012345678901234567890,\"model\":\"a\",\"s\":\"\\u00e9é模\"} | {\"n\":1.0e+07,\"b\":123456789012345678901234567890,\"model\":\"m~1\",\"s\":\"\\u00e9é模\"}",
            })
    void modelIsReplacedOrInsertedAndTtlCutOut(String body, String expected) {
        assertThat(forwarded(body)).isEqualTo(expected);
    }

    @Test
    void whiteSpaceAroundTheObjectStays() {
        assertThat(forwarded("\n\t {\"model\":\"a\"}\r\n ")).isEqualTo("\n\t {\"model\":\"m~1\"}\r\n ");
    }

    @Test
    void keyMayBeWrittenWithEscapes() {
        BodyScan scan = scan("{\"\\u006dodel\":\"a\",\"\\u0074tl\":7,\"strea\\u006d\":true}");

        assertThat(scan.model()).isEqualTo("a");
        assertThat(scan.stream()).isTrue();
        assertThat(scan.ttl()).hasToString("7");
        assertThat(scan.forwarded("m~1").toString()).isEqualTo("{\"\\u006dodel\":\"m~1\",\"strea\\u006d\":true}");
    }

    @Test
    void valueMayBeWrittenWithEscapes() {
        BodyScan scan = scan("{\"model\":\"a\\/b \\\"c\\\" \\u00fc \\ud83d\\ude00\",\"x\":\"\\\\\"}");

        assertThat(scan.model()).isEqualTo("a/b \"c\" ü 😀");
        assertThat(scan.forwarded("ü\"~1").toString()).isEqualTo("{\"model\":\"ü\\\"~1\",\"x\":\"\\\\\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"model\":\"a\",\"model\":\"b\"}        | model",
                "{\"model\":\"a\",\"\\u006dodel\":\"b\"}  | model",
                "{\"x\":1,\"y\":2,\"x\":1}                | x",
                "{\"ttl\":1,\"tt\\u006c\":1}              | ttl",
                "{\"model\":5}                            | model",
                "{\"model\":[\"a\"]}                      | model",
                "{\"stream\":\"true\"}                    | stream",
                "{\"stream\":1}                           | stream",
            })
    void faultNamesItsField(String body, String field) {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> scan(body))
                .satisfies(error -> {
                    assertThat(error.failure().code()).isEqualTo(FailureCode.INVALID_REQUEST);
                    assertThat(error.failure().errors())
                            .singleElement()
                            .satisfies(one -> assertThat(one.field()).isEqualTo(field));
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[]",
                "\"x\"",
                "5",
                "null",
                "{",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":1}x",
                "{\"a\":1}{}",
                "{\"a\":1} ,",
                "{\"a\":01}",
                "{\"a\":NaN}",
                "{\"a\":\"\n\"}",
                "{\"a\":[}",
                "\uFEFF{\"a\":1}",
                "{\"model\":\"\\x\"}"
            })
    void whatIsNoJsonObjectInUtf8IsRefused(String body) {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> scan(body))
                .satisfies(error -> assertThat(error.failure().code()).isEqualTo(FailureCode.INVALID_REQUEST));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
    void otherEncodingsAreRefused(String charset) {
        for (String body : List.of("{\"model\":\"a\"}", "{}", " { \"a\":1}")) {
            assertThatExceptionOfType(FailureException.class)
                    .isThrownBy(() -> BodyScan.of(body.getBytes(Charset.forName(charset))));
        }
    }

    @Test
    void nestingIsReadToAThousandLevelsAndRefusedBelow() {
        String fits = "{\"a\":" + "[".repeat(999) + "]".repeat(999) + "}";
        String tooDeep = "{\"a\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}";

        assertThat(forwarded(fits)).startsWith("{\"model\":\"m~1\",\"a\":[");
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> scan(tooDeep))
                .satisfies(error -> assertThat(error.failure().detail()).contains("1000"));
    }

    @Test
    void absenceIsNoFault() {
        BodyScan scan = scan("{\"stream\":null}");

        assertThat(scan.model()).isNull();
        assertThat(scan.stream()).isFalse();
        assertThat(scan.ttl()).isNull();
        assertThat(scan.previousAnswer()).isNull();
    }

    /** What goes on is the tree that came, with the model replaced and the ttl gone; and every member kept its bytes. */
    @Test
    void randomBodiesKeepEverythingElse() throws Exception {
        for (long seed = 1; seed <= 3_000; seed++) {
            Random random = new Random(seed);
            List<String> kept = new ArrayList<>();
            List<String> members = new ArrayList<>();
            for (int each = random.nextInt(5); each > 0; each--) {
                String member = space(random) + "\"k" + each + "\"" + space(random) + ":" + space(random)
                        + value(random, 0) + space(random);
                kept.add(member);
                members.add(member);
            }
            if (random.nextBoolean()) {
                members.add(space(random) + "\"model\"" + space(random) + ":" + space(random)
                        + (random.nextInt(4) == 0 ? "null" : string(random)) + space(random));
            }
            if (random.nextBoolean()) {
                members.add(space(random) + (random.nextBoolean() ? "\"ttl\"" : "\"\\u0074tl\"") + space(random) + ":"
                        + space(random) + value(random, 1) + space(random));
            }
            Collections.shuffle(members, random);
            String body = space(random) + "{" + (members.isEmpty() ? space(random) : String.join(",", members)) + "}"
                    + space(random);

            String out = scan(body).forwarded("new \"ü\"~1").toString(StandardCharsets.UTF_8);

            ObjectNode expected = (ObjectNode) JACKSON.readTree(body);
            expected.put("model", "new \"ü\"~1").remove("ttl");
            JsonNode actual = JACKSON.readTree(out);
            assertThat(actual).as("seed %s: %s became %s", seed, body, out).isEqualTo(expected);
            for (String member : kept) {
                assertThat(out).as("seed %s: %s", seed, body).contains(member.strip());
            }
        }
    }

    private static String space(Random random) {
        return List.of("", "", "", " ", "\n", "\t \r\n").get(random.nextInt(6));
    }

    private static String string(Random random) {
        return List.of("\"\"", "\"a/b\"", "\"\\\"ttl\\\":1,\"", "\"é模😀\"", "\"\\u00e9\\ud83d\\ude00\"", "\"}{][\\\\\"")
                .get(random.nextInt(6));
    }

    private static String value(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 4 : 6)) {
            case 0 -> string(random);
            case 1 ->
                List.of("0", "-1.50", "1e3", "12345678901234567890123", "7").get(random.nextInt(5));
            case 2 -> random.nextBoolean() ? "true" : "false";
            case 3 -> "null";
            case 4 -> "[" + value(random, depth + 1) + "," + value(random, depth + 1) + "]";
            default -> "{\"model\":" + value(random, depth + 1) + ",\"ttl\":" + value(random, depth + 1) + "}";
        };
    }
}
