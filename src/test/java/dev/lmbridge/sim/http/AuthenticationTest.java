package dev.lmbridge.sim.http;

import static dev.lmbridge.sim.RunningSimulator.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.RunningSimulator;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class AuthenticationTest {
    private static final String TOKEN = "sk-lm-abcdefgh:ABCDEFGHIJ0123456789";

    private final RunningSimulator simulator;

    AuthenticationTest(@TempDir Path home) throws Exception {
        simulator = new RunningSimulator(home, RunningSimulator.quick());
    }

    @AfterEach
    void stop() throws Exception {
        simulator.stop();
    }

    @Test
    void whileItIsOffAWrongTokenIsAsGoodAsNone() throws Exception {
        assertThat(simulator.get("/v1/models").statusCode()).isEqualTo(200);
        assertThat(simulator
                        .get("/v1/models", "Authorization", "Bearer nonsense")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void theTokenOpensEveryRoute() throws Exception {
        switchOn();
        for (String path : new String[] {"/v1/models", "/api/v0/models", "/api/v1/models", "/nope"}) {
            assertThat(simulator.get(path).statusCode()).isEqualTo(401);
            assertThat(simulator.get(path, "Authorization", "Bearer " + TOKEN).statusCode())
                    .isEqualTo(200);
        }
        assertThat(simulator.post("/api/v1/chat", "{}").statusCode()).isEqualTo(401);
    }

    @Test
    void eachWayToBeWrongHasItsText() throws Exception {
        switchOn();
        assertThat(message(simulator.get("/v1/models"))).startsWith("An LM Studio API token is required to make");
        assertThat(message(simulator.get("/v1/models", "Authorization", "Basic " + TOKEN)))
                .startsWith("An LM Studio API token is required to make");
        assertThat(message(simulator.get("/v1/models", "Authorization", "Bearer sk-bogus-EXAMPLE")))
                .isEqualTo("Malformed LM Studio API token provided: sk-bogus-E******."
                        + " Ensure you are using a valid token.");
        assertThat(message(simulator.get("/v1/models", "Authorization", "Bearer lm-studio")))
                .contains("provided: lm-studio");
        assertThat(message(simulator.get("/v1/models", "Authorization", "Bearer " + TOKEN.replace('9', '8'))))
                .startsWith("Invalid LM Studio API token provided: sk-lm-abcd*")
                .doesNotContain("efgh");
    }

    @Test
    void theHeaderOfAnthropicCountsOnlyOnItsOwnRoute() throws Exception {
        switchOn();
        assertThat(simulator.get("/v1/models", "x-api-key", TOKEN).statusCode()).isEqualTo(401);
        assertThat(simulator.post("/v1/messages", "{}", "x-api-key", TOKEN).statusCode())
                .isNotEqualTo(401);
    }

    @Test
    void thePathsByWhichLmStudioIsFoundStayOpen() throws Exception {
        switchOn();
        assertThat(simulator.get("/lmstudio-greeting").statusCode()).isEqualTo(200);
        assertThat(simulator.get("/lms-status").statusCode()).isEqualTo(200);
    }

    private void switchOn() throws Exception {
        JsonNode settings = simulator.control("POST", "/settings", "{\"apiToken\":\"" + TOKEN + "\"}");
        assertThat(settings.has("error")).isFalse();
    }

    private static String message(HttpResponse<String> response) throws Exception {
        assertThat(response.statusCode()).isEqualTo(401);
        JsonNode error = json(response).path("error");
        assertThat(error.path("code").asText()).isEqualTo("invalid_api_key");
        assertThat(error.path("type").asText()).isEqualTo("invalid_request");
        return error.path("message").asText();
    }
}
