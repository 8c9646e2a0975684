package dev.lmbridge.sim.ws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The faults of {@code lms} that LM Studio's answers bring about. */
final class FaultyEndpointsTest {
    private static final String SMALL = "llama-3.2-1b-instruct";
    private static final String BY_NAME =
            "{'specifier':{'type':'query','query':{'identifier':'" + SMALL + "'}},'throwIfNotFound':true}";

    private final Conversation client = Conversation.in(Namespace.LLM);

    @Test
    void aRowThatVanishesIsRefusedOnce() {
        load();
        fault(FaultKind.LMS_ROW_VANISHES, "ps");
        JsonNode refused = client.calls("getInstanceProcessingState", BY_NAME);
        assertThat(refused.path("error").path("title").textValue()).isEqualTo("This model has already been unloaded");
        assertThat(client.calls("getInstanceProcessingState", BY_NAME)
                        .path("result")
                        .path("status")
                        .textValue())
                .isEqualTo("idle");
    }

    @Test
    void aStateThatNoClientKnowsIsToldOnce() {
        load();
        fault(FaultKind.LMS_SCHEMA_SKEW, "ps");
        assertThat(client.calls("getInstanceProcessingState", BY_NAME)
                        .path("result")
                        .path("status")
                        .textValue())
                .isEqualTo("loading");
        assertThat(client.calls("getInstanceProcessingState", BY_NAME)
                        .path("result")
                        .path("status")
                        .textValue())
                .isEqualTo("idle");
    }

    @ParameterizedTest
    @CsvSource({"ps,listLoaded", "unload,unloadModel"})
    void aCallThatHangsIsNeverAnswered(String command, String endpoint) {
        load();
        fault(FaultKind.LMS_HANGS, command);
        client.says("{'type':'rpcCall','callId':1,'endpoint':'" + endpoint + "','parameter':{'identifier':'" + SMALL
                + "'}}");
        client.pass(Duration.ofHours(1));
        assertThat(client.heard()).isEmpty();
        assertThat(client.machine.loaded()).hasSize(1);
        assertThat(client.calls("listLoaded", "null").path("result")).hasSize(1);
    }

    @Test
    void aLoadThatHangsDoesNotBegin() {
        fault(FaultKind.LMS_HANGS, "load");
        client.loads(SMALL, "", "");
        client.pass(Duration.ofHours(1));
        assertThat(client.heard()).isEmpty();
        assertThat(client.machine.loading()).isEmpty();
    }

    @Test
    void anIdleUnloadIsAnsweredLikeATrueOne() {
        load();
        fault(FaultKind.LMS_IDLE, "unload");
        assertThat(client.calls("unloadModel", "{'identifier':'" + SMALL + "'}")
                        .path("type")
                        .textValue())
                .isEqualTo("rpcResult");
        assertThat(client.machine.loaded()).hasSize(1);
        client.calls("unloadModel", "{'identifier':'" + SMALL + "'}");
        assertThat(client.machine.loaded()).isEmpty();
    }

    @Test
    void aLostInstanceIsKnownByItsReferenceAndNotListed() {
        client.machine.faults().add(Fault.always(FaultKind.LOAD_LOST));
        client.loads(SMALL, "", "");
        client.pass(Duration.ofSeconds(5));
        List<JsonNode> heard = client.heard();
        JsonNode info = heard.get(heard.size() - 2).path("message").path("info");
        JsonNode answer = client.calls(
                "getModelInfo",
                "{'specifier':{'type':'instanceReference','instanceReference':'"
                        + info.path("instanceReference").textValue() + "'},'throwIfNotFound':true}");
        assertThat(answer.path("result")).isEqualTo(info);
        assertThat(client.calls("listLoaded", "null").path("result")).isEmpty();
    }

    @Test
    void theShareOfTheGpuReachesTheMachineAndTheEstimate() {
        client.loads(SMALL, "", "{'key':'llm.load.llama.acceleration.offloadRatio','value':0.5}");
        client.pass(Duration.ofSeconds(5));
        assertThat(client.machine.find(SMALL).orElseThrow().gpu()).isEqualTo(0.5);
        client.heard();
        JsonNode memory = client.calls(
                        "estimateModelUsage",
                        "{'modelKey':'" + SMALL + "','loadConfigStack':{'layers':[{'layerName':'apiOverride','config':"
                                + "{'fields':[{'key':'llm.load.llama.acceleration.offloadRatio','value':0}]}}]}}")
                .path("result")
                .path("memory");
        assertThat(memory.path("totalVramBytes").longValue()).isZero();
        assertThat(memory.path("totalBytes").longValue()).isPositive();
    }

    private void load() {
        client.loads(SMALL, "", "");
        client.pass(Duration.ofSeconds(5));
        client.heard();
    }

    private void fault(FaultKind kind, String command) {
        client.machine.faults().add(Fault.always(kind).only(command).times(1));
    }
}
