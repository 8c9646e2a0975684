package dev.lmbridge.sim.ws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanChannelTest {
    private static final String SMOL = "{'type':'artifact','owner':'huggingfacetb','name':'smollm2-135m-instruct'}";

    private final Conversation client = Conversation.in(Namespace.REPOSITORY);

    @Test
    void aPlanIsUpdatedThenReadyAndTheDownloadBeginsWithTheCommit() {
        plans(SMOL, "{}");
        client.pass(Duration.ofSeconds(1));
        List<JsonNode> planned = client.heard();
        assertThat(types(planned)).containsExactly("planUpdated", "planReady");
        JsonNode plan = planned.getLast().path("message").path("plan");
        assertThat(plan.path("downloadAction").textValue()).isEqualTo("startNewDownload");
        assertThat(plan.path("downloadSizeBytes").longValue()).isEqualTo(105_454_432);
        assertThat(plan.path("nodes").path(0).path("dependencyNodes").path(0).intValue())
                .isEqualTo(1);
        assertThat(plan.path("nodes").path(1).path("downloadOptions")).hasSize(3);
        sends("{'type':'commit'}");
        client.pass(Duration.ofSeconds(1));
        assertThat(types(client.heard()))
                .startsWith("downloadProgress")
                .endsWith("downloadProgress", "startFinalizing", "success", "channelClose");
        assertThat(client.machine.catalogue().byKey("huggingfacetb/smollm2-135m-instruct"))
                .isPresent();
    }

    @Test
    void anotherOptionCanBeSelectedUnderTheVersionOfTheClient() {
        plans(SMOL, "{'compatibilityTypes':['gguf']}");
        client.pass(Duration.ofSeconds(1));
        client.heard();
        sends("{'type':'setSelectedDownloadOptionIndex','nodeIndex':1,'selectedDownloadOptionIndex':1,"
                + "'requestedPlanVersion':4}");
        assertThat(client.heard()).singleElement().satisfies(frame -> {
            JsonNode plan = frame.path("message").path("plan");
            assertThat(plan.path("version").intValue()).isEqualTo(4);
            assertThat(plan.path("downloadSizeBytes").longValue()).isEqualTo(144_811_360);
        });
        sends("{'type':'setSelectedDownloadOptionIndex','nodeIndex':1,'selectedDownloadOptionIndex':2,"
                + "'requestedPlanVersion':5}");
        assertThat(types(client.heard())).containsExactly("channelError");
    }

    @Test
    void whatIsNotThereIsAnErrorOfTheChannel() {
        plans("{'type':'artifact','owner':'nobody','name':'nothing'}", "{}");
        client.pass(Duration.ofSeconds(1));
        assertThat(client.heard().getLast().path("error").path("title").textValue())
                .startsWith("Failed to resolve artifact \"nobody/nothing\"");
        plans("{'type':'directory'}", "{}");
        assertThat(client.heard().getLast().path("error").path("title").textValue())
                .contains("\"target.type\"");
    }

    @Test
    void aFailedDownloadIsAnErrorOfTheChannel() {
        client.machine.faults().add(Fault.always(FaultKind.DOWNLOAD_FAILS).text("no"));
        plans(
                "{'type':'model','source':{'type':'huggingface','user':'mlx-community','repo':'SmolLM2-135M-Instruct-4bit'}}",
                "{}");
        client.pass(Duration.ofSeconds(1));
        sends("{'type':'commit'}");
        client.pass(Duration.ofSeconds(1));
        assertThat(client.heard().getLast().path("error").path("title").textValue())
                .isEqualTo("no");
    }

    @Test
    void aCancelledDownloadIsGoneAndTheClientIsTold() {
        committed();
        sends("{'type':'cancelDownload'}");
        client.pass(Duration.ofSeconds(5));
        assertThat(types(client.heard())).endsWith("channelError");
        assertThat(client.machine.downloads().jobs()).isEmpty();
    }

    @Test
    void aDownloadWhoseClientIsGoneGoesOn() {
        committed();
        client.session.abandoned();
        client.heard();
        client.pass(Duration.ofSeconds(5));
        assertThat(client.heard()).isEmpty();
        assertThat(client.machine.catalogue().byKey("huggingfacetb/smollm2-135m-instruct"))
                .isPresent();
    }

    @Test
    void aCancelledPlanClosesItsChannelAndStaysSilent() {
        plans(SMOL, "{}");
        sends("{'type':'cancelPlan'}");
        client.pass(Duration.ofSeconds(5));
        assertThat(types(client.heard())).containsExactly("channelClose");
    }

    @Test
    void staffPicksAreFoundWithAllTheirFields() {
        JsonNode results = client.calls("fuzzyFindStaffPicks", "{'searchTerm':'qwen3-4b','limit':1}")
                .path("result")
                .path("results");
        assertThat(results).singleElement().satisfies(row -> {
            assertThat(row.path("owner").textValue()).isEqualTo("qwen");
            assertThat(row.path("exact").booleanValue()).isTrue();
            assertThat(row.fieldNames())
                    .toIterable()
                    .containsExactly("owner", "name", "revisionNumber", "createdAtTimestamp", "description", "exact");
        });
    }

    private void committed() {
        plans(SMOL, "{}");
        client.pass(Duration.ofMillis(200));
        sends("{'type':'commit'}");
        client.pass(Duration.ofMillis(150));
    }

    private void plans(String target, String opts) {
        client.says(
                "{'type':'channelCreate','channelId':3,'endpoint':'createDownloadPlan','creationParameter':{'target':"
                        + target + ",'opts':" + opts + "}}");
    }

    private void sends(String message) {
        client.says("{'type':'channelSend','channelId':3,'message':" + message + "}");
    }

    private static List<String> types(List<JsonNode> frames) {
        return frames.stream()
                .map(frame -> frame.path("type").asText().equals("channelSend")
                        ? frame.path("message").path("type").asText()
                        : frame.path("type").asText())
                .toList();
    }
}
