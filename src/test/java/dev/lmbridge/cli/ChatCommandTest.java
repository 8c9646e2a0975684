package dev.lmbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChatCommandTest {
    private static final String END = "{\"choices\":[],\"usage\":{\"total_tokens\":3}}";

    @TempDir
    Path home;

    @Test
    void whatIsPipedInIsOneQuestionAndTheAnswerAloneIsWritten() throws IOException {
        try (ScriptedBridge bridge =
                new ScriptedBridge().streams(thought("hm"), said("Six times "), said("seven."), END, "[DONE]")) {
            Shell shell = new Shell(home).piping("What?\n");

            assertThat(shell.run("chat", "m", "--system", "Be short.", "--ttl", "10m", "--url", bridge.url()))
                    .isZero();

            assertThat(shell.out).isEqualTo("Six times seven." + System.lineSeparator());
            assertThat(shell.err).contains("simulated LM Studio");
            JsonNode body = new ObjectMapper().readTree(bridge.bodies.getFirst());
            assertThat(body.path("model").asText()).isEqualTo("m");
            assertThat(body.path("ttl").asText()).isEqualTo("10m");
            assertThat(body.path("messages").toString())
                    .isEqualTo(
                            "[{\"role\":\"system\",\"content\":\"Be short.\"},{\"role\":\"user\",\"content\":\"What?\\n\"}]");
        }
    }

    @Test
    void jsonIsTheAnswerWithWhatItTook() throws IOException {
        try (ScriptedBridge bridge = new ScriptedBridge().streams(said("Yes."), END, "[DONE]")) {
            Shell shell = new Shell(home).piping("Really?");

            assertThat(shell.run("chat", "--json", "--url", bridge.url())).isZero();
            assertThat(shell.out.strip()).isEqualTo("{\"answer\":\"Yes.\",\"usage\":{\"total_tokens\":3}}");
            assertThat(bridge.bodies.getFirst()).doesNotContain("\"model\"");
        }
    }

    @Test
    void aFailureIsToldInOneSentenceWithTheWayOut() throws IOException {
        String refusal =
                "{\"error\":{\"message\":\"There is no model.\",\"code\":\"model_not_found\",\"available\":[\"a\"],"
                        + "\"request_id\":\"r\"}}";
        try (ScriptedBridge bridge = new ScriptedBridge().on("POST /v1/chat/completions", 404, refusal)) {
            Shell shell = new Shell(home).piping("Hello?");

            assertThat(shell.run("chat", "x", "--url", bridge.url())).isEqualTo(1);
            assertThat(shell.err.lines())
                    .containsExactly(
                            "error: There is no model. (model_not_found)", "  Available: a", "  Request id: r");
        }
    }

    @Test
    void anErrorInTheStreamAndAStreamWithoutEndAreFailures() throws IOException {
        try (ScriptedBridge bridge = new ScriptedBridge()
                .streams(said("Si"), "{\"error\":{\"message\":\"The host failed.\",\"code\":\"upstream_error\"}}")
                .streams(said("Si"))) {
            Shell shell = new Shell(home).piping("Hello?");
            assertThat(shell.run("chat", "x", "--url", bridge.url())).isEqualTo(1);
            assertThat(shell.err).contains("error: The host failed. (upstream_error)");

            shell.piping("Hello?");
            assertThat(shell.run("chat", "x", "--url", bridge.url())).isEqualTo(1);
            assertThat(shell.err).contains("broke off before its end");
        }
    }

    @Test
    void aConversationRemembersWhatWasSaidAndForgetsWhatFailed() throws IOException {
        try (ScriptedBridge bridge = new ScriptedBridge()
                .streams(thought("well"), said("One."), "[DONE]")
                .on("POST /v1/chat/completions", 503, "{\"error\":{\"message\":\"No.\",\"code\":\"queue_full\"}}")
                .streams(said("Three."), "[DONE]")) {
            Shell shell = new Shell(home).typing("first\n\nsecond\nthird\n/exit\nnever\n");

            assertThat(shell.run("chat", "m", "--url", bridge.url())).isZero();

            String asked = bridge.bodies.stream()
                    .filter(body -> body.contains("third"))
                    .findFirst()
                    .orElseThrow();
            assertThat(new ObjectMapper().readTree(asked).path("messages").toString())
                    .isEqualTo(
                            "[{\"role\":\"user\",\"content\":\"first\"},{\"role\":\"assistant\",\"content\":\"One.\"},"
                                    + "{\"role\":\"user\",\"content\":\"third\"}]");
            assertThat(bridge.bodies).noneMatch(body -> body.contains("never"));
            assertThat(shell.out).contains("One.", "Three.", "well");
            assertThat(shell.err).containsOnlyOnce("simulated LM Studio").contains("error: No. (queue_full)");
        }
    }

    @Test
    void theEndOfTheInputLeaves() throws IOException {
        try (ScriptedBridge bridge = new ScriptedBridge()) {
            Shell shell = new Shell(home).typing("");

            assertThat(shell.run("chat", "m", "--url", bridge.url())).isZero();
            assertThat(bridge.requests).isEmpty();
        }
    }

    @Test
    void anAnswerCannotMoveTheCursor() throws IOException {
        try (ScriptedBridge bridge = new ScriptedBridge().streams(said("a\\u001b[2Jb\\nc\\td"), "[DONE]")) {
            Shell shell = new Shell(home).piping("Hello?");

            assertThat(shell.run("chat", "m", "--url", bridge.url())).isZero();
            assertThat(shell.out.strip()).isEqualTo("a[2Jb\nc\td");
        }
    }

    @Test
    void withoutAQuestionOneIsToldHowToAsk() throws IOException {
        try (ScriptedBridge bridge = new ScriptedBridge()) {
            Shell shell = new Shell(home).piping("  \n");

            assertThat(shell.run("chat", "m", "--url", bridge.url())).isEqualTo(2);
            assertThat(shell.err).contains("There is no question");
        }
    }

    @Test
    void anAnswerThatIsBrokenOffEndsAtOnce() throws Exception {
        try (ScriptedBridge bridge = new ScriptedBridge().streams(said("Never ends"))) {
            ChatStream stream = new ChatStream(URI.create(bridge.url()));
            var ending = stream.ask(JsonNodeFactory.instance.objectNode(), new ChatStream.Listener() {
                @Override
                public void begun(boolean simulated) {}

                @Override
                public void thought(String text) {}

                @Override
                public void said(String text) {
                    stream.cancel();
                }
            });
            assertThat(ending).isEqualTo(new ChatStream.Ending.Cancelled("Never ends"));
        }
    }

    private static String said(String text) {
        return "{\"choices\":[{\"delta\":{\"content\":\"" + text + "\"}}]}";
    }

    private static String thought(String text) {
        return "{\"choices\":[{\"delta\":{\"reasoning_content\":\"" + text + "\"}}]}";
    }
}
