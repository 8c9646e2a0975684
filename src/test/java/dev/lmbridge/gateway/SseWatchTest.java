package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SseWatchTest {
    private static SseWatch after(String... chunks) {
        SseWatch watch = new SseWatch(AnswerForm.CHUNKS);
        for (String chunk : chunks) {
            watch.saw(Buffer.buffer(chunk));
        }
        return watch;
    }

    @Test
    void lastLineCountsWithoutItsEnd() {
        SseWatch watch = after("data: {\"a\":1}\n\ndata: [DONE]");

        watch.ended();

        assertThat(watch.isDone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"a\":1}\n\ndata: [DONE]\n\n",
                "data:[DONE]\n\n",
                "data: [DONE]\r\n\r\n",
                "data: [DONE]\n\n: bye\n\n"
            })
    void doneIsSeen(String stream) {
        assertThat(after(stream).isDone()).isTrue();
        assertThat(after(stream.split("")).isDone()).as("byte by byte").isTrue();
        assertThat(after(stream).isFailed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "data: {\"a\":1}\n\n",
                "data: [DON",
                ": [DONE]\n\n",
                "data: {\"content\":\"[DONE]\"}\n\n",
                "data: [DONE]\n\ndata: {\"a\":1}\n\n",
                "event: [DONE]\n\n"
            })
    void anyOtherEndIsNotDone(String stream) {
        assertThat(after(stream).isDone()).isFalse();
        assertThat(after(stream).isFailed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"error\":{\"message\":\"x\"}}\n\n",
                "event: error\ndata: {\"error\":\"x\"}\n\n",
                "data: { \"error\" : {}}\n\n"
            })
    void errorOfTheHostIsToldWhereItBegins(String event) {
        String before = "data: {\"a\":1}\n\n";

        assertThat(new SseWatch(AnswerForm.CHUNKS).saw(Buffer.buffer(before + event)))
                .isEqualTo(before.length());
        assertThat(after(before).saw(Buffer.buffer(event))).isZero();
        assertThat(after((before + event).split("")).isFailed())
                .as("byte by byte it has gone through, and is known at the end")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"content\":\"event: error\"}\n\n",
                ": event: error\n\n",
                "event: errors\n\n",
                "data: {\"errors\":1}\n\n"
            })
    void whatOnlyLooksLikeAnErrorPasses(String event) {
        assertThat(new SseWatch(AnswerForm.CHUNKS).saw(Buffer.buffer(event))).isEqualTo(-1);
    }

    @Test
    void longLinesCostNothing() {
        assertThat(after("data: " + "x".repeat(1 << 20), "\n\ndata: [DONE]\n\n").isDone())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MESSAGE  | event: message_stop | data: {\"type\":\"message_stop\"}",
                "MESSAGE  | : no name           | data: { \"type\" : \"message_stop\" }",
                "MESSAGE  | event: message_stop | data: {\"x\":1}",
                "RESPONSE | event: response.completed  | data: {\"response\":{},\"type\":\"response.completed\"}",
                "RESPONSE | : no name           | data: {\"type\":\"response.incomplete\",\"response\":{}}",
                "CHAT     | event: chat.end     | data: {\"type\":\"chat.end\",\"result\":{}}",
            })
    void namedEventsEndTheStreamsOfOtherProtocols(AnswerForm form, String name, String data) {
        for (String end : List.of("\n\n", "\r\n\r\n", "\n", "", "\n\ndata: [DONE]\n\n")) {
            SseWatch watch = new SseWatch(form);
            String stream =
                    "event: x\ndata: {\"type\":\"x\"}\n\n" + name + (end.startsWith("\r") ? "\r\n" : "\n") + data + end;
            for (int at = 0; at < stream.length(); at += 7) {
                String piece = stream.substring(at, Math.min(stream.length(), at + 7));
                assertThat(watch.saw(Buffer.buffer(piece))).isEqualTo(-1);
            }
            watch.ended();
            assertThat(watch.isDone()).as(stream).isTrue();
            assertThat(watch.isFailed()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MESSAGE  | event: error",
                "MESSAGE  | data: {\"type\":\"error\"",
                "RESPONSE | event: response.failed",
                "RESPONSE | data: {\"type\":\"response.failed\",\"response\":{",
                "CHAT     | event: error",
            })
    void failuresOfOtherProtocolsAreToldWhereTheyBegin(AnswerForm form, String event) {
        String before = "event: x\ndata: {\"type\":\"x\"}\n\n";
        assertThat(new SseWatch(form).saw(Buffer.buffer(before + event + "\n"))).isEqualTo(before.length());
    }

    @Test
    void anErrorThatIsNullIsNone() {
        assertThat(new SseWatch(AnswerForm.CHUNKS).saw(Buffer.buffer("data: {\"error\":null,\"x\":1}\n\n")))
                .isEqualTo(-1);
    }

    @Test
    void endOfOneProtocolIsNoneOfAnother() {
        SseWatch watch = new SseWatch(AnswerForm.RESPONSE);
        watch.saw(Buffer.buffer("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\ndata: [DONE]\n\n"));
        assertThat(watch.isDone()).isFalse();
    }

    /** Lines longer than what is kept of them, ends of every kind, errors: however the bytes come, the end is the same. */
    @Test
    void itDoesNotMatterHowTheBytesAreCut() {
        List<String> lines = List.of(
                "data: {\"a\":\"" + "x".repeat(100) + "\"}",
                "data: {\"a\": 1}",
                "data: [DONE]",
                "event: message",
                ": " + " comment".repeat(20),
                "");
        List<String> ends = List.of("\n", "\r\n", "\r");
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder stream = new StringBuilder();
            for (int line = random.nextInt(8); line >= 0; line--) {
                stream.append(lines.get(random.nextInt(lines.size()))).append(ends.get(random.nextInt(ends.size())));
            }
            String text = stream.toString();
            int cut = random.nextInt(text.length() + 1);
            SseWatch whole = after(text);
            SseWatch cutOnce = after(text.substring(0, cut), text.substring(cut));
            SseWatch byByte = after(text.split(""));
            assertThat(List.of(cutOnce.isDone(), byByte.isDone())).as(text).containsOnly(whole.isDone());
            assertThat(List.of(cutOnce.hasPassed(), byByte.hasPassed()))
                    .as(text)
                    .containsOnly(whole.hasPassed());
        }
    }

    @Test
    void anErrorBehindALongLineIsTold() {
        String before = "data: {\"a\":\"" + "x".repeat(200) + "\"}\r\n\r\n";
        SseWatch watch = new SseWatch(AnswerForm.CHUNKS);
        assertThat(watch.saw(Buffer.buffer(before + "data: {\"error\":\"boom\"}\n\n")))
                .isEqualTo(before.length());
    }
}
