package dev.lmbridge.sim.ws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.machine.LoadListener;
import dev.lmbridge.sim.machine.LoadRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelEndpointsTest {
    private static final String SMALL = "llama-3.2-1b-instruct";
    private static final String EMBEDDING = "text-embedding-nomic-embed-text-v1.5";

    @Test
    void eachNamespaceListsItsOwnKind() {
        Conversation llm = loaded(Namespace.LLM);
        assertThat(llm.calls("listLoaded", "null").path("result"))
                .singleElement()
                .satisfies(row -> assertThat(names(row))
                        .containsExactly(
                                "type",
                                "modelKey",
                                "format",
                                "displayName",
                                "publisher",
                                "path",
                                "sizeBytes",
                                "indexedModelIdentifier",
                                "deviceIdentifier",
                                "paramsString",
                                "architecture",
                                "quantization",
                                "identifier",
                                "instanceReference",
                                "ttlMs",
                                "lastUsedTime",
                                "vision",
                                "trainedForToolUse",
                                "maxContextLength",
                                "contextLength"));
        Conversation embedding = loaded(Namespace.EMBEDDING);
        assertThat(embedding.calls("listLoaded", "null").path("result"))
                .singleElement()
                .satisfies(row -> {
                    assertThat(row.path("identifier").textValue()).isEqualTo(EMBEDDING);
                    assertThat(names(row)).doesNotContain("vision", "trainedForToolUse", "paramsString");
                });
    }

    @Test
    void anInstanceThatIsGoneHasNoInfoUnlessTheCallerInsists() {
        Conversation client = loaded(Namespace.LLM);
        String specifier = "{'specifier':{'type':'instanceReference','instanceReference':'gone'},'throwIfNotFound':";
        assertThat(names(client.calls("getModelInfo", specifier + "false}"))).containsExactly("type", "callId");
        assertThat(code(client.calls("getModelInfo", specifier + "true}"))).isEqualTo("generic.specificModelUnloaded");
        assertThat(code(client.calls("getInstanceProcessingState", specifier + "true}")))
                .isEqualTo("generic.specificModelUnloaded");
        assertThat(code(client.calls("getLoadConfig", specifier + "true}"))).isEqualTo("generic.specificModelUnloaded");
    }

    @Test
    void anInstanceCanBeAskedForByItsIdentifier() {
        Conversation client = loaded(Namespace.LLM);
        String query = "{'specifier':{'type':'query','query':{'identifier':'" + SMALL + "'}}}";
        assertThat(client.calls("getModelInfo", query)
                        .path("result")
                        .path("identifier")
                        .textValue())
                .isEqualTo(SMALL);
        assertThat(client.calls("getInstanceProcessingState", query).path("result"))
                .hasToString("{\"status\":\"idle\",\"queued\":0}");
        assertThat(client.calls("getLoadConfig", query).path("result").path("fields"))
                .hasToString("[{\"key\":\"llm.load.contextLength\",\"value\":4096},"
                        + "{\"key\":\"llm.load.numParallelSessions\",\"value\":4}]");
    }

    @Test
    void unloadReturnsNothingAndASecondOneFails() {
        Conversation client = loaded(Namespace.LLM);
        String parameter = "{'identifier':'" + SMALL + "','deviceIdentifier':null}";
        assertThat(client.calls("unloadModel", parameter)).hasToString("{\"type\":\"rpcResult\",\"callId\":7}");
        assertThat(client.machine.find(SMALL)).isEmpty();
        assertThat(code(client.calls("unloadModel", parameter))).isEqualTo("generic.identifierNotFound");
    }

    @Test
    void anInstanceOfTheOtherKindIsNotUnloaded() {
        Conversation client = loaded(Namespace.LLM);
        assertThat(code(client.calls("unloadModel", "{'identifier':'" + EMBEDDING + "'}")))
                .isEqualTo("generic.identifierNotFound");
        assertThat(client.machine.find(EMBEDDING)).isPresent();
    }

    @Test
    void anEstimateSaysWhetherTheGuardrailWouldLetItPass() {
        Conversation client = Conversation.in(Namespace.LLM);
        JsonNode small = client.calls(
                        "estimateModelUsage", "{'modelKey':'" + SMALL + "','loadConfigStack':{'layers':[]}}")
                .path("result");
        JsonNode large = client.calls(
                        "estimateModelUsage", "{'modelKey':'llama-3.3-70b-instruct','loadConfigStack':{'layers':[]}}")
                .path("result");
        assertThat(small.path("passesGuardrails").booleanValue()).isTrue();
        assertThat(large.path("passesGuardrails").booleanValue()).isFalse();
        assertThat(large.path("memory").path("totalBytes").longValue()).isGreaterThan(42_520_395_584L);
    }

    @Test
    void theSystemListsWhatIsDownloadedAndTheVariants() {
        Conversation client = Conversation.in(Namespace.SYSTEM);
        assertThat(client.calls("listDownloadedModels", "null").path("result"))
                .hasSameSizeAs(client.machine.catalogue().models());
        assertThat(client.calls("listDownloadedModelVariants", "{'modelKey':'qwen/qwen3-4b'}")
                        .path("result"))
                .extracting(row -> row.path("modelKey").textValue())
                .containsExactly("qwen/qwen3-4b@4bit", "qwen/qwen3-4b@q8_0");
        assertThat(code(client.calls("listDownloadedModelVariants", "{'modelKey':'nope'}")))
                .isEqualTo("generic.pathNotFound");
    }

    private static Conversation loaded(Namespace namespace) {
        Conversation client = Conversation.in(namespace);
        LoadListener unheard = new LoadListener() {
            @Override
            public void loaded(dev.lmbridge.sim.machine.Instance instance) {}

            @Override
            public void failed(dev.lmbridge.sim.machine.Refusal refusal) {
                throw new AssertionError(refusal);
            }
        };
        client.machine.load(LoadRequest.of(SMALL), unheard);
        client.machine.load(LoadRequest.of(EMBEDDING), unheard);
        client.pass(Duration.ofSeconds(5));
        return client;
    }

    private static String code(JsonNode answer) {
        return answer.path("error").path("displayData").path("code").asText();
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
