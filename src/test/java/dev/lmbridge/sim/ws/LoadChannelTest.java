package dev.lmbridge.sim.ws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.MachineSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoadChannelTest {
    private static final String SMALL = "llama-3.2-1b-instruct";

    private final Conversation client = Conversation.in(Namespace.LLM);

    @Test
    void aLoadIsResolvedMakesProgressSucceedsAndClosesItsChannel() {
        client.loads(SMALL, "", "");
        client.pass(Duration.ofSeconds(5));
        List<JsonNode> frames = client.heard();
        assertThat(frames)
                .allSatisfy(
                        frame -> assertThat(frame.path("channelId").intValue()).isEqualTo(3));
        assertThat(messageTypes(frames)).startsWith("resolved", "progress").endsWith("progress", "success", "");
        assertThat(frames.getLast().path("type").textValue()).isEqualTo("channelClose");
        assertThat(frames)
                .filteredOn(frame -> "progress".equals(messageType(frame)))
                .extracting(frame -> frame.path("message").path("progress").doubleValue())
                .isSorted()
                .endsWith(1.0);
        assertThat(client.machine.loaded()).singleElement().satisfies(instance -> {
            assertThat(instance.identifier()).isEqualTo(SMALL);
            assertThat(instance.ttl()).isNull();
        });
    }

    @Test
    void theSuccessNamesTheInstanceThatCanBeAskedForByItsReference() {
        client.loads(SMALL, "", "");
        client.pass(Duration.ofSeconds(5));
        JsonNode info = client.heard().stream()
                .filter(frame -> "success".equals(messageType(frame)))
                .findFirst()
                .orElseThrow()
                .path("message")
                .path("info");
        JsonNode again = client.calls(
                "getModelInfo",
                "{'specifier':{'type':'instanceReference','instanceReference':'"
                        + info.path("instanceReference").textValue() + "'},'throwIfNotFound':false}");
        assertThat(again.path("result")).isEqualTo(info);
    }

    @Test
    void timeToLiveIdentifierContextAndParallelReachTheMachine() {
        client.loads(
                SMALL,
                ",'identifier':'mine','deviceIdentifier':null,'ttlMs':30000",
                "{'key':'llm.load.contextLength','value':8192},{'key':'llm.load.numParallelSessions','value':2},"
                        + "{'key':'llm.load.llama.acceleration.offloadRatio','value':0.5}");
        client.pass(Duration.ofSeconds(5));
        Instance instance = client.machine.find("mine").orElseThrow();
        assertThat(instance.ttl()).isEqualTo(Duration.ofSeconds(30));
        assertThat(instance.contextLength()).isEqualTo(8192);
        assertThat(instance.parallel()).isEqualTo(2);
    }

    @Test
    void aCancelEndsTheLoadAndClosesTheChannel() {
        client.loads(SMALL, "", "");
        client.pass(Duration.ofMillis(500));
        client.heard();
        client.says("{'type':'channelSend','channelId':3,'message':{'type':'cancel'}}");
        client.pass(Duration.ofMinutes(1));
        assertThat(client.heard()).hasToString("[{\"type\":\"channelClose\",\"channelId\":3}]");
        assertThat(client.machine.loaded()).isEmpty();
        assertThat(client.machine.loading()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theMachineDecidesWhatBecomesOfALoadWhoseClientIsKilled(boolean abort) {
        MachineSettings usual = client.machine.settings();
        client.machine.settings(usual.with(new MachineSettings.Engine(
                usual.engine().memoryBytes(),
                usual.engine().loadTime(),
                usual.engine().tokensPerSecond(),
                usual.engine().parallel(),
                abort)));
        client.loads(SMALL, "", "");
        client.pass(Duration.ofMillis(500));
        client.heard();
        client.session.abandoned();
        client.pass(Duration.ofMinutes(1));
        assertThat(client.machine.loaded()).hasSize(abort ? 0 : 1);
        assertThat(client.heard()).isEmpty();
    }

    @Test
    void theMemoryGuardrailRefusesInItsOwnWords() {
        client.loads("llama-3.3-70b-instruct", "", "");
        client.pass(Duration.ofSeconds(5));
        assertThat(client.heard()).singleElement().satisfies(frame -> {
            assertThat(frame.path("type").textValue()).isEqualTo("channelError");
            assertThat(frame.path("error").path("title").textValue())
                    .contains("insufficient system resources", "requires approximately");
        });
    }

    @Test
    void anIdentifierThatIsTakenIsRefused() {
        client.loads(SMALL, "", "");
        client.pass(Duration.ofSeconds(5));
        client.heard();
        client.loads(SMALL, ",'identifier':'" + SMALL + "'", "");
        client.pass(Duration.ofSeconds(5));
        assertThat(client.heard())
                .singleElement()
                .satisfies(frame -> assertThat(frame.path("error").path("title").textValue())
                        .contains(SMALL));
        assertThat(client.machine.loaded()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ,'ttlMs':0          | {'key':'a','value':1}                          | "ttlMs" must be a whole number
            ,'ttlMs':'30'       | {'key':'a','value':1}                          | "ttlMs" must be a whole number
            ,'identifier':''    | {'key':'a','value':1}                          | "identifier" must have 1 to 1024
            ,'identifier':7     | {'key':'a','value':1}                          | "identifier" must be a string
            ,'ttlMs':1          | {'key':'llm.load.contextLength','value':-1}    | "llm.load.contextLength" must be
            ,'ttlMs':1          | {'key':'llm.load.contextLength','value':1.5}   | "llm.load.contextLength" must be
            """, quoteCharacter = '`')
    void aWrongParameterIsRefusedByName(String members, String fields, String text) {
        client.loads(SMALL, members, fields);
        client.pass(Duration.ofSeconds(5));
        assertThat(client.heard()).singleElement().satisfies(frame -> {
            assertThat(frame.path("type").textValue()).isEqualTo("channelError");
            assertThat(frame.path("error").path("title").textValue()).contains(text);
        });
        assertThat(client.machine.loading()).isEmpty();
    }

    @Test
    void anUnknownKeyAndAKeyOfTheOtherKindAreToldInTheWordsOfTheClient() {
        client.loads("nothing", "", "");
        client.loads("text-embedding-nomic-embed-text-v1.5", "", "");
        assertThat(client.heard())
                .extracting(frame ->
                        frame.path("error").path("displayData").path("code").textValue())
                .containsExactly("generic.pathNotFound", "generic.domainMismatch");
    }

    private static List<String> messageTypes(List<JsonNode> frames) {
        return frames.stream().map(LoadChannelTest::messageType).toList();
    }

    private static String messageType(JsonNode frame) {
        return frame.path("message").path("type").asText();
    }
}
