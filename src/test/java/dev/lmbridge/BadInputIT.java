package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.testing.Chats;
import dev.lmbridge.testing.Programs;
import dev.lmbridge.testing.RunningBridge;
import dev.lmbridge.testing.SimulatedLmStudio;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a request is said with its field, in the dialect of the path, and before any {@code lms} runs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class BadInputIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String ENSURE = "/bridge/v1/models/ensure";
    private static final String LOAD = "/bridge/v1/models/load";
    private static final String UNLOAD = "/bridge/v1/models/unload";
    private static final List<String> LOADING = List.of(ENSURE, LOAD, Chats.PATH);
    private static final List<String> COMMANDS = List.of(ENSURE, LOAD, UNLOAD);
    private static final List<String> ALL = List.of(ENSURE, LOAD, UNLOAD, Chats.PATH);
    private static final String OK_MODEL = "\"model\": \"" + LLAMA + "\"";

    private SimulatedLmStudio machine;
    private RunningBridge bridge;

    /** A request, and how it must be refused; an empty field means that none is at fault. */
    record Bad(String what, String path, String body, int status, String code, String field) {
        @Override
        public String toString() {
            return path + ": " + what;
        }
    }

    @BeforeAll
    void start(@TempDir Path scratch) {
        machine = SimulatedLmStudio.start();
        bridge = RunningBridge.in(scratch)
                .with(machine)
                .with("LM_BRIDGE_HTTP_MAX_BODY", "64KiB")
                .start();
    }

    @AfterAll
    void stop() {
        bridge.close();
        List<String> commands = new ArrayList<>();
        machine.calls()
                .path("lms")
                .forEach(call -> commands.add(call.path("argv").path(0).asText()));
        machine.close();
        assertThat(commands).as("calls of lms in this whole class").allMatch("ps"::equals);
    }

    static Stream<Bad> requests() {
        List<Bad> bad = new ArrayList<>();
        names(bad);
        types(bad);
        times(bad);
        documents(bad);
        return bad.stream();
    }

    private static void names(List<Bad> bad) {
        String long10k = "a".repeat(10_000);
        for (String path : ALL) {
            bad.add(name("an empty name", path, ""));
            bad.add(name("a blank name", path, "   "));
            bad.add(name("an option as a name", path, "--all"));
            bad.add(name("a path as a name", path, "../../../etc/passwd"));
            bad.add(name("NUL in a name", path, "llama\\u0000"));
            bad.add(name("a line feed in a name", path, "llama\\n--all"));
            bad.add(name("10,000 characters", path, long10k));
            bad.add(unknown("too many slashes", path, "model/with/too/many/slashes"));
            bad.add(unknown("an unknown variant", path, "model@invalid"));
            bad.add(unknown("a misspelt name", path, "llama-3.2-1b-instrct"));
            bad.add(unknown("another case", path, "Llama-3.2-1B-Instruct"));
            bad.add(new Bad("a number as model", path, "{\"model\": 7}", 400, "invalid_request", "model"));
            bad.add(new Bad("a list as model", path, "{\"model\": [\"a\"]}", 400, "invalid_request", "model"));
        }
        for (String none : List.of("{}", "{\"model\": null}")) {
            bad.add(new Bad("no model", UNLOAD, none, 400, "invalid_request", "model"));
        }
    }

    private static Bad name(String what, String path, String name) {
        return new Bad(what, path, "{\"model\": \"" + name + "\"}", 400, "invalid_model_name", "model");
    }

    private static Bad unknown(String what, String path, String name) {
        return new Bad(what, path, "{\"model\": \"" + name + "\"}", 404, "model_not_found", "");
    }

    private static void types(List<Bad> bad) {
        for (String path : COMMANDS) {
            bad.add(field("an unknown field", path, "\"colour\": \"red\"", "colour"));
            bad.add(field("a text as force", path, "\"force\": \"yes\"", "force"));
            bad.add(field("a number as dryRun", path, "\"dryRun\": 1", "dryRun"));
            bad.add(field("a number as host", path, "\"host\": 1", "host"));
            bad.add(field("an unknown host", path, "\"host\": \"elsewhere\"", "host"));
            bad.add(field("a text as waitMs", path, "\"waitMs\": \"1s\"", "waitMs"));
            bad.add(field("a negative waitMs", path, "\"waitMs\": -1", "waitMs"));
        }
        for (String path : List.of(ENSURE, LOAD)) {
            bad.add(field("a text as keepLoaded", path, "\"keepLoaded\": \"true\"", "keepLoaded"));
            bad.add(field("a context of nothing", path, "\"contextLength\": 0", "contextLength"));
            bad.add(field("a fraction as context", path, "\"contextLength\": 4096.5", "contextLength"));
        }
        bad.add(field("a ttl where none is", UNLOAD, "\"ttl\": 600", "ttl"));
        bad.add(field("a text as stream", Chats.PATH, "\"stream\": \"true\"", "stream"));
    }

    private static void times(List<Bad> bad) {
        for (String path : LOADING) {
            for (String ttl : List.of(
                    "0",
                    "-1",
                    "3601",
                    "\"10 minutes\"",
                    "\"61m\"",
                    "\"\"",
                    "true",
                    "1.5",
                    "[600]",
                    "{}",
                    "1e400",
                    "99999999999999999999")) {
                bad.add(field("a ttl of " + ttl, path, "\"ttl\": " + ttl, "ttl"));
            }
        }
    }

    private static Bad field(String what, String path, String member, String field) {
        return new Bad(what, path, "{" + OK_MODEL + ", " + member + "}", 400, "invalid_request", field);
    }

    private static void documents(List<Bad> bad) {
        for (String path : ALL) {
            for (String body : List.of(
                    "",
                    "null",
                    "[]",
                    "\"model\"",
                    "{",
                    "{" + OK_MODEL + "} x",
                    "{'model': 'a'}",
                    "{" + OK_MODEL + ",}")) {
                bad.add(new Bad("the body " + body, path, body, 400, "invalid_request", "body"));
            }
            bad.add(new Bad(
                    "the model twice",
                    path,
                    "{" + OK_MODEL + ", \"model\": \"google/gemma-3-4b\"}",
                    400,
                    "invalid_request",
                    "model"));
            bad.add(new Bad(
                    "the model twice, once in escapes",
                    path,
                    "{" + OK_MODEL + ", \"\\u006dodel\": \"google/gemma-3-4b\"}",
                    400,
                    "invalid_request",
                    "model"));
            bad.add(new Bad(
                    "too deep",
                    path,
                    "{" + OK_MODEL + ", \"x\": " + "[".repeat(1_100) + "]".repeat(1_100) + "}",
                    400,
                    "invalid_request",
                    "body"));
            bad.add(new Bad(
                    "too large",
                    path,
                    "{" + OK_MODEL + ", \"x\": \"" + "x".repeat(70_000) + "\"}",
                    413,
                    "payload_too_large",
                    ""));
        }
    }

    @ParameterizedTest
    @MethodSource("requests")
    void isRefused(Bad bad) {
        isRefused(bad, bridge.post(bad.path(), bad.body()));
    }

    private static void isRefused(Bad bad, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(bad.status());
        String requestId = answer.headers().firstValue("X-LM-Bridge-Request-Id").orElseThrow();
        JsonNode body = RunningBridge.parse(answer.body());
        if (bad.path().startsWith("/v1/")) {
            isOpenAi(bad, answer, body.path("error"), requestId);
        } else {
            isProblem(bad, answer, body, requestId);
        }
    }

    private static void isOpenAi(Bad bad, HttpResponse<String> answer, JsonNode error, String requestId) {
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("application/json");
        assertThat(error.path("code").asText()).as(answer.body()).isEqualTo(bad.code());
        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("message").asText()).isNotBlank();
        assertThat(error.path("request_id").asText()).isEqualTo(requestId);
        assertThat(error.has("param")).isTrue();
        if (!bad.field().isEmpty()) {
            assertThat(error.path("param").asText()).as(answer.body()).isEqualTo(bad.field());
        }
    }

    private static void isProblem(Bad bad, HttpResponse<String> answer, JsonNode problem, String requestId) {
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(problem.path("code").asText()).as(answer.body()).isEqualTo(bad.code());
        assertThat(problem.path("status").asInt()).isEqualTo(bad.status());
        assertThat(problem.path("instance").asText()).isEqualTo(bad.path());
        assertThat(problem.path("requestId").asText()).isEqualTo(requestId);
        for (String member : List.of("type", "title", "detail")) {
            assertThat(problem.path(member).asText()).as(member).isNotBlank();
        }
        if (!bad.field().isEmpty()) {
            assertThat(problem.at("/errors/0/field").asText()).as(answer.body()).isEqualTo(bad.field());
            assertThat(problem.at("/errors/0/message").asText()).isNotBlank();
        }
        if (bad.status() == 404) {
            assertThat(problem.path("available")).isNotEmpty();
        }
    }

    @Test
    void everyFaultOfABodyIsToldAtOnce() {
        HttpResponse<String> answer =
                bridge.post(ENSURE, "{\"model\": 7, \"ttl\": 0, \"colour\": 1, \"force\": \"no\"}");
        assertThat(RunningBridge.parse(answer.body()).path("errors"))
                .extracting(error -> error.path("field").asText())
                .containsExactlyInAnyOrder("model", "ttl", "colour", "force");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""})
    void anotherMediaTypeIsRefused(String type) {
        for (String path : ALL) {
            HttpRequest.Builder request = HttpRequest.newBuilder(bridge.url().resolve(path))
                    .POST(HttpRequest.BodyPublishers.ofString("{" + OK_MODEL + "}"));
            if (!type.isEmpty()) {
                request.header("Content-Type", type);
            }
            isRefused(new Bad("a media type", path, "", 415, "unsupported_media_type", ""), bridge.send(request));
        }
    }

    @Test
    void aForeignOriginIsRefused() {
        for (String path : ALL) {
            HttpResponse<String> answer =
                    bridge.send(bridge.posting(path, "{" + OK_MODEL + "}").header("Origin", "https://example.org"));
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("\"forbidden\"").contains("Origin");
        }
    }

    @Test
    void aForeignHostIsRefused() throws Exception {
        for (String path : ALL) {
            String answer = raw("POST " + path + " HTTP/1.1\r\nHost: bridge.example.org\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
            assertThat(answer)
                    .startsWith("HTTP/1.1 403 ")
                    .containsIgnoringCase("x-lm-bridge-request-id: ")
                    .contains("\"forbidden\"")
                    .contains("Host");
        }
    }

    @Test
    void aBodyOverTheLimitIsRefusedAlsoWhenItsLengthIsNotTold() throws Exception {
        String chunk = "2000\r\n" + "x".repeat(0x2000) + "\r\n";
        String answer = raw("POST " + ENSURE + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                + chunk.repeat(9)
                + "0\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("\"payload_too_large\"");
    }

    /** For what an HTTP client would not send. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket(bridge.url().getHost(), bridge.url().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void anUnknownPathAndAWrongMethodAreTold() {
        assertThat(bridge.get("/bridge/v1/nothing").statusCode()).isEqualTo(404);
        assertThat(bridge.get("/bridge/v1/nothing").body()).contains("\"not_found\"");
        assertThat(bridge.get(ENSURE).statusCode()).isEqualTo(405);
        assertThat(bridge.get(Chats.PATH).body()).contains("\"method_not_allowed\"");
    }

    @Test
    void aWellFormedRequestIdIsKeptAndAnotherIsReplaced() {
        assertThat(requestId("my-run_1.2")).isEqualTo("my-run_1.2");
        assertThat(requestId("not well formed")).isNotEqualTo("not well formed");
        assertThat(requestId("a".repeat(129))).hasSizeLessThan(129);
    }

    private String requestId(String given) {
        return bridge.send(bridge.posting(ENSURE, "{}x").header("X-Request-Id", given))
                .headers()
                .firstValue("X-LM-Bridge-Request-Id")
                .orElseThrow();
    }

    @Test
    void aListenerThatOthersReachNeedsAnExplicitWord(@TempDir Path scratch) {
        RunningBridge.Setup setup = RunningBridge.in(scratch).with(machine);
        Programs.Result refused = setup.run("serve", "--host", "0.0.0.0", "--port", "0");
        assertThat(refused.code()).isNotZero();
        assertThat(refused.err()).contains("http.host").contains("auth.mode").contains("open");
        assertThat(setup.portFile()).doesNotExist();

        Programs.Result good = setup.with("LM_BRIDGE_AUTH_MODE", "open").run("check", "--host", "0.0.0.0");
        assertThat(good.code()).as(good.err()).isZero();
    }
}
