package dev.lmbridge.lmstudio;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;

/** What LM Studio answers to a load, read. */
final class LoadReplyTest {
    @Test
    void aStatusAloneProvesNoRoute() {
        assertThat(reply(200, "{\"error\":\"Unexpected endpoint or method. (POST /api/v1/models/load)\"}")
                        .isUnknownRoute())
                .isTrue();
        assertThat(reply(404, "{}").isUnknownRoute()).isTrue();
        assertThat(reply(404, "{\"error\":{\"type\":\"model_not_found\",\"message\":\"Model x not found\"}}")
                        .isUnknownRoute())
                .isFalse();
    }

    @Test
    void aSuccessWithAnErrorIsNone() {
        assertThat(reply(200, "{\"error\":\"It broke.\"}").isGood()).isFalse();
        assertThat(reply(200, "{\"instance_id\":\"m\",\"status\":\"loaded\"}").isGood())
                .isTrue();
    }

    @Test
    void theNameIsTheHosts() {
        assertThat(reply(200, "{\"instance_id\":\"m:2\"}").instanceId()).isEqualTo("m:2");
        assertThat(reply(200, "{}").instanceId()).isNull();
        assertThat(reply(200, "{\"instance_id\":7}").instanceId()).isNull();
    }

    @Test
    void whateverItSaysIsOneShortLine() {
        assertThat(reply(400, "{\"error\":{\"message\":\"a\\nb\\u001b[2J\"}}").said())
                .isEqualTo("a b [2J");
        assertThat(reply(500, "{}").said()).contains("500");
        assertThat(reply(400, "{\"error\":\"" + "x".repeat(9_000) + "\"}").said())
                .hasSize(2_000);
        assertThat(reply(400, "{\"error\":\"  \"}").said()).isNotBlank();
    }

    private static LoadRoutes.Reply reply(int status, String body) {
        return new LoadRoutes.Reply(status, new JsonObject(body));
    }
}
