package dev.lmbridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lmbridge.settings.Settings;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.wire.Addresses;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What peers on the event bus can do, on a node within this process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class BusIT {
    private static final String LLAMA = "llama-3.2-1b-instruct";
    private static final String EMBEDDING = "text-embedding-nomic-embed-text-v1.5";
    private static final String GEMMA = "google/gemma-3-4b";

    private SimulatedLmStudio machine;
    private Node node;

    @BeforeAll
    void start(@TempDir Path scratch) throws Exception {
        machine = SimulatedLmStudio.start("--load-time", "300ms");
        Map<String, String> environment = Map.of(
                "HOME",
                scratch.toString(),
                "LM_BRIDGE_HOSTS",
                new JsonArray()
                        .add(new JsonObject()
                                .put("name", "local")
                                .put("url", machine.url())
                                .put("lms", machine.lms().toString())
                                .put("memory", new JsonObject().put("budget", "1TiB")))
                        .encode());
        Settings settings = Settings.load(null, environment, Map.of("http.port", "0"));
        node = new Wiring(settings, InstantSource.system())
                .start(new HostFinder(settings, environment).find(), false)
                .await(60, TimeUnit.SECONDS);
    }

    @AfterAll
    void stop() throws Exception {
        node.stop().await(60, TimeUnit.SECONDS);
        machine.close();
    }

    @Test
    void aModelIsEnsuredListedAndUnloaded() throws Exception {
        JsonObject ensured = ask(Addresses.MODELS_ENSURE, new JsonObject().put("model", LLAMA));
        assertThat(ensured.getString("identifier")).startsWith(LLAMA + "~");
        assertThat(ensured.getBoolean("verified")).isTrue();
        assertThat(ensured.getLong("ttlSeconds")).isEqualTo(600);
        assertThat(ask(Addresses.MODELS_LOAD, new JsonObject().put("model", LLAMA))
                        .getBoolean("alreadyLoaded"))
                .isTrue();

        JsonObject loaded = ask(Addresses.MODELS_LIST, new JsonObject().put("state", "loaded"));
        assertThat(loaded.getJsonArray("models"))
                .extracting(row -> ((JsonObject) row).getString("identifier"))
                .contains(ensured.getString("identifier"));
        assertThat(ask(Addresses.MODELS_LIST, new JsonObject()).getJsonArray("models"))
                .hasSizeGreaterThanOrEqualTo(8);

        JsonObject unloaded = ask(Addresses.MODELS_UNLOAD, new JsonObject().put("model", LLAMA));
        assertThat(unloaded.getJsonArray("unloaded")).containsExactly(ensured.getString("identifier"));
        assertThat(machine.isLoaded(ensured.getString("identifier"))).isFalse();
    }

    @Test
    void aLoadThatTakesLongerThanTheCallerWaitsIsJoinedByTheNextCall() throws Exception {
        long loads = machine.lmsCalls("load");
        JsonObject soon = ask(
                Addresses.MODELS_ENSURE, new JsonObject().put("model", GEMMA).put("waitMs", 1));
        assertThat(soon.getString("state")).isIn("loading", "queued");
        JsonObject joined = ask(Addresses.MODELS_ENSURE, new JsonObject().put("model", GEMMA));
        assertThat(joined.getBoolean("verified")).isTrue();
        assertThat(machine.lmsCalls("load")).isEqualTo(loads + 1);
    }

    @Test
    void whatHappensIsPublishedInOrder() throws Exception {
        BlockingQueue<JsonObject> events = new LinkedBlockingQueue<>();
        var following =
                node.vertx().eventBus().<JsonObject>consumer(Addresses.EVENTS, message -> events.add(message.body()));
        following.completion().await(20, TimeUnit.SECONDS);
        ask(Addresses.MODELS_ENSURE, new JsonObject().put("model", EMBEDDING));
        List<String> names = new ArrayList<>();
        JsonObject event;
        do {
            event = events.poll(20, TimeUnit.SECONDS);
            assertThat(event).as("after %s", names).isNotNull();
            if (EMBEDDING.equals(event.getString("model"))) {
                names.add(event.getString("event"));
            }
        } while (!names.contains("model.verified"));
        assertThat(names).containsSubsequence("model.queued", "model.loading", "model.loaded", "model.verified");
        assertThat(event.getString("topic")).isEqualTo("models");
        assertThat(event.getString("host")).isEqualTo("local");
        assertThat(event.getString("cursor")).isNotEmpty();
        assertThat(event.getString("node")).isNotEmpty();
        following.unregister().await(20, TimeUnit.SECONDS);
    }

    @Test
    void failuresCarryTheProblemDocument() {
        JsonObject unknown = refused(Addresses.MODELS_ENSURE, new JsonObject().put("model", "lama-3.2"), 404);
        assertThat(unknown.getString("code")).isEqualTo("model_not_found");
        assertThat(unknown.getInteger("status")).isEqualTo(404);
        assertThat(unknown.getJsonArray("available")).isNotEmpty();

        JsonObject wrong = refused(
                Addresses.MODELS_LOAD, new JsonObject().put("model", LLAMA).put("ttl", 3_601), 400);
        assertThat(wrong.getString("code")).isEqualTo("invalid_request");
        assertThat(wrong.getJsonArray("errors").getJsonObject(0).getString("field"))
                .isEqualTo("ttl");
        assertThat(refused(Addresses.MODELS_UNLOAD, new JsonObject(), 400).getString("detail"))
                .contains("model");
        assertThat(refused(Addresses.MODELS_ENSURE, "a text", 400).getString("detail"))
                .contains("JSON object");
    }

    private JsonObject ask(String address, Object body) throws TimeoutException {
        return node.vertx()
                .eventBus()
                .<JsonObject>request(address, body)
                .await(60, TimeUnit.SECONDS)
                .body();
    }

    private JsonObject refused(String address, Object body, int code) {
        ReplyException failure = catchThrowableOfType(ReplyException.class, () -> ask(address, body));
        assertThat(failure).isNotNull();
        assertThat(failure.failureCode()).isEqualTo(code);
        return new JsonObject(failure.getMessage());
    }
}
