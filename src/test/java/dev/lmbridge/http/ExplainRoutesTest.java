package dev.lmbridge.http;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
final class ExplainRoutesTest {
    private static final String EXPLAIN = "/bridge/v1/explain";
    private static final String CHAT = "/v1/chat/completions";
    private static final String QWEN = "qwen/qwen3-4b";

    private final Vertx vertx = Vertx.vertx();
    private final ServedModels served = new ServedModels(vertx);
    private ContractSchemas schemas = new ContractSchemas("{}");

    @BeforeAll
    void start() throws Exception {
        served.start();
        schemas = new ContractSchemas(new YAMLMapper()
                .readTree(served.get("/openapi.yaml").body())
                .at("/components/schemas")
                .toString());
    }

    @AfterAll
    void stop() throws Exception {
        served.close();
        vertx.close().await(20, SECONDS);
    }

    private static String idOf(HttpResponse<String> answer) {
        return answer.headers().firstValue("X-LM-Bridge-Request-Id").orElseThrow();
    }

    /** The end of a story is told after the last byte of its answer was sent. */
    private JsonObject ended(String request) throws Exception {
        while (true) {
            HttpResponse<String> answer = served.get(EXPLAIN + "?request=" + request);
            if (answer.statusCode() == 200 && new JsonObject(answer.body()).containsKey("outcome")) {
                schemas.check("ExplainedRequest", answer, 200);
                return new JsonObject(answer.body());
            }
        }
    }

    @Test
    void aChatThatWasAnsweredTellsItsModelAndHost() throws Exception {
        JsonObject told = ended(idOf(served.post(CHAT, ServedModels.question())));
        assertThat(told.getString("outcome")).isEqualTo("success");
        assertThat(told.getString("model")).isEqualTo(ServedModels.LLAMA);
        assertThat(told.getString("host")).isEqualTo("local");
        assertThat(last(told).getString("event")).isEqualTo("request.answered");
        assertThat(told.encode()).doesNotContain("6 times 7");
    }

    @Test
    void aChatThatWasRefusedTellsWhatTheLoaderSaidAndSoDoesTheModel() throws Exception {
        JsonObject question = ServedModels.question().put("model", QWEN);
        HttpResponse<String> refused = served.post(CHAT, question);
        assertThat(refused.statusCode()).isEqualTo(503);
        JsonObject told = ended(idOf(refused));
        assertThat(told.getString("outcome")).isEqualTo("lms_not_installed");
        assertThat(told.getJsonArray("events").stream()
                        .map(JsonObject.class::cast)
                        .map(event -> event.getString("event")))
                .containsSubsequence(
                        "model.queued", "model.loading", "model.load_failed", "request.refused", "request.failed");

        HttpResponse<String> model = served.get(EXPLAIN + "?model=" + QWEN);
        schemas.check("ExplainedModel", model, 200);
        JsonObject body = new JsonObject(model.body());
        assertThat(body.getString("state")).isEqualTo("not-loaded");
        assertThat(last(body).getString("event")).isEqualTo("model.refused");
        assertThat(last(body).getString("rule")).isEqualTo("lms_not_installed");
        assertThat(last(body).getString("request")).isEqualTo(idOf(refused));
    }

    @Test
    void aModelInMemoryTellsWhatKeepsItThereUnderAnyOfItsNames() throws Exception {
        for (String name : new String[] {ServedModels.LLAMA, ServedModels.LLAMA + "~1", "small"}) {
            HttpResponse<String> answer = served.get(EXPLAIN + "?model=" + name);
            schemas.check("ExplainedModel", answer, 200);
            JsonObject body = new JsonObject(answer.body());
            assertThat(body.getString("model")).isEqualTo(ServedModels.LLAMA);
            assertThat(body.getString("state")).isEqualTo("loaded");
            assertThat(body.getJsonArray("kept").getJsonObject(0).getString("identifier"))
                    .isEqualTo(ServedModels.LLAMA + "~1");
            assertThat(body.getJsonArray("events").getJsonObject(0).getString("event"))
                    .isEqualTo("model.found");
        }
    }

    @Test
    void anEnsureIsARequestToo() throws Exception {
        HttpResponse<String> answer =
                served.post("/bridge/v1/models/ensure", new JsonObject().put("model", ServedModels.LLAMA));
        assertThat(ended(idOf(answer)).getString("outcome")).isEqualTo("success");
    }

    @Test
    void anUnknownRequestIsNotFoundAndTheAnswerTellsHowManyAreKept() throws Exception {
        HttpResponse<String> answer = served.get(EXPLAIN + "?request=no-such-request");
        schemas.check("Problem", answer, 404);
        JsonObject problem = new JsonObject(answer.body());
        assertThat(problem.getString("code")).isEqualTo("not_found");
        assertThat(problem.getString("detail")).contains("1000");
    }

    @Test
    void anUnknownModelIsNotFoundWithTheNearestNames() throws Exception {
        HttpResponse<String> answer = served.get(EXPLAIN + "?model=qwen/qwen3-4");
        schemas.check("Problem", answer, 404);
        JsonObject problem = new JsonObject(answer.body());
        assertThat(problem.getString("code")).isEqualTo("model_not_found");
        assertThat(problem.getJsonArray("available").getString(0)).isEqualTo(QWEN);
    }

    @Test
    void exactlyOneQuestionIsTakenAndTheFieldsAreNamed() throws Exception {
        for (String query : new String[] {"", "?request=a&model=b", "?request=a&request=b"}) {
            HttpResponse<String> answer = served.get(EXPLAIN + query);
            schemas.check("Problem", answer, 400);
            JsonArray errors = new JsonObject(answer.body()).getJsonArray("errors");
            assertThat(errors.stream().map(error -> ((JsonObject) error).getString("field")))
                    .containsExactly("request", "model");
        }
        assertThat(served.get(EXPLAIN + "?request=").statusCode()).isEqualTo(400);
        assertThat(new JsonObject(served.get(EXPLAIN + "?model=-x").body()).getString("code"))
                .isEqualTo("invalid_model_name");
    }

    private static JsonObject last(JsonObject story) {
        JsonArray events = story.getJsonArray("events");
        return events.getJsonObject(events.size() - 1);
    }
}
